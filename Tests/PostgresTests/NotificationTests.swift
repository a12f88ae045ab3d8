import PawlTesting
import Postgres
import Testing

@Suite(.emptyDatabase, .timeLimit(.minutes(20)))
struct NotificationTests {
    let database = TestDatabase.current

    private func opened() async throws -> Connection {
        let connection = try Connection(database.configuration)
        try await connection.open()
        return connection
    }

    @Test func `what another session sends wakes the listener`() async throws {
        let connection = try await opened()
        let stream = try await connection.listen(to: ["jobs", "Odd \"name\""])
        let other = try await opened()
        let process = try await other.run { session in
            try session.execute("select pg_notify('jobs', \("one"))")
            try session.execute("select pg_notify('elsewhere', 'no')")
            try session.execute("select pg_notify('Odd \"name\"', \(""))")
            return session.processID
        }
        var notifications = stream.makeAsyncIterator()
        let first = try #require(await notifications.next())
        #expect(first.channel == "jobs")
        #expect(first.payload == "one")
        #expect(first.processID == process)
        let second = try #require(await notifications.next())
        #expect(second.channel == "Odd \"name\"")
        #expect(second.payload == "")
    }

    @Test func `what comes with an answer is delivered too`() async throws {
        let connection = try await opened()
        let stream = try await connection.listen(to: ["self"])
        try await connection.run { session in
            try session.execute("select pg_notify('self', 'a')")
            _ = try session.pipeline(["select pg_notify('self', 'b')", "select 1"])
        }
        var notifications = stream.makeAsyncIterator()
        #expect(await notifications.next()?.payload == "a")
        #expect(await notifications.next()?.payload == "b")
    }

    @Test func `each stream hears its own channels`() async throws {
        let connection = try await opened()
        let one = try await connection.listen(to: ["one"])
        let two = try await connection.listen(to: ["two"])
        try await database.pool.run { try $0.script("notify two, '2'; notify one, '1'") }
        var ones = one.makeAsyncIterator()
        var twos = two.makeAsyncIterator()
        #expect(await ones.next()?.payload == "1")
        #expect(await twos.next()?.payload == "2")
    }

    @Test func `the stream ends when the connection is lost`() async throws {
        let connection = try await opened()
        let stream = try await connection.listen(to: ["jobs"])
        let process = try await connection.run { $0.processID }
        try await database.pool.run { try $0.execute("select pg_terminate_backend(\(process))") }
        for await _ in stream {}
        #expect(connection.isLost)
    }

    @Test func `the stream ends when the connection is closed or let go`() async throws {
        let closed = try await opened()
        let first = try await closed.listen(to: ["jobs"])
        await closed.close()
        for await _ in first {}
        var dropped: Connection? = try await opened()
        let second = try #require(try await dropped?.listen(to: ["jobs"]))
        dropped = nil
        for await _ in second {}
    }

    @Test func `thousands are received in order`() async throws {
        let connection = try await opened()
        let stream = try await connection.listen(to: ["jobs"])
        let reader = Task {
            var last = 0
            for await notification in stream {
                let number = try #require(Int(notification.payload))
                #expect(number > last)
                last = number
                if number == 5_000 { break }
            }
            return last
        }
        try await database.pool.run { session in
            for start in stride(from: 1, to: 5_000, by: 50) {
                try session.execute(
                    "select pg_notify('jobs', n::text) from generate_series(\(start), \(start + 49)) n"
                )
            }
        }
        #expect(try await reader.value == 5_000)
    }
}
