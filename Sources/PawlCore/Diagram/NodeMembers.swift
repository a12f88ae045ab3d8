/// What drawings read of a definition's nodes beyond what ``Node`` says.
struct NodeMembers {
    private let definition: Definition
    private let texts: [JSON]

    init(_ definition: Definition) {
        self.definition = definition
        texts = definition.json["nodes"]?.arrayValue ?? []
    }

    /// A member of a node as it is written, or `nil`.
    private func member(_ key: String, of index: Int) -> JSON? {
        guard texts.indices.contains(index),
            texts[index]["id"]?.stringValue == definition.nodes[index].id
        else { return nil }
        return texts[index][key]
    }

    /// The node that steps in when this one has failed, and how.
    func rescue(of index: Int) -> (node: String, strategy: String)? {
        guard let rule = member("on_error", of: index), let node = rule["node"]?.stringValue else {
            return nil
        }
        return (node, rule["strategy"]?.stringValue ?? "on error")
    }

    /// The children of a dag that come before this one.
    func dependencies(of index: Int) -> [String] {
        (member("depends_on", of: index)?.arrayValue ?? []).compactMap(\.stringValue)
    }

    /// For which values each child of a branch node is chosen.
    func branches(of index: Int) -> [String: String] {
        let config = definition.nodes[index].config
        let branches = config["branches"]?.objectValue ?? [:]
        var labels: [String: [String]] = [:]
        for value in branches.keys.sorted() {
            if let child = branches[value]?.stringValue { labels[child, default: []].append(value) }
        }
        if let child = config["default"]?.stringValue {
            labels[child, default: []].append("otherwise")
        }
        return labels.mapValues { $0.joined(separator: ", ") }
    }

    /// What a node does for the run as a whole, in words.
    func role(of id: String) -> String {
        if definition.json["on_error"]?.stringValue == id { return "after a failure" }
        return definition.json["on_complete"]?.stringValue == id ? "after the end" : ""
    }

    /// What a node's config says, in a few words.
    func note(of index: Int) -> String {
        let node = definition.nodes[index]
        let note = note(kind: node.kind.rawValue, config: node.config, at: node.id)
        let condition = member("when", of: index).flatMap { Condition.summary(of: $0, at: node.id) }
        guard let condition else { return note }
        return note.isEmpty ? "when \(condition)" : "\(note), when \(condition)"
    }

    private func note(kind: String, config: JSON, at id: String) -> String {
        func text(_ key: String) -> String { config[key]?.word ?? "" }
        func condition() -> String {
            config["condition"].flatMap { Condition.summary(of: $0, at: id) } ?? ""
        }
        switch kind {
        case "log": return text("message")
        case "condition": return condition()
        case "switch": return text("path")
        case "branch": return text("value")
        case "function":
            return config["action"] == "custom" ? text("function") : text("action")
        case "parallel":
            let count = config["join"]?.intValue
            return count.map { "\($0) of \(definition.children(of: id).count)" } ?? text("join")
        case "loop":
            let mode = config["mode"]?.stringValue ?? "for_each"
            return mode == "for_each" ? "each of \(text("over"))" : "\(mode) \(condition())"
        case "wait":
            if config["until"] != nil { return "until \(text("until"))" }
            return config["signal"] == nil ? text("duration") : "signal \(text("signal"))"
        case "human": return text("prompt")
        case "reasoning": return text("prompt_context")
        case "workflow": return text("workflow")
        case "http": return "\(text("method")) \(text("url"))"
        case "command": return text("command")
        default: return ""
        }
    }
}

extension JSON {
    /// A value as it stands in a sentence: the text of a string, else JSON; long lists are counted.
    fileprivate var word: String {
        switch self {
        case .null: ""
        case .string(let text): text
        case .array(let values) where values.count > 5: "\(values.count) values"
        case .array(let values):
            values.map { $0.stringValue ?? $0.literal }.joined(separator: " ")
        case .object, .bool, .integer, .number: literal
        }
    }

    /// A value as it stands in a comparison.
    var literal: String {
        switch self {
        case .string(let text): text
        case .array(let values):
            "[" + values.prefix(4).map { $0.stringValue ?? $0.scalar }.joined(separator: ", ")
                + (values.count > 4 ? ", ...]" : "]")
        case .null, .bool, .integer, .number, .object: scalar
        }
    }

    private var scalar: String {
        switch self {
        case .array: "[...]"
        case .object: "{...}"
        case .null, .bool, .integer, .number, .string: description
        }
    }
}
