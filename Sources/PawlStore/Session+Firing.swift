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
    /// Which of the schedules that are due are locked first.
    package enum DueOrder: Sendable {
        /// Those that have been due the longest.
        case oldest
        /// Those that are due just now: they do not wait for what others have missed.
        case newest
        /// Those whose next tick is not computed.
        case unknown
    }

    /// Locks schedules that have a tick which is due, or none that is computed, and returns them with
    /// the time.
    package func lockDueSchedules(
        _ limit: Int,
        _ order: DueOrder = .oldest
    ) throws(PostgresError) -> LockedSchedules {
        let due: SQL =
            switch order {
            case .oldest: "next_at <= (select pawl.now()) order by next_at"
            case .newest: "next_at <= (select pawl.now()) order by next_at desc"
            case .unknown: "next_at is null order by name"
            }
        return try lockSchedules(
            """
            select name from pawl.schedule
            where enabled and problem is null and \(due)
            limit \(limit)
            for update skip locked
            """
        )
    }

    /// Locks schedules whose ticks wait, if something may become of them, by name after one.
    ///
    /// A tick that waits for a run is left alone until that has ended, unless it ends it itself; a
    /// paused schedule's, until it goes on.
    package func lockWaitingSchedules(
        after name: String,
        _ limit: Int
    ) throws(PostgresError) -> LockedSchedules {
        try lockSchedules(
            """
            select s.name
            from pawl.schedule s
            left join pawl.run r on r.id = s.last_run
            where s.waiting > 0 and s.name > \(name) and s.problem is null
              and (
                s.enabled and (
                  r.id is null or r.ended_at is not null
                  or s.overlap in ('allow', 'cancel', 'terminate'))
                or exists (
                  select from pawl.schedule_fire f
                  where f.schedule = s.name and f.outcome = 'waiting' and f.cause = 'manual'))
            order by s.name
            limit \(limit)
            for update of s skip locked
            """
        )
    }

    /// What is read of a schedule and its run is read when the schedule is locked (1): another
    /// scheduler may have started a run since the lock was asked for.
    private func lockSchedules(_ locking: SQL) throws(PostgresError) -> LockedSchedules {
        var names: [String] = []
        for row in try query(locking) { names.append(try row.decode(String.self, at: 0)) }
        var locked = LockedSchedules(last: names.last)
        guard !names.isEmpty else { return locked }
        // A run that is to end is locked here, in the order of ids as everywhere. If somebody else
        // has it, its schedule is left alone for now.
        let runs = try query(
            """
            select r.id
            from pawl.schedule s
            join pawl.run r on r.id = s.last_run
            where s.name = any(\(names)) and s.overlap in ('cancel', 'terminate')
              and r.ended_at is null
            order by r.id
            for update of r skip locked
            """
        )
        var free: [UUID] = []
        for row in runs { free.append(try row.decode(UUID.self, at: 0)) }
        let rows = try query(
            """
            select \(ScheduleRecord.columns), pawl.now()
            from pawl.schedule s
            left join pawl.run r on r.id = s.last_run
            where s.name = any(\(names))
              and (s.overlap not in ('cancel', 'terminate') or r.id is null
                or r.ended_at is not null or r.id = any(\(free)))
            order by s.name
            """
        )
        for row in rows {
            locked.now = try row.decode(Instant.self, at: ScheduleRecord.width)
            do {
                locked.schedules.append(try ScheduleRecord(row: row))
            } catch {
                locked.unreadable.append((try row.decode(String.self, at: 0), error.message))
            }
        }
        return locked
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
    ///
    /// - Throws: A ``PostgresError`` among others if a schedule's next tick is not the one any more
    ///   that was planned from; nothing is written then.
    package func fire(_ firings: [Firing]) throws(PostgresError) {
        var statements = FiringStatements(firings)
        let moved = try pipeline(statements.make()).last?.count ?? 0
        guard moved == firings.count else {
            throw PostgresError(
                "a schedule has changed since its ticks were planned",
                remedy: .retryTransaction
            )
        }
    }

    /// Starts the run of a tick of a locked schedule, and nothing else.
    package func start(_ start: Firing.Start, of schedule: String) throws(PostgresError) {
        _ = try query(FiringStatements.starting([(schedule, start)]))
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

    /// Says why a locked schedule cannot be followed.
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

/// Schedules that were locked together.
package struct LockedSchedules: Sendable {
    package fileprivate(set) var schedules: [ScheduleRecord] = []
    /// Those whose rows make no sense, and why.
    package fileprivate(set) var unreadable: [(name: String, problem: String)] = []
    /// The time, after they were locked.
    package fileprivate(set) var now = Instant(microsecondsSince1970: 0)
    /// The last name in the order in which they were locked; `nil` if there is none.
    package let last: String?
}
