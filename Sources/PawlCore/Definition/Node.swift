/// A place in a definition.
public struct Node: Hashable, Sendable {
    /// What a node does.
    public enum Kind: Hashable, Sendable {
        /// Where a run begins; its output is the run's input.
        case start
        /// Where a run ends.
        case end
        /// Records values that the run knows.
        case log
        /// Runs its children side by side and goes on when all have ended.
        case parallel
        /// Asks a person, and waits for the answer.
        case human
        /// The run's deadline, which is due like a step.
        case deadline
        /// Work by the handler of that name.
        case handler(String)
    }

    /// The name of the node; unique in its definition.
    public let id: String
    /// What it does.
    public let kind: Kind
    /// What its kind needs to know.
    public let config: JSON
    /// The container that it is a child of.
    public let parent: String?
    /// How often it is tried again; `nil` leaves it to the handler.
    public let retry: RetryPolicy?
    /// How long an attempt may take; `nil` leaves it to the handler.
    public let timeout: Duration?

    /// Creates a node.
    public init(
        _ id: String,
        _ kind: Kind,
        config: JSON = [:],
        parent: String? = nil,
        retry: RetryPolicy? = nil,
        timeout: Duration? = nil
    ) {
        self.id = id
        self.kind = kind
        self.config = config
        self.parent = parent
        self.retry = retry
        self.timeout = timeout
    }
}

extension Node.Kind: RawRepresentable {
    /// The kind's name in definitions and in `pawl.task.kind`.
    public var rawValue: String {
        switch self {
        case .start: "start"
        case .end: "end"
        case .log: "log"
        case .parallel: "parallel"
        case .human: "human"
        case .deadline: "@deadline"
        case .handler(let name): name
        }
    }

    /// The kind of that name; a name that is not Pawl's own is a handler's.
    public init(rawValue: String) {
        switch rawValue {
        case "start": self = .start
        case "end": self = .end
        case "log": self = .log
        case "parallel": self = .parallel
        case "human": self = .human
        case "@deadline": self = .deadline
        default: self = .handler(rawValue)
        }
    }
}

extension Node.Kind {
    /// Whether it is the work of a handler, and not of Pawl's own.
    package var needsHandler: Bool { if case .handler = self { true } else { false } }
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
