import HashTreeCollections

/// What is known at a step, by the paths that templates and conditions name.
///
/// `node.output.name` is the output of a node, and `start.output.input` the run's input. A node in
/// the same iteration of a loop comes before the same node elsewhere. `inputs` and `trigger` are the
/// run's input, `input` is what the node before gave, `steps.node` is `node`, `context` holds
/// variables, `loop` the iteration, `run` and `workflow` the run itself.
final class Vantage: Knowledge {
    private let definition: Definition
    private let projection: Projection
    /// The step from which is looked, or the container of the nodes that see each other.
    private let path: String
    /// The iteration that a loop's own condition is about.
    private let turn: Int?
    private var read: [String: JSON] = [:]

    init(_ definition: Definition, _ projection: Projection, at path: String, turn: Int? = nil) {
        self.definition = definition
        self.projection = projection
        self.path = path
        self.turn = turn
    }

    func value(at path: Path) -> JSON? {
        guard case .name(let first)? = path.segments.first else { return nil }
        let rest = path.segments.dropFirst()
        // A loop may well be called "loop"; what it gave is no iteration of it.
        if first == "loop" || first == "iter",
            let value = iteration.flatMap({ walk(rest, in: $0) })
        {
            return value
        }
        if let known = node(named: first) {
            return walk(rest, in: known)
        }
        switch first {
        case "steps":
            guard case .name(let id)? = rest.first, let known = node(named: id) else { return nil }
            return walk(rest.dropFirst(), in: known)
                // As in opcode, where a step is what it gave.
                ?? known["output"].flatMap { walk(rest.dropFirst(), in: $0) }
        case "inputs", "trigger": return input.flatMap { walk(rest, in: $0) }
        case "input": return previous.flatMap { walk(rest, in: $0) }
        case "context":
            guard case .name(let name)? = rest.first else {
                return .object(
                    Dictionary(
                        uniqueKeysWithValues: projection.variables.map { ($0.key, $0.value) }
                    )
                )
            }
            return projection.variables[name].flatMap { walk(rest.dropFirst(), in: $0) }
        case "run", "workflow": return walk(rest, in: run)
        default: return nil
        }
    }

    /// The nodes that have been executed, as far as they can be seen from here.
    var names: [String] {
        ["start"] + definition.nodes.map(\.id).filter { $0 != "start" && node(named: $0) != nil }
    }

    /// All that is known: what each node that ran gave, by its id.
    ///
    /// But for what log nodes recorded, and what contains that: each would hold all those before it
    /// and with every one there would be twice as much.
    var everything: JSON {
        var logs: Set<String> = []
        for node in definition.nodes where node.kind == .log {
            var link: Node? = node
            while let id = link?.id, logs.insert(id).inserted {
                link = link?.parent.flatMap(definition.node)
            }
        }
        return .object(
            Dictionary(
                names.filter { !logs.contains($0) }
                    .compactMap { name in node(named: name).map { (name, $0) } },
                uniquingKeysWith: { first, _ in first }
            )
        )
    }

    private func walk(_ segments: ArraySlice<Path.Segment>, in value: JSON) -> JSON? {
        segments.reduce(value as JSON?) { value, segment in value.flatMap { segment.value(in: $0) }
        }
    }

    private func node(named id: String) -> JSON? {
        if let known = read[id] { return known }
        let node = definition.node(id)
        let record = node.flatMap { projection.record(of: path(of: $0)) }
        var members: [String: JSON] = [:]
        members["output"] = Projection.parse(record?.output)
        members["error"] = Projection.parse(record?.failure)
        if members["output"] == nil, id == "start" || node?.kind == .start {
            members["output"] = ["input": input ?? .null]
        }
        guard !members.isEmpty else { return nil }
        read[id] = .object(members)
        return read[id]
    }

    private var input: JSON? {
        if let known = read["\0input"] { return known }
        let input = Projection.parse(projection.input)
        read["\0input"] = input
        return input
    }

    /// The newest output beside the step, or else what its container was reached with.
    ///
    /// A start node passes the run's input on, and so does a step that failed and has another one
    /// stand in for it what it was reached with.
    private var previous: JSON? {
        var place = definition.place(of: path)
        while let here = place {
            let ended = neighbours(of: here).compactMap { node, path in
                projection.record(of: path).map { (node, $0) }
            }
            let opened =
                here.container.flatMap { projection.record(of: $0.path) }?.openedAt ?? 0
            let newest = ended.filter { $0.1.order > opened && $0.1.hasGiven }
                .max { $0.1.order < $1.1.order }
            if let newest {
                return newest.0.kind == .start ? input : Projection.parse(newest.1.output)
            }
            place = here.container.flatMap { definition.place(of: $0.path) }
        }
        return input
    }

    /// The nodes that can lead to another one, and where they are.
    private func neighbours(of place: Place) -> [(Node, String)] {
        guard let container = place.container else {
            return definition.nodes.filter { $0.parent == nil }.map { ($0, $0.id) }
        }
        switch container.node.kind {
        case .parallel: return []
        case .dag:
            return place.node.dependencies.compactMap(definition.node)
                .map { ($0, container.path(of: $0)) }
        default:
            return definition.children(of: container.node.id)
                .map { ($0, container.path(of: $0)) }
        }
    }

    private var run: JSON {
        var members: [String: JSON] = [
            "id": .string(projection.run), "run_id": .string(projection.run),
            "workflow": .string(definition.name), "name": .string(definition.name),
        ]
        if let verdict = projection.verdict {
            members["status"] = .string(verdict.status.rawValue)
            members[verdict.status == .completed ? "output" : "error"] = verdict.data
        }
        return .object(members)
    }

    /// The innermost iteration: its item and its index.
    private var iteration: JSON? {
        if let turn { return ["index": .integer(Int64(turn))] }
        var place = definition.place(of: path)
        while let container = place?.container {
            if container.node.kind == .loop, let index = container.index {
                var members: [String: JSON] = ["index": JSON.integer(Int64(index))]
                members["item"] = projection.record(of: container.path)?.opening?["items"]?[index]
                return .object(members)
            }
            place = definition.place(of: container.path)
        }
        return nil
    }

    /// Where a node is, as it is seen from here: in this iteration, if it has been there.
    func path(of node: Node) -> String {
        var chain: [Node] = [node]
        while let parent = chain[chain.count - 1].parent.flatMap(definition.node),
            chain.count <= definition.nodes.count
        {
            chain.append(parent)
        }
        var built = ""
        var opened = 0
        for (offset, link) in chain.reversed().enumerated() {
            built += built.isEmpty ? link.id : ".\(link.id)"
            guard link.kind == .loop, offset < chain.count - 1 else { continue }
            opened = projection.record(of: built)?.openedAt ?? 0
            guard path.hasPrefix("\(built)."),
                let index = path.dropFirst(built.count + 1).split(separator: ".").first
            else { return projection.newest[node.id] ?? definition.path(of: node) }
            built += ".\(index)"
        }
        // An earlier visit to the loop may have had such an iteration, too.
        if projection.record(of: built)?.order ?? 0 > opened { return built }
        return projection.newest[node.id] ?? built
    }
}

extension Projection.Record {
    /// Whether the latest visit ended well, with an output.
    fileprivate var hasGiven: Bool {
        hasEnded && !isCancelled && failure == nil && ownOutput != nil
    }
}
