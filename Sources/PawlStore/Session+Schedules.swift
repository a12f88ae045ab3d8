package import PawlCore
package import Postgres

extension Session {
    /// All schedules, or one, by name.
    package func schedules(
        named name: String? = nil
    ) throws(PostgresError) -> [ScheduleRecord] {
        let rows = try query(
            """
            select \(ScheduleRecord.columns)
            from pawl.schedule s
            left join pawl.run r on r.id = s.last_run
            where \(name)::text is null or s.name = \(name)
            order by s.name
            """
        )
        var schedules: [ScheduleRecord] = []
        for row in rows { schedules.append(try ScheduleRecord(row: row)) }
        return schedules
    }

    /// Makes a schedule, or changes the one of that name, if it is the service's.
    ///
    /// - Returns: The service that the one of that name belongs to, if that is another.
    package func putSchedule(
        _ schedule: Schedule,
        service: String
    )
        throws(PostgresError) -> String?
    {
        var limit: Int32 = 100
        let missed: String
        switch schedule.missed {
        case .skip: missed = "skip"
        case .latest: missed = "latest"
        case .all(let most):
            missed = "all"
            limit = Int32(clamping: most)
        }
        let written = try execute(
            """
            insert into pawl.schedule
              (name, workflow, spec, zone, input, missing_time, repeated_time, only_days, except_days,
               starts_at, ends_at, missed, missed_limit, start_deadline, overlap, jitter, max_fires,
               queue, priority, tenant, timeout, note, service)
            values
              (\(schedule.name), \(schedule.workflow), \(schedule.spec), \(schedule.zone),
               \(JSONText(schedule.input.serialized()))::jsonb, \(schedule.missingTime.rawValue),
               \(schedule.repeatedTime.rawValue), \(schedule.onlyDays), \(schedule.exceptDays),
               \(schedule.starts.map(Instant.init)), \(schedule.ends.map(Instant.init)), \(missed),
               \(limit), \(schedule.startDeadline), \(schedule.overlap.rawValue),
               \(schedule.jitter), \(schedule.maximumFires.map(Int32.init(clamping:))),
               \(schedule.queue), \(schedule.priority.map(Int16.init(clamping:))),
               \(schedule.tenant), \(schedule.timeout), \(schedule.note), \(service))
            on conflict (name) do update
            set workflow = excluded.workflow, spec = excluded.spec, zone = excluded.zone,
                input = excluded.input, missing_time = excluded.missing_time,
                repeated_time = excluded.repeated_time, only_days = excluded.only_days,
                except_days = excluded.except_days, starts_at = excluded.starts_at,
                ends_at = excluded.ends_at, missed = excluded.missed,
                missed_limit = excluded.missed_limit, start_deadline = excluded.start_deadline,
                overlap = excluded.overlap, jitter = excluded.jitter,
                max_fires = excluded.max_fires, queue = excluded.queue,
                priority = excluded.priority, tenant = excluded.tenant,
                timeout = excluded.timeout, note = coalesce(excluded.note, schedule.note)
            where schedule.service = excluded.service
            """
        )
        guard written == 0 else { return nil }
        let rows = try query("select service from pawl.schedule where name = \(schedule.name)")
        return rows.count == 1 ? try rows[0].decode(String.self, at: 0) : nil
    }

    /// Removes a schedule.
    ///
    /// The record of its ticks stays, and so do the runs that it started.
    ///
    /// - Returns: False if there is none of that name.
    package func removeSchedule(_ name: String) throws(PostgresError) -> Bool {
        try execute("delete from pawl.schedule where name = \(name)") == 1
    }

    /// Removes the schedules of a service but for those of the names, and returns theirs.
    package func removeSchedules(
        of service: String,
        except names: [String]
    )
        throws(PostgresError) -> [String]
    {
        let rows = try query(
            """
            delete from pawl.schedule where service = \(service) and name <> all(\(names))
            returning name
            """
        )
        var removed: [String] = []
        for row in rows { removed.append(try row.decode(String.self, at: 0)) }
        return removed.sorted()
    }

    /// Pauses a schedule, or lets it go on from its next slot; a note says why, and a note that it was
    /// paused with goes when it goes on.
    ///
    /// - Returns: False if there is none of that name.
    package func setSchedule(
        _ name: String,
        enabled: Bool,
        note: String? = nil
    )
        throws(PostgresError) -> Bool
    {
        try execute(
            """
            update pawl.schedule
            set enabled = \(enabled), note = case when \(enabled) then \(note)
              else coalesce(\(note), note) end
            where name = \(name)
            """
        ) == 1
    }

    /// Fires a schedule now; returns the instant that stands for the tick.
    package func triggerSchedule(_ name: String) throws(PostgresError) -> Instant {
        try query("select pawl.trigger_schedule(\(name))")[0].decode(Instant.self, at: 0)
    }

    /// Fires the ticks of a range that were not fired, so many at most; its end is not in it.
    package func backfillSchedule(
        _ name: String,
        from start: Instant,
        to end: Instant,
        most: Int,
        by who: String
    )
        throws(PostgresError)
    {
        _ = try query(
            """
            select pawl.backfill_schedule(
              \(name), \(start), \(end), \(Int32(clamping: most)), \(who))
            """
        )
    }

    /// The latest ticks of a schedule, latest first.
    package func ticks(
        of schedule: String,
        limit: Int
    ) throws(PostgresError) -> [TickRecord] {
        let rows = try query(
            """
            select f.tick, f.outcome, f.cause, f.run_id, r.status, f.reason, f.at
            from pawl.schedule_fire f
            left join pawl.run r on r.id = f.run_id
            where f.schedule = \(schedule)
            order by f.tick desc
            limit \(limit)
            """
        )
        var ticks: [TickRecord] = []
        for row in rows { ticks.append(try TickRecord(row: row)) }
        return ticks
    }

    /// All calendars: their days, by name.
    ///
    /// Nobody changes them before the end of the transaction if they are `locked`.
    package func calendars(locked: Bool = false) throws(PostgresError) -> [String: [String]] {
        var calendars: [String: [String]] = [:]
        let reading: SQL = "select name, days from pawl.calendar order by name"
        for row in try query(locked ? "\(reading) for share" : reading) {
            calendars[try row.decode(String.self, at: 0)] = try row.decode([String].self, at: 1)
        }
        return calendars
    }

    /// Makes a calendar, or changes the one of that name.
    package func putCalendar(_ name: String, days: [String]) throws(PostgresError) {
        _ = try execute(
            """
            insert into pawl.calendar (name, days) values (\(name), \(days))
            on conflict (name) do update set days = excluded.days
            """
        )
    }

    /// Removes a calendar; schedules that name it rest until they do no longer.
    ///
    /// - Returns: False if there is none of that name.
    package func removeCalendar(_ name: String) throws(PostgresError) -> Bool {
        try execute("delete from pawl.calendar where name = \(name)") == 1
    }
}
