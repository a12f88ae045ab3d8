package import FoundationEssentials
package import PawlCore
package import Postgres

extension Session {
    /// Makes a run from another one: the same up to a step, which begins again.
    ///
    /// The history up to the step is copied. With `output` the step is not executed; it has ended with
    /// that. With `input` the new run has another input. Without a step the run begins anew.
    ///
    /// - Returns: The new run; `nil` if there is no such run, or it has not come to the step.
    package func fork(
        _ run: UUID,
        at step: StepID?,
        input: [UInt8]?,
        output: [UInt8]?,
        by who: String
    ) throws -> UUID? {
        try transaction { session in
            guard try session.query("select from pawl.run where id = \(run) for share").count == 1
            else { return nil }
            let last: Int
            if let step {
                guard let seq = try session.seq(before: step, in: run) else { return nil }
                last = seq
            } else {
                last = 0
            }
            let made = try session.query(
                """
                insert into pawl.run
                  (workflow, version, tenant, queue, priority, input, forked_from)
                select workflow, version, tenant, queue, priority,
                  coalesce(\(input.map { JSONText($0) })::jsonb, input), id
                from pawl.run where id = \(run)
                returning id
                """
            )[0].decode(UUID.self, at: 0)
            _ = try session.execute(
                """
                insert into pawl.event
                  (run_id, seq, at, kind, path, visit, attempt, worker, took, data)
                select \(made), seq, at, kind, path, visit, attempt, worker, took, data
                from pawl.event where run_id = \(run) and seq <= \(Int32(last))
                """
            )
            let data: JSON = [
                "from": .string(run.text), "seq": JSON.integer(Int64(last)),
                "step": step.map { .string("\($0)") } ?? .null, "forked_by": .string(who),
            ]
            try session.append(.runForked, nil, data.serialized(), to: made)
            if let step { try session.begin(made, at: step, output: output) }
            return made
        }
    }

    /// The number of the last event before a step is first named.
    private func seq(before step: StepID, in run: UUID) throws(PostgresError) -> Int? {
        try query(
            """
            select min(seq) - 1 from pawl.event
            where run_id = \(run) and path = \(step.path) and visit = \(Int32(step.visit))
            """
        )[0].decode(Int32?.self, at: 0).map(Int.init)
    }

    private func append(
        _ kind: Event.Kind,
        _ step: StepID?,
        _ data: [UInt8],
        to run: UUID
    ) throws(PostgresError) {
        _ = try query(
            """
            select pawl.append(\(run), \(kind.rawValue), \(step?.path), \(step.map { Int32($0.visit) }),
                               \(JSONText(data)))
            """
        )
    }

    /// Puts the first task of a forked run where its step is, inside the outermost container.
    private func begin(
        _ run: UUID,
        at step: StepID,
        output: [UInt8]?
    ) throws(PostgresError) {
        if let output { try append(.stepCompleted, step, output, to: run) }
        let outermost = String(step.path.prefix { $0 != "." })
        _ = try execute(
            """
            update pawl.task t
            set path = \(outermost), kind = '@retry', hops = 1,
                visit = coalesce((
                  select max(e.visit) from pawl.event e
                  where e.run_id = t.run_id and e.path = \(outermost)), \(Int32(step.visit)))
            where t.run_id = \(run) and t.kind not like '@%'
            """
        )
        _ = try execute("update pawl.run set status = 'running' where id = \(run)")
    }
}

extension Session {
    /// The states of a run's steps, as its history tells them.
    package func stepStates(of run: UUID) throws -> [StepState] {
        var history = StepHistory()
        while case let page = try events(of: run, after: history.seq), !page.isEmpty {
            for recorded in page {
                guard let event = recorded.event else { continue }
                try history.read(event, seq: recorded.seq)
            }
        }
        return history.steps
    }

    /// Events of one kind, of one run or of all, latest first.
    package func events(
        ofKind kind: String,
        run: UUID? = nil,
        step: String? = nil,
        age: Duration? = nil,
        limit: Int
    ) throws(PostgresError) -> [(run: UUID, event: RecordedEvent)] {
        let rows = try query(
            """
            select seq, at, kind, path, visit, attempt, worker, took, data, run_id
            from pawl.event
            where kind = \(kind) and (\(run)::uuid is null or run_id = \(run))
              and (\(step)::text is null or path = \(step))
              and (\(age)::interval is null or at >= pawl.now() - \(age))
            order by at desc, run_id, seq desc
            limit \(limit)
            """
        )
        var events: [(run: UUID, event: RecordedEvent)] = []
        for row in rows {
            events.append((try row.decode(UUID.self, at: 9), try RecordedEvent(row: row)))
        }
        return events
    }
}
