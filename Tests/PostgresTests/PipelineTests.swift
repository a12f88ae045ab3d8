import PawlTesting
import Postgres
import Testing

@Suite(.emptyDatabase, .timeLimit(.minutes(20)))
struct PipelineTests {
    let database = TestDatabase.current

    init() async throws {
        try await database.pool.run { try $0.script("create table t (n int primary key, b bytea)") }
    }

    private var count: Int {
        get async throws {
            try await database.pool.run { try $0.query("select from t").count }
        }
    }

    @Test func `each statement has its rows, in order`() async throws {
        let rows = try await database.pool.run { session in
            try session.pipeline([
                "insert into t select unnest(\([1, 2, 3]))", "select n from t order by n",
                "delete from t where n > \(1)", "select \("last")",
            ])
        }
        #expect(rows.map(\.affected) == [3, 3, 2, 1])
        #expect(try rows[1].map { row throws(PostgresError) -> Int in try row[0] } == [1, 2, 3])
        #expect(try rows[3][0][0] == "last")
        #expect(try await database.pool.run { try $0.pipeline([]).count } == 0)
    }

    @Test(arguments: [true, false])
    func `a failure undoes all and its error is the first`(isPrepared: Bool) async throws {
        var configuration = database.configuration
        configuration.preparesStatements = isPrepared
        let connection = try Connection(configuration)
        try await connection.open()
        for _ in 1...2 {  // the second time with statements that are prepared
            let error = try await #require(throws: PostgresError.self) {
                try await connection.run { session in
                    _ = try session.pipeline([
                        "insert into t values (\(1))", "insert into t values (\(1))",
                        "select 1 / \(0)", "insert into t values (\(2))",
                    ])
                }
            }
            #expect(error.sqlState == .uniqueViolation)
            #expect(try await count == 0)
        }
        let rows = try await connection.run { try $0.pipeline(["insert into t values (\(3))"]) }
        #expect(rows.map(\.affected) == [1])
    }

    @Test func `a statement that does not parse undoes all too`() async throws {
        let error = try await #require(throws: PostgresError.self) {
            try await database.pool.run { session in
                _ = try session.pipeline(["insert into t values (\(1))", "selct", "select 2"])
            }
        }
        #expect(error.sqlState == .syntaxError)
        #expect(try await count == 0)
    }

    @Test func `inside a transaction it is part of it`() async throws {
        try await database.pool.transaction { session in
            _ = try session.pipeline(["insert into t values (1)", "insert into t values (2)"])
            #expect(throws: PostgresError.self) {
                try session.transaction { session in
                    _ = try session.pipeline(["insert into t values (3)", "select 1 / 0"])
                }
            }
            _ = try session.pipeline(["insert into t values (4)"])
        }
        #expect(try await count == 3)
    }

    @Test func `large values both ways do not lock up`() async throws {
        let megabyte = [UInt8](repeating: 7, count: 1 << 20)
        let counts = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 1...4 {
                group.addTask {
                    // Each answer is as long as its question, and all answers wait to be read.
                    let statements = [SQL](repeating: "select \(megabyte)", count: 24)
                    let rows = try await database.pool.run { try $0.pipeline(statements) }
                    return try rows.reduce(0) { sum, rows in
                        try sum + rows[0].decode([UInt8].self, at: 0).count
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(counts == [Int](repeating: 24 << 20, count: 4))
    }

    @Test func `many notices and small answers do not lock up`() async throws {
        let rows = try await database.pool.run { session in
            try session.script(
                """
                create function tell(text) returns text language plpgsql as $$
                begin raise notice '%', $1; return $1; end $$
                """
            )
            let text = String(repeating: "x", count: 2_000)
            return try session.pipeline([SQL](repeating: "select tell(\(text))", count: 2_000))
        }
        #expect(rows.count == 2_000)
    }
}
