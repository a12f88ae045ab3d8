import FoundationEssentials
import LocalPostgres
import PawlStore
import Postgres
import Schema
import Synchronization

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// The PostgreSQL server of this test process.
actor TestServer {
    static let shared = TestServer()

    private struct Started {
        let server: LocalServer
        /// Makes and drops databases, one by one: to copy a template twice at once is no faster.
        let admin: Pool
        /// Held as long as the process lives, so that others leave its server alone.
        let directory: TestDirectory
    }

    private static let template = "template_pawl"

    // Tasks of their own, because many tests wait for one, and none may take it along when it is
    // cancelled.
    private var started: Task<Started, any Error>?
    private var migrated: Task<Void, any Error>?
    private var lastNumber = 0

    func makeDatabase(isMigrated: Bool) async throws -> TestDatabase {
        let started = try await start()
        if isMigrated { try await migrate(started) }
        lastNumber += 1
        let name = "test_\(lastNumber)"
        try await started.admin.run { session in
            try session.script(
                "create database \(name) template \(isMigrated ? Self.template : "template0")"
            )
        }
        var configuration = started.server.configuration
        configuration.database = name
        return TestDatabase(configuration)
    }

    /// Drops the database under whoever is still connected to it.
    func drop(_ database: TestDatabase) async throws {
        let started = try await start()
        // A task of its own, because a test that took too long has been cancelled by now.
        try await Task {
            try await started.admin.run { session in
                try session.script("drop database if exists \(database.name) with (force)")
            }
            await database.pool.close()
        }.value
    }

    private func start() async throws -> Started {
        let task =
            started
            ?? Task {
                let directory = try TestDirectory.claim()
                removeAtExit(directory.path)
                let server = try await LocalServer.start(
                    in: directory.path,
                    options: LocalServer.Options(
                        isDurable: false,
                        settings: ["max_connections": "320"]
                    )
                )
                let admin = Pool(
                    server.configuration,
                    configuration: PoolConfiguration(maximumConnections: 1)
                )
                return Started(server: server, admin: admin, directory: directory)
            }
        started = task
        return try await task.value
    }

    private func migrate(_ started: Started) async throws {
        let task =
            migrated
            ?? Task {
                try await started.admin.run { session in
                    try session.script("create database \(Self.template)")
                }
                var configuration = started.server.configuration
                configuration.database = Self.template
                let connection = try Connection(configuration)
                try await connection.open()
                try await connection.run { session in _ = try session.migrate() }
                await connection.close()
                // A template that somebody is connected to cannot be copied.
                try await started.admin.run { session in
                    try session.script(
                        "alter database \(Self.template) with allow_connections false"
                    )
                }
            }
        migrated = task
        try await task.value
    }
}

private let directoryAtExit = Mutex<String?>(nil)

/// Stops the server in `directory` when the process ends in good order.
///
/// When it is killed, the next test process does so instead.
private func removeAtExit(_ directory: String) {
    directoryAtExit.withLock { $0 = directory }
    atexit {
        guard let directory = directoryAtExit.withLock({ $0 }) else { return }
        do {
            try LocalServer.discard(directory: directory)
        } catch {
            print("could not remove the test server in \"\(directory)\": \(error)")
        }
    }
}
