package import FoundationEssentials
package import PawlCore
package import Postgres

extension Session {
    /// The checkpoints of a step, by name.
    package func checkpoints(
        of step: StepID,
        in run: UUID
    ) throws(PostgresError)
        -> [String: [UInt8]]
    {
        let rows = try query(
            """
            select name, value from pawl.checkpoint
            where run_id = \(run) and path = \(step.path) and visit = \(Int32(step.visit))
            """
        )
        var values: [String: [UInt8]] = [:]
        for row in rows {
            values[try row.decode(String.self, at: 0)] = try row.decode(JSONText.self, at: 1).bytes
        }
        return values
    }

    /// Records a checkpoint of a step that is still held.
    ///
    /// - Returns: False if the task was lost; then nothing was written.
    package func saveCheckpoint(
        _ name: String,
        _ value: [UInt8],
        of claim: Claim
    ) throws(PostgresError) -> Bool {
        try pipeline([
            .keep(claim.run),
            """
            insert into pawl.checkpoint (run_id, path, visit, name, value)
            select t.run_id, t.path, t.visit, \(name), \(JSONText(value))
            from pawl.task t
            where t.id = \(claim.task) and t.fence = \(claim.fence)
            on conflict (run_id, path, visit, name) do update set value = excluded.value
            """,
        ])[1].affected == 1
    }

    /// Records when a pause ends, the first time it is asked, and tells how long it still lasts.
    ///
    /// - Returns: `nil` if the task was lost.
    package func remainingPause(
        _ name: String,
        _ pause: Duration,
        of claim: Claim
    )
        throws(PostgresError) -> Duration?
    {
        let rows = try pipeline([
            .keep(claim.run),
            """
            with made as (
              insert into pawl.checkpoint (run_id, path, visit, name, value)
              select t.run_id, t.path, t.visit, \(name),
                json_build_object('until', pawl.now() + \(pause))
              from pawl.task t
              where t.id = \(claim.task) and t.fence = \(claim.fence)
              on conflict (run_id, path, visit, name) do nothing
              returning value
            ),
            known as (
              select value from made
              union all
              select c.value from pawl.checkpoint c
              join pawl.task t
                on t.run_id = c.run_id and t.path = c.path and t.visit = c.visit
              where t.id = \(claim.task) and t.fence = \(claim.fence) and c.name = \(name)
            )
            select greatest((value ->> 'until')::timestamptz - pawl.now(), interval '0')
            from known
            limit 1
            """,
        ])[1]
        guard rows.count == 1 else { return nil }
        return try rows[0].decode(Duration.self, at: 0)
    }
}

extension SQL {
    /// Keeps a run from being settled, cancelled or rescued until the end of the transaction.
    ///
    /// Without it a checkpoint could be written just after its step ended, and stay for ever.
    fileprivate static func keep(_ run: UUID) -> SQL {
        "select from pawl.run where id = \(run) for key share"
    }
}
