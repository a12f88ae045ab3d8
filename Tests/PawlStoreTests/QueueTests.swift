import FoundationEssentials
import PawlCore
import PawlStore
import PawlTesting
import Postgres
import Testing

/// Queues that are paused or limited, and enqueues that repeat.
@Suite(.database, .timeLimit(.minutes(20)))
struct QueueTests {
    let store = Storeroom()

    @Test func `nobody claims from a paused queue until it is resumed`() async throws {
        try await store.define()
        let worker = try await store.worker()
        let run = try await store.enqueue()
        try await store.run { try $0.pauseQueue("default", reason: "prices", by: "ann") }
        #expect(try await store.claim(for: worker).isEmpty)
        let queue = try await store.run { try $0.queues() }.only()
        #expect(queue.pausedBy == "ann" && queue.reason == "prices" && queue.due == 1)
        guard
            case .queuePaused("ann", "prices") = try await store.run({ try $0.tasks(of: run) })
                .only().situation
        else {
            Issue.record("the run does not tell")
            return
        }
        #expect(try await store.run { try $0.resumeQueue("default") })
        #expect(try await !store.run { try $0.resumeQueue("default") })
        #expect(try await store.claim(for: worker).map(\.run) == [run])
    }

    @Test func `the limit of a queue holds for what is in it already`() async throws {
        try await store.define(
            .job("job"),
            .job("kept", limits: RunLimits(concurrency: .init(1)))
        )
        let worker = try await store.worker()
        for _ in 1...3 { _ = try await store.enqueue() }
        _ = try await store.enqueue("kept")
        _ = try await store.enqueue("kept")
        try await store.run { try $0.limitQueue("default", concurrency: 2, rate: nil) }
        var total = 0
        while case let claims = try await store.claim(for: worker), !claims.isEmpty {
            #expect(claims.count <= 2)
            #expect(claims.filter { $0.workflow == "kept" }.count <= 1)
            for claim in claims { try await store.settle(claim) }
            total += claims.count
        }
        #expect(total == 5)
    }

    @Test func `a queue that is not limited any more lets all in`() async throws {
        try await store.define()
        let worker = try await store.worker()
        for _ in 1...5 { _ = try await store.enqueue() }
        try await store.run { try $0.limitQueue("default", concurrency: 1, rate: nil) }
        #expect(try await store.claim(for: worker).count == 1)
        #expect(try await store.run { try $0.queues() }.only().inLine == 4)
        try await store.run { try $0.limitQueue("default", concurrency: nil, rate: nil) }
        #expect(try await store.claim(for: worker).count == 4)
    }

    @Test func `a burst of calls makes one run with the last input`() async throws {
        try await store.define()
        let worker = try await store.worker(lease: .seconds(1_000))
        let first = try await debounce(1)
        try await store.database.advanceClock(by: .seconds(8))
        #expect(try await debounce(2) == first)
        try await store.database.advanceClock(by: .seconds(8))
        #expect(try await store.claim(for: worker).isEmpty)
        try await store.database.advanceClock(by: .seconds(3))
        let claim = try await store.claim(for: worker).only()
        #expect(claim.run == first)
        #expect(try JSON(parsing: claim.input) == ["n": 2])
        #expect(try await debounce(3) != first)
    }

    @Test func `calls that do not cease put a run off no longer than said`() async throws {
        try await store.define()
        let worker = try await store.worker(lease: .seconds(1_000))
        let first = try await debounce(0)
        for n in 1...5 {
            try await store.database.advanceClock(by: .seconds(5))
            #expect(try await debounce(n) == first)
        }
        try await store.database.advanceClock(by: .seconds(5))
        #expect(try await store.claim(for: worker).map(\.run) == [first])
    }

    private func debounce(_ n: Int, key: String = "k") async throws -> UUID {
        try await store.run { session in
            try session.debounce(
                "job",
                #"{"n": \#(n)}"#.utf8.map { $0 },
                key: key,
                wait: .seconds(10),
                most: .seconds(30),
                EnqueueOptions()
            )
        }
    }

    private func throttle(_ key: String = "k") async throws -> UUID {
        try await store.run { session in
            try session.throttle(
                "job",
                Array("{}".utf8),
                key: key,
                period: .seconds(60),
                EnqueueOptions()
            )
        }
    }

    @Test func `one run begins with a key in a period`() async throws {
        try await store.define()
        let first = try await throttle()
        #expect(try await throttle() == first)
        #expect(try await throttle("other") != first)
        try await store.database.advanceClock(by: .seconds(61))
        #expect(try await throttle() != first)
    }

    @Test func `calls at the same moment make one run`() async throws {
        try await store.define()
        let runs = try await withThrowingTaskGroup(of: (UUID, UUID).self) { group in
            for n in 1...8 {
                group.addTask { (try await throttle(), try await debounce(n)) }
            }
            var runs: Set<UUID> = []
            for try await (one, other) in group { runs.formUnion([one, other]) }
            return runs
        }
        #expect(runs.count == 2)
        #expect(try await store.count("select count(*) from pawl.run") == 2)
    }

    @Test func `an input that a debounced run may not have is refused`() async throws {
        try await store.define()
        _ = try await debounce(1)
        await #expect(throws: PostgresError.self) {
            try await store.execute(
                """
                select pawl.debounce('job', jsonb_build_object('n', repeat('x', 2000000)), 'k', '10 s')
                """
            )
        }
    }

    @Test func `keys whose time has passed are forgotten`() async throws {
        try await store.define()
        _ = try await throttle()
        _ = try await debounce(1)
        try await store.run { try $0.tendLanes() }
        #expect(try await store.count("select count(*) from pawl.repeat") == 2)
        try await store.database.advanceClock(by: .seconds(100))
        try await store.run { try $0.tendLanes() }
        #expect(try await store.count("select count(*) from pawl.repeat") == 0)
    }
}
