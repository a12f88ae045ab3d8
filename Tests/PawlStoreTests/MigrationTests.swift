import PawlStore
import PawlTesting
import Postgres
import Schema
import Testing

/// Making the schema, and seeing what there is.
@Suite(.emptyDatabase, .timeLimit(.minutes(20)))
struct MigrationTests {
    let store = Storeroom()

    private func migrate() async throws -> [Int] {
        try await store.run { try $0.migrate().map(\.version) }
    }

    private func status() async throws -> SchemaStatus {
        try await store.run { try $0.schemaStatus() }
    }

    @Test func `an empty database gets all migrations, in order, and the second time none`()
        async throws
    {
        let all = Array(1...Migrations.all.count)
        let empty = try await status()
        #expect(empty.pending.map(\.version) == all && empty.applied.isEmpty)
        #expect(empty.obstacle == "the database has no Pawl schema; run \"pawl migrate\"")
        #expect(try await migrate() == all)
        #expect(try await migrate() == [])
        let full = try await status()
        #expect(full.applied == all && full.pending.isEmpty && full.obstacle == nil)
        #expect(full.changed.isEmpty && full.unknown.isEmpty)
    }

    @Test func `of many who migrate at once each migration is applied by one`() async throws {
        let applied = try await withThrowingTaskGroup(of: [Int].self) { group in
            for _ in 1...6 { group.addTask { try await migrate() } }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(applied.sorted() == Array(1...Migrations.all.count))
        #expect(try await status().obstacle == nil)
    }

    @Test func `a migration that was applied with another text is noticed`() async throws {
        _ = try await migrate()
        try await store.execute("update pawl.migration set fingerprint = 'x' where version = 2")
        #expect(try await status().changed == [2])
        #expect(
            try await status().obstacle
                == """
                migration 2 was applied with another text than this program has; \
                use the program that the schema was made with
                """
        )
    }

    @Test func `a newer schema is refused`() async throws {
        _ = try await migrate()
        try await store.execute("insert into pawl.migration values (9000, 'future', 'x')")
        #expect(try await status().unknown == [9_000])
        #expect(
            try await status().obstacle
                == """
                the schema has version 9000, newer than this program's \(Migrations.all.count); \
                upgrade the program
                """
        )
        #expect(try await store.run { try $0.obstacleToWork() } == status().obstacle)
    }

    @Test func `an older schema asks for the migrations that are missing`() async throws {
        try await store.run { session in
            try session.script(Session.bookkeeping)
            try session.script(
                """
                insert into pawl.migration
                values (1, 'clock', '\(Migrations.all[0].fingerprint)')
                """
            )
        }
        #expect(
            try await status().obstacle
                == """
                the schema has version 1, this program needs \(Migrations.all.count); \
                run "pawl migrate"
                """
        )
    }

    @Test func `a migration that fails leaves nothing, and is applied the next time`()
        async throws
    {
        // The fourth makes this table.
        try await store.execute("create schema pawl")
        try await store.execute("create table pawl.task ()")
        await #expect(throws: PostgresError.self) { try await migrate() }
        #expect(try await status().applied == [1, 2, 3])
        #expect(try await !exists("pawl.task_due"))
        try await store.execute("drop table pawl.task")
        #expect(try await migrate() == Array(4...Migrations.all.count))
    }

    @Test func `a connection that is lost within a migration leaves nothing of it`() async throws {
        let doomed = try await store.connect()
        let blocker = try await store.connect()
        try await store.run { session in
            for migration in Migrations.all.prefix(3) {
                try session.script(Session.bookkeeping + migration.sql)
                _ = try session.execute(
                    """
                    insert into pawl.migration
                    values (\(Int32(migration.version)), \(migration.name), \(migration.fingerprint))
                    """
                )
            }
        }
        // The record of a migration is its last statement; here it has to wait.
        try await blocker.run { session in
            try session.begin()
            try session.script("lock table pawl.migration in share mode")
        }
        async let migration = failure { _ = try await doomed.run { try $0.migrate().count } }
        try await store.waitForBlocked()
        try await store.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
        )
        #expect(await migration?.remedy != nil)
        try await blocker.run { try $0.rollback() }
        #expect(try await status().applied == [1, 2, 3])
        #expect(try await !exists("pawl.task"))
        #expect(try await migrate() == Array(4...Migrations.all.count))
        await doomed.close()
        await blocker.close()
    }

    @Test func `the script for other tools makes the same schema`() async throws {
        try await store.run { try $0.script(Migrations.script()) }
        #expect(try await status().obstacle == nil)
        #expect(try await migrate() == [])
        #expect(Migrations.script(after: Migrations.all.count).contains("create schema"))
    }

    @Test func `what workers cannot rely on is named`() async throws {
        _ = try await migrate()
        for (setting, part) in [
            ("synchronous_commit = off", "synchronous_commit is off"),
            (
                "default_transaction_isolation = 'repeatable read'",
                "transactions are repeatable read"
            ),
        ] {
            let connection = try await store.connect()
            let obstacle = try await connection.run { session in
                try session.script("set \(setting)")
                return try session.obstacleToWork()
            }
            #expect(obstacle?.hasPrefix(part) == true)
            #expect(obstacle?.contains("; set ") == true)
            await connection.close()
        }
        #expect(try await store.run { try $0.obstacleToWork() } == nil)
    }

    private func exists(_ relation: String) async throws -> Bool {
        try await store.count("select (to_regclass(\(relation)) is not null)::int::bigint") == 1
    }

    private func failure(of work: () async throws -> Void) async -> PostgresError? {
        do {
            try await work()
            return nil
        } catch {
            return error as? PostgresError
        }
    }
}
