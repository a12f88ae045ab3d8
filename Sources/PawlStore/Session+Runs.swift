package import FoundationEssentials
package import PawlCore
package import Postgres

/// The head of a run, as people look at it.
package struct RunHead: Sendable {
    package let id: UUID
    package let tenant: String
    package let workflow: String
    package let version: Int
    package let status: RunStatus
    package let queue: String
    package let priority: Int
    package let key: String?
    package let due: Instant
    package let deadline: Instant?
    package let created: Instant
    package let ended: Instant?
    /// The run of which a step began this one.
    package let parent: UUID?
    /// The run that this one is a fork of.
    package let origin: UUID?
    /// When this was read, by the database's clock.
    package let now: Instant
}

/// Which runs to list; what is not said does not restrict them.
package struct RunFilter: Sendable {
    package var workflow: String?
    /// Any of these; none means any at all.
    package var statuses: [RunStatus] = []
    package var key: String?
    /// Enqueued since then.
    package var age: Duration?

    package init() {}
}

extension Session {
    /// The latest runs that match, newest first.
    package func runs(
        matching filter: RunFilter = RunFilter(),
        limit: Int
    ) throws(PostgresError)
        -> [RunHead]
    {
        let rows = try query(
            """
            select \(RunHead.columns)
            from pawl.run r, (select pawl.now() as now) n
            where (\(filter.workflow)::text is null or r.workflow = \(filter.workflow))
              and (\(filter.statuses.isEmpty)
                or r.status = any(\(filter.statuses.map(\.rawValue))::text[]))
              and (\(filter.key)::text is null or r.key = \(filter.key))
              and (\(filter.age)::interval is null or r.created_at >= n.now - \(filter.age))
            order by r.id desc
            limit \(limit)
            """
        )
        var runs: [RunHead] = []
        for row in rows { runs.append(try RunHead(row: row)) }
        return runs
    }

    /// The head of a run; `nil` if there is no such run.
    package func run(_ id: UUID) throws(PostgresError) -> RunHead? {
        let rows = try query(
            """
            select \(RunHead.columns)
            from pawl.run r, (select pawl.now() as now) n
            where r.id = \(id)
            """
        )
        return rows.count == 1 ? try RunHead(row: rows[0]) : nil
    }

    /// The input of a run, as a JSON text; `nil` if there is no such run.
    package func input(of run: UUID) throws(PostgresError) -> [UInt8]? {
        let rows = try query("select input from pawl.run where id = \(run)")
        return rows.count == 1 ? try rows[0].decode(JSONText.self, at: 0).bytes : nil
    }

    /// The runs whose ids lie between two, at most `limit`.
    package func runs(
        from first: UUID,
        through last: UUID,
        limit: Int
    ) throws(PostgresError)
        -> [UUID]
    {
        let rows = try query(
            """
            select id from pawl.run where id between \(first) and \(last) order by id limit \(limit)
            """
        )
        var runs: [UUID] = []
        for row in rows { runs.append(try row.decode(UUID.self, at: 0)) }
        return runs
    }
}

extension RunHead {
    fileprivate static let columns: SQL = """
        r.id, r.tenant, r.workflow, r.version, r.status, r.queue, r.priority, r.key, r.run_at,
        r.deadline, r.created_at, r.ended_at, n.now, r.parent_run, r.forked_from
        """

    fileprivate init(row: Row) throws(PostgresError) {
        id = try row.decode(UUID.self, at: 0)
        tenant = try row.decode(String.self, at: 1)
        workflow = try row.decode(String.self, at: 2)
        version = Int(try row.decode(Int32.self, at: 3))
        status = RunStatus(rawValue: try row.decode(String.self, at: 4)) ?? .pending
        queue = try row.decode(String.self, at: 5)
        priority = Int(try row.decode(Int16.self, at: 6))
        key = try row.decode(String?.self, at: 7)
        due = try row.decode(Instant.self, at: 8)
        deadline = try row.decode(Instant?.self, at: 9)
        created = try row.decode(Instant.self, at: 10)
        ended = try row.decode(Instant?.self, at: 11)
        now = try row.decode(Instant.self, at: 12)
        parent = try row.decode(UUID?.self, at: 13)
        origin = try row.decode(UUID?.self, at: 14)
    }
}
