import PawlCore
import PawlStore
import PawlTesting
import Postgres
import Testing

/// What tests of schedules do again and again.
extension Storeroom {
    func makeSchedule(
        _ name: String = "nightly",
        service: String = "default",
        _ change: (inout Schedule) -> Void = { _ in }
    ) async throws {
        try await define()
        var schedule = Schedule(name, workflow: "job", spec: "0 3 * * *", input: ["a": 1])
        change(&schedule)
        let made = schedule
        let owner = try await run { try $0.putSchedule(made, service: service) }
        #expect(owner == nil)
    }

    func onlySchedule() async throws -> ScheduleRecord {
        try await run { try $0.schedules() }.only()
    }

    func lockDue(_ limit: Int = 1) async throws -> [String] {
        try await run { try $0.lockDueSchedules(limit) }.schedules.map(\.name)
    }

    func firing(_ change: (inout Firing) -> Void) async throws -> Firing {
        var firing = Firing(of: try await onlySchedule())
        change(&firing)
        return firing
    }

    func fire(_ change: (inout Firing) -> Void) async throws {
        let firing = try await firing(change)
        try await database.pool.transaction { try $0.fire([firing]) }
    }

    func start(_ tick: Instant, _ cause: TickCause = .tick) async throws -> Firing.Start {
        let record = try await onlySchedule()
        return Firing.Start(tick, cause, of: record.schedule, input: record.input)
    }

    func ticks() async throws -> [String] {
        try await texts(
            """
            select concat_ws(' ', cause, outcome, reason) from pawl.schedule_fire order by tick
            """
        )
    }
}
