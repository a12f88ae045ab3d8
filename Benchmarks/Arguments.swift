/// Words, `--name value` pairs, and the flag `--quick`.
struct Arguments: Sendable {
    private(set) var words: [String] = []
    private var values: [String: String] = [:]

    init(_ arguments: ArraySlice<String>) {
        var rest = arguments
        while let word = rest.popFirst() {
            guard word.hasPrefix("--") else {
                words.append(word)
                continue
            }
            let name = String(word.dropFirst(2))
            values[name] = name == "quick" ? "yes" : rest.popFirst()
        }
    }

    func text(_ name: String) -> String? { values[name] }

    func number(_ name: String, default number: Int) -> Int {
        text(name).flatMap(Int.init) ?? number
    }

    func word(_ index: Int) throws -> String {
        guard words.indices.contains(index) else {
            throw BenchError("\(words.first ?? "pawl-bench") needs the name of a file")
        }
        return words[index]
    }
}

/// How much is measured: enough to quote it, or enough to see that something is wrong.
struct Effort: Sendable {
    let isQuick: Bool
    let rounds: Int
    let slots: Int

    init(_ arguments: Arguments) {
        isQuick = arguments.text("quick") != nil
        // The median of three hides one bad round, that of five hides two.
        rounds = arguments.number("rounds", default: isQuick ? 3 : 5)
        // Four times what a worker has by itself: what is measured are steps that do nothing.
        slots = arguments.number("slots", default: 512)
    }

    func amount(_ full: Int, quick: Int) -> Int { isQuick ? quick : full }
}
