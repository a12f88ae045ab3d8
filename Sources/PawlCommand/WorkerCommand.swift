import ArgumentParser
import FoundationEssentials
import Pawl
import PawlNodes
import Postgres

/// `pawl worker`: a worker for the node kinds that are Pawl's own.
struct WorkerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker",
        abstract: "Run a worker for Pawl's own node kinds.",
        discussion: """
            It executes workflows of which every node is Pawl's own: decisions, parallel branches, \
            conditions, timers, and steps of type http, command and notification. Steps with other \
            handlers are left to the program that has them: your own, made with Worker(handlers:) \
            of the library.

              pawl worker
              pawl worker --queue mail --queue default --slots 32

            SIGTERM or Ctrl-C lets it finish what it has, and claim nothing more; a second one \
            makes it give its steps back. If it dies, others take its steps over within seconds.

            Requests go to public addresses only, and no programs are run, unless the environment \
            allows it: PAWL_HTTP_ALLOW has hosts and addresses, PAWL_COMMANDS has programs, each \
            separated by commas.

              PAWL_HTTP_ALLOW=10.0.0.0/8,metrics.internal PAWL_COMMANDS=git,/usr/bin/pg_dump pawl worker

            What configs name as {{secrets.NAME}} is the variable PAWL_SECRET_NAME.
            """
    )

    @OptionGroup(title: "Worker options") var worker: WorkerOptions
    @OptionGroup var log: LogOptions
    @OptionGroup var database: DatabaseOptions

    func run() async throws {
        let logger = log.makeLogger()
        let world = try WorldNodesConfiguration(
            environment: ProcessInfo.processInfo.environment
        )
        var configuration = try database.configuration()
        configuration.applicationName = "pawl worker"
        configuration.preparesStatements = !worker.pooler
        var settings = worker.configuration
        settings.secrets = Secrets { name in
            ProcessInfo.processInfo.environment["PAWL_SECRET_\(name)"]
        }
        let service = Worker(
            configuration,
            handlers: WorldNodes.handlers(world),
            configuration: settings,
            logger: logger
        )
        do {
            try await runUntilStopped([service], logger: logger)
        } catch let error as PostgresError {
            throw Complaint(connecting: error, to: configuration)
        }
    }
}
