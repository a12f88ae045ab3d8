import ArgumentParser
import FoundationEssentials
import LocalPostgres
import PawlStore
import Postgres

/// Which database, and the way to it.
struct DatabaseOptions: ParsableArguments {
    @Option(
        name: .customLong("database-url"),
        help: ArgumentHelp(
            "The database, as in postgresql://user@host/name or \"host=… dbname=…\".",
            valueName: "url"
        )
    )
    var url: String?

    /// Whether the command line or the environment names a database.
    var isNamed: Bool {
        let environment = ProcessInfo.processInfo.environment
        return url != nil
            || ["DATABASE_URL", "PGHOST", "PGHOSTADDR", "PGPORT", "PGDATABASE", "PGSERVICE"]
                .contains { !(environment[$0] ?? "").isEmpty }
    }

    /// How to connect: as the command line says, else the environment, else as to the server of a
    /// `pawl dev` that runs here.
    func configuration() throws -> PostgresConfiguration {
        let environment = ProcessInfo.processInfo.environment
        var configuration: PostgresConfiguration
        if !isNamed, let local = DevDirectory.runningServer() {
            configuration = local
        } else {
            let text = url ?? environment["DATABASE_URL"].flatMap { $0.isEmpty ? nil : $0 }
            configuration = try PostgresConfiguration(url: text, environment: environment)
        }
        if configuration.applicationName == nil { configuration.applicationName = "pawl" }
        return configuration
    }

    /// Connects, checks that the schema is this program's, and does the work.
    func withConnection<Result>(
        checksSchema: Bool = true,
        _ work: (Connection) async throws -> Result
    ) async throws -> Result {
        let configuration = try configuration()
        let connection = try Connection(configuration)
        do {
            try await connection.open()
        } catch let error as PostgresError {
            throw Complaint(connecting: error, to: configuration)
        }
        if checksSchema {
            let status = try await connection.run { try $0.schemaStatus() }
            if let obstacle = status.obstacle { throw Complaint(obstacle: obstacle) }
        }
        let result = try await work(connection)
        await connection.close()
        return result
    }

    /// Does work that is nothing but statements.
    func run<Result: Sendable>(_ work: @Sendable (Session) throws -> Result) async throws -> Result
    {
        try await withConnection { try await $0.run(work) }
    }
}
