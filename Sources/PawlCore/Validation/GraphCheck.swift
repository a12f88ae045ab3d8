/// Looks for what makes a graph unusable; every check goes over nodes and edges a fixed number of
/// times, however they are nested.
struct GraphCheck {
    let definition: Definition
    let unread: Unread
    private(set) var problems: [Problem] = []
    /// The place of each node in the list, by its id; of two with the same id the first.
    let positions: [String: Int]
    /// For each node that is named by an `on_error` the first node that names it.
    let standIns: [String: Int]
    /// The nodes at an edge of the text.
    let linked: Set<String>
    /// The nodes that can be reached; `nil` if that is not told.
    private(set) var reached: Set<String>?
    /// The nodes of which it is told that they are inside themselves, or are in one of these.
    var isInsideItself: Set<Int> = []
    /// Whether names that lead nowhere can all be those of nodes without an id.
    private let excusesMissing: Bool

    init(_ definition: Definition, _ unread: Unread) {
        self.definition = definition
        self.unread = unread
        positions = Dictionary(
            definition.nodes.enumerated().map { ($1.id, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        standIns = Dictionary(
            definition.nodes.enumerated().compactMap { index, node in
                node.onError.node.map { ($0, index) }
            },
            uniquingKeysWith: { first, _ in first }
        )
        linked = Set(definition.edges.flatMap { [$0.source, $0.target] })
        let ids = Set(definition.nodes.map(\.id))
        excusesMissing =
            unread.nameless > 0
            && definition.names.subtracting(ids).count <= unread.nameless
    }

    /// Whether no node has a name, and it can be told so.
    func isMissing(_ name: String) -> Bool {
        positions[name] == nil && !name.isEmpty && !excusesMissing
    }

    mutating func report(
        _ place: String,
        _ code: Problem.Code,
        _ message: String,
        hint: String? = nil
    ) {
        problems.append(Problem(at: place, code, message, hint: hint))
    }
}

// MARK: - What RoomKit's graphs check

extension Definition {
    /// The ids that its parts name.
    fileprivate var names: Set<String> {
        var names = Set(edges.flatMap { [$0.source, $0.target] })
        for node in nodes {
            names.formUnion([node.parent, node.onError.node].compactMap { $0 })
            names.formUnion(node.dependencies)
            if case .branch(let rule) = node.rule {
                names.formUnion(rule.branches.values)
                if let otherwise = rule.otherwise { names.insert(otherwise) }
            }
        }
        names.formUnion([settings.onError, settings.onComplete].compactMap { $0 })
        return names.subtracting([""])
    }
}

extension GraphCheck {
    mutating func checkIDs() {
        for (index, node) in definition.nodes.enumerated() where positions[node.id] != index {
            report(
                "nodes[\(index)].id",
                .duplicateNode,
                "Duplicate node id: \(node.id)",
                hint: "give each node an id of its own"
            )
        }
    }

    mutating func checkStartAndEnd() {
        let nodes = definition.nodes
        if nodes.count == 1, nodes[0].kind.needsHandler { return }
        let starts = nodes.filter { $0.kind == .start }
        // What has no type may well be the one that is missed.
        if starts.count != 1, !starts.isEmpty || unread.untyped.isEmpty {
            let names = starts.map(\.id).joined(separator: ", ")
            report(
                "nodes",
                .noStart,
                "Graph must have exactly one start node"
                    + (starts.isEmpty ? "" : ", found \(starts.count): \(names)"),
                hint: starts.isEmpty ? #"add {"id": "start", "type": "start"}"# : nil
            )
        }
        if unread.untyped.isEmpty, !nodes.contains(where: { $0.kind == .end }) {
            report(
                "nodes",
                .noEnd,
                "Graph must have at least one end node",
                hint: #"add {"id": "end", "type": "end"}"#
            )
        }
    }

    mutating func checkEdges() {
        var incoming: [String: Int] = [:]
        var outgoing: [String: Int] = [:]
        for (index, edge) in definition.edges.enumerated() {
            if isMissing(edge.source) {
                report(
                    "edges[\(index)].source",
                    .danglingEdge,
                    "Edge source references nonexistent node: \(edge.source)"
                )
            }
            if isMissing(edge.target) {
                report(
                    "edges[\(index)].target",
                    .danglingEdge,
                    "Edge target references nonexistent node: \(edge.target)"
                )
            }
            if incoming[edge.target] == nil { incoming[edge.target] = index }
            if outgoing[edge.source] == nil { outgoing[edge.source] = index }
        }
        if let start = definition.nodes.first(where: { $0.kind == .start }),
            let edge = incoming[start.id]
        {
            report(
                "edges[\(edge)].target",
                .badEdge,
                "Start node '\(start.id)' must not have incoming edges"
            )
        }
        for end in definition.nodes where end.kind == .end {
            guard let edge = outgoing[end.id] else { continue }
            report(
                "edges[\(edge)].source",
                .badEdge,
                "End node '\(end.id)' must not have outgoing edges"
            )
        }
    }

    /// Notes which nodes can be reached from the start, if all ways are known.
    ///
    /// A node in a container is reached with it, in a body by the edges from where it begins. Nodes
    /// that stand in for others, or run when the run ends, are reached without an edge.
    mutating func lookAround() {
        let nodes = definition.nodes
        let starts = nodes.filter { $0.kind == .start }
        let first = nodes.count == 1 ? nodes.first : starts.first
        guard let first, starts.count <= 1, !unread.hasLostWays, unread.nameless == 0,
            !problems.contains(where: { $0.code == .danglingEdge })
        else { return }
        let endings = [definition.settings.onError, definition.settings.onComplete]
        var queue = [first.id] + endings.compactMap { $0 }
        var reached = Set(queue)
        while let id = queue.popLast() {
            guard let node = definition.node(id) else { continue }
            var next = definition.edges(from: id).map(\.target)
            switch node.kind {
            case .sequence, .loop: next += definition.entry(of: node).map { [$0.id] } ?? []
            default: next += definition.children(of: id).map(\.id)
            }
            next += node.onError.node.map { [$0] } ?? []
            for target in next where reached.insert(target).inserted { queue.append(target) }
        }
        self.reached = reached
    }

    /// Tells the nodes to which no way leads from the start.
    mutating func checkReachability() {
        guard let reached else { return }
        for (index, node) in definition.nodes.enumerated()
        where !reached.contains(node.id) && !isInsideItself.contains(index) {
            let isOrphan = node.parent.map { positions[$0] == nil } ?? false
            problems.append(
                Problem(
                    at: "nodes[\(index)]",
                    .unreachable,
                    "Node '\(node.id)' is not reachable from start",
                    hint: node.parent.map { parent in
                        isOrphan
                            ? "its parent \"\(parent)\" does not exist"
                            : "lead a way to \"\(parent)\", and inside it to the node"
                    } ?? "lead an edge to it",
                    // A node that is never executed does no harm; one that is nowhere is a mistake.
                    severity: isOrphan ? .error : .warning
                )
            )
        }
    }
}
