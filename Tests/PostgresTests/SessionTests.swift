import PawlTesting
import Postgres
import Testing

@Suite(.emptyDatabase)
struct SessionTests {
    let database = TestDatabase.current

    @Test func `execute counts the rows it affected`() async throws {
        let counts = try await database.pool.run { session in
            try session.script("create table t (n int)")
            return [
                try session.execute("insert into t select generate_series(1, \(5))"),
                try session.execute("update t set n = 0 where n > \(3)"),
                try session.execute("delete from t where n = \(9)"),
                try session.execute("create table u ()"),
            ]
        }
        #expect(counts == [5, 2, 0, 0])
    }

    @Test func `a statement is prepared once for each text and type`() async throws {
        let names = try await database.pool.run { session in
            for number in 1...5 { try session.execute("select \(number)") }
            try session.execute("select \("text")")
            _ = try session.pipeline(["select \(6)", "select 1", "select 1"])
            return try session.query(
                "select statement from pg_prepared_statements where statement ~ '^select (\\$1|1)$'"
            ).map { row throws(PostgresError) -> String in try row[0] }
        }
        #expect(names.sorted() == ["select $1", "select $1", "select 1"])
    }

    @Test func `statements used long ago make room`() async throws {
        let (count, isKept) = try await database.pool.run { session in
            for number in 1...600 {
                try session.execute(SQL(verbatim: "select \(number)"))
                try session.execute("select 'kept'")
            }
            for start in stride(from: 1_000, to: 1_300, by: 100) {
                let statements = (start..<start + 100).map { SQL(verbatim: "select \($0)") }
                _ = try session.pipeline(statements + ["select 'kept'"])
            }
            let rows = try session.query(
                "select count(*), bool_or(statement = $$select 'kept'$$) from pg_prepared_statements"
            )
            return (try rows[0].decode(Int.self, at: 0), try rows[0].decode(Bool.self, at: 1))
        }
        #expect((200...256).contains(count))
        #expect(isKept)
    }

    @Test func `nothing is prepared if the configuration says so`() async throws {
        var configuration = database.configuration
        configuration.preparesStatements = false
        let connection = try Connection(configuration)
        try await connection.open()
        let count = try await connection.run { session in
            try session.execute("select \(1)")
            _ = try session.pipeline(["select \(2)", "select \("")"])
            return try session.query("select count(*) from pg_prepared_statements")[0]
                .decode(Int.self, at: 0)
        }
        #expect(count == 0)
    }

    @Test func `a changed table is met with a new plan`() async throws {
        try await database.pool.run { session in
            try session.script("create table t (a int)")
            #expect(try session.query("select * from t").columnCount == 1)
            try session.script("alter table t add b int")
            #expect(try session.query("select * from t").columnCount == 2)
            try session.script("alter table t add c int")
            #expect(try session.pipeline(["select 1", "select * from t"])[1].columnCount == 3)
            try session.script("alter table t add d int")
            // Inside a transaction the failure cannot be undone; the next one is well.
            let error = try #require(throws: PostgresError.self) {
                try session.transaction { try $0.query("select * from t") }
            }
            #expect(error.remedy == .retryTransaction)
            let columns = try session.transaction { try $0.query("select * from t").columnCount }
            #expect(columns == 4)
        }
    }

    @Test func `remarks of the server are kept for the last statement`() async throws {
        try await database.pool.run { session in
            try session.script("do $$ begin raise notice 'one'; raise warning 'two'; end $$")
            #expect(session.notices.map(\.message) == ["one", "two"])
            #expect(session.notices.map(\.severity) == ["NOTICE", "WARNING"])
            var heard: [String] = []
            session.noticeHandler = { heard.append($0.message) }
            try session.script(
                "do $$ begin for i in 1..40 loop raise notice '%', i; end loop; end $$"
            )
            session.noticeHandler = nil
            #expect(session.notices.map(\.message) == (9...40).map { "\($0)" })
            #expect(heard.count == 40)
            try session.execute("select 1")
            #expect(session.notices.isEmpty)
        }
    }

    @Test func `copy is refused and the session goes on`() async throws {
        try await database.pool.run { session in
            try session.script("create table t (n int)")
            for text in ["copy t from stdin", "copy (select 1) to stdout"] {
                let error = try #require(throws: PostgresError.self) { try session.script(text) }
                #expect(error.message == "cannot send copy to or from the client")
            }
            #expect(try session.query("select 1").count == 1)
        }
    }

    @Test func `a closed session says so`() throws {
        let session = try Session.open(database.configuration)
        #expect(session.processID > 0)
        session.close()
        let error = try #require(throws: PostgresError.self) { try session.execute("select 1") }
        #expect(error.message == "the session is closed")
        #expect(session.isLost)
    }
}
