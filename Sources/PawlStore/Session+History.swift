package import FoundationEssentials
package import PawlCore
package import Postgres

/// What is known of a run, and the number of the event with which it was learnt.
package struct KnownRun: Sendable {
    package var projection: Projection
    package var seq: Int
    /// How much was read of it.
    package private(set) var bytes: Int

    /// A run of which nothing is known yet.
    package init(input: [UInt8], run: UUID) {
        projection = Projection(input: input, run: run.text)
        seq = 0
        bytes = input.count
    }

    fileprivate mutating func learn(_ event: Event) {
        projection.apply(event)
        bytes += event.data?.count ?? 0
    }
}

extension Session {
    /// Adds to what is known of runs what has happened since.
    package func learn(_ known: inout [UUID: KnownRun]) throws(PostgresError) {
        guard !known.isEmpty else { return }
        let runs = Array(known.keys)
        let rows = try pipeline([
            .byIndex,
            """
            select e.run_id, e.seq, e.kind, e.path, e.visit, e.data
            from unnest(\(runs)::uuid[], \(runs.map { Int32(known[$0]?.seq ?? 0) })::int[])
              as r (id, seq)
            join pawl.event e on e.run_id = r.id and e.seq > r.seq
            order by e.run_id, e.seq
            """,
        ])[1]
        for row in rows {
            let run = try row.decode(UUID.self, at: 0)
            known[run]?.seq = Int(try row.decode(Int32.self, at: 1))
            guard let kind = Event.Kind(rawValue: try row.decode(String.self, at: 2)),
                Projection.learnsFrom.contains(kind)
            else { continue }
            let step = StepID(
                path: try row.decode(String?.self, at: 3) ?? "",
                visit: Int(try row.decode(Int32?.self, at: 4) ?? 1)
            )
            let data = try row.decode(JSONText?.self, at: 5)?.bytes
            known[run]?.learn(Event(kind, step, data: data))
        }
    }

    /// The answers to what tasks waited for, as JSON texts, by task.
    package func answers(to tasks: [Int64]) throws(PostgresError) -> [Int64: [UInt8]] {
        let rows = try query(
            """
            select w.task_id, w.id,
              coalesce(w.output::json, json_build_object('choice', w.choice,
                'reasoning', w.reasoning, 'data', w.data, 'resolved_by', w.resolved_by))
            from pawl.wait w
            where w.task_id = any(\(tasks)) and w.status = 'resolved' and w.kind = 'decision'
            union all
            select w.task_id, w.id,
              json_build_object('run_id', r.id, 'workflow', r.workflow, 'status', r.status,
                'output', case when r.status = 'completed' then pawl.output(r.id) end,
                'error', case when r.status = 'failed' then (
                  select e.data from pawl.event e
                  where e.run_id = r.id and e.kind = 'run_failed'
                  order by e.seq desc limit 1) end)
            from pawl.wait w
            join pawl.run r on r.id = (w.subject ->> 'run_id')::uuid
            where w.task_id = any(\(tasks)) and w.status = 'open' and w.kind = 'child'
            order by 2  -- A task goes from one wait to the next; the last one counts.
            """
        )
        var answers: [Int64: [UInt8]] = [:]
        for row in rows {
            answers[try row.decode(Int64.self, at: 0)] = try row.decode(JSONText.self, at: 2).bytes
        }
        return answers
    }

    /// The events of a run after `seq`, in order, at most `limit`.
    package func events(
        of run: UUID,
        after seq: Int = 0,
        limit: Int = 1_000
    ) throws(PostgresError)
        -> [RecordedEvent]
    {
        let rows = try query(
            """
            select seq, at, kind, path, visit, attempt, worker, took, data
            from pawl.event
            where run_id = \(run) and seq > \(Int32(seq))
            order by seq
            limit \(limit)
            """
        )
        var events: [RecordedEvent] = []
        for row in rows { events.append(try RecordedEvent(row: row)) }
        return events
    }
}

extension Session {
    /// The latest event of a run; `nil` if nothing is recorded yet.
    package func lastEvent(of run: UUID) throws(PostgresError) -> RecordedEvent? {
        let rows = try query(
            """
            select seq, at, kind, path, visit, attempt, worker, took, data
            from pawl.event
            where run_id = \(run)
            order by seq desc
            limit 1
            """
        )
        return rows.count == 1 ? try RecordedEvent(row: rows[0]) : nil
    }
}

/// An event as it stands in the history.
package struct RecordedEvent: Sendable {
    package let seq: Int
    package let at: Instant
    package let kind: String
    package let path: String?
    package let visit: Int?
    package let attempt: Int?
    package let worker: Int64?
    package let took: Duration?
    package let data: [UInt8]?

    /// The event as the planner states it; `nil` if its kind is not known here.
    package var event: Event? {
        Event.Kind(rawValue: kind).map { kind in
            Event(
                kind,
                StepID(path: path ?? "", visit: visit ?? 1),
                attempt: attempt,
                took: took,
                data: data
            )
        }
    }

    init(row: Row) throws(PostgresError) {
        seq = Int(try row.decode(Int32.self, at: 0))
        at = try row.decode(Instant.self, at: 1)
        kind = try row.decode(String.self, at: 2)
        path = try row.decode(String?.self, at: 3)
        visit = try row.decode(Int32?.self, at: 4).map(Int.init)
        attempt = try row.decode(Int32?.self, at: 5).map(Int.init)
        worker = try row.decode(Int64?.self, at: 6)
        took = try row.decode(Duration?.self, at: 7)
        data = try row.decode(JSONText?.self, at: 8)?.bytes
    }
}
