/// Looks for the character U+0000, which PostgreSQL's `jsonb` cannot hold.
struct ZeroCheck {
    /// The most problems that are told: who has more has another kind of text.
    private static let mostProblems = 20

    static func problems(in json: JSON) -> [Problem] {
        guard isAnywhere(in: json) else { return [] }
        var problems: [Problem] = []
        var open: [(value: JSON, way: [ValueStep])] = [(json, [])]
        while let (value, way) = open.popLast(), problems.count < mostProblems {
            switch value {
            case .string(let text) where has(text):
                problems.append(problem(way, "the text has the character U+0000"))
            case .array(let elements):
                for (index, element) in elements.enumerated().reversed() {
                    open.append((element, way + [.item(index)]))
                }
            case .object(let members):
                for (name, member) in members.sorted(by: { $0.key > $1.key }) {
                    let way = way + [.member(name)]
                    if has(name) {
                        problems.append(problem(way, "the name has the character U+0000"))
                    }
                    open.append((member, way))
                }
            default: break
            }
        }
        return problems
    }

    /// Whether it is anywhere, which is found much faster than where.
    private static func isAnywhere(in json: JSON) -> Bool {
        var open = [json]
        while let value = open.popLast() {
            switch value {
            case .string(let text): if has(text) { return true }
            case .array(let elements): open += elements
            case .object(let members):
                if members.keys.contains(where: has) { return true }
                open += members.values
            default: break
            }
        }
        return false
    }

    private static func has(_ text: String) -> Bool { text.utf8.contains(0) }

    private static func problem(_ way: [ValueStep], _ message: String) -> Problem {
        Problem(
            at: ValueStep.place(way, from: ""),
            .malformed,
            message,
            hint: #"remove "\u0000": PostgreSQL cannot store it"#
        )
    }
}
