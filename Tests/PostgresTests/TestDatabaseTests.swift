import PawlTesting
import Postgres
import Synchronization
import Testing

@Suite(.emptyDatabase, .timeLimit(.minutes(20))) struct TestDatabaseTests {
    private static let names = Mutex<Set<String>>([])

    let database = TestDatabase.current

    @Test(arguments: 1...5)
    func `each case has a database of its own`(number: Int) async throws {
        #expect(Self.names.withLock { $0.insert(database.name).inserted })
        try await database.pool.run { session in
            try session.script("create table only_here ()")
            let name = try session.query("select current_database()::text")
            #expect(try name[0].decode(String.self, at: 0) == database.name)
        }
    }

    @Test func `a database goes with its test, under open connections too`() async throws {
        let trait: DatabaseTrait = .emptyDatabase
        let name = Mutex("")
        try await trait.provideScope(for: try #require(Test.current), testCase: nil) {
            let own = TestDatabase.current
            try await own.pool.run { session in try session.script("select 1") }
            name.withLock { $0 = own.name }
        }
        let gone = name.withLock(\.self)
        let count = try await database.pool.run { session in
            try session.query("select from pg_database where datname = \(gone)").count
        }
        #expect(count == 0)
    }

    @Test(.database) func `a test may ask for another database than its suite`() async throws {
        let version = try await database.pool.run { session in
            try session.query("select max(version) from pawl.migration")[0]
                .decode(Int32.self, at: 0)
        }
        #expect(version >= 1)
    }

    @Test(.database) func `time can be moved`() async throws {
        try await database.advanceClock(by: .seconds(3_600))
        try await database.advanceClock(by: .seconds(3_600))
        let hours = try await database.pool.run { session in
            try session.query(
                "select extract(hour from pawl.now() - clock_timestamp() + interval '1 minute')::int8"
            )[0].decode(Int.self, at: 0)
        }
        #expect(hours == 2)
    }
}

@Suite struct EventuallyTests {
    @Test func `a fact that becomes true is waited for`() async throws {
        var looks = 0
        try await eventually("three looks") {
            looks += 1
            return looks == 3
        }
        #expect(looks == 3)
    }

    @Test func `a value is handed over`() async throws {
        #expect(try await eventually("a number") { Optional(7) } == 7)
    }

    @Test func `a fact that never becomes true fails by its name`() async {
        let error = await #expect(throws: NeverTrue.self) {
            try await eventually("pigs fly", within: .milliseconds(20)) { false }
        }
        #expect(error?.fact == "pigs fly")
    }
}
