package import PawlCore
package import Postgres

/// A version of a workflow, as the database has it.
package struct DefinedWorkflow: Sendable {
    package let name: String
    package let version: Int
    package let isCurrent: Bool
    package let at: Instant
}

extension Session {
    /// Defines a workflow: stores the definition as a new version, unless it is there already.
    ///
    /// A text that was defined before keeps its version. `makesCurrent` says whether new runs are
    /// pinned to it even then; an old worker that starts again should not turn back the version.
    ///
    /// - Returns: The version, and whether it is new.
    package func define(
        _ definition: Definition,
        makesCurrent: Bool
    ) throws
        -> (version: Int, isNew: Bool)
    {
        let body = JSONText(definition.json.serialized())
        return try transaction { session in
            // The first version of a name refers to itself, so the two rows are checked at commit.
            _ = try session.execute(
                """
                insert into pawl.workflow (name, version) values (\(definition.name), 1)
                on conflict (name) do nothing
                """
            )
            _ = try session.query(
                "select from pawl.workflow where name = \(definition.name) for update"
            )
            let known = try session.query(
                """
                select version from pawl.definition
                where workflow = \(definition.name)
                  and digest = encode(sha256(convert_to(\(body)::jsonb::text, 'UTF8')), 'hex')
                """
            )
            if known.count == 1 {
                let version = Int(try known[0].decode(Int32.self, at: 0))
                if makesCurrent {
                    _ = try session.execute(
                        """
                        update pawl.workflow set version = \(Int32(version)), defined_at = pawl.now()
                        where name = \(definition.name) and version <> \(Int32(version))
                        """
                    )
                }
                return (version, false)
            }
            let entry = definition.entry
            let ways = try session.ways(of: definition)
            let made = try session.query(
                """
                insert into pawl.definition
                  (workflow, version, body, digest, entry_path, entry_kind, queue, priority,
                   timeout, lanes, weight)
                select \(definition.name),
                  greatest(
                    max(version),
                    (select r.version from pawl.removed r where r.workflow = \(definition.name)),
                    0) + 1,
                  \(body)::jsonb,
                  encode(sha256(convert_to(\(body)::jsonb::text, 'UTF8')), 'hex'),
                  \(entry.id), \(entry.kind.rawValue), \(definition.settings.queue),
                  \(Int16(definition.settings.priority)), \(definition.settings.timeout)::interval,
                  \(ways), \(ways == nil ? nil : definition.settings.limits.weightRule)
                from pawl.definition where workflow = \(definition.name)
                returning version
                """
            )
            let version = try made[0].decode(Int32.self, at: 0)
            _ = try session.execute(
                """
                update pawl.workflow set version = \(version), defined_at = pawl.now()
                where name = \(definition.name)
                """
            )
            return (Int(version), true)
        }
    }

    /// The text of a version of a workflow, or of its current one; `nil` if there is none.
    package func definitionText(
        of workflow: String,
        version: Int? = nil
    ) throws(PostgresError)
        -> [UInt8]?
    {
        let rows = try query(
            """
            select d.body from pawl.definition d
            join pawl.workflow w on w.name = d.workflow
            where d.workflow = \(workflow)
              and d.version = coalesce(\(version.map { Int32(clamping: $0) }), w.version)
            """
        )
        return rows.count == 1 ? try rows[0].decode(JSONText.self, at: 0).bytes : nil
    }

    /// The defined workflows with all their versions, by name, newest first; only one, if it is
    /// named.
    package func workflows(named name: String? = nil) throws(PostgresError) -> [DefinedWorkflow] {
        let rows = try query(
            """
            select d.workflow, d.version, d.version = w.version, d.defined_at
            from pawl.definition d
            join pawl.workflow w on w.name = d.workflow
            where \(name)::text is null or d.workflow = \(name)
            order by d.workflow, d.version desc
            """
        )
        var workflows: [DefinedWorkflow] = []
        for row in rows {
            workflows.append(
                DefinedWorkflow(
                    name: try row.decode(String.self, at: 0),
                    version: Int(try row.decode(Int32.self, at: 1)),
                    isCurrent: try row.decode(Bool.self, at: 2),
                    at: try row.decode(Instant.self, at: 3)
                )
            )
        }
        return workflows
    }
}
