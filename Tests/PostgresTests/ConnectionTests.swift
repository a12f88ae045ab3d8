import Dispatch
import PawlTesting
import Postgres
import Testing

@Suite(.emptyDatabase, .timeLimit(.minutes(20)))
struct ConnectionTests {
    let database = TestDatabase.current

    private func opened() async throws -> Connection {
        let connection = try Connection(database.configuration)
        try await connection.open()
        return connection
    }

    @Test func `work of many tasks is done one after the other`() async throws {
        let connection = try await opened()
        let tally = Tally()
        try await withThrowingTaskGroup { group in
            for _ in 1...50 {
                group.addTask {
                    try await connection.run { session in
                        tally.enter()
                        try session.execute("select \(1)")
                        tally.leave()
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(tally.most == 1)
        #expect(tally.order.count == 50)
    }

    @Test func `a connection that is not open says so`() async throws {
        let connection = try Connection(database.configuration)
        #expect(connection.isLost)
        await #expect(throws: PostgresError.self) { try await connection.run { _ in } }
        try await connection.open()
        #expect(!connection.isLost)
        await connection.close()
        let error = try await #require(throws: PostgresError.self) {
            try await connection.run { _ in }
        }
        #expect(error.message == "the connection is closed")
        #expect(error.remedy == .reconnect)
        try await connection.open()
        try await connection.run { try $0.execute("select 1") }
    }

    @Test func `the end of an idle connection is noticed without a statement`() async throws {
        let connection = try await opened()
        let process = try await connection.run { $0.processID }
        try await database.pool.run { try $0.execute("select pg_terminate_backend(\(process))") }
        try await eventually("the loss is noticed") { connection.isLost }
        let error = try await #require(throws: PostgresError.self) {
            try await connection.run { try $0.execute("create table t ()") }
        }
        #expect(error.remedy == .reconnect)
        #expect(error.sqlState == .adminShutdown)
        try await connection.open()
        // A new session knows nothing of statements that the old one had prepared.
        try await connection.run { try $0.execute("select \(1)") }
        #expect(try await connection.run { $0.processID } != process)
    }

    @Test func `a loss during earlier work is noticed before anything is sent`() async throws {
        let connection = try await opened()
        let release = DispatchSemaphore(value: 0)
        let (started, start) = AsyncStream.makeStream(of: Int32.self)
        let earlier = Task {
            try await connection.run { session in
                start.yield(session.processID)
                release.wait()  // on the connection's own thread
            }
        }
        let process = try #require(await started.first { _ in true })
        let later = Task {
            try await connection.run { try $0.execute("create table t ()") }
        }
        try await database.pool.run { session in
            try session.execute("select pg_terminate_backend(\(process), 5000)")
        }
        release.signal()
        try await earlier.value
        let error = try await #require(throws: PostgresError.self) { try await later.value }
        #expect(error.remedy == .reconnect)
    }

    @Test func `statements are prepared anew after the connection was lost`() async throws {
        let connection = try await opened()
        for _ in 1...3 {
            try await connection.run { try $0.execute("select \(1)") }
            await #expect(throws: PostgresError.self) {
                try await connection.run { session in
                    try session.execute(
                        "select pg_terminate_backend(pg_backend_pid()), pg_sleep(60)"
                    )
                }
            }
            #expect(connection.isLost)
            try await connection.open()
        }
    }

    @Test func `sixty-four statements that wait leave the shared pool free`() async throws {
        let pool = Pool(
            database.configuration,
            configuration: PoolConfiguration(maximumConnections: 64)
        )
        try await withThrowingTaskGroup { group in
            for _ in 1...64 {
                group.addTask { try await pool.run { try $0.execute("select pg_sleep(600)") } }
            }
            // To ask takes a thread of the shared pool, which has no more than there are cores.
            try await eventually("all sixty-four sleep") {
                try await database.pool.run { session in
                    try session.query(
                        """
                        select from pg_stat_activity
                        where wait_event = 'PgSleep' and datname = current_database()
                        """
                    ).count == 64
                }
            }
            for _ in 1...100 { await Task.detached {}.value }
            group.cancelAll()
            while let result = await group.nextResult() {
                #expect(throws: CancellationError.self) { try result.get() }
            }
        }
        await pool.close()
    }

    @Test func `connections leave no file and no thread behind`() async throws {
        func count(_ folder: String) throws -> Int { try entries(of: folder) }
        let files = try count("/proc/self/fd")
        let threads = try count("/proc/self/task")
        for _ in 1...30 {
            try await withThrowingTaskGroup { group in
                for index in 1...10 {
                    group.addTask {
                        let connection = try await opened()
                        try await connection.run { try $0.execute("select 1") }
                        if index.isMultiple(of: 2) { await connection.close() }
                    }
                }
                try await group.waitForAll()
            }
        }
        // 300 came and went; the room is for what other tests do meanwhile.
        try await eventually("files and threads are gone") {
            try count("/proc/self/fd") < files + 150 && count("/proc/self/task") < threads + 150
        }
    }

    @Test func `a server that never answers is given up`() async throws {
        let listener = try SilentListener()
        var configuration = database.configuration
        configuration.host = "127.0.0.1"
        configuration.port = listener.port
        configuration[keyword: "connect_timeout"] = "2"  // the least that libpq takes
        let error = try await #require(throws: PostgresError.self) {
            try await Connection(configuration).open()
        }
        #expect(error.remedy == .reconnect)
    }
}
