import FoundationEssentials
import Logging
import Pawl
import PawlStore
import PawlTesting
import Testing

/// A database with workers in this process: what most tests of this room need.
struct Workshop: Sendable {
    let database = TestDatabase.current
    var client: Client { Client(database.pool) }

    /// Short intervals, so that tests of leases and polls take moments.
    static var brisk: WorkerConfiguration {
        var configuration = WorkerConfiguration()
        configuration.pollInterval = .milliseconds(50)
        configuration.lease = .seconds(2)
        configuration.drainTimeout = .seconds(10)
        return configuration
    }

    /// Runs `body` beside a worker, which is asked to drain when it returns.
    func withWorker<Value: Sendable>(
        _ handlers: [Handler],
        workflows: [Definition] = [],
        configuration: WorkerConfiguration = Workshop.brisk,
        _ body: @Sendable () async throws -> Value
    ) async throws -> Value {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let worker = Worker(
            database.configuration,
            handlers: handlers,
            workflows: workflows,
            configuration: configuration,
            logger: logger
        )
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                do {
                    try await worker.run()
                } catch {
                    Issue.record(error, "the worker ended with an error")
                }
            }
            // The worker defines what it brings along before it registers.
            try await eventually("the worker has registered") {
                try await count("select count(*) from pawl.worker where not draining") > 0
            }
            let value = try await body()
            group.cancelAll()
            try await group.waitForAll()
            return value
        }
    }

    /// Defines a graph from its JSON text.
    func define(_ text: String) async throws {
        try await client.define(Definition(json: JSON(parsing: text.utf8)))
    }

    /// Waits until a run has that status.
    func wait(
        for run: UUID,
        toBe status: RunStatus,
        within limit: Duration = .seconds(20)
    )
        async throws
    {
        do {
            try await eventually("run is \(status)", within: limit) {
                try await client.status(of: run) == status
            }
        } catch let error as NeverTrue {
            let transcript = try await transcript(of: run).suffix(40)
            let end = try await end(of: run) ?? .null
            Issue.record("the run was: \(transcript.joined(separator: ", ")): \(end)")
            throw error
        }
    }

    /// The kinds of a run's events, in order, with the step where it matters.
    func transcript(of run: UUID) async throws -> [String] {
        try await database.pool.run { session in
            try session.events(of: run).map { event in
                event.path.map { "\(event.kind) \($0)" } ?? event.kind
            }
        }
    }

    /// The data of a run's last event of a kind.
    func data(of run: UUID, _ kind: String) async throws -> JSON? {
        let text = try await database.pool.run { session in
            let rows = try session.query(
                """
                select data from pawl.event where run_id = \(run) and kind = \(kind)
                order by seq desc limit 1
                """
            )
            return try rows.first?.decode(JSONText?.self, at: 0)?.bytes
        }
        return try text.map { try JSON(parsing: $0) }
    }

    /// The number that a statement returns.
    func count(_ statement: SQL) async throws -> Int {
        try await database.pool.run { try $0.query(statement)[0].decode(Int.self, at: 0) }
    }

    func execute(_ statement: SQL) async throws {
        try await database.pool.run { session in _ = try session.execute(statement) }
    }
}

/// Counts, from any task.
actor Tally {
    private(set) var count = 0
    @discardableResult func up() -> Int {
        count += 1
        return count
    }
}

/// Opens once, for all who wait at it.
actor Gate {
    private var isOpen = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func open() {
        isOpen = true
        for one in waiting { one.resume() }
        waiting = []
    }

    func pass() async {
        if isOpen { return }
        await withCheckedContinuation { waiting.append($0) }
    }
}
