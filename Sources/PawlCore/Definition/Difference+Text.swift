extension Definition.Difference: CustomStringConvertible {
    /// What is different, a line each.
    public var description: String { lines.joined(separator: "\n") }

    /// What is different, a line each: `+` is new, `-` is gone, `~` is changed.
    public var lines: [String] { changes.flatMap(\.lines) }

    /// What is different, as JSON.
    public var json: JSON { .array(changes.map(\.json)) }
}

extension Definition.Difference.Change {
    fileprivate var lines: [String] {
        switch self {
        case .setting(let change): ["~ \(change)"]
        case .nodeAdded(let id, let type): ["+ node \(id) (\(type))"]
        case .nodeRemoved(let id, let type): ["- node \(id) (\(type))"]
        case .nodeChanged(let id, let changes): changes.map { "~ node \(id): \($0)" }
        case .childrenReordered(let parent): ["~ node \(parent): its children are in another order"]
        case .edgeAdded(let source, let target, let condition):
            ["+ edge \(source) → \(target)\(Self.suffix(condition))"]
        case .edgeRemoved(let source, let target, let condition):
            ["- edge \(source) → \(target)\(Self.suffix(condition))"]
        case .edgeChanged(let source, let target, let changes):
            changes.map { "~ edge \(source) → \(target): \($0)" }
        case .edgesReordered(let source): ["~ node \(source): its edges are in another order"]
        }
    }

    private static func suffix(_ condition: JSON?) -> String {
        condition.map { " if \(Definition.Difference.MemberChange.shortened($0))" } ?? ""
    }

    fileprivate var json: JSON {
        switch self {
        case .setting(let change):
            .object(change.members.merging(["change": "setting"]) { $1 })
        case .nodeAdded(let id, let type):
            ["change": "node_added", "node": .string(id), "type": .string(type)]
        case .nodeRemoved(let id, let type):
            ["change": "node_removed", "node": .string(id), "type": .string(type)]
        case .nodeChanged(let id, let changes):
            [
                "change": "node_changed", "node": .string(id),
                "members": .array(changes.map { .object($0.members) }),
            ]
        case .childrenReordered(let parent):
            ["change": "children_reordered", "node": .string(parent)]
        case .edgeAdded(let source, let target, let condition):
            Self.edge("edge_added", source, target, condition.map { ["condition": $0] } ?? [:])
        case .edgeRemoved(let source, let target, let condition):
            Self.edge("edge_removed", source, target, condition.map { ["condition": $0] } ?? [:])
        case .edgeChanged(let source, let target, let changes):
            Self.edge(
                "edge_changed",
                source,
                target,
                ["members": .array(changes.map { .object($0.members) })]
            )
        case .edgesReordered(let source):
            ["change": "edges_reordered", "node": .string(source)]
        }
    }

    private static func edge(
        _ change: JSON,
        _ source: String,
        _ target: String,
        _ rest: [String: JSON]
    ) -> JSON {
        let ends: [String: JSON] = [
            "change": change, "source": .string(source), "target": .string(target),
        ]
        return .object(ends.merging(rest) { $1 })
    }
}

extension Definition.Difference.MemberChange: CustomStringConvertible {
    /// The name and both values, long ones cut.
    public var description: String {
        let old = old.map(Self.shortened) ?? "none"
        let new = new.map(Self.shortened) ?? "none"
        return "\(name) \(old) → \(new)"
    }

    fileprivate static func shortened(_ json: JSON) -> String {
        let text = json.description
        return text.count <= 60 ? text : text.prefix(59) + "…"
    }

    /// As an object; a value that is not there has no member.
    fileprivate var members: [String: JSON] {
        var members: [String: JSON] = ["member": .string(name)]
        if let old { members["old"] = old }
        if let new { members["new"] = new }
        return members
    }
}
