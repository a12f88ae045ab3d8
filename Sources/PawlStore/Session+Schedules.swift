import PawlCore
package import Postgres

/// A schedule as it stands in the database.
package struct ScheduleRecord: Sendable {
    package let name: String
    package let workflow: String
    package let spec: String
    package let zone: String
    package let input: [UInt8]
    package let service: String
    package let isEnabled: Bool
    package let nextAt: Instant?
    package let lastTick: Instant?
    package let problem: String?

    fileprivate init(row: Row) throws(PostgresError) {
        name = try row.decode(String.self, at: 0)
        workflow = try row.decode(String.self, at: 1)
        spec = try row.decode(String.self, at: 2)
        zone = try row.decode(String.self, at: 3)
        input = try row.decode(JSONText.self, at: 4).bytes
        service = try row.decode(String.self, at: 5)
        isEnabled = try row.decode(Bool.self, at: 6)
        nextAt = try row.decode(Instant?.self, at: 7)
        lastTick = try row.decode(Instant?.self, at: 8)
        problem = try row.decode(String?.self, at: 9)
    }
}

extension Session {
    /// All schedules, by name.
    package func schedules() throws(PostgresError) -> [ScheduleRecord] {
        let rows = try query(
            """
            select name, workflow, spec, zone, input, service, enabled, next_at, last_tick, problem
            from pawl.schedule
            order by name
            """
        )
        var schedules: [ScheduleRecord] = []
        for row in rows { schedules.append(try ScheduleRecord(row: row)) }
        return schedules
    }

    /// Makes a schedule, or changes the one of that name.
    package func putSchedule(
        _ name: String,
        workflow: String,
        spec: String,
        zone: String,
        input: [UInt8],
        service: String = "default"
    ) throws(PostgresError) {
        _ = try execute(
            """
            insert into pawl.schedule (name, workflow, spec, zone, input, service)
            values (\(name), \(workflow), \(spec), \(zone), \(JSONText(input))::jsonb, \(service))
            on conflict (name) do update
            set workflow = excluded.workflow, spec = excluded.spec, zone = excluded.zone,
                input = excluded.input, service = excluded.service
            """
        )
    }

    /// Removes a schedule.
    ///
    /// The record of its ticks stays, and so do the runs that it started.
    ///
    /// - Returns: False if there is none of that name.
    package func removeSchedule(_ name: String) throws(PostgresError) -> Bool {
        try execute("delete from pawl.schedule where name = \(name)") == 1
    }

    /// Pauses a schedule, or lets it go on from its next slot.
    ///
    /// - Returns: False if there is none of that name.
    package func setSchedule(_ name: String, enabled: Bool) throws(PostgresError) -> Bool {
        try execute("update pawl.schedule set enabled = \(enabled) where name = \(name)") == 1
    }

    /// Locks the schedule that has been due the longest, or that has no next tick yet, and returns
    /// it with the time.
    ///
    /// Schedules that another scheduler has locked are passed over.
    package func lockDueSchedule() throws(PostgresError) -> (
        schedule: ScheduleRecord, now: Instant
    )? {
        let rows = try query(
            """
            select name, workflow, spec, zone, input, service, enabled, next_at, last_tick, problem,
              pawl.now()
            from pawl.schedule
            where enabled and problem is null
              and (next_at is null or next_at <= (select pawl.now()))
            order by next_at nulls first
            limit 1
            for update skip locked
            """
        )
        guard rows.count == 1 else { return nil }
        return (try ScheduleRecord(row: rows[0]), try rows[0].decode(Instant.self, at: 10))
    }

    /// How long until the next schedule is due; `nil` if none has a next tick.
    package func timeToNextTick() throws(PostgresError) -> Duration? {
        let rows = try query(
            """
            select case when min(next_at) is not null
              then greatest(min(next_at) - pawl.now(), interval '0')
            end
            from pawl.schedule
            where enabled and problem is null and next_at < 'infinity'
            """
        )
        return try rows[0].decode(Duration?.self, at: 0)
    }

    /// Says why a schedule cannot be followed.
    ///
    /// It rests until someone changes it.
    package func noteProblem(_ problem: String, of schedule: String) throws(PostgresError) {
        _ = try execute("update pawl.schedule set problem = \(problem) where name = \(schedule)")
    }

    /// Enqueues the run of a tick, and records that the tick was fired.
    ///
    /// The schedule is locked.
    package func fire(_ tick: Instant, of schedule: ScheduleRecord) throws(PostgresError) {
        let key = "schedule:\(schedule.name):\(tick)"
        let run = try enqueue(schedule.workflow, schedule.input, EnqueueOptions(key: key))
        _ = try execute(
            """
            insert into pawl.schedule_fire (schedule, tick, outcome, run_id)
            values (\(schedule.name), \(tick), 'fired', \(run))
            on conflict (schedule, tick) do nothing
            """
        )
    }

    /// Records that ticks were not fired, and why.
    ///
    /// The schedule is locked.
    package func skip(
        _ ticks: [Instant],
        of schedule: String,
        because reason: String
    )
        throws(PostgresError)
    {
        guard !ticks.isEmpty else { return }
        _ = try execute(
            """
            insert into pawl.schedule_fire (schedule, tick, outcome, reason)
            select \(schedule), tick, 'skipped', \(reason) from unnest(\(ticks)::timestamptz[]) tick
            on conflict (schedule, tick) do nothing
            """
        )
    }

    /// Moves a locked schedule on to its next tick.
    package func advance(
        _ schedule: String,
        to next: Instant?,
        last: Instant?
    )
        throws(PostgresError)
    {
        _ = try execute(
            """
            update pawl.schedule
            set next_at = coalesce(\(next), 'infinity'), last_tick = coalesce(\(last), last_tick)
            where name = \(schedule)
            """
        )
    }
}
