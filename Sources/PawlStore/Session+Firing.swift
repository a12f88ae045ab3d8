import FoundationEssentials
import PawlCore
package import Postgres

// How ticks are fired: schedules are locked, and what becomes of their ticks is written together.
//
// Invariants:
//   (1) A schedule is locked from before its ticks are planned until they are written. Others pass it
//       over, so that schedulers share the work.
//   (2) A tick has one row, and a fired one stays as it is: its run was made in the same transaction.

extension Session {
    /// Locks schedules that have a tick which is due, or none that is computed, the longest due first,
    /// and returns them with the time.
    package func lockDueSchedules(
        _ limit: Int
    ) throws(PostgresError) -> (schedules: [ScheduleRecord], now: Instant) {
        try lockedSchedules(
            """
            select \(ScheduleRecord.columns), pawl.now()
            from pawl.schedule s
            left join pawl.run r on r.id = s.last_run
            where s.enabled and s.problem is null
              and (s.next_at is null or s.next_at <= (select pawl.now()))
            order by s.next_at nulls first
            limit \(limit)
            for update of s skip locked
            """
        )
    }

    /// Locks schedules whose ticks wait, if something may become of them, by name after one.
    ///
    /// A tick that waits for a run is left alone until that has ended, unless it ends it itself.
    package func lockWaitingSchedules(
        after name: String,
        _ limit: Int
    ) throws(PostgresError) -> (schedules: [ScheduleRecord], now: Instant) {
        try lockedSchedules(
            """
            select \(ScheduleRecord.columns), pawl.now()
            from pawl.schedule s
            left join pawl.run r on r.id = s.last_run
            where s.waiting > 0 and s.name > \(name)
              and (r.id is null or r.ended_at is not null
                or s.overlap in ('allow', 'cancel', 'terminate')
                or exists (
                  select from pawl.schedule_fire f
                  where f.schedule = s.name and f.outcome = 'waiting' and f.cause = 'manual'))
            order by s.name
            limit \(limit)
            for update of s skip locked
            """
        )
    }

    private func lockedSchedules(
        _ statement: SQL
    ) throws(PostgresError) -> (schedules: [ScheduleRecord], now: Instant) {
        let rows = try query(statement)
        var schedules: [ScheduleRecord] = []
        var now = Instant(microsecondsSince1970: 0)
        for row in rows {
            schedules.append(try ScheduleRecord(row: row))
            now = try row.decode(Instant.self, at: ScheduleRecord.width)
        }
        return (schedules, now)
    }

    /// The ticks of locked schedules that wait, in order.
    package func waitingTicks(
        of schedules: [String]
    ) throws(PostgresError) -> [String: [(tick: Instant, cause: TickCause)]] {
        let rows = try query(
            """
            select schedule, tick, cause from pawl.schedule_fire
            where schedule = any(\(schedules)) and outcome = 'waiting'
            order by schedule, tick
            """
        )
        var ticks: [String: [(tick: Instant, cause: TickCause)]] = [:]
        for row in rows {
            let cause = TickCause(rawValue: try row.decode(String.self, at: 2)) ?? .tick
            ticks[try row.decode(String.self, at: 0), default: []].append(
                (try row.decode(Instant.self, at: 1), cause)
            )
        }
        return ticks
    }

    /// Writes what becomes of the ticks of locked schedules, in one round trip.
    package func fire(_ firings: [Firing]) throws(PostgresError) {
        var statements = FiringStatements(firings)
        _ = try pipeline(statements.make())
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

    /// Tells a schedule its next tick, if it has none that is computed.
    package func setFirstTick(
        of schedule: String,
        to tick: Instant
    ) throws(PostgresError) {
        _ = try execute(
            "update pawl.schedule set next_at = \(tick) where name = \(schedule) and next_at is null"
        )
    }
}
