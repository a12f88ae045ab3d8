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
    package let step: StepID
    /// What is asked, as a JSON text.
    package let subject: [UInt8]
    package let assignee: String?
    package let due: Instant?
    /// The choice that is taken when nobody answers in time.
    package let fallback: String?
    package let created: Instant
    /// When this was read, by the database's clock.
    package let now: Instant
}

extension Session {
    /// The questions that are open, oldest first; of one run, if it is given.
    package func openDecisions(
        of run: UUID? = nil,
        limit: Int
    ) throws(PostgresError)
        -> [OpenDecision]
    {
        let rows = try query(
            """
            select w.id, w.run_id, r.workflow, w.path, w.visit, w.subject, w.assignee, w.due_at,
              w.fallback, w.created_at, n.now, r.key
            from pawl.wait w
            join pawl.run r on r.id = w.run_id
            cross join (select pawl.now() as now) n
            where w.kind = 'decision' and w.status = 'open'
              and (\(run)::uuid is null or w.run_id = \(run))
            order by w.created_at, w.id
            limit \(limit)
            """
        )
        var decisions: [OpenDecision] = []
        for row in rows { decisions.append(try OpenDecision(row: row)) }
        return decisions
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
        key = try row.decode(String?.self, at: 11)
    }
}
