package import FoundationEssentials
package import PawlCore
package import Postgres

extension Session {
    /// Enqueues a run, or finds the one that has the key, and returns its id.
    package func enqueue(
        _ workflow: String,
        _ input: [UInt8],
        _ options: EnqueueOptions
    )
        throws(PostgresError) -> UUID
    {
        let rows = try query(
            """
            select pawl.enqueue(
              \(workflow), \(JSONText(input))::jsonb,
              key => \(options.key),
              run_at => pawl.now() + \(options.delay),
              priority => \(options.priority.map(Int16.init(clamping:))),
              queue => \(options.queue),
              tenant => \(options.tenant),
              deadline => pawl.now() + coalesce(\(options.delay), interval '0') + \(options.timeout))
            """
        )
        return try rows[0].decode(UUID.self, at: 0)
    }
}
