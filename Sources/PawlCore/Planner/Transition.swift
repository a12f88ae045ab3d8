/// What follows from an outcome, as data: the store writes all of it in one transaction.
public struct Transition: Hashable, Sendable {
    /// What becomes of the task that led here.
    public enum Disposition: Hashable, Sendable {
        /// It becomes the next step, due now. Its holder may go on with it at once.
        case move(to: Position)
        /// It stays at a step until its wait is resolved, or the time comes.
        case park(at: Position, due: Due?)
        /// The same step again, later; a charged attempt counts against the step's retries.
        case again(after: Duration, charged: Bool)
        /// Its way ends here.
        case drop
    }

    /// When a parked task goes on by itself.
    public enum Due: Hashable, Sendable {
        /// That long from now.
        case after(Duration)
        /// When it was due before.
        case unchanged
        /// That many microseconds after the beginning of 1970, in UTC.
        case at(Int64)
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

    /// A container that opens at the step at which the task is parked.
    public struct Opening: Hashable, Sendable {
        /// A step that it begins with, or holds back.
        public struct Child: Hashable, Sendable {
            /// The step.
            public let position: Position
            /// The siblings that have to end before it begins.
            public var prerequisites = 0
            /// Whether it begins only when a sibling ends and lets it.
            public var isHeld = false
        }

        /// The children.
        public var children: [Child]
        /// The successes that are enough; `nil` if all have to end.
        public var needed: Int?
    }

    /// The end of a way inside a container, as the container counts it.
    public struct Arrival: Hashable, Sendable {
        /// Whether it ended well.
        public var succeeded: Bool
        /// The paths of the siblings that waited for it.
        public var releases: [String] = []
        /// Whether a sibling that is held back may begin.
        public var admits = false
        /// Whether the siblings that have not begun never will.
        public var stops = false
        /// Whether the container need not wait for those at work.
        public var closes = false
    }

    /// A question, or another thing to wait for.
    public struct Wait: Hashable, Sendable {
        /// What is waited for.
        public enum Kind: String, Hashable, Sendable {
            case decision, signal
        }

        /// What is waited for.
        public var kind = Kind.decision
        /// What is asked, or the name of the signal, as a JSON text.
        public let subject: [UInt8]
        /// Who is asked.
        public var assignee: String?
        /// The choice when nobody answers in time.
        public var fallback: String?
    }

    /// A run that belongs to a step.
    public struct Spawn: Hashable, Sendable {
        /// The workflow.
        public let workflow: String
        /// Its input, as a JSON text.
        public let input: [UInt8]
        /// Its key.
        public let key: String
        /// Whether the step waits for its end.
        public let isAwaited: Bool
        /// Whether it takes the place of one that the step waited for in vain.
        public let isRepeated: Bool
    }

    /// What happened, in order.
    public var events: [Event] = []
    /// What becomes of the task.
    public var disposition: Disposition
    /// The container at which the task is parked.
    public var opening: Opening?
    /// The wait at which the task is parked.
    public var wait: Wait?
    /// The runs that begin.
    public var spawns: [Spawn] = []
    /// Whether the wait that the task was parked at came to nothing.
    public var expiresWait = false
    /// Whether the wait that the task was parked at is over by what came.
    public var resolvesWait = false
    /// What the container above learns.
    public var arrival: Arrival?
    /// Whether steps may be at work that nobody needs any more.
    ///
    /// What becomes of them is not among the events: whoever goes on has to read the history first.
    public var abandons = false
    /// Whether all else that the run has in the frontier goes.
    public var sweepsRest = false
    /// Whether the run stands still until someone lets it go on.
    public var pauses = false
    /// The run's final status, if it ends.
    public var ending: RunStatus?

    init(_ disposition: Disposition) {
        self.disposition = disposition
    }

    /// The failure of a step that leads nowhere, if that is what it came to.
    package var deadEnd: Failure? {
        guard ending == .failed || arrival?.succeeded == false else { return nil }
        for event in events {
            let data = Projection.parse(event.data)
            if data?["code"]?.stringValue == Failure.Code.noTransition.rawValue {
                return Failure(recorded: data)
            }
        }
        return nil
    }
}
