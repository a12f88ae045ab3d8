public import FoundationEssentials
public import PawlCore
import PawlStore
import Postgres

extension Client {
    /// Makes a schedule, or changes the one of that name.
    ///
    /// It is safe to repeat at each start of a program: a schedule that stays as it is keeps its next
    /// tick, and one whose times change waits for its next slot, which is computed here and now, in
    /// the same transaction.
    ///
    /// A schedule belongs to the service that made it.
    ///
    /// - Throws: ``ScheduleProblem`` if it cannot be followed, or belongs to another service; or a
    ///   `PostgresError`, among others if the workflow is not defined. Nothing is changed then.
    public func putSchedule(_ schedule: Schedule, service: String = "default") async throws {
        try await pool.transaction { session in
            try put([schedule], of: service, in: session)
        }
    }

    /// Makes the schedules of a service be these and no others, in one transaction.
    ///
    /// Those of other services stay as they are.
    ///
    /// - Returns: The names of the schedules that were removed.
    /// - Throws: As ``putSchedule(_:service:)``; nothing is changed then.
    @discardableResult
    public func synchronizeSchedules(
        _ schedules: [Schedule],
        of service: String
    ) async throws -> [String] {
        try await pool.transaction { session in
            try put(schedules, of: service, in: session)
            return try session.removeSchedules(of: service, except: schedules.map(\.name))
        }
    }

    private func put(_ schedules: [Schedule], of service: String, in session: Session) throws {
        let names = schedules.map(\.name)
        if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) {
            throw ScheduleProblem(schedule: twice, message: "it is declared twice")
        }
        let calendars = try session.calendars(locked: true)
        var planner = FiringPlanner()
        // In one order, so that two programs that start do not wait for each other.
        for schedule in schedules.sorted(by: { $0.name < $1.name }) {
            do {
                // Checked here, where somebody sees it; a scheduler could only note the problem.
                _ = try planner.timetable(of: schedule, calendars)
            } catch {
                throw ScheduleProblem(schedule: schedule.name, message: "\(error)")
            }
            if let owner = try session.putSchedule(schedule, service: service) {
                throw ScheduleProblem(
                    schedule: schedule.name,
                    message: "it belongs to service \"\(owner)\""
                )
            }
            guard let record = try session.schedules(named: schedule.name).first else { continue }
            let first = try planner.firstTick(of: record, calendars)
            do {
                let timetable = try planner.timetable(of: schedule, calendars)
                _ = try ScheduledInput(record, tick: first, .tick, timetable).text()
            } catch {
                throw ScheduleProblem(schedule: schedule.name, message: "input: \(error)")
            }
            if record.nextAt == nil { try session.setFirstTick(of: schedule.name, to: first) }
        }
    }

    /// Removes a schedule; runs that it started stay, and the record of its ticks.
    ///
    /// - Returns: False if there is none of that name.
    @discardableResult
    public func removeSchedule(_ name: String) async throws -> Bool {
        try await pool.run { try $0.removeSchedule(name) }
    }

    /// Lets a schedule start nothing until ``resumeSchedule(_:note:)``; a note says why.
    ///
    /// - Returns: False if there is none of that name.
    @discardableResult
    public func pauseSchedule(_ name: String, note: String? = nil) async throws -> Bool {
        try await pool.run { try $0.setSchedule(name, enabled: false, note: note) }
    }

    /// Lets a paused schedule go on from its next slot; what it missed is not made up for.
    ///
    /// - Returns: False if there is none of that name.
    @discardableResult
    public func resumeSchedule(_ name: String, note: String? = nil) async throws -> Bool {
        try await pool.run { try $0.setSchedule(name, enabled: true, note: note) }
    }

    /// Fires a schedule now, also a paused one; its overlap policy says whether the run has to wait.
    public func triggerSchedule(_ name: String) async throws {
        _ = try await pool.run { try $0.triggerSchedule(name) }
    }

    /// Fires the ticks of a range that were not fired, those that were skipped among them.
    ///
    /// The end is not in the range, and has passed. Where runs may not overlap the ticks go one after
    /// the other. It ends after `most` ticks, and stands still while the schedule is paused.
    public func backfillSchedule(
        _ name: String,
        from start: Date,
        to end: Date,
        most: Int = 10_000,
        by who: String
    ) async throws {
        let range = (Instant(start), Instant(end))
        try await pool.run {
            try $0.backfillSchedule(name, from: range.0, to: range.1, most: most, by: who)
        }
    }
}

/// A schedule that cannot be made.
public struct ScheduleProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// The name of the schedule.
    public let schedule: String
    /// Why.
    public let message: String

    /// The schedule, and why it cannot be made.
    public var description: String { "schedule \"\(schedule)\": \(message)" }
}
