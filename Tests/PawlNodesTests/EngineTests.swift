import FoundationEssentials
import Logging
import Pawl
import PawlCore
import PawlStore
import PawlTesting
import Synchronization
import Testing

@testable import PawlNodes

/// Nodes of these kinds through the real engine, on PostgreSQL.
@Suite(.database, .timeLimit(.minutes(10)))
struct EngineTests {
    private let database = TestDatabase.current
    private var client: Client { Client(database.pool) }

    /// A channel as a user's program adds it.
    private struct Pager: NotificationChannel {
        let name = "pager"
        let paged = Pages()

        func deliver(_ config: JSON, in context: StepContext) async throws {
            paged.add(config["message"]?.stringValue ?? "", key: context.idempotencyKey)
        }
    }

    private final class Pages: Sendable {
        private let pages = Mutex<[String]>([])
        var all: [String] { pages.withLock { $0 } }
        func add(_ message: String, key: String) {
            pages.withLock { $0.append("\(message) \(key.suffix(6))") }
        }
    }

    /// Defines a workflow of one node besides start and end, runs it, and gives what it came to.
    private func result(
        of node: String,
        _ configuration: WorldNodesConfiguration = WorldNodesConfiguration()
    ) async throws -> (status: RunStatus?, data: JSON) {
        try await client.define(
            Definition(
                json: JSON(
                    parsing: """
                        {"id": "w",
                         "nodes": [{"id": "start", "type": "start"}, \(node),
                                   {"id": "end", "type": "end"}],
                         "edges": [{"source": "start", "target": "act"},
                                   {"source": "act", "target": "end"}]}
                        """.utf8
                )
            )
        )
        return try await withWorker(configuration) {
            let run = try await client.enqueue("w", ["n": 1])
            try await eventually("the run ends") {
                try await [.completed, .failed].contains(client.status(of: run))
            }
            return (try await client.status(of: run), try await data(of: run))
        }
    }

    /// The data of the event that ended the step: its output, or why it failed.
    private func data(of run: UUID) async throws -> JSON {
        let text = try await database.pool.run { session in
            let rows = try session.query(
                """
                select data from pawl.event
                where run_id = \(run) and kind in ('step_completed', 'run_failed')
                order by seq desc limit 1
                """
            )
            return try rows.first?.decode(JSONText?.self, at: 0)?.bytes ?? []
        }
        return try JSON(parsing: text)
    }

