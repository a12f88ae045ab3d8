import PawlTesting
import Postgres
import Testing

@Suite(.emptyDatabase)
struct TransactionTests {
    let database = TestDatabase.current

    private struct Refusal: Error {}

    init() async throws {
        try await database.pool.run { try $0.script("create table t (n int)") }
    }

    private var numbers: [Int] {
        get async throws {
            try await database.pool.run { session in
                try session.query("select n from t order by n")
                    .map { row throws(PostgresError) -> Int in try row[0] }
            }
        }
    }

    @Test func `what returns is committed, what throws is not`() async throws {
        try await database.pool.transaction { _ = try $0.execute("insert into t values (\(1))") }
        await #expect(throws: Refusal.self) {
            try await database.pool.transaction { session in
                try session.execute("insert into t values (\(2))")
                throw Refusal()
            }
        }
        #expect(try await numbers == [1])
    }

    @Test func `a nested transaction is undone alone`() async throws {
        try await database.pool.transaction { session in
            try session.execute("insert into t values (1)")
            #expect(throws: PostgresError.self) {
                try session.transaction { session in
                    try session.execute("insert into t values (2)")
                    try session.execute("select 1 / \(0)")
                }
            }
            try session.transaction { session in
                try session.transaction { try $0.execute("insert into t values (3)") }
            }
        }
        #expect(try await numbers == [1, 3])
    }

    @Test func `a failure that was passed over does not look like a commit`() async throws {
        let error = try await #require(throws: PostgresError.self) {
            try await database.pool.transaction { session in
                try session.execute("insert into t values (1)")
                do { try session.execute("select 1 / \(0)") } catch {}
            }
        }
        #expect(error.sqlState == .inFailedTransaction)
        #expect(try await numbers == [])
        #expect(try await database.pool.run { try $0.query("select 1").count } == 1)
    }

    @Test func `a commit that fails is rolled back`() async throws {
        try await database.pool.run { session in
            try session.script("alter table t add unique (n) deferrable initially deferred")
        }
        let error = try await #require(throws: PostgresError.self) {
            try await database.pool.transaction { session in
                try session.execute("insert into t values (1), (1)")
            }
        }
        #expect(error.sqlState == .uniqueViolation)
        #expect(try await numbers == [])
    }

    @Test func `a transaction cannot be used after it has ended`() async throws {
        try await database.pool.run { session in
            var kept: Session?
            try session.transaction { kept = $0 }
            let error = try #require(throws: PostgresError.self) { try kept?.execute("select 1") }
            #expect(error.message == "cannot use a transaction after it has ended")
            #expect(error.remedy == .bug)
            #expect(throws: PostgresError.self) { try kept?.transaction { _ in } }
            try session.execute("select 1")
        }
    }

    @Test func `a transaction left open does not reach the next borrower`() async throws {
        let error = try await #require(throws: PostgresError.self) {
            try await database.pool.run { try $0.script("begin; insert into t values (1)") }
        }
        #expect(error.message == "the transaction was left open")
        #expect(try await numbers == [])
    }
}
