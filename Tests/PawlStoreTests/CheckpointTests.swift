import FoundationEssentials
import PawlCore
import PawlStore
import PawlTesting
import Postgres
import Testing

/// Results inside a step, which the next attempt finds.
@Suite(.database, .timeLimit(.minutes(20)))
struct CheckpointTests {
    let store = Storeroom()

    private func checkpoints(of claim: Claim) async throws -> [String: String] {
        try await store.run { try $0.checkpoints(of: claim.step, in: claim.run) }
            .mapValues { String(decoding: $0, as: UTF8.self) }
    }

    private func save(_ name: String, _ value: String, of claim: Claim) async throws -> Bool {
        try await store.run { try $0.saveCheckpoint(name, Array(value.utf8), of: claim) }
    }

    @Test func `a checkpoint is kept as it was written, and the last one counts`() async throws {
        try await store.define()
        let claim = try await store.claimNew(for: store.worker())
        #expect(try await checkpoints(of: claim) == [:])
        #expect(try await save("page", #"{"n":  1.0}"#, of: claim))
        #expect(try await save("other", "[]", of: claim))
        #expect(try await save("page", "2", of: claim))
        #expect(try await checkpoints(of: claim) == ["page": "2", "other": "[]"])
    }

    @Test func `the next attempt finds them, and the end of the step takes them`() async throws {
        try await store.define()
        let worker = try await store.worker()
        let claim = try await store.claimNew(for: worker)
        #expect(try await save("page", "1", of: claim))
        try await store.settle(claim, .snoozed(for: .zero))
        let again = try await store.claim(for: worker).only()
        #expect(try await checkpoints(of: again) == ["page": "1"])
        try await store.settle(again)
        #expect(try await checkpoints(of: again) == [:])
    }

    @Test func `who lost the task writes none`() async throws {
        try await store.define()
        let claim = try await store.claimNew(for: store.worker())
        _ = try await store.run { try $0.release([Release(claim, delay: .zero)]) }
        #expect(try await !save("page", "1", of: claim))
        #expect(try await store.run { try $0.remainingPause("nap", .seconds(1), of: claim) } == nil)
        #expect(try await store.count("select count(*) from pawl.checkpoint") == 0)
    }

    @Test(arguments: ["settle", "cancel"])
    func `one that comes while its step ends is not written`(ending: String) async throws {
        try await store.define()
        let claim = try await store.claimNew(for: store.worker())
        let settling = try await store.connect()
        let settlement = try await store.run { try $0.settlement(of: claim) }
        try await settling.run { session in
            try session.begin()
            if ending == "settle" {
                #expect(try session.settle([settlement]).tasks == [claim.task])
            } else {
                #expect(try session.cancel(claim.run, reason: nil, by: "ann"))
            }
        }
        async let isSaved = save("page", "1", of: claim)
        async let pause = store.run { try $0.remainingPause("nap", .seconds(1), of: claim) }
        try await store.waitForBlocked(2)
        try await settling.run { try $0.commit() }
        #expect(try await !isSaved)
        #expect(try await pause == nil)
        #expect(try await store.count("select count(*) from pawl.checkpoint") == 0)
        await settling.close()
    }

    @Test func `a pause lasts from when it was first asked for`() async throws {
        try await store.define()
        let claim = try await store.claimNew(for: store.worker(lease: .seconds(7_200)))
        func remaining() async throws -> Duration? {
            try await store.run { try $0.remainingPause("nap", .seconds(3_600), of: claim) }
        }
        let first = try #require(try await remaining())
        #expect(first > .seconds(3_590) && first <= .seconds(3_600))
        try await store.database.advanceClock(by: .seconds(3_000))
        let second = try #require(try await remaining())
        #expect(second > .seconds(500) && second <= .seconds(600))
        try await store.database.advanceClock(by: .seconds(3_000))
        #expect(try await remaining() == .zero)
    }
}
