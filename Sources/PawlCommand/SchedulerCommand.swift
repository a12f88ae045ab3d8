import ArgumentParser
import Pawl
import Postgres

/// `pawl scheduler`: starts runs when their schedules say so.
struct SchedulerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scheduler",
        abstract: "Run a scheduler, which starts the runs of schedules.",
        discussion: """
            Any number of them may run, and none of them leads: each tick starts one run. Schedules \
            are made with "pawl schedule put".
            """
    )

    @OptionGroup var log: LogOptions
    @OptionGroup var database: DatabaseOptions

    func run() async throws {
        let logger = log.makeLogger()
        var configuration = try database.configuration()
        configuration.applicationName = "pawl scheduler"
        do {
            try await runUntilStopped([Scheduler(configuration, logger: logger)], logger: logger)
        } catch let error as PostgresError {
            throw Complaint(connecting: error, to: configuration)
        }
    }
}
