import Foundation
import Logging
import Pawl
import PawlCore
import PawlStore
import PawlTesting
import Testing

/// A database with schedules, and schedulers in this process.
struct SchedulerSite: Sendable {
    let shop = Workshop()

    /// Ten seconds past midnight at the beginning of 2040, far from when real clocks matter.
    static let start = Date(timeIntervalSince1970: 2_208_988_810)

    /// Sets the clock there, and defines what schedules start: a job that nobody executes.
    func open() async throws {
        try await setClock(Self.start)
        try await shop.client.define(.job("report"))
    }

    func setClock(_ date: Date) async throws {
        let microseconds = Int64((date.timeIntervalSince1970 * 1_000_000).rounded())
        try await shop.execute(
            """
            update pawl.clock
            set shift = timestamptz 'epoch' + \(microseconds) * interval '1 microsecond'
              - clock_timestamp()
            """
        )
    }

    func advance(_ duration: Duration) async throws {
        try await shop.database.advanceClock(by: duration)
    }

    /// Makes a schedule of every full hour, or as it is changed.
    func put(
        _ name: String = "hourly",
        _ change: (inout Schedule) -> Void = { _ in }
    ) async throws {
        var schedule = Schedule(name, workflow: "report", spec: "0 * * * *")
        change(&schedule)
        try await shop.client.putSchedule(schedule)
    }

    func withSchedulers(_ count: Int = 1, _ body: () async throws -> Void) async throws {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let scheduler = Scheduler(shop.database.configuration, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 1...count {
                group.addTask {
                    do {
                        try await scheduler.run()
                    } catch is CancellationError {
                        // It had hardly begun.
                    } catch {
                        Issue.record(error)
                    }
                }
            }
            try await body()
            group.cancelAll()
        }
    }

    /// What became of the ticks, in order: the time of day, the outcome and the reason.
    func ticks(of name: String = "hourly") async throws -> [String] {
        try await shop.database.pool.run { session in
            try session.query(
                """
                select concat_ws(' ', to_char(tick at time zone 'UTC', 'HH24:MI'), outcome, reason)
                from pawl.schedule_fire where schedule = \(name) and cause <> 'manual'
                order by tick
                """
            ).map { try $0.decode(String.self, at: 0) }
        }
    }

    /// Waits until the ticks are those.
    func expect(_ ticks: [String], of name: String = "hourly") async throws {
        try await eventually("\(name) has \(ticks)") { try await self.ticks(of: name) == ticks }
    }

    /// Waits until nothing is due.
    func settled() async throws {
        try await eventually("nothing is due") {
            try await shop.count(
                """
                select count(*) from pawl.schedule
                where enabled and problem is null and (next_at is null or next_at <= pawl.now())
                """
            ) == 0
        }
    }

    /// Ends the run that the schedule started last, as if it had been done.
    func endLastRun(of name: String = "hourly") async throws {
        try await shop.execute(
            "select pawl.cancel(last_run) from pawl.schedule where name = \(name)"
        )
    }
}
