package import Postgres

/// A worker, as its row in the database shows it.
package struct WorkerState: Sendable {
    package let id: Int64
    package let host: String
    package let processID: Int
    package let version: String
    package let queues: [String]
    /// The node kinds that it has handlers for.
    package let kinds: [String]
    package let slots: Int
    /// The tasks that it holds.
    package let tasks: Int
    package let started: Instant
    /// How long ago it renewed its lease.
    package let silence: Duration
    package let condition: Condition

    package enum Condition: String, Sendable {
        case live
        /// It claims nothing more.
        case draining
        /// Its lease has run out; its tasks are, or will be, somebody else's.
        case lost
    }
}

extension Session {
    /// The workers that are known, in the order in which they started.
    package func workers() throws(PostgresError) -> [WorkerState] {
        let rows = try query(
            """
            select w.id, w.host, w.pid, w.version, w.queues, w.kinds, w.slots,
              coalesce(held.tasks, 0),
              w.started_at, n.now - w.beat_at,
              case
                when w.lost_at is not null or w.beat_at + w.lease < n.now then 'lost'
                when w.draining then 'draining'
                else 'live'
              end
            from pawl.worker w
            left join (
              select worker, count(*) as tasks from pawl.task
              where worker is not null
              group by worker
            ) held on held.worker = w.id
            cross join (select pawl.now() as now) n
            order by w.id
            """
        )
        var workers: [WorkerState] = []
        for row in rows {
            workers.append(
                WorkerState(
                    id: try row.decode(Int64.self, at: 0),
                    host: try row.decode(String.self, at: 1),
                    processID: Int(try row.decode(Int32.self, at: 2)),
                    version: try row.decode(String.self, at: 3),
                    queues: try row.decode([String].self, at: 4),
                    kinds: try row.decode([String].self, at: 5),
                    slots: Int(try row.decode(Int32.self, at: 6)),
                    tasks: try row.decode(Int.self, at: 7),
                    started: try row.decode(Instant.self, at: 8),
                    silence: try row.decode(Duration.self, at: 9),
                    condition: WorkerState.Condition(rawValue: try row.decode(String.self, at: 10))
                        ?? .lost
                )
            )
        }
        return workers
    }
}
