package import Postgres

/// What came of removing versions of a workflow.
package enum Removal: Hashable, Sendable {
    /// They are gone.
    case removed(versions: [Int])
    /// There is no such workflow, or no such version of it.
    case notDefined
    /// New runs are pinned to the version.
    case isCurrent
    /// Runs are pinned to it: so many that have not ended, so many in all.
    case isUsed(live: Int, total: Int)
    /// These would start runs of it.
    case isReferredTo(schedules: [String], workflows: [String])
    /// Somebody is enqueueing or defining it, and did not finish within seconds.
    case isBusy
}

/// A version of a workflow, and the runs that are pinned to it.
package struct UsedWorkflow: Sendable {
    package let workflow: DefinedWorkflow
    /// The runs that have not ended.
    package let live: Int
    /// All of them.
    package let total: Int
}

extension Session {
    /// The defined workflows with all their versions and how many runs each has, by name, newest
    /// first.
    ///
    /// Reads all runs.
    package func usedWorkflows() throws(PostgresError) -> [UsedWorkflow] {
        let rows = try query(
            """
            select d.workflow, d.version, d.version = w.version, d.defined_at,
              coalesce(r.live, 0), coalesce(r.total, 0)
            from pawl.definition d
            join pawl.workflow w on w.name = d.workflow
            left join (
              select workflow, version, count(*) as total,
                count(*) filter (where ended_at is null) as live
              from pawl.run
              group by workflow, version) r
              on r.workflow = d.workflow and r.version = d.version
            order by d.workflow, d.version desc
            """
        )
        var workflows: [UsedWorkflow] = []
        for row in rows {
            workflows.append(
                UsedWorkflow(
                    workflow: DefinedWorkflow(
                        name: try row.decode(String.self, at: 0),
                        version: Int(try row.decode(Int32.self, at: 1)),
                        isCurrent: try row.decode(Bool.self, at: 2),
                        at: try row.decode(Instant.self, at: 3)
                    ),
                    live: try row.decode(Int.self, at: 4),
                    total: try row.decode(Int.self, at: 5)
                )
            )
        }
        return workflows
    }

    /// Removes a version of a workflow.
    ///
    /// It is refused for the current version, and for one that a run is pinned to: with
    /// `includesHistory` only a run that has not ended counts. What has ended then keeps its
    /// history, but cannot be taken up again. Enqueues of the workflow wait meanwhile.
    package func remove(
        _ version: Int,
        of workflow: String,
        includesHistory: Bool = false
    ) throws -> Removal {
        // Runs are many, and nobody should wait while they are counted for nothing.
        let runs = try runs(of: workflow, version: version)
        if runs.live > 0 || (runs.total > 0 && !includesHistory) {
            guard try definitionText(of: workflow, version: version) != nil else {
                return .notDefined
            }
            return .isUsed(live: runs.live, total: runs.total)
        }
        return try holding(workflow) { session, current in
            guard current != version else { return .isCurrent }
            let runs = try session.runs(of: workflow, version: version)
            guard runs.live == 0, runs.total == 0 || includesHistory else {
                return .isUsed(live: runs.live, total: runs.total)
            }
            let gone = try session.execute(
                """
                delete from pawl.definition
                where workflow = \(workflow) and version = \(Int32(clamping: version))
                """
            )
            guard gone > 0 else { return .notDefined }
            try session.remember([version], of: workflow)
            return .removed(versions: [version])
        }
    }

    /// Removes a workflow with all its versions.
    ///
    /// It is refused while a schedule starts runs of it or the current version of another workflow
    /// does; about runs see ``remove(_:of:includesHistory:)``.
    package func removeAll(of workflow: String, includesHistory: Bool = false) throws -> Removal {
        let runs = try runs(of: workflow, version: nil)
        if runs.live > 0 || (runs.total > 0 && !includesHistory) {
            return .isUsed(live: runs.live, total: runs.total)
        }
        return try holding(workflow) { session, _ in
            let runs = try session.runs(of: workflow, version: nil)
            guard runs.live == 0, runs.total == 0 || includesHistory else {
                return .isUsed(live: runs.live, total: runs.total)
            }
            let schedules = try session.texts(
                "select name from pawl.schedule where workflow = \(workflow) order by name"
            )
            let workflows = try session.texts(
                """
                select w.name from pawl.workflow w
                join pawl.definition d on d.workflow = w.name and d.version = w.version
                where w.name <> \(workflow) and exists (
                  select from jsonb_array_elements(d.body -> 'nodes') n
                  where n ->> 'type' = 'workflow' and n -> 'config' ->> 'workflow' = \(workflow))
                order by w.name
                """
            )
            guard schedules.isEmpty, workflows.isEmpty else {
                return .isReferredTo(schedules: schedules, workflows: workflows)
            }
            let rows = try session.query(
                "delete from pawl.definition where workflow = \(workflow) returning version"
            )
            let versions = try rows.map { Int(try $0.decode(Int32.self, at: 0)) }.sorted()
            _ = try session.execute("delete from pawl.workflow where name = \(workflow)")
            try session.remember(versions, of: workflow)
            return .removed(versions: versions)
        }
    }

    /// Does something with a workflow that nobody enqueues or defines meanwhile.
    private func holding(
        _ workflow: String,
        _ body: (Session, Int) throws -> Removal
    ) throws -> Removal {
        do {
            return try transaction { session in
                // Whoever enqueues it stands behind this, so that it must not wait for long itself.
                _ = try session.execute("set local lock_timeout = '3s'")
                _ = try session.query(
                    "select pg_advisory_xact_lock(pawl.workflow_lock(\(workflow)))"
                )
                let rows = try session.query(
                    "select version from pawl.workflow where name = \(workflow) for update"
                )
                guard rows.count == 1 else { return .notDefined }
                return try body(session, Int(try rows[0].decode(Int32.self, at: 0)))
            }
        } catch let error as PostgresError where error.sqlState == .lockNotAvailable {
            return .isBusy
        }
    }

    private func runs(
        of workflow: String,
        version: Int?
    ) throws(PostgresError) -> (live: Int, total: Int) {
        let rows = try query(
            """
            select count(*) filter (where ended_at is null), count(*) from pawl.run
            where workflow = \(workflow)
              and version = coalesce(\(version.map { Int32(clamping: $0) }), version)
            """
        )
        return (try rows[0].decode(Int.self, at: 0), try rows[0].decode(Int.self, at: 1))
    }

    /// Notes numbers that are never to be used again.
    private func remember(_ versions: [Int], of workflow: String) throws(PostgresError) {
        guard let highest = versions.max() else { return }
        _ = try execute(
            """
            insert into pawl.removed as r (workflow, version)
            values (\(workflow), \(Int32(clamping: highest)))
            on conflict (workflow) do update set version = greatest(r.version, excluded.version)
            """
        )
    }

    private func texts(_ statement: SQL) throws(PostgresError) -> [String] {
        var texts: [String] = []
        for row in try query(statement) { texts.append(try row.decode(String.self, at: 0)) }
        return texts
    }
}
