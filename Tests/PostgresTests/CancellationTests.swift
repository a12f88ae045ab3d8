import PawlTesting
import Postgres
import Testing

/// Cancelling a task cancels its statement, and never another's.
@Suite(.emptyDatabase, .timeLimit(.minutes(20)))
struct CancellationTests {
    let database = TestDatabase.current

    private func opened() async throws -> Connection {
        let connection = try Connection(database.configuration)
        try await connection.open()
        return connection
    }

    /// Waits until the server executes something on `connection`, asking by another one.
    private func waitUntilBusy(_ process: Int32) async throws {
        try await eventually("the statement is executed") {
            try await database.pool.run { session in
                try session.query(
                    """
                    select from pg_stat_activity
                    where pid = \(process) and state = 'active' and wait_event = 'PgSleep'
                    """
                ).count == 1
            }
        }
    }

    @Test func `a running statement ends with its task`() async throws {
        let connection = try await opened()
        let process = try await connection.run { $0.processID }
        let task = Task { try await connection.run { try $0.execute("select pg_sleep(600)") } }
        try await waitUntilBusy(process)
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(!connection.isLost)
        try await connection.run { try $0.execute("select pg_sleep(0.01)") }
    }

    @Test func `a running pipeline ends with its task`() async throws {
        let connection = try await opened()
        let process = try await connection.run { $0.processID }
        let task = Task {
            try await connection.run { session in
                try session.pipeline(["create table t ()", "select pg_sleep(600)", "select 1"])
                    .count
            }
        }
        try await waitUntilBusy(process)
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(
            try await connection.run {
                try $0.query("select from pg_tables where tablename = 't'").count
            } == 0
        )
    }

    @Test func `a cancelled transaction is rolled back and starts nothing more`() async throws {
        let connection = try await opened()
        let process = try await connection.run { $0.processID }
        try await connection.run { try $0.script("create table t (n int)") }
        let task = Task {
            try await connection.run { session in
                try session.transaction { session in
                    try session.execute("insert into t values (1)")
                    // Whoever catches everything is stopped at the next statement.
                    do { try session.execute("select pg_sleep(600)") } catch {}
                    try session.transaction { try $0.execute("insert into t values (2)") }
                }
            }
        }
        try await waitUntilBusy(process)
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try await connection.run { try $0.query("select from t").count } == 0)
    }

    @Test func `a cancelled task sends nothing`() async throws {
        let connection = try await opened()
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await connection.run { try $0.script("create table t ()") }
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        let table = try await connection.run { session in
            try session.query("select to_regclass('t')::text")[0].decode(String?.self, at: 0)
        }
        #expect(table == nil)
    }

    @Test func `no cancel hits the statement after the one it was meant for`() async throws {
        let connection = try await opened()
        var cancelled = 0
        for turn in 0..<300 {
            let task = Task {
                try await connection.run { try $0.execute("select pg_sleep(0.002)") }
            }
            // From before the statement begins until after it has ended.
            for _ in 0..<(turn * 7) { await Task.yield() }
            task.cancel()
            // Long enough to be hit by whatever is still on its way.
            try await connection.run { try $0.execute("select pg_sleep(0.004)") }
            do { _ = try await task.value } catch is CancellationError { cancelled += 1 }
        }
        // The race was run: some lost it and some won.
        #expect((1..<300).contains(cancelled), "\(cancelled) of 300")
    }

    @Test func `a task that is cancelled early or late ends in any case`() async throws {
        let connection = try await opened()
        for turn in 0..<40 {
            let task = Task { try await connection.run { try $0.execute("select pg_sleep(600)") } }
            for _ in 0..<(turn * 3) { await Task.yield() }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
    }
}
