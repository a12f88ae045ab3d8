import PawlCore
import PawlStore
import PawlTesting
import Postgres
import Testing

/// How many runs begin in a time.
@Suite(.database, .timeLimit(.minutes(20)))
struct RateTests {
    let store = Storeroom()

    private func define(_ limits: RunLimits) async throws {
        try await store.define(.job("job", limits: limits))
    }

    private func enqueue(_ input: String, _ count: Int = 1) async throws {
        try await store.execute(
            """
            insert into pawl.run (workflow, input)
            select 'job', \(input)::jsonb from generate_series(1, \(count))
            """
        )
    }

    @Test func `no more begin in a period than its amount, and as many as that`() async throws {
        try await define(RunLimits(rate: .init(10, per: .seconds(60))))
        let worker = try await store.worker(lease: .seconds(100_000))
        try await enqueue("{}", 45)
        var begun: [(second: Int, count: Int)] = []
        for second in 0..<400 where begun.map(\.count).reduce(0, +) < 45 {
            // In shares of unequal size, so that slices are filled at different times.
            let claims = try await store.claim(second % 3 + 1, for: worker)
            begun.append((second, claims.count))
            try await store.database.advanceClock(by: .seconds(1))
        }
        for start in begun.indices {
            let window = begun.filter {
                (begun[start].second..<begun[start].second + 60).contains($0.second)
            }
            #expect(window.map(\.count).reduce(0, +) <= 10)
        }
        // Four periods, each a slice longer than it has to be.
        #expect(begun.count <= 4 * 62 + 10)
    }

    @Test func `each key has a rate of its own`() async throws {
        try await define(RunLimits(rate: .init(2, per: .seconds(60), of: "input.key")))
        let worker = try await store.worker(lease: .seconds(1_000))
        try await enqueue(#"{"key": 1}"#, 3)
        try await enqueue(#"{"key": 2}"#, 3)
        #expect(try await store.claim(for: worker).count == 4)
        #expect(try await store.claim(for: worker).isEmpty)
        try await store.database.advanceClock(by: .seconds(62))
        #expect(try await store.claim(for: worker).count == 2)
    }

    @Test func `a run takes as much as it weighs, and all there is if it weighs more`() async throws
    {
        try await define(
            RunLimits(rate: .init(10, per: .seconds(60)), weight: .path("input.tokens"))
        )
        let worker = try await store.worker(lease: .seconds(1_000))
        try await enqueue(#"{"tokens": 4}"#, 3)
        try await enqueue(#"{"tokens": 100}"#)
        try await enqueue("{}")
        #expect(try await store.claim(for: worker).count == 2)
        try await store.database.advanceClock(by: .seconds(62))
        // The heavy one waits for all of it, and what came after it does not overtake it.
        #expect(try await store.claim(for: worker).count == 1)
        try await store.database.advanceClock(by: .seconds(62))
        #expect(try await store.claim(for: worker).count == 1)
        try await store.database.advanceClock(by: .seconds(62))
        #expect(try await store.claim(for: worker).count == 1)
    }

    @Test func `a weight that is no number is refused`() async throws {
        try await define(
            RunLimits(rate: .init(10, per: .seconds(60)), weight: .path("input.tokens"))
        )
        await #expect(throws: PostgresError.self) { try await enqueue(#"{"tokens": "many"}"#) }
        await #expect(throws: PostgresError.self) { try await enqueue(#"{"tokens": -1}"#) }
    }

    @Test func `what was used in fact counts instead of the weight`() async throws {
        try await define(RunLimits(rate: .init(10, per: .seconds(60)), weight: .number(5)))
        let worker = try await store.worker(lease: .seconds(1_000))
        try await enqueue("{}", 4)
        let claims = try await store.claim(for: worker)
        #expect(claims.count == 2)
        #expect(try await note(1, claims[0]))
        #expect(try await store.claim(for: worker).isEmpty)
        #expect(try await note(3, claims[1]))
        #expect(try await store.claim(for: worker).count == 1)
        #expect(try await note(0.5, claims[1]))
        // 1 + 3.5 + 5 of 10.
        #expect(try await store.claim(for: worker).isEmpty)
        try await store.settle(claims[0], .snoozed(for: .zero))
        #expect(try await !note(1, claims[0]))
    }

    private func note(_ amount: Double, _ claim: Claim) async throws -> Bool {
        try await store.run { try $0.noteUse(amount, task: claim.task, fence: claim.fence) }
    }

    @Test func `a rest of the workers makes no herd`() async throws {
        try await define(RunLimits(rate: .init(5, per: .seconds(10))))
        let worker = try await store.worker(lease: .seconds(100_000))
        try await enqueue("{}", 50)
        #expect(try await store.claim(for: worker).count == 5)
        try await store.database.advanceClock(by: .seconds(3_600))
        #expect(try await store.claim(for: worker).count == 5)
        #expect(try await store.claim(for: worker).isEmpty)
    }

    @Test func `a rate and a limit hold together`() async throws {
        try await define(
            RunLimits(concurrency: .init(2), rate: .init(3, per: .seconds(60)))
        )
        let worker = try await store.worker(lease: .seconds(1_000))
        try await enqueue("{}", 6)
        let first = try await store.claim(for: worker)
        #expect(first.count == 2)
        try await store.settle(first[0])
        try await store.settle(first[1])
        let second = try await store.claim(for: worker)
        #expect(second.count == 1)
        try await store.database.advanceClock(by: .seconds(62))
        #expect(try await store.claim(for: worker).count == 1)
        try await store.settle(second[0])
        #expect(try await store.claim(for: worker).count == 1)
    }

    @Test func `what nobody uses any more is forgotten`() async throws {
        try await define(RunLimits(rate: .init(2, per: .seconds(60), of: "input.key")))
        let worker = try await store.worker(lease: .seconds(1_000))
        try await enqueue(#"{"key": 1}"#)
        #expect(try await store.claim(for: worker).count == 1)
        try await store.run { try $0.tendLanes() }
        #expect(try await store.count("select count(*) from pawl.bucket") == 1)
        try await store.database.advanceClock(by: .seconds(90))
        try await store.run { try $0.tendLanes() }
        #expect(try await store.count("select count(*) from pawl.bucket") == 0)
    }
}
