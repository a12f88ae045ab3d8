import PawlTesting
import Postgres
import Testing

/// What each failure is called, and what is said to help.
@Suite(.emptyDatabase)
struct PostgresErrorTests {
    let database = TestDatabase.current

    private func failure<Output: Sendable>(
        _ body: @Sendable (Session) throws -> Output
    ) async throws -> PostgresError {
        try await #require(throws: PostgresError.self) { try await database.pool.run(body) }
    }

    @Test func `a syntax error is a bug`() async throws {
        let error = try await failure { try $0.execute("selct 1") }
        #expect(error.sqlState == .syntaxError)
        #expect(error.remedy == .bug)
        #expect(error.severity == "ERROR")
        #expect(error.message == "syntax error at or near \"selct\"")
    }

    @Test func `a violated constraint is named`() async throws {
        let error = try await failure { session in
            try session.script("create table t (id int constraint t_once unique)")
            try session.execute("insert into t values (\(1))")
            try session.execute("insert into t values (\(1))")
        }
        #expect(error.sqlState == .uniqueViolation)
        #expect(error.constraint == "t_once")
        #expect(error.detail == "Key (id)=(1) already exists.")
        #expect(error.remedy == .bug)
    }

    @Test func `transactions without an order are to be retried`() async throws {
        try await database.pool.run { session in
            try session.script("create table t (n int); insert into t values (1)")
        }
        let other = try Connection(database.configuration)
        try await other.open()
        try await other.run { session in
            try session.script("begin isolation level repeatable read; select from t")
        }
        try await database.pool.run { _ = try $0.execute("update t set n = n + 1") }
        let error = try await #require(throws: PostgresError.self) {
            try await other.run { _ = try $0.execute("update t set n = n + 1") }
        }
        #expect(error.sqlState == .serializationFailure)
        #expect(error.remedy == .retryTransaction)
    }

    @Test func `a statement out of time is no cancellation`() async throws {
        let error = try await failure { session in
            try session.script("set statement_timeout = 20")
            try session.execute("select pg_sleep(60)")
        }
        #expect(error.sqlState == .queryCanceled)
        #expect(error.remedy == .retryTransaction)
    }

    @Test func `after a failure a transaction says so until it ends`() async throws {
        let error = try await failure { session in
            try session.transaction { session in
                do {
                    try session.execute("select 1 / \(0)")
                } catch let error as PostgresError {
                    #expect(error.sqlState == SQLState(rawValue: "22012"))
                }
                try session.execute("select \(1)")
            }
        }
        #expect(error.sqlState == .inFailedTransaction)
        #expect(error.remedy == .bug)
    }

    @Test func `a server that is not there is something to try again`() async throws {
        var configuration = database.configuration
        configuration.host = "/tmp/no-such-folder"
        let error = try await #require(throws: PostgresError.self) {
            try await Connection(configuration).open()
        }
        #expect(error.remedy == .reconnect)
        #expect(error.sqlState == nil)
        #expect(error.hint != nil)
        // The same for a closed port.
        configuration.host = "127.0.0.1"
        configuration.port = 1
        let refused = try await #require(throws: PostgresError.self) {
            try await Connection(configuration).open()
        }
        #expect(refused.remedy == .reconnect)
    }

    @Test func `a database or role that does not exist is a bug`() async throws {
        var configuration = database.configuration
        configuration.database = "nowhere"
        var error = try await #require(throws: PostgresError.self) {
            try await Connection(configuration).open()
        }
        #expect(error.remedy == .bug)
        #expect(error.message.contains("database \"nowhere\" does not exist"))
        configuration = database.configuration
        configuration.user = "nobody-in-particular"
        error = try await #require(throws: PostgresError.self) {
            try await Connection(configuration).open()
        }
        #expect(error.remedy == .bug)
    }

    @Test func `a lost connection in a select or transaction is to be made again`() async throws {
        let inSelect = try await failure { session in
            try session.execute("select pg_terminate_backend(pg_backend_pid()), pg_sleep(60)")
        }
        #expect(inSelect.remedy == .reconnect)
        #expect(inSelect.sqlState == .adminShutdown)
        let inTransaction = try await failure { session in
            try session.script("create table t (n int)")
            try session.transaction { session in
                try session.execute("insert into t values (1)")
                try session.execute(
                    "do 'begin perform pg_terminate_backend(pg_backend_pid()); end'"
                )
            }
        }
        #expect(inTransaction.remedy == .reconnect)
        #expect(try await database.pool.run { try $0.query("select from t").count } == 0)
    }

    @Test func `a connection lost while committing leaves it open what happened`() async throws {
        try await database.pool.run { session in
            try session.script(
                """
                create table t (n int);
                create function leave() returns trigger language plpgsql as $$
                begin
                  perform pg_terminate_backend(pg_backend_pid());
                  perform pg_sleep(60);
                  return null;
                end $$;
                create constraint trigger t_leave after insert on t
                  deferrable initially deferred for each row execute function leave();
                """
            )
        }
        let inCommit = try await failure { session in
            try session.transaction { try $0.execute("insert into t values (1)") }
        }
        #expect(inCommit.remedy == .unknownCommit)
        let inPipeline = try await failure { session in
            _ = try session.pipeline(["select 1", "insert into t values (\(1))"])
        }
        #expect(inPipeline.remedy == .unknownCommit)
        let alone = try await failure { try $0.execute("insert into t values (\(1))") }
        #expect(alone.remedy == .unknownCommit)
        let inScript = try await failure { try $0.script("insert into t values (1)") }
        #expect(inScript.remedy == .unknownCommit)
        let nothingSent = try await failure { session in
            #expect(throws: PostgresError.self) {
                try session.execute("insert into t values (\(1))")
            }
            return try session.execute("insert into t values (\(1))")
        }
        #expect(nothingSent.remedy == .reconnect)
    }

    @Test func `a statement name that a pooler lost hints at the setting`() async throws {
        let error = try await failure { session in
            try session.execute("select \(1)")
            try session.script("deallocate all")
            try session.execute("select \(1)")
        }
        #expect(error.sqlState == .invalidStatementName)
        #expect(error.hint?.contains("preparesStatements") == true)
        // The session has forgotten the name too, and goes on.
        try await database.pool.run { session in
            try session.execute("select \(1)")
            try session.script("deallocate all")
            _ = try? session.execute("select \(1)")
            try session.execute("select \(1)")
        }
        let taken = try await failure { session in
            for number in 1...9 { try session.script("prepare s\(number) as select 1") }
            try session.execute("select \(2)")
        }
        #expect(taken.sqlState == .duplicatePreparedStatement)
        #expect(taken.hint?.contains("preparesStatements") == true)
    }
}
