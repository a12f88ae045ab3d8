package import PawlCore
package import Postgres

/// A queue as operators see it.
package struct QueueRecord: Sendable {
    package let name: String
    /// The tasks that are due and stand in no line.
    package let due: Int
    /// The tasks that come due later.
    package let later: Int
    /// The tasks that stand in line for a limit.
    package let inLine: Int
    /// The tasks at work.
    package let atWork: Int
    package let pausedAt: Instant?
    package let pausedBy: String?
    package let reason: String?
    /// How many runs there may be at the same time.
    package let concurrency: Int?
    /// How much may begin in a time.
    package let amount: Double?
    package let period: Duration?
}

extension Session {
    /// The queues that have tasks, or that somebody has paused or limited, by name.
    ///
    /// It reads the whole frontier.
    package func queues() throws(PostgresError) -> [QueueRecord] {
        let rows = try query(
            """
            with counted as (
              select coalesce(ln.queue, t.queue) as name,
                count(*) filter (
                  where ln.id is null and t.worker is null and t.run_at <= n.now) as due,
                count(*) filter (where ln.id is null and t.worker is null and t.run_at > n.now
                                   and t.run_at < 'infinity') as later,
                count(ln.id) as in_line,
                count(t.worker) as at_work
              from pawl.task t
              cross join (select pawl.now() as now) n
              left join pawl.line ln on t.queue = '@line ' || ln.id
              where t.queue <> '@paused'
              group by 1
            )
            select coalesce(c.name, q.name), coalesce(c.due, 0), coalesce(c.later, 0),
              coalesce(c.in_line, 0), coalesce(c.at_work, 0), q.paused_at, q.paused_by, q.reason,
              l.concurrency, l.amount, l.period
            from counted c
            full join pawl.queue q on q.name = c.name
            left join pawl.limit l on l.id = q.limit_id
            order by 1
            """
        )
        var queues: [QueueRecord] = []
        for row in rows {
            queues.append(
                QueueRecord(
                    name: try row.decode(String.self, at: 0),
                    due: try row.decode(Int.self, at: 1),
                    later: try row.decode(Int.self, at: 2),
                    inLine: try row.decode(Int.self, at: 3),
                    atWork: try row.decode(Int.self, at: 4),
                    pausedAt: try row.decode(Instant?.self, at: 5),
                    pausedBy: try row.decode(String?.self, at: 6),
                    reason: try row.decode(String?.self, at: 7),
                    concurrency: try row.decode(Int32?.self, at: 8).map(Int.init),
                    amount: try row.decode(Double?.self, at: 9),
                    period: try row.decode(Duration?.self, at: 10)
                )
            )
        }
        return queues
    }

    /// Lets nobody claim from a queue.
    package func pauseQueue(
        _ queue: String,
        reason: String?,
        by who: String
    ) throws(PostgresError) {
        _ = try query("select pawl.pause_queue(\(queue), \(reason), \(who))")
    }

    /// Lets a queue be claimed from again.
    ///
    /// - Returns: Whether it was paused.
    package func resumeQueue(_ queue: String) throws(PostgresError) -> Bool {
        try query("select pawl.resume_queue(\(queue))")[0].decode(Bool.self, at: 0)
    }

    /// Limits the runs of a queue, those that are in it included; without numbers nothing does.
    package func limitQueue(
        _ queue: String,
        concurrency: Int?,
        rate: RunLimits.Rate?
    ) throws(PostgresError) {
        _ = try query(
            """
            select pawl.limit_queue(\(queue), \(concurrency.map(Int32.init(clamping:))),
                                    \(rate?.limit), \(rate?.period))
            """
        )
    }

    /// Makes a limit that workflows share, or gives it other numbers.
    package func setLimit(
        _ name: String,
        concurrency: Int?,
        total: Int?,
        rate: RunLimits.Rate?
    ) throws(PostgresError) {
        _ = try query(
            """
            select pawl.set_limit(\(name), \(concurrency.map(Int32.init(clamping:))),
                                  \(total.map(Int32.init(clamping:))), \(rate?.limit),
                                  \(rate?.period))
            """
        )
    }

    /// Notes what a run used of its rates in fact.
    ///
    /// - Returns: Whether the task was still held.
    package func noteUse(
        _ amount: Double,
        task: Int64,
        fence: Int64
    ) throws(PostgresError) -> Bool {
        try query("select pawl.note_use(\(task), \(fence), \(amount))")[0]
            .decode(Bool.self, at: 0)
    }

    /// Calls lines that nobody has called though there is room, and forgets what is over.
    package func tendLanes() throws(PostgresError) {
        _ = try query("select pawl.tend_lanes()")
    }
}
