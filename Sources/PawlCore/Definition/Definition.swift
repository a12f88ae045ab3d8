/// A workflow as data: nodes, and the edges between them.
///
/// A value of this type is valid: its names resolve, every node can be reached, and there is one
/// place to begin. It may have cycles.
public struct Definition: Hashable, Sendable {
    /// The name of the workflow.
    public let name: String
    /// The nodes, in the order of the text.
    public let nodes: [Node]
    /// The edges; of several that could be taken the first one is.
    public let edges: [Edge]
    /// The queue of its runs, if they name none.
    public let queue: String
    /// The priority of its runs, if they name none: 0 is first, 9 is last.
    public let priority: Int
    /// The text that it was read from, or the equivalent.
    public let json: JSON

    private let positions: [String: Int]
    private let outgoing: [String: [Edge]]
    private let contained: [String: [Node]]

    /// Trusts its arguments; ``init(json:)`` checks them.
    init(name: String, nodes: [Node], edges: [Edge], queue: String, priority: Int, json: JSON) {
        self.name = name
        self.nodes = nodes
        self.edges = edges
        self.queue = queue
        self.priority = priority
        self.json = json
        positions = Dictionary(
            nodes.enumerated().map { ($1.id, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        outgoing = Dictionary(grouping: edges, by: \.source)
        contained = nodes.reduce(into: [:]) { contained, node in
            if let parent = node.parent { contained[parent, default: []].append(node) }
        }
    }

    /// The workflow of one step: the handler of the same name.
    ///
    /// The step's node is named like it too, with `-` for the dots, which separate nodes in a path.
    ///
    /// - Precondition: `name` is not a kind of Pawl's own, and `priority` is from 0 to 9.
    public static func job(
        _ name: String,
        queue: String = "default",
        priority: Int = 5
    )
        -> Definition
    {
        precondition(Node.Kind(rawValue: name).needsHandler && !name.hasPrefix("@"))
        precondition((0...9).contains(priority))
        let id = name.replacing(".", with: "-")
        return Definition(
            name: name,
            nodes: [Node(id, .handler(name))],
            edges: [],
            queue: queue,
            priority: priority,
            json: [
                "id": .string(name), "queue": .string(queue), "priority": .integer(Int64(priority)),
                "nodes": [["id": .string(id), "type": .string(name)]], "edges": [],
            ]
        )
    }

    /// The node of that id.
    public func node(_ id: String) -> Node? { positions[id].map { nodes[$0] } }

    /// The edges that leave a node, in order.
    public func edges(from id: String) -> [Edge] { outgoing[id] ?? [] }

    /// The children of a container, in order.
    public func children(of id: String) -> [Node] { contained[id] ?? [] }

    /// Where the first task of a run stands.
    ///
    /// A start node whose only edge has no condition is passed already: it does nothing.
    public var entry: Node {
        guard let start = nodes.first(where: { $0.kind == .start }) else { return nodes[0] }
        let leaving = edges(from: start.id)
        if leaving.count == 1, leaving[0].condition == nil, let first = node(leaving[0].target) {
            return first
        }
        return start
    }

    /// Where a node is, inside its containers.
    public func path(of node: Node) -> String {
        guard let parent = node.parent.flatMap({ self.node($0) }) else { return node.id }
        return path(of: parent) + "." + node.id
    }
}
