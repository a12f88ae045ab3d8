package import FoundationEssentials
package import PawlCore
package import Postgres

extension Session {
    /// Where a run stands; `nil` if there is no such run.
    package func status(of run: UUID) throws(PostgresError) -> RunStatus? {
        let rows = try query("select status from pawl.run where id = \(run)")
        return rows.count == 1 ? RunStatus(rawValue: try rows[0].decode(String.self, at: 0)) : nil
    }

    /// The latest output among a run's steps, as a JSON text.
    package func lastOutput(of run: UUID) throws(PostgresError) -> [UInt8]? {
        let rows = try query(
            """
            select data from pawl.event
            where run_id = \(run) and kind in ('run_completed', 'step_completed')
              and data is not null
            order by seq desc
            limit 1
            """
        )
        return rows.count == 1 ? try rows[0].decode(JSONText.self, at: 0).bytes : nil
    }

    /// Answers an open decision, and returns its run.
    package func decide(
        _ decision: Int64,
        choice: String,
        reasoning: String?,
        data: [UInt8]?,
        by decider: String
    ) throws(PostgresError) -> UUID {
        let rows = try query(
            """
            select pawl.decide(
              \(decision), \(choice), \(reasoning), \(data.map { JSONText($0) })::jsonb, \(decider))
            """
        )
        return try rows[0].decode(UUID.self, at: 0)
    }

    /// Cancels a run.
    ///
    /// - Returns: False if it had ended already.
    package func cancel(_ run: UUID, reason: String?, by who: String) throws(PostgresError) -> Bool
    {
        try query("select pawl.cancel(\(run), \(reason), \(who))")[0].decode(Bool.self, at: 0)
    }

    /// Takes a failed run up again at the step that failed.
    package func retry(_ run: UUID, by who: String) throws(PostgresError) {
        _ = try query("select pawl.retry(\(run), \(who))")
    }
}

extension Session {
    /// Stops a run for a while.
    package func pause(_ run: UUID, reason: String?, by who: String) throws(PostgresError) {
        _ = try query("select pawl.pause(\(run), \(reason), \(who))")
    }

    /// Lets a paused run go on.
    package func resume(_ run: UUID, by who: String) throws(PostgresError) {
        _ = try query("select pawl.resume(\(run), \(who))")
    }

    /// Passes a live step over, or the one at which a run failed.
    package func skip(_ step: String, of run: UUID, by who: String) throws(PostgresError) {
        _ = try query("select pawl.skip(\(run), \(step), \(who))")
    }

    /// Sends a run a signal; the payload is a JSON text.
    package func signal(
        _ name: String,
        to run: UUID,
        payload: [UInt8]?,
        by who: String
    ) throws(PostgresError) {
        _ = try query(
            "select pawl.signal(\(run), \(name), \(payload.map { JSONText($0) })::jsonb, \(who))"
        )
    }

    /// Sets a variable of a run; the value is a JSON text.
    package func setVariable(
        _ name: String,
        of run: UUID,
        to value: [UInt8],
        by who: String
    ) throws(PostgresError) {
        _ = try query(
            "select pawl.set_variable(\(run), \(name), \(JSONText(value))::jsonb, \(who))"
        )
    }

    /// Ends a waiting step with an output, which is a JSON text.
    package func answer(
        _ step: String,
        of run: UUID,
        output: [UInt8],
        by who: String
    ) throws(PostgresError) {
        _ = try query("select pawl.answer(\(run), \(step), \(JSONText(output))::jsonb, \(who))")
    }

    /// Locks a run up to the end of the transaction.
    package func lock(_ run: UUID) throws(PostgresError) {
        _ = try query(.lock([run]))
    }

    /// The step at which a run waits for an answer; `step` is its path, or its node.
    package func openQuestion(
        of run: UUID,
        at step: String
    ) throws(PostgresError)
        -> (step: StepID, kind: Node.Kind, hops: Int)?
    {
        let rows = try query(
            """
            select w.path, w.visit, t.kind, t.hops
            from pawl.wait w
            join pawl.task t on t.id = w.task_id
            where w.run_id = \(run) and w.status = 'open' and w.kind = 'decision'
              and (w.path = \(step) or w.path like '%.' || \(step))
            order by w.path <> \(step), w.id
            limit 1
            """
        )
        guard rows.count == 1 else { return nil }
        return (
            StepID(
                path: try rows[0].decode(String.self, at: 0),
                visit: Int(try rows[0].decode(Int32.self, at: 1))
            ),
            Node.Kind(rawValue: try rows[0].decode(String.self, at: 2)),
            Int(try rows[0].decode(Int32.self, at: 3))
        )
    }

    /// What is known of a run, and its definition; `nil` if there is no such run.
    package func knowledge(of run: UUID) throws -> (definition: Definition, known: KnownRun)? {
        let rows = try query("select workflow, version, input from pawl.run where id = \(run)")
        guard rows.count == 1 else { return nil }
        let text = try definitionText(
            of: rows[0].decode(String.self, at: 0),
            version: Int(rows[0].decode(Int32.self, at: 1))
        )
        guard let text else { return nil }
        let input = try rows[0].decode(JSONText.self, at: 2).bytes
        var known = [run: KnownRun(input: input, run: run)]
        try learn(&known)
        let definition = try Definition(json: JSON(parsing: text))
        return known[run].map { (definition, $0) }
    }
}
