/// A workflow as data: nodes, and the edges between them.
///
/// A value of this type is valid: its names resolve, every node can be reached, and there is one
/// place to begin. It may have cycles.
public struct Definition: Hashable, Sendable {
    /// Shared by all copies: a definition is handed on with each step.
    private let content: Content

    /// The name of the workflow.
    public var name: String { content.name }
    /// The nodes, in the order of the text.
    public var nodes: [Node] { content.nodes }
    /// The edges; of several that could be taken the first one is.
    public var edges: [Edge] { content.edges }
    /// What holds for its runs as a whole.
    public var settings: Settings { content.settings }
    /// The text that it was read from, or the equivalent.
    public var json: JSON { content.json }

    private final class Content: Sendable {
        let name: String
        let nodes: [Node]
        let edges: [Edge]
        let settings: Settings
        let json: JSON
        let nodesByID: [String: Node]
        let outgoing: [String: [Edge]]
        let contained: [String: [Node]]
        let enclosed: [String: [Node]]
        let dependents: [String: [Node]]

        init(name: String, nodes: [Node], edges: [Edge], settings: Settings, json: JSON) {
            self.name = name
            self.nodes = nodes
            self.edges = edges
            self.settings = settings
            self.json = json
            nodesByID = Dictionary(
                nodes.map { ($0.id, $0) },
                uniquingKeysWith: { first, _ in first }
            )
            let standIns = Set(nodes.compactMap(\.onError.node))
            enclosed = nodes.reduce(into: [:]) { enclosed, node in
                if let parent = node.parent { enclosed[parent, default: []].append(node) }
            }
            contained = enclosed.mapValues { $0.filter { !standIns.contains($0.id) } }
            outgoing = Dictionary(grouping: edges, by: \.source)
                .merging(Definition.order(contained, edges, nodes)) { written, _ in written }
            dependents = nodes.reduce(into: [:]) { dependents, node in
                for dependency in node.dependencies {
                    dependents[dependency, default: []].append(node)
                }
            }
        }
    }

    /// What holds for the runs of a definition as a whole.
    public struct Settings: Hashable, Sendable {
        /// The queue of runs that name none.
        public var queue = "default"
        /// The priority of runs that name none: 0 is first, 9 is last.
        public var priority = 5
        /// How long a run may take.
        public var timeout: Duration?
        /// What becomes of a run that takes longer.
        public var onTimeout = TimeoutAction.fail
        /// The node that runs when a run has failed.
        public var onError: String?
        /// The node that runs when a run has completed.
        public var onComplete: String?
        /// The steps that one way through a run may take; `nil` leaves it to the worker.
        public var maximumSteps: Int?
        /// The visits that a node may have in a run; `nil` leaves it to the worker.
        public var maximumVisits: Int?
        /// How many runs there may be, and how fast they may begin.
        public var limits = RunLimits()

        /// What the input of a run has to be.
        package var inputSchema: ValueSchema?
        /// What the output of a run has to be.
        package var outputSchema: ValueSchema?

        /// Creates settings with the defaults.
        public init() {}
    }

    /// What becomes of a run that takes longer than it may.
    public enum TimeoutAction: String, Hashable, Sendable, CaseIterable {
        case fail, suspend, cancel
    }

    /// Trusts its arguments; ``init(json:)`` checks them.
    init(name: String, nodes: [Node], edges: [Edge], settings: Settings, json: JSON) {
        content = Content(name: name, nodes: nodes, edges: edges, settings: settings, json: json)
    }

    /// Whether two definitions say the same.
    public static func == (one: Definition, other: Definition) -> Bool {
        one.content === other.content
            || one.name == other.name && one.nodes == other.nodes && one.edges == other.edges
                && one.settings == other.settings && one.json == other.json
    }

    /// Names differ more than anything else.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(nodes.count)
    }

    /// The edges of bodies that have none: one child after the other.
    private static func order(
        _ contained: [String: [Node]],
        _ edges: [Edge],
        _ nodes: [Node]
    ) -> [String: [Edge]] {
        let linked = Set(edges.map(\.source))
        var order: [String: [Edge]] = [:]
        for node in nodes where node.kind == .sequence || node.kind == .loop {
            let children = contained[node.id] ?? []
            guard !children.contains(where: { linked.contains($0.id) }) else { continue }
            for (child, next) in zip(children, children.dropFirst()) {
                order[child.id] = [Edge(child.id, next.id)]
            }
        }
        return order
    }

    /// The workflow of one step: the handler of the same name.
    ///
    /// The step's node is named like it too, with `-` for the dots, which separate nodes in a path.
    ///
    /// - Precondition: `name` is not a kind of Pawl's own, and `priority` is from 0 to 9.
    public static func job(
        _ name: String,
        queue: String = "default",
        priority: Int = 5,
        limits: RunLimits = RunLimits()
    )
        -> Definition
    {
        precondition(Node.Kind(rawValue: name).needsHandler && !name.hasPrefix("@"))
        precondition((0...9).contains(priority))
        let id = name.replacing(".", with: "-")
        var settings = Settings()
        settings.queue = queue
        settings.priority = priority
        settings.limits = limits
        var json: JSON = [
            "id": .string(name), "queue": .string(queue), "priority": .integer(Int64(priority)),
            "nodes": [["id": .string(id), "type": .string(name)]], "edges": [],
        ]
        // The text of a job without limits stays what it was, and so does its version.
        if limits != RunLimits(), case .object(var members) = json {
            members["limits"] = limits.json
            json = .object(members)
        }
        return Definition(
            name: name,
            nodes: [Node(id, .handler(name))],
            edges: [],
            settings: settings,
            json: json
        )
    }

    /// The node of that id.
    public func node(_ id: String) -> Node? { content.nodesByID[id] }

    /// The edges that leave a node, in order; those between children of a body that has none are
    /// implied by their order.
    public func edges(from id: String) -> [Edge] { content.outgoing[id] ?? [] }

    /// The children of a container, in order, but for those that stand in for others.
    public func children(of id: String) -> [Node] { content.contained[id] ?? [] }

    /// The children of a container, in order, with those that stand in for others.
    func enclosed(in id: String) -> [Node] { content.enclosed[id] ?? [] }

    /// The nodes of a `dag` that wait for a node.
    func dependents(of id: String) -> [Node] { content.dependents[id] ?? [] }

    /// The child at which a body begins: the first that no edge leads to.
    func entry(of body: Node) -> Node? {
        let children = children(of: body.id)
        let targets = Set(children.flatMap { edges(from: $0.id) }.map(\.target))
        return children.first { !targets.contains($0.id) } ?? children.first
    }

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

    /// Where a node is, inside its containers; what is in a loop has an index more in a run.
    public func path(of node: Node) -> String {
        var names = [node.id]
        var parent = node.parent
        while let id = parent, names.count <= nodes.count {
            names.append(id)
            parent = self.node(id)?.parent
        }
        return names.reversed().joined(separator: ".")
    }
}
