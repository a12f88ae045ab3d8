package import Postgres

/// A range whose ticks are fired now, and the schedule.
package struct Backfill: Sendable {
    package let id: Int64
    package let record: ScheduleRecord
    package let start: Instant
    package let end: Instant
}

extension Session {
    /// Locks a range that is to be filled, and its schedule, unless enough of its ticks wait already.
    package func lockBackfill(longestLine: Int) throws(PostgresError) -> Backfill? {
        let rows = try query(
            """
            select \(ScheduleRecord.columns), b.id, b.next_at, b.until
            from pawl.schedule_backfill b
            join pawl.schedule s on s.name = b.schedule
            left join pawl.run r on r.id = s.last_run
            where s.waiting < \(longestLine) and s.problem is null
            order by b.id
            limit 1
            for update of b, s skip locked
            """
        )
        guard rows.count == 1 else { return nil }
        return Backfill(
            id: try rows[0].decode(Int64.self, at: ScheduleRecord.width),
            record: try ScheduleRecord(row: rows[0]),
            start: try rows[0].decode(Instant.self, at: ScheduleRecord.width + 1),
            end: try rows[0].decode(Instant.self, at: ScheduleRecord.width + 2)
        )
    }

    /// Lets ticks of a locked range wait that were not fired, and moves its beginning on.
    ///
    /// Without `rest` the range is filled.
    package func fill(
        _ backfill: Backfill,
        with ticks: [Instant],
        rest: Instant?
    ) throws(PostgresError) {
        let name = backfill.record.name
        _ = try pipeline([
            """
            insert into pawl.schedule_fire (schedule, tick, outcome, cause)
            select \(name), tick, 'waiting', 'backfill' from unnest(\(ticks)::timestamptz[]) tick
            on conflict (schedule, tick) do update
            set outcome = 'waiting', cause = 'backfill', reason = null, at = excluded.at
            where schedule_fire.outcome = 'skipped'
            """,
            """
            update pawl.schedule
            set waiting = (
              select count(*) from pawl.schedule_fire
              where schedule = \(name) and outcome = 'waiting')
            where name = \(name)
            """,
            rest.map {
                "update pawl.schedule_backfill set next_at = \($0) where id = \(backfill.id)"
            }
                ?? "delete from pawl.schedule_backfill where id = \(backfill.id)",
        ])
    }
}
