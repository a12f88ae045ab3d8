import Foundation
import Logging
import Pawl
import PawlStore

/// A database that is made for one workload, and workers in this process.
struct BenchSite: Sendable {
    let database: PostgresConfiguration
    let pool: Pool

    /// How connections that are not a worker process's are named.
    static let applicationName = "pawl-bench"

    /// Makes a database, migrates it, and drops it at the end.
    static func with<Value: Sendable>(
        _ workload: String,
        on server: PostgresConfiguration,
        isMigrated: Bool = true,
        _ body: (BenchSite) async throws -> Value
    ) async throws -> Value {
        let name = "bench_" + workload.replacingOccurrences(of: "-", with: "_").lowercased()
        let admin = Pool(server)
        let drop = "drop database if exists \(name) with (force)"
        try await admin.run { session in
            try session.execute(SQL(verbatim: drop))
            try session.execute(SQL(verbatim: "create database \(name)"))
        }
        var database = server
        database.database = name
        database.applicationName = applicationName
        let site = BenchSite(database: database, pool: Pool(database))
        if isMigrated { _ = try await site.pool.run { try $0.migrate() } }
        let result: Result<Value, any Error>
        do { result = .success(try await body(site)) } catch { result = .failure(error) }
        await site.pool.close()
        try await admin.run { _ = try $0.execute(SQL(verbatim: drop)) }
        await admin.close()
        return try result.get()
    }

    func withWorker<Value: Sendable>(
        _ handlers: [Handler],
        _ configuration: WorkerConfiguration = WorkerConfiguration(),
        _ body: @Sendable () async throws -> Value
    ) async throws -> Value {
        let worker = Worker(
            database,
            handlers: handlers,
            configuration: configuration,
            logger: .quiet
        )
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await worker.run() }
            let value = try await body()
            group.cancelAll()
            try await group.waitForAll()
            return value
        }
    }

    func number(_ statement: SQL) async throws -> Double {
        try await pool.run {
            try $0.query("select (\(statement))::float8")[0].decode(Double.self, at: 0)
        }
    }

    func count(_ statement: SQL) async throws -> Int { Int(try await number(statement)) }

    func execute(_ statement: SQL) async throws {
        try await pool.run { session in _ = try session.execute(statement) }
    }

    func script(_ text: String) async throws {
        try await pool.run { try $0.script(text) }
    }

    func define(_ definition: Definition) async throws {
        _ = try await pool.run { try $0.define(definition, makesCurrent: true) }
    }

    /// Enqueues so many runs with one statement.
    func enqueue(_ runs: Int, of workflow: String) async throws {
        try await execute(
            """
            insert into pawl.run (workflow, input)
            select \(workflow), jsonb_build_object('n', n) from generate_series(1, \(runs)) n
            """
        )
    }

    /// Waits until nothing is in the frontier any more.
    ///
    /// What looks must not cost what it looks at: it counts nothing, it asks for the newest task
    /// first, whose end is cheap to see, and all in one transaction, which is one commit.
    func waitUntilDrained() async throws {
        try await pool.transaction { session in
            let last = try session.query("select max(id) from pawl.task")[0]
                .decode(Int64?.self, at: 0)
            while try session.query("select from pawl.task where id = \(last)").count > 0 {
                usleep(5_000)
            }
            while try session.query("select from pawl.task limit 1").count > 0 { usleep(5_000) }
        }
    }

    /// Waits until `condition` holds, which it looks at every five milliseconds.
    func wait(until condition: SQL) async throws {
        try await pool.run { session in
            while try !session.query("select coalesce((\(condition)), false)")[0].decode(
                Bool.self,
                at: 0
            ) {
                usleep(5_000)
            }
        }
    }
}

extension PostgresConfiguration {
    /// The server that the environment names.
    static func bench() throws -> PostgresConfiguration {
        let environment = ProcessInfo.processInfo.environment
        return try PostgresConfiguration(url: environment["DATABASE_URL"], environment: environment)
    }
}

extension Logger {
    /// Says what went wrong, and nothing else.
    static var quiet: Logger {
        var logger = Logger(label: "bench")
        logger.logLevel = .error
        return logger
    }
}
