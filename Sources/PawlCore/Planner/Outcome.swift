/// How a visit to a step went on: what the planner is told.
public enum Outcome: Hashable, Sendable {
    /// The step was reached, and its node needs no handler.
    case entered
    /// Its handler returned; the output is a JSON text.
    case completed(output: [UInt8]?)
    /// Its handler threw, or ran out of time.
    case failed(Failure)
    /// Its handler wants to be called again, as if it had not been called.
    case snoozed(for: Duration)
    /// Its handler asked something, and an answer will end the step; the output so far is a JSON
    /// text.
    case asked(subject: [UInt8], output: [UInt8]?)
    /// What it waited for came; the answer is a JSON text.
    case resumed(answer: [UInt8])
    /// What it waited for did not come in time.
    case expired
    /// It is the first step, and the run's input is not what its definition wants.
    case refused(Failure)
    /// Someone passed it over.
    case skipped
}

/// One visit to a step, as the planner sees it.
public struct Step: Hashable, Sendable {
    /// Which step.
    public let id: StepID
    /// The node's kind.
    public let kind: Node.Kind
    /// The attempt, from 1; 0 before the first.
    public let attempt: Int
    /// The attempts that died with their worker.
    public let crashes: Int
    /// The steps before this one on its way.
    public let hops: Int

    /// Creates a step.
    public init(
        _ id: StepID,
        kind: Node.Kind,
        attempt: Int = 1,
        crashes: Int = 0,
        hops: Int = 0
    ) {
        self.id = id
        self.kind = kind
        self.attempt = attempt
        self.crashes = crashes
        self.hops = hops
    }
}
