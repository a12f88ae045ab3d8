public import FoundationEssentials
public import PawlCore
import PawlStore
import Postgres

// How much happens at the same time, and how often.
extension Client {
    /// Enqueues a run that begins when nobody has called with the key for as long as `wait`, with the
    /// last input.
    ///
    /// It begins at most `most` after the first of the calls. Once it has begun, the next call makes
    /// another run. Key, delay and timeout of `options` are not used.
    ///
    /// - Returns: The run that the call belongs to.
    @discardableResult
    public func debounce(
        _ workflow: String,
        _ input: some Encodable,
        key: String,
        wait: Duration,
        most: Duration? = nil,
        options: EnqueueOptions = EnqueueOptions()
    ) async throws -> UUID {
        let input = try JSON(encoding: input).serialized()
        return try await pool.run {
            try $0.debounce(workflow, input, key: key, wait: wait, most: most, options)
        }
    }

    /// Enqueues a run, unless one was enqueued with the key less than `period` ago.
    ///
    /// Key, delay and timeout of `options` are not used.
    ///
    /// - Returns: The run, or the one that was there.
    @discardableResult
    public func throttle(
        _ workflow: String,
        _ input: some Encodable,
        key: String,
        period: Duration,
        options: EnqueueOptions = EnqueueOptions()
    ) async throws -> UUID {
        let input = try JSON(encoding: input).serialized()
        return try await pool.run {
            try $0.throttle(workflow, input, key: key, period: period, options)
        }
    }

    /// Lets nobody claim from a queue; what is at work goes on.
    public func pauseQueue(_ queue: String, reason: String? = nil, by who: String) async throws {
        try await pool.run { try $0.pauseQueue(queue, reason: reason, by: who) }
    }

    /// Lets a queue be claimed from again.
    ///
    /// - Returns: Whether it was paused.
    @discardableResult
    public func resumeQueue(_ queue: String) async throws -> Bool {
        try await pool.run { try $0.resumeQueue(queue) }
    }

    /// Limits the runs of a queue, those that are in it included; without numbers nothing does.
    public func limitQueue(
        _ queue: String,
        concurrency: Int? = nil,
        rate: RunLimits.Rate? = nil
    ) async throws {
        try await pool.run { try $0.limitQueue(queue, concurrency: concurrency, rate: rate) }
    }

    /// Makes a limit that workflows share by its name, or gives it other numbers.
    ///
    /// `concurrency` and `rate` hold for each key, `total` for all keys together; what is `nil`
    /// limits nothing. The key of `rate` is not used: each workflow says its own.
    public func setLimit(
        _ name: String,
        concurrency: Int? = nil,
        total: Int? = nil,
        rate: RunLimits.Rate? = nil
    ) async throws {
        try await pool.run {
            try $0.setLimit(name, concurrency: concurrency, total: total, rate: rate)
        }
    }
}
