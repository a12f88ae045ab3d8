import Foundation
import Pawl
import PawlCore
import PawlTesting
import Testing

/// Schedulers that die, or stand still, at each point of a transaction: every tick is fired once or
/// recorded.
@Suite(.database, .timeLimit(.minutes(20)))
struct SchedulerCrashTests {
    let site = SchedulerSite()
    var shop: Workshop { site.shop }

    /// Two hours of thirty schedules, of which ten must not overlap and ten are fired once only.
    private func makeWork() async throws {
        try await site.open()
        for number in 0..<30 {
            try await site.put("s\(number)") {
                $0.missed = number % 3 == 0 ? .latest : .all(9)
                $0.overlap = number % 3 == 1 ? .bufferAll : .allow
            }
        }
        try await site.advance(.seconds(2 * 3_600))
    }

    /// Starts another process, which gets the signal when it comes to the milestone.
    private func start(_ milestone: Scheduler.Milestone, _ signal: String) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
            .deletingLastPathComponent().appendingPathComponent("crash-worker")
        let database = shop.database.configuration
        process.arguments = [
            [
                "host=\(database.host ?? "")", "port=\(database.port ?? 5432)",
                "user=\(database.user ?? "postgres")", "dbname=\(database.database ?? "")",
            ].joined(separator: " "),
            "scheduler", milestone.rawValue, signal,
        ]
        process.standardInput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }

    private func check() async throws {
        try await site.settled()
        #expect(
            try await shop.count("select count(*) from pawl.schedule_fire") == 60
        )
        #expect(
            try await shop.count("select count(*) from pawl.schedule_fire where outcome = 'fired'")
                == 10 + 10 + 20
        )
        #expect(try await shop.count("select count(*) from pawl.run") == 40)
        #expect(
            try await shop.count(
                "select count(*) from pawl.schedule where next_at <= pawl.now() or next_at is null"
            ) == 0
        )
    }

    @Test(arguments: Scheduler.Milestone.allCases)
    func `one that is killed leaves nothing half done`(milestone: Scheduler.Milestone) async throws
    {
        try await makeWork()
        let doomed = try start(milestone, "kill")
        doomed.waitUntilExit()
        #expect(doomed.terminationReason == .uncaughtSignal)
        try await site.withSchedulers(2) { try await check() }
    }

    @Test(arguments: Scheduler.Milestone.allCases)
    func `one that stands still keeps nobody from going on, and may go on itself`(
        milestone: Scheduler.Milestone
    ) async throws {
        try await makeWork()
        let doomed = try start(milestone, "stop")
        try await eventually("it stands still") {
            let status = try String(
                contentsOfFile: "/proc/\(doomed.processIdentifier)/status",
                encoding: .utf8
            )
            return status.contains("State:\tT")
        }
        // The server lets go of what it holds after ten seconds.
        try await site.withSchedulers {
            try await eventually("the others have fired", within: .seconds(60)) {
                try await shop.count(
                    "select count(*) from pawl.schedule_fire where outcome = 'fired'"
                ) == 40
            }
        }
        kill(doomed.processIdentifier, SIGCONT)
        try await site.advance(.seconds(3_600))
        try await eventually("it fires the next hour", within: .seconds(60)) {
            try await shop.count("select count(*) from pawl.schedule_fire") == 90
        }
        doomed.terminate()
        doomed.waitUntilExit()
        #expect(try await shop.count("select count(*) from pawl.run") == 60)
    }
}
