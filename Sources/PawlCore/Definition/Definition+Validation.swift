extension Definition {
    /// The most nodes that a definition may have.
    package static let maximumNodes = 10_000
    /// The most bytes that a path may have.
    ///
    /// An index row of PostgreSQL takes 2,700 bytes; a checkpoint's name stands there beside a path.
    static let maximumPath = 1_000

    /// What is wrong with the graph as a whole, given that its parts could be read.
    func structuralProblems() -> [Problem] {
        guard nodes.count <= Self.maximumNodes else {
            return [
                Problem(
                    at: "nodes",
                    .tooLarge,
                    "a definition has at most \(Self.maximumNodes) nodes, this one has \(nodes.count)"
                )
            ]
        }
        var problems = duplicates() + ends() + danglingEdges() + containers()
        if problems.isEmpty { problems += unreachable() }
        return problems
    }

    private func duplicates() -> [Problem] {
        var seen: Set<String> = []
        return nodes.enumerated().compactMap { index, node in
            guard !seen.insert(node.id).inserted else { return nil }
            return Problem(
                at: "nodes[\(index)].id",
                .duplicateNode,
                "Duplicate node id: \(node.id)",
                hint: "give each node an id of its own"
            )
        }
    }

    private func ends() -> [Problem] {
        if nodes.count == 1, nodes[0].kind.needsHandler { return [] }
        var problems: [Problem] = []
        let starts = nodes.filter { $0.kind == .start }
        if starts.isEmpty {
            problems.append(
                Problem(
                    at: "nodes",
                    .noStart,
                    "Graph must have exactly one start node",
                    hint: #"add {"id": "start", "type": "start"}"#
                )
            )
        } else if starts.count > 1 {
            let names = starts.map(\.id).joined(separator: ", ")
            problems.append(
                Problem(
                    at: "nodes",
                    .noStart,
                    "Graph must have exactly one start node, found \(starts.count): \(names)"
                )
            )
        }
        if !nodes.contains(where: { $0.kind == .end }) {
            problems.append(
                Problem(
                    at: "nodes",
                    .noEnd,
                    "Graph must have at least one end node",
                    hint: #"add {"id": "end", "type": "end"}"#
                )
            )
        }
        return problems
    }

    private func danglingEdges() -> [Problem] {
        var problems: [Problem] = []
        for (index, edge) in edges.enumerated() {
            if node(edge.source) == nil {
                problems.append(
                    Problem(
                        at: "edges[\(index)].source",
                        .danglingEdge,
                        "Edge source references nonexistent node: \(edge.source)"
                    )
                )
            }
            if node(edge.target) == nil {
                problems.append(
                    Problem(
                        at: "edges[\(index)].target",
                        .danglingEdge,
                        "Edge target references nonexistent node: \(edge.target)"
                    )
                )
            }
            if node(edge.target)?.kind == .start {
                problems.append(
                    Problem(
                        at: "edges[\(index)].target",
                        .badEdge,
                        "Start node '\(edge.target)' must not have incoming edges"
                    )
                )
            }
            if node(edge.source)?.kind == .end {
                problems.append(
                    Problem(
                        at: "edges[\(index)].source",
                        .badEdge,
                        "End node '\(edge.source)' must not have outgoing edges"
                    )
                )
            }
        }
        return problems
    }

    private func containers() -> [Problem] {
        var problems: [Problem] = []
        let touched = Set(edges.flatMap { [$0.source, $0.target] })
        for (index, node) in nodes.enumerated() {
            guard let parent = node.parent else { continue }
            let place = "nodes[\(index)]"
            if self.node(parent)?.kind != .parallel {
                problems.append(
                    Problem(
                        at: "\(place).parent",
                        .badContainer,
                        "the parent \"\(parent)\" of node \"\(node.id)\" is not a parallel node"
                    )
                )
            } else if let obstacle = nestingObstacle(of: node) {
                problems.append(Problem(at: "\(place).parent", .badContainer, obstacle))
            }
            if node.kind == .start || node.kind == .end {
                problems.append(
                    Problem(
                        at: place,
                        .badContainer,
                        "the \(node.kind.rawValue) node \"\(node.id)\" cannot be inside a parallel node"
                    )
                )
            }
            if touched.contains(node.id) {
                problems.append(
                    Problem(
                        at: place,
                        .badContainer,
                        "a child of a parallel node must have no edges, \"\(node.id)\" has some",
                        hint: "lead the edge from or to the parallel node"
                    )
                )
            }
        }
        return problems
    }

    /// Why a node cannot be inside its containers.
    ///
    /// Walks no further up than a path may be long, so that thousands of levels cost little.
    private func nestingObstacle(of node: Node) -> String? {
        var length = node.id.utf8.count
        var parent = node.parent
        while let id = parent, length <= Self.maximumPath {
            if id == node.id { return "node \"\(node.id)\" is inside itself" }
            length += id.utf8.count + 1
            parent = self.node(id)?.parent
        }
        guard length > Self.maximumPath else { return nil }
        return "node \"\(node.id)\" is nested too deep: its path takes more than "
            + "\(Self.maximumPath) bytes"
    }

    private func unreachable() -> [Problem] {
        var queue = [nodes.first { $0.kind == .start } ?? nodes[0]].map(\.id)
        var reached = Set(queue)
        while let id = queue.popLast() {
            let next = edges(from: id).map(\.target) + children(of: id).map(\.id)
            for target in next where reached.insert(target).inserted { queue.append(target) }
        }
        return nodes.enumerated().compactMap { index, node in
            guard !reached.contains(node.id) else { return nil }
            return Problem(
                at: "nodes[\(index)]",
                .unreachable,
                "Node '\(node.id)' is not reachable from start",
                hint: "lead an edge to it"
            )
        }
    }
}
