import FoundationEssentials
import PawlCore
import PawlStore
import PawlTesting
import Postgres
import Testing

/// Taking up failed runs again.
@Suite(.database, .timeLimit(.minutes(20)))
struct RetryTests {
    let store = Storeroom()

    private static let broken = Outcome.failed(Failure(.nonRetryable, "no", isRetryable: false))

    private func retry(_ run: UUID) async throws {
        try await store.run { try $0.retry(run, by: "ann") }
    }

    @Test func `a handler's step is tried again as the same step, with fresh attempts`()
        async throws
    {
        try await store.define(.chain)
        let worker = try await store.worker()
        let first = try await store.claimNew("chain", for: worker)
        try await store.settle(first)
        try await store.settle(try await store.claim(for: worker).only(), Self.broken)
        #expect(try await store.status(of: first.run) == .failed)
        try await retry(first.run)
        try await store.settle(try await store.claim(for: worker).only { $0.kind == .retry })
        let again = try await store.claim(for: worker).only()
        #expect(again.step == StepID(path: "second") && again.attempt == 1 && again.hops > 0)
        try await store.settle(again)
        #expect(
            try await store.transcript(of: first.run) == [
                "step_completed first", "run_failed second", "run_retried second",
                "step_completed second", "run_completed end",
            ]
        )
        #expect(
            try await store.text(
                "select concat_ws(' ', status, deadline, ended_at is not null) from pawl.run"
            )
                == "completed t"
        )
    }

    @Test func `a container goes on with the children that failed`() async throws {
        try await store.define(.fan(2))
        let worker = try await store.worker()
        try await store.settle(try await store.claimNew("fan", for: worker))
        let children = try await store.claim(for: worker)
        try await store.settle(children[0], Self.broken)
        try await store.settle(children[1])
        try await store.finish(for: worker)
        let run = children[0].run
        #expect(try await store.status(of: run) == .failed)
        try await retry(run)
        try await store.finish(for: worker)
        #expect(try await store.status(of: run) == .completed)
        #expect(
            try await store.transcript(of: run).suffix(5) == [
                "run_retried all", "step_completed all.w1", "step_completed all",
                "step_completed after", "run_completed end",
            ]
        )
    }

    @Test func `a run that is paused before it goes on waits like any other`() async throws {
        try await store.define()
        let worker = try await store.worker()
        let claim = try await store.claimNew(for: worker)
        try await store.settle(claim, Self.broken)
        try await retry(claim.run)
        try await store.execute("select pawl.pause(\(claim.run))")
        #expect(try await store.claim(for: worker).isEmpty)
        try await store.execute("select pawl.resume(\(claim.run))")
        try await store.finish(for: worker)
        #expect(try await store.status(of: claim.run) == .completed)
    }

    @Test func `a step from which no edge led on is visited anew`() async throws {
        try await store.define(.stuck)
        let worker = try await store.worker()
        let claim = try await store.claimNew("stuck", for: worker)
        try await store.settle(claim)
        #expect(
            try await store.transcript(of: claim.run) == ["run_failed first"]
        )
        try await retry(claim.run)
        try await store.settle(try await store.claim(for: worker).only { $0.kind == .retry })
        let again = try await store.claim(for: worker).only()
        #expect(again.step == StepID(path: "first", visit: 2))
        try await store.settle(again, .completed(output: Array(#"{"go": 1}"#.utf8)))
        #expect(try await store.status(of: claim.run) == .completed)
    }

    @Test func `a question that nobody answered is asked anew`() async throws {
        try await store.define(.question())
        let worker = try await store.worker(lease: .seconds(10_000))
        let claim = try await store.claimNew("question", for: worker)
        try await store.settle(claim)
        try await store.database.advanceClock(by: .seconds(3_601))
        try await store.finish(for: worker)
        #expect(try await store.status(of: claim.run) == .failed)
        try await retry(claim.run)
        try await store.finish(for: worker)
        #expect(try await store.status(of: claim.run) == .waiting)
        let decision = try await store.run { try $0.openDecisions(limit: 2) }.only()
        #expect(decision.step == StepID(path: "ask", visit: 2))
        try await store.execute("select pawl.decide(\(decision.id), 'yes')")
        try await store.finish(for: worker)
        #expect(try await store.status(of: claim.run) == .completed)
    }

    @Test func `two who retry at once retry once`() async throws {
        try await store.define()
        let claim = try await store.claimNew(for: store.worker())
        try await store.settle(claim, Self.broken)
        let first = try await store.connect()
        try await first.run { session in
            try session.begin()
            try session.retry(claim.run, by: "ann")
        }
        async let second = store.refusal(of: "select pawl.retry(\(claim.run), 'bob')")
        try await store.waitForBlocked()
        try await first.run { try $0.commit() }
        let refusal = try await second
        #expect(refusal?.sqlState == "55000")
        #expect(
            refusal?.message == "run \(claim.run.uuidString.lowercased()) is running, not failed"
        )
        #expect(try await store.count("select count(*) from pawl.task") == 1)
        await first.close()
    }

    @Test func `what has not failed cannot be retried, nor what ran out of time`() async throws {
        try await store.define()
        let worker = try await store.worker()
        let run = try await store.enqueue()
        #expect(
            try await store.refusal(of: "select pawl.retry(\(run))")?.hint
                == "only a failed run can be retried; enqueue a new one instead"
        )
        try await store.finish(for: worker)
        #expect(
            try await store.refusal(of: "select pawl.retry(\(run))")?.message
                == "run \(run.uuidString.lowercased()) is completed, not failed"
        )
        let late = try await store.enqueue(
            "job",
            [:],
            EnqueueOptions(timeout: .seconds(5), queue: "q")
        )
        try await store.database.advanceClock(by: .seconds(6))
        try await store.settle(
            try await store.claim(from: "q", for: worker).only { $0.kind == .deadline }
        )
        let refusal = try await store.refusal(of: "select pawl.retry(\(late))")
        #expect(
            refusal?.message
                == "run \(late.uuidString.lowercased()) failed by its deadline, not at a step"
        )
        #expect(refusal?.hint == "enqueue a new run")
    }
}
