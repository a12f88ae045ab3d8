// What is inside what, and which edges that allows.
extension GraphCheck {
    /// The container that a node is in.
    private func container(of node: Node) -> Node? {
        node.parent.flatMap { positions[$0] }.map { definition.nodes[$0] }
    }

    mutating func checkNesting() {
        let depths = NestingDepths(definition, positions)
        for (index, node) in definition.nodes.enumerated() {
            guard let parent = node.parent else { continue }
            let place = "nodes[\(index)].parent"
            if let container = container(of: node), !container.kind.isContainer,
                !container.type.isEmpty,
                reached?.contains(node.id) ?? true
            {
                report(
                    place,
                    .badContainer,
                    "the parent \"\(parent)\" of node \"\(node.id)\" is not a container but of type "
                        + container.type,
                    hint: "containers are parallel, sequence, loop, dag and branch"
                )
            } else if isMissing(parent), reached == nil {
                report(
                    place,
                    .badContainer,
                    "the parent \"\(parent)\" of node \"\(node.id)\" does not exist"
                )
            } else if depths.isInsideItself[index] {
                isInsideItself.insert(index)
                report(place, .badContainer, "node \"\(node.id)\" is inside itself")
            } else if depths.isTooDeep(index, in: positions[parent]) {
                report(
                    place,
                    .badContainer,
                    "node \"\(node.id)\" is nested too deep: its path takes more than "
                        + "\(Definition.maximumPath) bytes",
                    hint: "use shorter ids, or another workflow for a part of it"
                )
            }
            if node.kind == .start || node.kind == .end {
                report(
                    "nodes[\(index)]",
                    .badContainer,
                    "the \(node.type) node \"\(node.id)\" cannot be inside a container"
                )
            }
        }
    }

    /// Only the children of a body have edges, and only among themselves.
    mutating func checkEdgesOfChildren() {
        for (index, node) in definition.nodes.enumerated() where linked.contains(node.id) {
            guard let container = container(of: node) else { continue }
            switch container.kind {
            case .parallel, .branch, .dag:
                report(
                    "nodes[\(index)]",
                    .badContainer,
                    "a child of a \(container.type) node must have no edges, \"\(node.id)\" has some",
                    hint: container.kind == .dag
                        ? "name what it waits for in its \"depends_on\""
                        : "lead the edge from or to the \(container.type) node"
                )
            default: break
            }
        }
        for (index, edge) in definition.edges.enumerated() {
            guard let source = positions[edge.source].map({ definition.nodes[$0] }),
                let target = positions[edge.target].map({ definition.nodes[$0] }),
                source.parent != target.parent,
                unread.unplaced.isDisjoint(with: [source.id, target.id]),
                // Told already, or of no use beside what is told.
                ![source, target].contains(where: hasNoEdges)
            else { continue }
            report(
                "edges[\(index)]",
                .badEdge,
                "an edge leads from \"\(edge.source)\" to \"\(edge.target)\", which is not beside it",
                hint: "edges stay within their container: lead it to the container instead"
            )
        }
    }

    private func hasNoEdges(_ node: Node) -> Bool {
        switch container(of: node)?.kind {
        case .parallel, .branch, .dag: true
        case nil: node.parent != nil
        default: false
        }
    }

    /// A parallel node waits for no more children than it has.
    mutating func checkJoins() {
        guard unread.unplaced.isEmpty else { return }
        for (index, node) in definition.nodes.enumerated() {
            guard case .parallel(let rule) = node.rule, case .count(let count) = rule.join else {
                continue
            }
            let children = definition.children(of: node.id).count
            // Without any it does nothing, of which is warned.
            guard count > children, children > 0 else { continue }
            report(
                "nodes[\(index)].config.join",
                .badContainer,
                "node \"\(node.id)\" waits for \(count) children and has \(children)",
                hint: #"use "all", or a number of at most \#(children)"#
            )
        }
    }

    /// A branch names its children, each of them at least once.
    mutating func checkBranches() {
        for (index, node) in definition.nodes.enumerated() {
            guard case .branch(let rule) = node.rule else { continue }
            let place = "nodes[\(index)].config"
            var named = rule.branches.sorted { $0.key < $1.key }.map {
                (child: $0.value, place: "\(place).branches.\($0.key)")
            }
            if let otherwise = rule.otherwise { named.append((otherwise, "\(place).default")) }
            for (child, place) in named {
                guard let position = positions[child] else {
                    if isMissing(child) {
                        report(
                            place,
                            .notFound,
                            "branch \"\(node.id)\" names \"\(child)\", which does not exist"
                        )
                    }
                    continue
                }
                if unread.unplaced.contains(child) { continue }
                if definition.nodes[position].parent != node.id || standIns[child] != nil {
                    report(
                        place,
                        .badContainer,
                        "branch \"\(node.id)\" names \"\(child)\", which is not a child of it",
                        hint: #"give that node "parent": "\#(node.id)""#
                    )
                }
            }
            let names = Set(named.map(\.child))
            for child in definition.children(of: node.id) where !names.contains(child.id) {
                report(
                    "nodes[\(positions[child.id] ?? index)]",
                    .unreachable,
                    "branch \"\(node.id)\" does not name its child \"\(child.id)\"",
                    hint: #"add it to "branches", or name it as "default""#
                )
            }
        }
    }
}

/// How deep each node is inside others, found in one walk.
private struct NestingDepths {
    /// The bytes of each node's path.
    private(set) var paths: [Int]
    private(set) var isInsideItself: [Bool]

    /// Whether a node is the outermost one whose path is too long.
    func isTooDeep(_ node: Int, in parent: Int?) -> Bool {
        let limit = Definition.maximumPath
        return paths[node] > limit && parent.map { paths[$0] <= limit } ?? true
    }

    init(_ definition: Definition, _ positions: [String: Int]) {
        let nodes = definition.nodes
        let parents = nodes.map { $0.parent.flatMap { positions[$0] } }
        paths = Array(repeating: 0, count: nodes.count)
        isInsideItself = Array(repeating: false, count: nodes.count)
        var isKnown = paths.map { _ in false }
        var visit = paths.map { _ in -1 }
        for index in nodes.indices {
            // Up to where it is known, or to the top.
            var way: [Int] = []
            var next: Int? = index
            while let place = next, !isKnown[place], visit[place] != index {
                visit[place] = index
                way.append(place)
                next = parents[place]
            }
            if let place = next, !isKnown[place], let start = way.firstIndex(of: place) {
                for place in way[start...] {
                    isInsideItself[place] = true
                    isKnown[place] = true
                }
                way.removeSubrange(start...)
            }
            for place in way.reversed() {
                let above = parents[place]
                // An iteration of a loop has its number in the path, of up to seven digits.
                let loop = above.map { nodes[$0].kind == .loop } ?? false
                paths[place] =
                    (above.map { paths[$0] + 1 } ?? 0) + nodes[place].id.utf8.count + (loop ? 8 : 0)
                isKnown[place] = true
            }
        }
    }
}
