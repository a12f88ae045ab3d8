package import Postgres

/// A range whose ticks are fired now, and the schedule.
package struct Backfill: Sendable {
    package let id: Int64
    package let record: ScheduleRecord
    package let start: Instant
    package let end: Instant
    /// It ends after so many ticks.
    package let most: Int
}

extension Session {
    /// Locks a range that is to be filled, and its schedule, unless that is paused or enough of its
    /// ticks wait already.
    package func lockBackfill(longestLine: Int) throws(PostgresError) -> Backfill? {
        let rows = try query(
            """
            select \(ScheduleRecord.columns), b.id, b.next_at, b.until, b.most
            from pawl.schedule_backfill b
            join pawl.schedule s on s.name = b.schedule
            left join pawl.run r on r.id = s.last_run
            where s.waiting < \(longestLine) and s.enabled and s.problem is null
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
            end: try rows[0].decode(Instant.self, at: ScheduleRecord.width + 2),
            most: Int(try rows[0].decode(Int32.self, at: ScheduleRecord.width + 3))
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
            rest.map { rest in
                """
                update pawl.schedule_backfill
                set next_at = \(rest), most = most - \(Int32(ticks.count))
                where id = \(backfill.id)
                """
            } ?? "delete from pawl.schedule_backfill where id = \(backfill.id)",
        ])
    }

    /// The ranges of a schedule that are still to be filled, in order, and how many ticks at most.
    package func backfills(
        of schedule: String
    ) throws(PostgresError) -> [(start: Instant, end: Instant, most: Int)] {
        let rows = try query(
            """
            select next_at, until, most from pawl.schedule_backfill
            where schedule = \(schedule)
            order by id
            """
        )
        var ranges: [(start: Instant, end: Instant, most: Int)] = []
        for row in rows {
            ranges.append(
                (
                    try row.decode(Instant.self, at: 0), try row.decode(Instant.self, at: 1),
                    Int(try row.decode(Int32.self, at: 2))
                )
            )
        }
        return ranges
    }

    /// Ends the filling of a schedule's ranges; ticks that wait already stay.
    ///
    /// - Returns: How many ranges there were.
    package func cancelBackfills(of schedule: String) throws(PostgresError) -> Int {
        try execute("delete from pawl.schedule_backfill where schedule = \(schedule)")
    }
}
