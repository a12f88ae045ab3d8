/// What follows from an outcome, as data: the store writes all of it in one transaction.
public struct Transition: Hashable, Sendable {
    /// What becomes of the task that led here.
    public enum Disposition: Hashable, Sendable {
        /// It becomes the next step, due now. Its holder may go on with it at once.
        case move(to: Position)
        /// It stays at a step until its wait is resolved, or the time comes.
        case park(at: Position, due: Duration?)
        /// The same step again, later; a charged attempt counts against the step's retries.
        case again(after: Duration, charged: Bool)
        /// Its way ends here.
        case drop
    }

    /// A step as a task names it.
    public struct Position: Hashable, Sendable {
        /// Which step.
        public let step: StepID
        /// The node's kind.
        public let kind: Node.Kind
        /// The steps before it on its way.
        public let hops: Int

        /// Creates a position.
        public init(_ step: StepID, kind: Node.Kind, hops: Int) {
            self.step = step
            self.kind = kind
            self.hops = hops
        }
    }

    /// A question, or another thing to wait for.
    public struct Wait: Hashable, Sendable {
        /// What is asked: prompt and options; a JSON text.
        public let subject: [UInt8]
        /// Who is asked.
        public let assignee: String?
        /// The choice when nobody answers in time.
        public let fallback: String?
    }

    /// What happened, in order.
    public var events: [Event] = []
    /// What becomes of the task.
    public var disposition: Disposition
    /// The children of the container at which the task is parked.
    public var children: [Position] = []
    /// The wait at which the task is parked.
    public var wait: Wait?
    /// Whether the wait that the task was parked at came to nothing.
    public var expiresWait = false
    /// Whether the container above has one child less to wait for.
    public var arrives = false
    /// The run's final status, if it ends.
    public var ending: RunStatus?

    init(_ disposition: Disposition) {
        self.disposition = disposition
    }
}
