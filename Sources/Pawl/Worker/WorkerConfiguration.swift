public import PawlCore

/// How a worker works.
///
/// Every field has a default that serves.
public struct WorkerConfiguration: Sendable {
    /// The queues that it claims from, in turn.
    ///
    /// Defaults to `["default"]`.
    public var queues: [String] = ["default"]
    /// The steps that it executes at the same time.
    ///
    /// Defaults to 128: most steps wait for something else than the processor, and what is settled
    /// together shares a commit.
    public var slots: Int = 128
    /// How long it may be silent before its steps are given to others.
    ///
    /// Defaults to 8 seconds, four heartbeats: a restart of the database is shorter, and a death is
    /// noticed soon.
    public var lease: Duration = .seconds(8)
    /// How often it looks for work that nobody told it of.
    ///
    /// Defaults to a second; it is told of most.
    public var pollInterval: Duration = .seconds(1)
    /// How long steps may go on after the worker was asked to stop.
    ///
    /// Defaults to 30 seconds.
    public var drainTimeout: Duration = .seconds(30)
    /// The connections that handlers' transactions and checkpoints share.
    ///
    /// Defaults to 4: with the five of its own, a worker has at most nine.
    public var handlerConnections: Int = 4
    /// Whether a step for which this worker has no handler fails.
    ///
    /// Defaults to false: the step is left to other workers. Turn it on where all workers are alike.
    public var failsStrangers: Bool = false
    /// The secrets that configs may name.
    ///
    /// Defaults to none.
    public var secrets: Secrets = .none
    /// The guards on runs and steps.
    public var limits = Limits()
    /// Whether NOTIFY wakes it.
    ///
    /// Turn it off behind a pooler that hands connections around; polling finds everything too, a
    /// poll interval later.
    public var listens: Bool = true

    /// Creates a configuration with the defaults.
    public init() {}

    /// How often the lease is renewed: often enough that three renewals may be lost.
    var heartbeat: Duration { lease / 4 }
}
