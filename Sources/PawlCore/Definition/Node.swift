/// A place in a definition.
///
/// A class, though it never changes: nodes are handed on with each step, and copying this many members
/// takes longer than to plan.
public final class Node: Hashable, Sendable {
    /// The name of the node; unique in its definition.
    public let id: String
    /// What it does.
    public let kind: Kind
    /// What it is called in the definition: `function` for a node whose kind is a handler's.
    public let type: String
    /// What its kind needs to know.
    public let config: JSON
    /// The container that it is a child of.
    public let parent: String?
    /// How often it is tried again; `nil` leaves it to the handler.
    public let retry: RetryPolicy?
    /// How long an attempt may take; `nil` leaves it to the handler.
    public let timeout: Duration?
    /// When it is executed; it is skipped if the condition does not hold.
    public let guardCondition: Condition?
    /// What follows when it has failed for good.
    public let onError: OnError
    /// The siblings that have to end before it begins, in a `dag`.
    public let dependencies: [String]
    /// The breaker that its attempts go through.
    public let breaker: Breaker?
    /// What its config says to the planner.
    let rule: Rule

    /// Creates a node, trusting its arguments.
    init(
        _ id: String,
        _ kind: Kind,
        type: String? = nil,
        config: JSON = [:],
        parent: String? = nil,
        retry: RetryPolicy? = nil,
        timeout: Duration? = nil,
        guardCondition: Condition? = nil,
        onError: OnError = .fail,
        dependencies: [String] = [],
        breaker: Breaker? = nil,
        rule: Rule = .none
    ) {
        self.id = id
        self.kind = kind
        self.type = type ?? kind.rawValue
        self.config = config
        self.parent = parent
        self.retry = retry
        self.timeout = timeout
        self.guardCondition = guardCondition
        self.onError = onError
        self.dependencies = dependencies
        self.breaker = breaker
        self.rule = rule
    }

    /// Whether two nodes say the same.
    public static func == (one: Node, other: Node) -> Bool {
        one === other
            || one.id == other.id && one.kind == other.kind && one.type == other.type
                && one.config == other.config && one.parent == other.parent
                && one.retry == other.retry && one.timeout == other.timeout
                && one.guardCondition == other.guardCondition && one.onError == other.onError
                && one.dependencies == other.dependencies && one.breaker == other.breaker
                && one.rule == other.rule
    }

    /// Ids differ more than anything else.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(id)
        hasher.combine(kind)
    }
}

extension Node {
    /// What follows when a node has failed for good.
    public enum OnError: Hashable, Sendable {
        /// The container, or the run, fails.
        case fail
        /// The run goes on as if the node had ended without an output.
        case ignore
        /// Another node stands in for it.
        case fallback(String)
        /// Another node undoes what it did; then it fails.
        case compensate(String)

        /// The node that runs because this one failed.
        public var node: String? {
            switch self {
            case .fail, .ignore: nil
            case .fallback(let id), .compensate(let id): id
            }
        }
    }

    /// Stops attempts for a while after many of them failed in a row.
    ///
    /// Breakers of the same name are one, in all runs and workers.
    public struct Breaker: Hashable, Sendable {
        /// What it is called.
        public let name: String
        /// The failures in a row that open it.
        public let failures: Int
        /// How long it stays open before one attempt may try.
        public let cooldown: Duration
    }
}

/// A way from one node to another.
public struct Edge: Hashable, Sendable {
    /// The node that it leaves.
    public let source: String
    /// The node that it leads to.
    public let target: String
    /// When it is taken; `nil` is always.
    public let condition: Condition?

    /// Creates an edge.
    public init(_ source: String, _ target: String, when condition: Condition? = nil) {
        self.source = source
        self.target = target
        self.condition = condition
    }
}