    private func withWorker<Value: Sendable>(
        _ configuration: WorldNodesConfiguration,
        _ body: @Sendable () async throws -> Value
    ) async throws -> Value {
        var brisk = WorkerConfiguration()
        brisk.pollInterval = .milliseconds(50)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let worker = Worker(
            database.configuration,
            handlers: WorldNodes.handlers(configuration),
            configuration: brisk,
            logger: logger
        )
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await worker.run() }
            let value = try await body()
            group.cancelAll()
            try await group.waitForAll()
            return value
        }
    }

    private func loopback() throws -> WorldNodesConfiguration {
        var configuration = WorldNodesConfiguration()
        configuration.httpAllow = try HTTPAllowList(["127.0.0.1"])
        return configuration
    }

    @Test func `an http node is tried again with the same key until it has its response`()
        async throws
    {
        let site = try TestSite { _, number in
            number < 3 ? .reply(503) : .reply(200, ["Content-Type: application/json"], "[1]")
        }
        let result = try await result(
            of: """
                {"id": "act", "type": "http", "retry": {"max": 5, "backoff": "none"},
                 "config": {"url": "\(site.url())", "method": "POST", "body": {"a": 1}}}
                """,
            loopback()
        )
        #expect(result.status == .completed)
        #expect(result.data["body"] == [1])
        #expect(site.requests.count == 3)
        let keys = Set(site.requests.map { $0.header("idempotency-key") })
        #expect(keys.count == 1)
        #expect(keys.first.flatMap(\.self)?.hasSuffix("/act/1") == true)
    }

    @Test func `an http node into one's own network fails at once unless it is allowed`()
        async throws
    {
        let site = try TestSite { _, _ in .reply(200) }
        let result = try await result(
            of: #"{"id": "act", "type": "http", "config": {"url": "\#(site.url())"}}"#
        )
        #expect(result.status == .failed)
        #expect(result.data["code"] == "NON_RETRYABLE")
        #expect(result.data["message"]?.stringValue?.contains("PAWL_HTTP_ALLOW") == true)
        #expect(site.requests.isEmpty)
    }

    @Test func `the time-out of a node ends its request`() async throws {
        let site = try TestSite { _, _ in .silence }
        let result = try await result(
            of: """
                {"id": "act", "type": "http", "timeout": "300ms", "retry": {"max": 0},
                 "config": {"url": "\(site.url())"}}
                """,
            loopback()
        )
        #expect(result.status == .failed)
        #expect(result.data["code"] == "TIMEOUT_ERROR")
        try await eventually("the connection is closed") { site.givenUp == 1 }
    }

    @Test func `a command node runs a program that is allowed`() async throws {
        var configuration = WorldNodesConfiguration()
        configuration.commands = ["cat"]
        let result = try await result(
            of: """
                {"id": "act", "type": "command",
                 "config": {"argv": ["cat"], "stdin": {"n": 5}, "parse": "json"}}
                """,
            configuration
        )
        #expect(result.status == .completed)
        #expect(
            result.data == ["exit_code": 0, "stdout": ["n": 5], "stderr": "", "truncated": false]
        )
    }

    @Test func `a command node runs nothing that is not allowed`() async throws {
        let result = try await result(
            of: #"{"id": "act", "type": "command", "config": {"argv": ["true"]}}"#
        )
        #expect(result.status == .failed)
        #expect(result.data["message"]?.stringValue?.contains("PAWL_COMMANDS=true") == true)
    }

    @Test func `a notification is delivered through each kind of channel`() async throws {
        let site = try TestSite { _, _ in .reply(200, [], String(repeating: "x", count: 100_000)) }
        let pager = Pager()
        var configuration = try loopback()
        configuration.channels = [pager]
        let configs = [
            "webhook": #""url": "\#(site.url("/hook"))", "template": "hello""#,
            "log": #""message": "hello""#, "pager": #""message": "wake up""#,
        ]
        for (channel, config) in configs {
            let result = try await result(
                of: """
                    {"id": "act", "type": "notification",
                     "config": {"channel": "\(channel)", \(config)}}
                    """,
                configuration
            )
            #expect(result.status == .completed)
            #expect(result.data == ["channel": .string(channel), "delivered": true])
        }
        #expect(site.requests.map(\.body) == [#"{"text":"hello"}"#])
        #expect(pager.paged.all == ["wake up /act/1"])
    }

    @Test func `a channel that nobody knows fails and lists those that are known`() async throws {
        let result = try await result(
            of: """
                {"id": "act", "type": "notification",
                 "config": {"channel": "pigeon", "message": "hello"}}
                """
        )
        #expect(result.status == .failed)
        #expect(
            result.data["message"] == #"there is no channel "pigeon"; there is log, webhook"#
        )
    }

    @Test func `a handler reads its node's config as a type of its own`() async throws {
        struct Wish: Decodable { let n: Int }
        let reader = Handler("reader", retry: .never) { (_: JSON, context) in
            try context.config(as: Wish.self).n
        }
        for (config, isRight) in [(#"{"n": 5}"#, true), (#"{"n": "secret"}"#, false)] {
            try await client.define(
                Definition(
                    json: JSON(
                        parsing: """
                            {"id": "reading",
                             "nodes": [{"id": "start", "type": "start"},
                                       {"id": "act", "type": "reader", "config": \(config)},
                                       {"id": "end", "type": "end"}],
                             "edges": [{"source": "start", "target": "act"},
                                       {"source": "act", "target": "end"}]}
                            """.utf8
                    )
                )
            )
            var logger = Logger(label: "test")
            logger.logLevel = .critical
            let worker = Worker(database.configuration, handlers: [reader], logger: logger)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await worker.run() }
                let run = try await client.enqueue("reading", ["n": 1])
                try await eventually("the run ends") {
                    try await [.completed, .failed].contains(client.status(of: run))
                }
                group.cancelAll()
                try await group.waitForAll()
                let data = try await data(of: run)
                #expect(
                    data
                        == (isRight
                            ? 5
                            : [
                                "code": "VALIDATION_ERROR",
                                "message":
                                    "could not read the config of node \"act\" as Wish: Int is expected at n",
                            ])
                )
            }
        }
    }
}
