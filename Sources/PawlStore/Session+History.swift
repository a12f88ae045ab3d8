package import FoundationEssentials
package import PawlCore
package import Postgres

extension Session {
    /// What is known of runs, folded from their events.
    ///
    /// `inputs` are the runs' inputs, which the caller has at hand from the claim.
    package func projections(of inputs: [UUID: [UInt8]]) throws(PostgresError) -> [UUID: Projection]
    {
        var projections = inputs.mapValues { Projection(input: $0) }
        guard !inputs.isEmpty else { return projections }
        let rows = try pipeline([
            .byIndex,
            """
            select e.run_id, e.kind, e.path, e.visit, e.data
            from unnest(\(Array(inputs.keys))::uuid[]) as r (id)
            join pawl.event e on e.run_id = r.id
            where e.kind = any(\(Projection.learnsFrom.map(\.rawValue)))
            order by e.run_id, e.seq
            """,
        ])[1]
        for row in rows {
            let run = try row.decode(UUID.self, at: 0)
            guard let kind = Event.Kind(rawValue: try row.decode(String.self, at: 1)) else {
                continue
            }
            let step = StepID(
                path: try row.decode(String.self, at: 2),
                visit: Int(try row.decode(Int32.self, at: 3))
            )
            let data = try row.decode(JSONText?.self, at: 4)?.bytes
            projections[run]?.apply(Event(kind, step, data: data))
        }
        return projections
    }

    /// The answers to what tasks waited for, as JSON texts, by task.
    package func answers(to tasks: [Int64]) throws(PostgresError) -> [Int64: [UInt8]] {
        let rows = try query(
            """
            select task_id,
              json_build_object('choice', choice, 'reasoning', reasoning, 'data', data,
                'resolved_by', resolved_by)
            from pawl.wait
            where task_id = any(\(tasks)) and status = 'resolved'
            order by id
            """
        )
        var answers: [Int64: [UInt8]] = [:]
        for row in rows {
            answers[try row.decode(Int64.self, at: 0)] = try row.decode(JSONText.self, at: 1).bytes
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

    fileprivate init(row: Row) throws(PostgresError) {
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
