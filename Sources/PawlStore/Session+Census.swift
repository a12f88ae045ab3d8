package import PawlCore
package import Postgres

/// How many runs there are, and how much has been recorded.
package struct Census: Sendable {
    /// The runs of a workflow, by status.
    package let runs: [String: [RunStatus: Int]]
    /// The events that were recorded in the partitions there are, as the server's statistics count
    /// them.
    package let events: Int
    /// The workers that are not lost.
    package let workers: Int
    /// When this was counted, by the database's clock.
    package let now: Instant
}

extension Session {
    /// Counts the runs, by workflow and status.
    ///
    /// It reads all of `pawl.run`.
    package func census() throws(PostgresError) -> Census {
        let results = try pipeline([
            "select workflow, status, count(*) from pawl.run group by workflow, status",
            """
            select
              (select sum(s.n_tup_ins)::bigint from pg_stat_user_tables s
               join pg_inherits i on i.inhrelid = s.relid and i.inhparent = 'pawl.event'::regclass),
              (select count(*) from pawl.worker where lost_at is null and beat_at + lease > n.now),
              n.now
            from (select pawl.now() as now) n
            """,
        ])
        var runs: [String: [RunStatus: Int]] = [:]
        for row in results[0] {
            guard let status = RunStatus(rawValue: try row.decode(String.self, at: 1)) else {
                continue
            }
            runs[try row.decode(String.self, at: 0), default: [:]][status] =
                try row.decode(Int.self, at: 2)
        }
        let facts = results[1][0]
        return Census(
            runs: runs,
            events: try facts.decode(Int?.self, at: 0) ?? 0,
            workers: try facts.decode(Int.self, at: 1),
            now: try facts.decode(Instant.self, at: 2)
        )
    }
}
