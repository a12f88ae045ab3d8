import FoundationEssentials
import PawlCore
import PawlStore
import PawlTesting
import Postgres
import Testing

/// A worker that does not hold a task any more writes nothing of it.
@Suite(.database, .timeLimit(.minutes(20)))
struct FenceTests {
    let store = Storeroom()

    /// Ways in which a step may go on, by what they write.
    enum Course: String, CaseIterable, Sendable {
        case move, end, again, ask, open, arrive, join, expire, deadline
    }

    /// Brings a run to where its next settlement takes a course, and returns the claim for it.
    private func claim(before course: Course) async throws -> Claim {
        let worker = try await store.worker()
        try await store.define(.job("job"), .chain, .fan(1), .question())
        switch course {
        case .move: return try await store.claimNew("chain", for: worker)
        case .end, .again: return try await store.claimNew(for: worker)
        case .ask: return try await store.claimNew("question", for: worker)
        case .open: return try await store.claimNew("fan", for: worker)
        case .arrive, .join:
            try await store.settle(try await store.claimNew("fan", for: worker))
            let child = try await store.claim(for: worker).only()
            if course == .arrive { return child }
            try await store.settle(child)
            return try await store.claim(for: worker).only()
        case .expire:
            try await store.settle(try await store.claimNew("question", for: worker))
            try await store.database.advanceClock(by: .seconds(3_601))
            return try await store.claim(for: worker).only()
        case .deadline:
            _ = try await store.enqueue(
                "job",
                [:],
                EnqueueOptions(timeout: .seconds(60), queue: "nobody's")
            )
            try await store.database.advanceClock(by: .seconds(61))
            return try await store.claim(from: "nobody's", for: worker).only {
                $0.kind == .deadline
            }
        }
    }

    private func settlement(of claim: Claim, _ course: Course) async throws -> Settlement {
        try await store.run { session in
            try session.settlement(of: claim, course == .again ? .snoozed(for: .zero) : nil)
        }
    }

    @Test(arguments: Course.allCases)
    func `a settlement whose fence is gone writes nothing at all`(course: Course) async throws {
        let claim = try await claim(before: course)
        let settlement = try await settlement(of: claim, course)
        try await store.execute("update pawl.task set fence = fence + 1 where id = \(claim.task)")
        let before = try await store.image()
        #expect(try await store.run { try $0.settle([settlement]) }.tasks.isEmpty)
        #expect(try await store.image() == before)
    }

    @Test(arguments: Course.allCases)
    func `the same settlement twice is written once`(course: Course) async throws {
        let claim = try await claim(before: course)
        let settlement = try await settlement(of: claim, course)
        #expect(try await store.run { try $0.settle([settlement]) }.tasks == [claim.task])
        let before = try await store.image()
        #expect(try await store.run { try $0.settle([settlement]) }.tasks.isEmpty)
        #expect(try await store.image() == before)
    }

    @Test func `the lost ones of a batch do not keep the others from being written`() async throws {
        try await store.define(.chain)
        let worker = try await store.worker()
        for _ in 1...10 { _ = try await store.enqueue("chain") }
        let claims = try await store.claim(for: worker)
        let lost = claims.enumerated().filter { $0.offset % 3 == 0 }.map(\.element.task)
        try await store.execute("update pawl.task set fence = fence + 1 where id = any(\(lost))")
        let held = try await store.run { session in
            try session.settle(try claims.map { try session.settlement(of: $0) }).tasks
        }
        #expect(held == Set(claims.map(\.task)).subtracting(lost))
        #expect(
            try await store.count("select count(*) from pawl.event")
                == claims.count - lost.count
        )
    }

    @Test func `after a commit without an answer a worker finds what is still its own`()
        async throws
    {
        try await store.define(.chain, .job("job"))
        let worker = try await store.worker()
        for workflow in ["chain", "chain", "job"] { _ = try await store.enqueue(workflow) }
        let claims = try await store.claim(for: worker)
        let batch = try await store.run { session in
            try claims.map { try session.settlement(of: $0, isKept: $0.task != claims[1].task) }
        }
        #expect(try await store.run { try $0.kept(batch) }.isEmpty)
        _ = try await store.run { try $0.settle(batch) }
        #expect(try await store.run { try $0.settle(batch) }.tasks.isEmpty)
        #expect(try await store.run { try $0.kept(batch) } == [claims[0].task])
    }

    @Test(arguments: ["cancel", "release"])
    func `whoever takes a task waits for a settlement that is under way`(
        taker: String
    )
        async throws
    {
        try await store.define(.chain)
        let claim = try await store.claimNew("chain", for: store.worker())
        let settling = try await store.connect()
        let settlement = try await store.run { try $0.settlement(of: claim) }
        try await settling.run { session in
            try session.begin()
            // What a settlement does first; its events come after, and its tasks last.
            _ = try session.query("select from pawl.run where id = \(claim.run) for update")
        }
        async let taken: Void = store.run { session in
            switch taker {
            case "cancel": _ = try session.cancel(claim.run, reason: nil, by: "ann")
            default: _ = try session.release([Release(claim, delay: .zero)])
            }
        }
        try await store.waitForBlocked()
        #expect(try await settling.run { try $0.settle([settlement]) }.tasks == [claim.task])
        try await settling.run { try $0.commit() }
        try await taken
        #expect(
            try await store.transcript(of: claim.run)
                == ["step_completed first"] + (taker == "cancel" ? ["run_cancelled"] : [])
        )
        await settling.close()
    }
}
