import Dispatch
import PawlTesting
import Postgres
import Testing

@Suite(.emptyDatabase, .timeLimit(.minutes(20)))
struct PoolTests {
    let database = TestDatabase.current

    private func pool(
        of maximum: Int,
        _ change: (inout PoolConfiguration) -> Void = { _ in }
    ) -> Pool {
        var configuration = PoolConfiguration(maximumConnections: maximum)
        change(&configuration)
        return Pool(database.configuration, configuration: configuration)
    }

    /// Borrows the pool's only connection until `release` is signalled.
    private func hold(
        _ pool: Pool,
        until release: DispatchSemaphore
    ) async throws -> Task<Void, any Error> {
        let (started, start) = AsyncStream.makeStream(of: Void.self)
        let holder = Task {
            try await pool.run { _ in
                start.finish()
                release.wait()  // on the connection's own thread
            }
        }
        for await _ in started {}
        return holder
    }

    @Test func `no more connections are open than allowed`() async throws {
        let pool = pool(of: 3)
        let tally = Tally()
        try await withThrowingTaskGroup { group in
            for _ in 1...60 {
                group.addTask {
                    try await pool.run { session in
                        tally.enter()
                        try session.execute("select pg_sleep(0.001)")
                        tally.leave()
                    }
                    #expect(pool.size <= 3)
                }
            }
            try await group.waitForAll()
        }
        #expect(tally.most == 3)
        await pool.close()
    }

    @Test func `who asks first is served first`() async throws {
        let pool = pool(of: 1)
        let release = DispatchSemaphore(value: 0)
        let holder = try await hold(pool, until: release)
        let tally = Tally()
        try await withThrowingTaskGroup { group in
            for number in 1...20 {
                group.addTask { try await pool.run { _ in tally.enter(number) } }
                try await eventually("number \(number) waits") { pool.waiting == number }
            }
            release.signal()
            try await group.waitForAll()
        }
        try await holder.value
        #expect(tally.order == Array(1...20))
    }

    @Test func `a connection lost while idle is replaced unnoticed`() async throws {
        let pool = pool(of: 1)
        for _ in 1...10 {
            let process = try await pool.run { $0.processID }
            try await database.pool.run { session in
                try session.execute("select pg_terminate_backend(\(process), 5000)")
            }
            #expect(try await pool.run { $0.processID } != process)
        }
        #expect(pool.size == 1)
    }

    @Test func `a connection lost in use fails that use alone`() async throws {
        let pool = pool(of: 1)
        let tally = Tally()
        let error = try await #require(throws: PostgresError.self) {
            try await pool.run { session in
                tally.enter()
                try session.execute("select pg_terminate_backend(pg_backend_pid()), pg_sleep(60)")
            }
        }
        #expect(error.remedy == .reconnect)
        #expect(tally.order.count == 1)
        #expect(pool.size == 0)
        #expect(try await pool.run { try $0.query("select 1").count } == 1)
    }

    @Test func `who is cancelled while waiting leaves the line`() async throws {
        let pool = pool(of: 1)
        let release = DispatchSemaphore(value: 0)
        let holder = try await hold(pool, until: release)
        let waiter = Task { try await pool.run { $0.processID } }
        let patient = Task { try await pool.run { $0.processID } }
        try await eventually("both wait") { pool.waiting == 2 }
        waiter.cancel()
        await #expect(throws: CancellationError.self) { try await waiter.value }
        #expect(pool.waiting == 1)
        release.signal()
        try await holder.value
        #expect(try await patient.value > 0)
    }

    @Test func `cancelling all the time loses no connection`() async throws {
        let pool = pool(of: 2)
        await withTaskGroup { group in
            for turn in 0..<400 {
                group.addTask {
                    let task = Task { try await pool.run { try $0.execute("select 1") } }
                    for _ in 0..<(turn % 40) { await Task.yield() }
                    task.cancel()
                    _ = await task.result
                }
            }
        }
        try await withThrowingTaskGroup { group in
            for _ in 1...10 { group.addTask { try await pool.run { try $0.execute("select 1") } } }
            try await group.waitForAll()
        }
        #expect(pool.size <= 2)
        #expect(pool.waiting == 0)
        await pool.close()
    }

    @Test func `closing turns away who waits and waits for who is inside`() async throws {
        let pool = pool(of: 1)
        let release = DispatchSemaphore(value: 0)
        let holder = try await hold(pool, until: release)
        let waiter = Task { try await pool.run { $0.processID } }
        try await eventually("it waits") { pool.waiting == 1 }
        let closing = Task { await pool.close() }
        let error = try await #require(throws: PostgresError.self) { try await waiter.value }
        #expect(error.message == "the pool is closed")
        await #expect(throws: PostgresError.self) { try await pool.run { _ in } }
        #expect(pool.size == 1)
        release.signal()
        try await holder.value
        await closing.value
        #expect(pool.size == 0)
        await pool.close()
    }

    @Test func `a failure to connect reaches all who ask`() async throws {
        var configuration = database.configuration
        configuration.host = "/tmp/no-such-folder"
        let pool = Pool(configuration, configuration: PoolConfiguration(maximumConnections: 2))
        await withTaskGroup { group in
            for _ in 1...10 {
                group.addTask {
                    await #expect(throws: PostgresError.self) { try await pool.run { _ in } }
                }
            }
        }
        #expect(pool.size == 0)
    }

    @Test func `what nobody needs is closed down to the minimum`() async throws {
        let pool = pool(of: 8) { configuration in
            configuration.minimumIdle = 2
            configuration.idleTimeout = .milliseconds(50)
        }
        try await withThrowingTaskGroup { group in
            for _ in 1...8 {
                group.addTask { try await pool.run { try $0.execute("select pg_sleep(0.2)") } }
            }
            try await group.waitForAll()
        }
        try await eventually("two are left") { pool.size == 2 }
    }

    @Test func `an old connection is replaced`() async throws {
        let pool = pool(of: 1) { $0.maximumAge = .zero }
        let first = try await pool.run { $0.processID }
        let second = try await pool.run { $0.processID }
        #expect(first != second)
        #expect(pool.size == 0)
    }
}
