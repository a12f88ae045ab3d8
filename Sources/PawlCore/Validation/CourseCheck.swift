/// Looks at where runs can go: edges that are never taken, ways that end too soon, and circles that
/// nothing leads out of.
struct CourseCheck {
    private let definition: Definition
    private var problems: [Problem] = []
    /// The edges of the text that leave each node, by their places.
    private let leaving: [String: [Int]]

    private let unread: Unread

    static func warnings(_ definition: Definition, _ unread: Unread) -> [Problem] {
        var check = CourseCheck(definition, unread)
        check.checkLeavingEdges()
        check.checkCircles()
        return check.problems
    }

    private init(_ definition: Definition, _ unread: Unread) {
        self.definition = definition
        self.unread = unread
        leaving = Dictionary(grouping: definition.edges.indices) { definition.edges[$0].source }
    }

    private mutating func warn(
        _ place: String,
        _ code: Problem.Code,
        _ message: String,
        hint: String
    ) {
        problems.append(Problem(at: place, code, message, hint: hint, severity: .warning))
    }

    private mutating func checkLeavingEdges() {
        for (index, node) in definition.nodes.enumerated() {
            guard let leaving = leaving[node.id], unread.edges.isDisjoint(with: leaving) else {
                continue
            }
            let taken = takenEdges(leaving)
            for edge in leaving where !taken.contains(edge) {
                warn(
                    "edges[\(edge)]",
                    .doubtful,
                    "the edge from \"\(node.id)\" to \"\(definition.edges[edge].target)\" is never "
                        + "taken",
                    hint: "of several edges without a condition the last is taken, and before any "
                        + "\"otherwise\""
                )
            }
            if leaving.allSatisfy({ definition.edges[$0].isConditional }), !isExhaustive(leaving) {
                warn(
                    "nodes[\(index)]",
                    .deadEnd,
                    "no edge leads on from \"\(node.id)\" where none of its conditions holds",
                    hint: #"add an edge with "condition": {"type": "otherwise"}"#
                )
            }
        }
    }

    /// Whether it is not known where a way from a node leads.
    private func leadsNowhere(_ node: Int) -> Bool {
        (leaving[definition.nodes[node].id] ?? []).contains { edge in
            unread.edges.contains(edge) || definition.node(definition.edges[edge].target) == nil
        }
    }

    /// Those of a node's edges that can be taken.
    private func takenEdges(_ leaving: [Int]) -> Set<Int> {
        let edges = definition.edges
        var taken = Set(leaving.filter { edges[$0].isConditional })
        let last =
            leaving.last { edges[$0].condition == nil }
            ?? leaving.last { edges[$0].condition == .otherwise }
        if let last { taken.insert(last) }
        return taken
    }

    /// Whether one of two conditions always holds, because one is the opposite of the other.
    private func isExhaustive(_ leaving: [Int]) -> Bool {
        let conditions = Set(leaving.compactMap { definition.edges[$0].condition })
        return conditions.contains { condition in
            if case .not(let inner) = condition { conditions.contains(inner) } else { false }
        }
    }
}

extension Edge {
    /// Whether it depends on something but the other edges.
    fileprivate var isConditional: Bool { condition != nil && condition != .otherwise }
}

// MARK: - Circles

extension CourseCheck {
    /// Tells the groups of nodes that can reach one another, and nothing else.
    private mutating func checkCircles() {
        let positions = Dictionary(
            definition.nodes.enumerated().map { ($1.id, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        let next = definition.nodes.map { node in
            guard let leaving = leaving[node.id] else { return [Int]() }
            return takenEdges(leaving).sorted().compactMap {
                positions[definition.edges[$0].target]
            }
        }
        var walk = ComponentWalk(next)
        walk.run()
        for component in walk.components {
            let members = Set(component)
            // One node alone is a circle only with an edge to itself.
            guard component.allSatisfy({ next[$0].contains(where: members.contains) }),
                component.allSatisfy({ next[$0].allSatisfy(members.contains) }),
                !component.contains(where: leadsNowhere),
                let first = component.min()
            else { continue }
            let names = component.sorted().map { definition.nodes[$0].id }
            warn(
                "nodes[\(first)]",
                .endless,
                "nothing leads out of the circle of \(names.prefix(20).joined(separator: ", "))"
                    + (names.count > 20 ? " and \(names.count - 20) more" : ""),
                hint: "add an edge with a condition that leads on"
            )
        }
    }
}

/// Finds the groups of nodes that can reach one another (Tarjan's algorithm, with a stack of its own).
private struct ComponentWalk {
    private let next: [[Int]]
    private(set) var components: [[Int]] = []
    private var order: [Int]
    private var lowest: [Int]
    private var isOpen: [Bool]
    private var open: [Int] = []
    private var count = 0

    init(_ next: [[Int]]) {
        self.next = next
        order = Array(repeating: -1, count: next.count)
        lowest = order
        isOpen = Array(repeating: false, count: next.count)
    }

    mutating func run() {
        for root in next.indices where order[root] < 0 { walk(from: root) }
    }

    private mutating func walk(from root: Int) {
        var way: [(node: Int, edge: Int)] = [(root, 0)]
        enter(root)
        while let (node, edge) = way.last {
            if edge < next[node].count {
                way[way.count - 1].edge += 1
                let target = next[node][edge]
                if order[target] < 0 {
                    enter(target)
                    way.append((target, 0))
                } else if isOpen[target] {
                    lowest[node] = min(lowest[node], order[target])
                }
                continue
            }
            way.removeLast()
            if let above = way.last?.node { lowest[above] = min(lowest[above], lowest[node]) }
            if lowest[node] == order[node] { close(node) }
        }
    }

    private mutating func enter(_ node: Int) {
        order[node] = count
        lowest[node] = count
        count += 1
        isOpen[node] = true
        open.append(node)
    }

    private mutating func close(_ root: Int) {
        var component: [Int] = []
        while let node = open.popLast() {
            isOpen[node] = false
            component.append(node)
            if node == root { break }
        }
        components.append(component)
    }
}
