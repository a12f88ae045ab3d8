extension Condition {
    /// How deep conditions are spelled out; what is deeper is three dots.
    private static let deepest = 4
    /// How many members of a list are spelled out.
    private static let longest = 4

    /// The condition in a few words, for a label: `severity = critical`.
    ///
    /// Paths are those that stand in definitions; of one into the output of `node` only the rest is
    /// said, of one into another's output, `other.output.name`, the other and the rest.
    func summary(at node: String) -> String { summary(at: node, depth: 0) }

    private func summary(at node: String, depth: Int) -> String {
        guard depth < Self.deepest else { return "..." }
        switch self {
        case .comparison(let left, let comparison, let right):
            let subject = Self.text(left, at: node)
            let value = Self.text(right, at: node)
            switch comparison {
            case .eq: return "\(subject) = \(value)"
            case .neq: return "\(subject) != \(value)"
            case .gt: return "\(subject) > \(value)"
            case .gte: return "\(subject) >= \(value)"
            case .lt: return "\(subject) < \(value)"
            case .lte: return "\(subject) <= \(value)"
            case .contains: return "\(subject) contains \(value)"
            case .isIn: return "\(subject) in \(value)"
            case .notIn: return "\(subject) not in \(value)"
            }
        case .exists(let path):
            return "\(Self.shortened("\(path)", at: node)) exists"
        case .matches(let operand, let pattern):
            return "\(Self.text(operand, at: node)) matches \(pattern)"
        case .all(let conditions):
            return Self.list(conditions, "and", none: "always", at: node, depth: depth)
        case .any(let conditions):
            return Self.list(conditions, "or", none: "never", at: node, depth: depth)
        case .not(let condition):
            return "not (\(condition.summary(at: node, depth: depth + 1)))"
        case .otherwise:
            return "otherwise"
        case .never:
            return "never"
        }
    }

    private static func text(_ operand: Operand, at node: String) -> String {
        switch operand {
        case .path(let path): shortened("\(path)", at: node)
        case .value(let value): value.literal
        }
    }

    private static func list(
        _ conditions: [Condition],
        _ word: String,
        none: String,
        at node: String,
        depth: Int
    ) -> String {
        if conditions.count == 1 { return conditions[0].summary(at: node, depth: depth + 1) }
        if conditions.isEmpty { return none }
        var parts = conditions.prefix(longest).map { $0.summary(at: node, depth: depth + 1) }
        if conditions.count > longest { parts.append("...") }
        let text = parts.joined(separator: " \(word) ")
        return depth == 0 ? text : "(\(text))"
    }

    private static func shortened(_ path: String, at node: String) -> String {
        let names = path.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
        guard names.count == 3, names[1] == "output" else { return path }
        return names[0] == node || names[0] == "start"
            ? String(names[2]) : "\(names[0]).\(names[2])"
    }

    /// As ``summary(at:)``, of a condition as it is written; `nil` if it is none.
    static func summary(of json: JSON, at node: String) -> String? {
        if let text = json.stringValue { return text }
        var problems: [Problem] = []
        return Condition(json: json, at: "", problems: &problems)?.summary(at: node)
    }
}
