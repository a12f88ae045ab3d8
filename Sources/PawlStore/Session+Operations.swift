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
