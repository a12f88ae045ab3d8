import PawlCore
import PawlStore
import PawlTesting
import Postgres
import Schema
import Testing

/// How a schema gets into a database.
@Suite(.emptyDatabase, .timeLimit(.minutes(20))) struct MigrateTests {
    let database = TestDatabase.current
    let pawl = Pawl(TestDatabase.current)

    @Test func `migrating is safe to repeat`() async throws {
        #expect(try await pawl("migrate", "status").code == 1)
        let first = try await pawl("migrate", "--json").json
        #expect(first["applied"]?.arrayValue?.count == Migrations.all.count)
        let second = try await pawl("migrate", "--json").json
        #expect(second["applied"] == [])
        let status = try await pawl("migrate", "status", "--json")
        #expect(status.code == 0)
        #expect(try status.json["fits"] == true)
    }

    @Test func `the printed SQL makes the same schema`() async throws {
        let applied = try await pawl.shell("pawl migrate sql | psql -qX --set ON_ERROR_STOP=1")
        #expect(applied.code == 0)
        #expect(applied.error.isEmpty)
        let status = try await database.pool.run { try $0.schemaStatus() }
        #expect(status.obstacle == nil)
        #expect(try await pawl("verify").code == 0)
    }

    @Test func `a database without a schema is told so by every command`() async throws {
        for arguments in [["runs"], ["define", "--list"], ["verify"], ["worker"], ["scheduler"]] {
            let result = try await pawl(arguments)
            #expect(result.code == 1)
            #expect(result.error.contains("the database has no Pawl schema"))
            #expect(result.error.contains("hint: run \"pawl migrate\""))
        }
        #expect(try await pawl("doctor").code == 1)
    }

    @Test func `a schema that is newer than the program is left alone`() async throws {
        _ = try await pawl("migrate")
        try await database.pool.run { session in
            _ = try session.execute(
                """
                insert into pawl.migration (version, name, fingerprint)
                values (999, 'future', 'x')
                """
            )
        }
        for arguments in [["migrate"], ["runs"]] {
            let result = try await pawl(arguments)
            #expect(result.code == 1)
            #expect(result.error.contains("hint: upgrade the program"))
        }
    }
}
