package import FoundationEssentials
package import PawlCore
package import Postgres

/// A task that its holder gives back, not having executed it to an end.
package struct Release: Sendable {
    package let task: Int64
    package let fence: Int64
    package let run: UUID
    /// When it is due again.
    package let delay: Duration

    package init(_ claim: Claim, delay: Duration) {
        self.init(task: claim.task, fence: claim.fence, run: claim.run, delay: delay)
    }

    init(task: Int64, fence: Int64, run: UUID, delay: Duration) {
        self.task = task
        self.fence = fence
        self.run = run
        self.delay = delay
    }
}

extension Session {
    /// Gives tasks back without charging an attempt.
    ///
    /// What is no longer held is left alone.
    ///
    /// - Returns: The tasks that were still held.
    package func release(_ releases: [Release]) throws(PostgresError) -> Set<Int64> {
        let rows = try pipeline([
            .byIndex,
            // A settlement of the same task that is under way has to be all or nothing.
            .lock(releases.map(\.run)),
            """
            update pawl.task t
            set worker = null, claimed_at = null, attempt = t.attempt - 1, fence = t.fence + 1,
                run_at = case
                  when r.delay > interval '0' then (select pawl.now()) + r.delay
                  else t.run_at
                end
            from unnest(\(releases.map(\.task))::bigint[], \(releases.map(\.fence))::bigint[],
                        \(releases.map(\.delay))::interval[]) as r (task, fence, delay)
            \(.held(by: "r", as: "held"))
            where t.ctid = held.place
            returning t.id
            """,
        ])[2]
        var released: Set<Int64> = []
        for row in rows { released.insert(try row.decode(Int64.self, at: 0)) }
        return released
    }

    /// Everything that a worker holds, ready to be given back.
    ///
    /// This reads the whole frontier: for the rare case that a worker is not sure what it holds. A claim
    /// of that worker which is under way is waited for.
    package func tasksHeld(by worker: Int64) throws(PostgresError) -> [Release] {
        let rows = try pipeline([
            "select from pawl.worker where id = \(worker) for update",
            "select id, fence, run_id from pawl.task where worker = \(worker)",
        ])[1]
        var held: [Release] = []
        for row in rows {
            held.append(
                Release(
                    task: try row.decode(Int64.self, at: 0),
                    fence: try row.decode(Int64.self, at: 1),
                    run: try row.decode(UUID.self, at: 2),
                    delay: .zero
                )
            )
        }
        return held
    }

    /// Tells which of a worker's tasks are not its own any more: cancelled, answered or rescued.
    package func lostTasks(
        among tasks: [(task: Int64, fence: Int64)]
    ) throws(PostgresError)
        -> [Int64]
    {
        guard !tasks.isEmpty else { return [] }
        let rows = try query(
            """
            select h.task
            from unnest(\(tasks.map(\.task))::bigint[], \(tasks.map(\.fence))::bigint[])
              as h (task, fence)
            where not exists (
              select from pawl.task t where t.id = h.task and t.fence = h.fence
            )
            """
        )
        var lost: [Int64] = []
        for row in rows { lost.append(try row.decode(Int64.self, at: 0)) }
        return lost
    }

    /// Appends events of steps that are still at work, if they are still held.
    ///
    /// - Throws: With ``SQLState/lockNotAvailable`` if one of their runs is locked for longer than
    ///   `patience`; nothing is written then.
    package func report(
        _ events: [(event: Event, task: Int64, fence: Int64, run: UUID)],
        by worker: Int64,
        patience: Duration
    )
        throws(PostgresError)
    {
        guard !events.isEmpty else { return }
        var columns = EventColumns()
        for report in events {
            columns.append(
                report.event,
                task: report.task,
                fence: report.fence,
                worker: worker
            )
        }
        _ = try pipeline([
            .byIndex(waitingForLocks: patience),
            .lock(Array(Set(events.map(\.run)))),
            .noteTime,
            columns.insert,
            """
            update pawl.run r
            set status = 'running'
            from unnest(\(events.map(\.task))::bigint[], \(events.map(\.fence))::bigint[])
              as s (task, fence)
            \(.held(by: "s"))
            where r.id = t.run_id and r.status in ('pending', 'waiting')
            """,
        ])
    }
}
