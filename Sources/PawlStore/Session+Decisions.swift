package import FoundationEssentials
package import PawlCore
package import Postgres

/// A question that waits for its answer.
package struct OpenDecision: Sendable {
    package let id: Int64
    package let run: UUID
    package let workflow: String
    /// The key that the run was enqueued with.
    package let key: String?
    /// The run that nobody waits for: the run itself, or the one that it was begun for by way of
    /// others.
    package let root: Root
    package let step: StepID
    /// What is asked, as a JSON text.
    package let subject: [UInt8]
    package let assignee: String?
    /// Whether only who is asked may answer.
    package let isForAssignee: Bool
    package let due: Instant?
    /// The choice that is taken when nobody answers in time.
    package let fallback: String?
    package let created: Instant
    /// When this was read, by the database's clock.
    package let now: Instant

    /// A run that belongs to no step of another one.
    package struct Root: Sendable {
        package let run: UUID
        package let workflow: String
        package let key: String?
    }
}

/// A question, and what came of it.
package struct KnownDecision: Sendable {
    package let run: UUID
    package let step: StepID
    /// `open`, `resolved`, `expired` or `cancelled`.
    package let status: String
    package let choice: String?
    /// The output that was given instead of a choice, as a JSON text.
    package let output: [UInt8]?
    package let decider: String?
    package let closed: Instant?
}

extension Session {
    /// The questions that are open, oldest first; if a run is given, only those that it waits for: its
    /// own, and those of the runs that its steps wait for.
    package func openDecisions(
        of run: UUID? = nil,
        limit: Int
    ) throws(PostgresError)
        -> [OpenDecision]
    {
        let restriction: SQL =
            if let run {
                """
                and w.run_id = any(array(
                  with recursive family (id) as (
                    values (\(run)::uuid)
                    union all
                    select c.id from family f
                    join pawl.run c on c.parent_run = f.id
                    where c.parent_task is not null and c.ended_at is null
                  )
                  select f.id from family f))
                """
            } else {
                ""
            }
        let rows = try query(
            """
            select o.id, o.run_id, o.workflow, o.path, o.visit, o.subject, o.assignee, o.due_at,
              o.fallback, o.created_at, n.now, root.id, root.workflow, root.key,
              o.key,
              o.assignee is not null and exists (
                select from pawl.task t where t.id = o.task_id and t.kind = 'reasoning')
            from (
              select w.*, r.workflow, r.key, r.parent_run, r.parent_task
              from pawl.wait w
              join pawl.run r on r.id = w.run_id
              where w.kind = 'decision' and w.status = 'open' \(restriction)
              order by w.created_at, w.id
              limit \(limit)
            ) o
            cross join (select pawl.now() as now) n
            cross join lateral (
              with recursive line (id, workflow, key, parent_run, parent_task, level) as (
                select o.run_id, o.workflow, o.key, o.parent_run, o.parent_task, 0
                union all
                select p.id, p.workflow, p.key, p.parent_run, p.parent_task, l.level + 1
                from line l
                join pawl.run p on p.id = l.parent_run
                where l.parent_task is not null
              )
              select l.id, l.workflow, l.key from line l order by l.level desc limit 1
            ) root
            order by o.created_at, o.id
            """
        )
        var decisions: [OpenDecision] = []
        for row in rows { decisions.append(try OpenDecision(row: row)) }
        return decisions
    }

    /// A question and what came of it, also if its run has ended; `nil` if there is none.
    package func decision(_ id: Int64) throws(PostgresError) -> KnownDecision? {
        let rows = try query(
            """
            select run_id, path, visit, status, choice, output, resolved_by, resolved_at
            from pawl.wait
            where id = \(id) and kind = 'decision'
            """
        )
        return rows.count == 1 ? try KnownDecision(row: rows[0]) : nil
    }
}

extension OpenDecision {
    fileprivate init(row: Row) throws(PostgresError) {
        id = try row.decode(Int64.self, at: 0)
        run = try row.decode(UUID.self, at: 1)
        workflow = try row.decode(String.self, at: 2)
        step = StepID(
            path: try row.decode(String.self, at: 3),
            visit: Int(try row.decode(Int32.self, at: 4))
        )
        subject = try row.decode(JSONText.self, at: 5).bytes
        assignee = try row.decode(String?.self, at: 6)
        due = try row.decode(Instant?.self, at: 7)
        fallback = try row.decode(String?.self, at: 8)
        created = try row.decode(Instant.self, at: 9)
        now = try row.decode(Instant.self, at: 10)
        key = try row.decode(String?.self, at: 14)
        isForAssignee = try row.decode(Bool.self, at: 15)
        root = Root(
            run: try row.decode(UUID.self, at: 11),
            workflow: try row.decode(String.self, at: 12),
            key: try row.decode(String?.self, at: 13)
        )
    }
}

extension KnownDecision {
    fileprivate init(row: Row) throws(PostgresError) {
        run = try row.decode(UUID.self, at: 0)
        step = StepID(
            path: try row.decode(String.self, at: 1),
            visit: Int(try row.decode(Int32.self, at: 2))
        )
        status = try row.decode(String.self, at: 3)
        choice = try row.decode(String?.self, at: 4)
        output = try row.decode(JSONText?.self, at: 5)?.bytes
        decider = try row.decode(String?.self, at: 6)
        closed = try row.decode(Instant?.self, at: 7)
    }
}
