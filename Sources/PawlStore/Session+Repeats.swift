package import FoundationEssentials
package import PawlCore
package import Postgres

extension Session {
    /// Enqueues a run that begins when nobody has called with the key for a while.
    ///
    /// - Returns: The run, which has the last input.
    package func debounce(
        _ workflow: String,
        _ input: [UInt8],
        key: String,
        wait: Duration,
        most: Duration?,
        _ options: EnqueueOptions
    ) throws(PostgresError) -> UUID {
        try query(
            """
            select pawl.debounce(
              \(workflow), \(JSONText(input))::jsonb, \(key), \(wait), \(most),
              \(options.priority.map { Int32(clamping: $0) }), \(options.queue), \(options.tenant))
            """
        )[0].decode(UUID.self, at: 0)
    }

    /// Enqueues a run, or finds the one that was enqueued with the key less than `period` ago.
    package func throttle(
        _ workflow: String,
        _ input: [UInt8],
        key: String,
        period: Duration,
        _ options: EnqueueOptions
    ) throws(PostgresError) -> UUID {
        try query(
            """
            select pawl.throttle(
              \(workflow), \(JSONText(input))::jsonb, \(key), \(period),
              \(options.priority.map { Int32(clamping: $0) }), \(options.queue), \(options.tenant))
            """
        )[0].decode(UUID.self, at: 0)
    }
}
