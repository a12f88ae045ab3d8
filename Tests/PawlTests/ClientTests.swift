import Pawl
import PawlStore
import PawlTesting
import Testing

/// What a program sets up with a client before its worker starts.
@Suite(.timeLimit(.minutes(20)))
struct ClientTests {
    @Test(.emptyDatabase) func `an empty database is migrated once`() async throws {
        let client = Client(TestDatabase.current.pool)
        #expect(try await client.migrate() > 0)
        #expect(try await client.migrate() == 0)
        try await client.define(.job("greet"))
        try await client.enqueue("greet", Done())
    }

    @Test(.emptyDatabase) func `programs that start together migrate together`() async throws {
        let configuration = TestDatabase.current.configuration
        let applied = try await withThrowingTaskGroup(of: Int.self) { programs in
            for _ in 1...4 {
                programs.addTask {
                    let pool = Pool(configuration)
                    let applied = try await Client(pool).migrate()
                    await pool.close()
                    return applied
                }
            }
            return try await programs.reduce(0, +)
        }
        let known = try await TestDatabase.current.pool.run { session in
            try session.query("select count(*) from pawl.migration")[0].decode(Int.self, at: 0)
        }
        #expect(applied == known)
    }

    @Test(.database) func `a schema of a newer library is left alone`() async throws {
        let pool = TestDatabase.current.pool
        try await pool.run { session in
            try session.execute(
                "insert into pawl.migration (version, name, fingerprint) values (999, 'later', '')"
            )
        }
        await #expect(throws: SchemaMismatch.self) { try await Client(pool).migrate() }
    }

    @Test(.database) func `a schedule that is put again keeps its next slot`() async throws {
        let pool = TestDatabase.current.pool
        let client = Client(pool)
        try await client.define(.job("report"))
        try await client.putSchedule(Schedule("nightly", workflow: "report", spec: "0 3 * * *"))
        _ = try await pool.run {
            try $0.execute("update pawl.schedule set next_at = pawl.now() - interval '1 h'")
        }

        try await client.putSchedule(Schedule("nightly", workflow: "report", spec: "0 3 * * *"))
        #expect(try await pendingSlots(pool) == 1)

        try await client.putSchedule(Schedule("nightly", workflow: "report", spec: "0 4 * * *"))
        #expect(try await pendingSlots(pool) == 0)
        #expect(try await client.removeSchedule("nightly"))
        #expect(try await client.removeSchedule("nightly") == false)
    }

    @Test(
        .database,
        arguments: [("61 * * * *", "UTC"), ("0 3 * * *", "Berlin")]
    )
    func `a schedule that nobody could follow is refused`(spec: String, zone: String) async throws {
        let client = Client(TestDatabase.current.pool)
        try await client.define(.job("report"))
        await #expect(throws: ScheduleProblem.self) {
            try await client.putSchedule(
                Schedule("never", workflow: "report", spec: spec, zone: zone)
            )
        }
        #expect(try await client.removeSchedule("never") == false)
    }

    private func pendingSlots(_ pool: Pool) async throws -> Int {
        try await pool.run { session in
            try session.query("select count(*) from pawl.schedule where next_at <= pawl.now()")[0]
                .decode(Int.self, at: 0)
        }
    }
}
