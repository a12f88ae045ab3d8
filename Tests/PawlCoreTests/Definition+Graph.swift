@testable import PawlCore

extension Definition {
    /// Reads a definition from a short spelling, and checks it.
    ///
    /// `nodes` are `id:type`, a child `container/id:type`; `edges` are `source>target`. `configs`
    /// are by node, `conditions` by edge, and `members` are what else the nodes and the definition
    /// (as `""`) say. The nodes `start` and `end` are added.
    static func graph(
        _ nodes: String,
        _ edges: String,
        configs: [String: JSON] = [:],
        conditions: [String: JSON] = [:],
        members: [String: [String: JSON]] = [:]
    ) throws -> Definition {
        try Definition(json: spelled(nodes, edges, configs, conditions, members))
    }

    /// As ``graph(_:_:configs:conditions:members:)``, but does not check the graph as a whole.
    static func trusted(
        _ nodes: String,
        _ edges: String,
        configs: [String: JSON] = [:],
        conditions: [String: JSON] = [:],
        members: [String: [String: JSON]] = [:]
    ) throws -> Definition {
        try trusted(spelled(nodes, edges, configs, conditions, members))
    }

    private static func spelled(
        _ nodes: String,
        _ edges: String,
        _ configs: [String: JSON],
        _ conditions: [String: JSON],
        _ members: [String: [String: JSON]]
    ) -> JSON {
        let named = "start:start \(nodes) end:end".split(separator: " ").map { spelling in
            let parts = spelling.split(whereSeparator: { $0 == ":" || $0 == "/" }).map(String.init)
            let id = parts[parts.count - 2]
            let written: [String: JSON] = [
                "id": .string(id), "type": .string(parts[parts.count - 1]),
                "parent": parts.count == 3 ? .string(parts[0]) : .null,
                "config": configs[id] ?? .null,
            ]
            return JSON.object(written.merging(members[id] ?? [:]) { $1 })
        }
        let led = edges.split(separator: " ").map { spelling in
            let ends = spelling.split(separator: ">").map(String.init)
            return JSON.object([
                "source": .string(ends[0]), "target": .string(ends[1]),
                "condition": conditions[String(spelling)] ?? .null,
            ])
        }
        let written: [String: JSON] = [
            "id": "graph", "nodes": .array(named), "edges": .array(led),
        ]
        return .object(written.merging(members[""] ?? [:]) { $1 })
    }

    /// Reads a definition without checking its graph.
    static func trusted(_ json: JSON) throws -> Definition {
        var reader = DefinitionReader()
        let definition = reader.parts(of: json)
        guard reader.problems.allSatisfy({ $0.severity == .warning }) else {
            throw InvalidDefinition(problems: reader.problems)
        }
        return definition
    }
}

extension Projection {
    /// What is known of a run after events.
    init(input: JSON = [:], after events: [Event]) {
        self.init(input: input.serialized())
        for event in events { apply(event) }
    }
}

extension Event {
    /// A first visit that ended well.
    static func completed(_ path: String, visit: Int = 1, _ output: JSON? = nil) -> Event {
        Event(.stepCompleted, StepID(path: path, visit: visit), data: output?.serialized())
    }

    /// What the event holds.
    var json: JSON? {
        get throws { try data.map { try JSON(parsing: $0) } }
    }
}

extension Transition {
    /// The step that the task moves to.
    var destination: StepID? {
        guard case .move(let position) = disposition else { return nil }
        return position.step
    }

    /// What an event holds, if there are so many.
    func json(at index: Int) throws -> JSON? {
        events.indices.contains(index) ? try events[index].json : nil
    }
}
