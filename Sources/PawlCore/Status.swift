/// Where a run stands.
public enum RunStatus: String, Hashable, Sendable, CaseIterable, Codable {
    /// Nothing has been recorded yet: the run waits to be claimed, or its first step is young.
    case pending
    /// At least one step is ready, delayed or being executed.
    case running
    /// Every live step waits for something from outside.
    case waiting
    /// An operator stopped it for a while.
    case paused
    /// It ended at an end of its graph.
    case completed
    /// A step failed for good, or the deadline passed.
    case failed
    /// Someone ended it.
    case cancelled

    /// Whether nothing more will happen, unless someone retries the run.
    public var isFinal: Bool {
        switch self {
        case .completed, .failed, .cancelled: true
        case .pending, .running, .waiting, .paused: false
        }
    }
}

/// Where a step stands, as its run's history and frontier tell.
public enum StepStatus: String, Hashable, Sendable, CaseIterable, Codable {
    case pending, scheduled, ready, running, waiting, retrying, completed, failed, skipped,
        cancelled
}
