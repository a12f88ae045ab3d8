import PawlTesting
import Postgres
import Testing

@Suite(.emptyDatabase)
struct SQLTests {
    let database = TestDatabase.current

    @Test func `values become placeholders`() {
        let sql: SQL = "select \(1), \("two") -- \(nil as Int?)"
        #expect(sql.text == "select $1, $2 -- $3")
    }

    @Test func `a spliced piece brings its values and is numbered anew`() async throws {
        let first: SQL = "\("ü$1")::text || \("b")::text"
        let piece: SQL = "\(10) + \(20)"
        let sql: SQL = "select \(1) as a, \(first) as t, (\(piece)) as sum, '$9' as q, \(2) as b"
        #expect(
            sql.text
                == "select $1 as a, $2::text || $3::text as t, ($4 + $5) as sum, '$9' as q, $6 as b"
        )
        let rows = try await database.pool.run { try $0.query(sql) }
        #expect(try rows[0]["a"] == 1)
        #expect(try rows[0]["t"] == "ü$1b")
        #expect(try rows[0]["sum"] == 30)
        #expect(try rows[0]["q"] == "$9")
        #expect(try rows[0]["b"] == 2)
    }

    @Test func `a NUL in text is refused, not cut`() async throws {
        let refused: [SQL] = [
            "select \("a\0b")", "select \(["x", "\0"])", "select \(JSONText("\"\0\""))",
            SQL(verbatim: "select 1\0; drop table x"),
        ]
        for sql in refused {
            let error = try await #require(throws: PostgresError.self) {
                try await database.pool.run { _ = try $0.query(sql) }
            }
            #expect(error.remedy == .bug)
            #expect(error.message.contains("NUL"))
            await #expect(throws: PostgresError.self) {
                try await database.pool.run { _ = try $0.pipeline(["select 1", sql]) }
            }
        }
        await #expect(throws: PostgresError.self) {
            try await database.pool.run { try $0.script("select 1;\0 select 2") }
        }
    }

    @Test func `what cannot be encoded is refused by name`() async throws {
        let refused: [(SQL, String)] = [
            ("select \([[1], [2]])", "cannot bind an array of Array<Int>"),
            (
                "select \(Duration.seconds(Int64.max))",
                "cannot bind a duration of more than 292,000 years"
            ),
        ]
        for (sql, message) in refused {
            let error = try await #require(throws: PostgresError.self) {
                try await database.pool.run { _ = try $0.query(sql) }
            }
            #expect(error.message == message)
        }
    }
}
