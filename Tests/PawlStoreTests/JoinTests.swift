import FoundationEssentials
import PawlCore
import PawlStore
import PawlTesting
import Postgres
import Testing

/// Branches of one run that end at the same time.
@Suite(.database, .timeLimit(.minutes(20)))
struct JoinTests {
    let store = Storeroom()

    /// Enqueues fans, and claims all their branches.
    private func claimBranches(of runs: Int, _ definition: Definition) async throws -> [Claim] {
        try await store.define(definition)
        let worker = try await store.worker()
        for _ in 1...runs { _ = try await store.enqueue("fan") }
        for claim in try await store.claim(for: worker) { try await store.settle(claim) }
        return try await store.claim(1_000, for: worker)
    }

    private func settle(_ claims: [Claim], by workers: Int) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<workers {
                group.addTask {
                    for claim in claims.enumerated().filter({ $0.offset % workers == number }) {
                        try await store.settle(claim.element)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func `the second of the last two branches sees that the first has ended`() async throws {
        let branches = try await claimBranches(of: 1, .fan(2))
        let first = try await store.connect()
        try await first.run { session in
            try session.begin()
            let settlement = try session.settlement(of: branches[0])
            #expect(try session.settle([settlement]).tasks == [branches[0].task])
        }
        async let second = store.settle(branches[1])
        try await store.waitForBlocked()
        try await first.run { try $0.commit() }
        #expect(try await second)
        #expect(
            try await store.text(
                """
                select concat_ws(' ', t.phase, s.remaining) from pawl.scope s
                join pawl.task t on t.id = s.task_id
                """
            ) == "resume 0"
        )
        #expect(
            try await store.texts("select concat_ws(' ', seq, path) from pawl.event order by seq")
                .sorted()
                == ["1 all", "2 all.w1", "3 all.w2"]
        )
        await first.close()
    }

    @Test func `the history has no gaps, and each join happens once, with eight who settle`()
        async throws
    {
        let branches = try await claimBranches(of: 12, .fan(8))
        #expect(branches.count == 96)
        try await settle(branches, by: 8)
        let joins = try await store.claim(1_000, for: branches[0].worker)
        #expect(joins.count == 12)
        #expect(joins.map(\.phase) == [Claim.Phase](repeating: .resume, count: 12))
        try await settle(joins, by: 8)
        try await store.finish(for: branches[0].worker)
        #expect(
            try await store.texts(
                "select concat_ws(' ', max(seq), count(*)) from pawl.event group by run_id"
            )
                == [String](repeating: "12 12", count: 12)
        )
    }

    @Test func `answers and ends of branches come at once, and none is lost`() async throws {
        let branches = try await claimBranches(of: 6, .fan(3, people: 3))
        let people = branches.filter { $0.kind == .human }
        try await settle(people, by: 1)
        let questions = try await store.run { try $0.openDecisions(limit: 100) }
        #expect(questions.count == 18)
        async let answered: Void = withThrowingTaskGroup(of: Void.self) { group in
            for question in questions {
                group.addTask {
                    _ = try await store.run {
                        try $0.decide(
                            question.id,
                            choice: "ok",
                            reasoning: nil,
                            data: nil,
                            by: "ann"
                        )
                    }
                }
            }
            try await group.waitForAll()
        }
        try await settle(branches.filter { $0.kind != .human }, by: 4)
        try await answered
        let answers = try await store.claim(1_000, for: branches[0].worker)
        try await settle(answers, by: 4)
        try await store.finish(for: branches[0].worker)
        #expect(
            try await store.count("select count(*) from pawl.run where status = 'completed'") == 6
        )
    }

    @Test func `a run that is cancelled while its branches end is cancelled, and nothing more`()
        async throws
    {
        let branches = try await claimBranches(of: 10, .fan(4))
        let runs = Set(branches.map(\.run))
        async let cancelled: Void = withThrowingTaskGroup(of: Void.self) { group in
            for run in runs {
                group.addTask {
                    _ = try await store.run { try $0.cancel(run, reason: "enough", by: "ann") }
                }
            }
            try await group.waitForAll()
        }
        try await settle(branches, by: 4)
        try await cancelled
        #expect(
            try await store.count("select count(*) from pawl.run where status = 'cancelled'") == 10
        )
        #expect(try await store.count("select count(*) from pawl.task") == 0)
    }
}
