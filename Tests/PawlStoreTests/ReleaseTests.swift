import FoundationEssentials
import PawlCore
import PawlStore
import PawlTesting
import Postgres
import Testing

/// Giving tasks back unfinished.
@Suite(.database, .timeLimit(.minutes(20)))
struct ReleaseTests {
    let store = Storeroom()

    @Test func `a task that is given back is due at once, and nothing is charged`() async throws {
        try await store.define()
        let worker = try await store.worker()
        let claim = try await store.claimNew(for: worker)
        #expect(
            try await store.run { try $0.release([Release(claim, delay: .zero)]) } == [claim.task]
        )
        #expect(
            try await store.text(
                "select concat_ws(' ', attempt, crashes, fence, worker, claimed_at, run_at <= pawl.now()) from pawl.task"
            ) == "0 0 2 t"
        )
        let again = try await store.claim(for: worker).only()
        #expect(again.attempt == 1)
        #expect(try await !store.settle(claim))
        #expect(try await store.settle(again))
    }

    @Test func `a delay puts it off`() async throws {
        try await store.define()
        let worker = try await store.worker()
        let claim = try await store.claimNew(for: worker)
        _ = try await store.run { try $0.release([Release(claim, delay: .seconds(60))]) }
        #expect(try await store.claim(for: worker).isEmpty)
        try await store.database.advanceClock(by: .seconds(61))
        #expect(try await store.run { try $0.beat(worker) })
        #expect(try await store.claim(for: worker).count == 1)
    }

    @Test func `what is lost is left alone`() async throws {
        try await store.define()
        let worker = try await store.worker()
        for _ in 1...3 { _ = try await store.enqueue() }
        let claims = try await store.claim(for: worker)
        try await store.settle(claims[0])
        try await store.execute("select pawl.cancel(\(claims[1].run))")
        let before = try await store.image().filter { !$0.hasPrefix("task") }
        let released = try await store.run {
            try $0.release(claims.map { Release($0, delay: .zero) })
        }
        #expect(released == [claims[2].task])
        #expect(try await store.image().filter { !$0.hasPrefix("task") } == before)
        #expect(
            try await store.run { try $0.release(claims.map { Release($0, delay: .zero) }) }.isEmpty
        )
    }

    @Test func `a worker learns which of its tasks are not its own any more`() async throws {
        try await store.define()
        let worker = try await store.worker()
        for _ in 1...3 { _ = try await store.enqueue() }
        let claims = try await store.claim(for: worker)
        let held = claims.map { (task: $0.task, fence: $0.fence) }
        #expect(try await store.run { try $0.lostTasks(among: held) }.isEmpty)
        try await store.execute("select pawl.cancel(\(claims[0].run))")
        _ = try await store.run { try $0.release([Release(claims[1], delay: .zero)]) }
        #expect(
            Set(try await store.run { try $0.lostTasks(among: held) })
                == [claims[0].task, claims[1].task]
        )
    }

    @Test func `a worker that is not sure gives back all that it holds`() async throws {
        try await store.define()
        let (worker, other) = (try await store.worker(), try await store.worker())
        for _ in 1...3 { _ = try await store.enqueue() }
        let mine = try await store.claim(2, for: worker)
        _ = try await store.claim(for: other)
        let released = try await store.run { try $0.release($0.tasksHeld(by: worker)) }
        #expect(released == Set(mine.map(\.task)))
        #expect(
            try await store.count("select count(*) from pawl.task where worker = \(other)") == 1
        )
    }

    @Test func `what steps report is appended, if they are still held`() async throws {
        try await store.define(.fan(2))
        let worker = try await store.worker()
        try await store.settle(try await store.claimNew("fan", for: worker))
        let claims = try await store.claim(for: worker)
        _ = try await store.run { try $0.release([Release(claims[1], delay: .zero)]) }
        try await store.run { session in
            try session.report(
                claims.flatMap { claim in
                    [Event.Kind.stepStarted, .stepProgress].map {
                        (Event($0, claim.step, attempt: 1), claim.task, claim.fence, claim.run)
                    }
                },
                by: worker,
                patience: .seconds(1)
            )
        }
        #expect(
            try await store.transcript(of: claims[0].run)
                == ["step_opened all", "step_started all.w1", "step_progress all.w1"]
        )
    }

    @Test func `the first report says that the run runs`() async throws {
        try await store.define()
        let claim = try await store.claimNew(for: store.worker())
        #expect(try await store.status(of: claim.run) == .pending)
        try await store.run {
            try $0.report(
                [(Event(.stepStarted, claim.step), claim.task, claim.fence, claim.run)],
                by: claim.worker,
                patience: .seconds(1)
            )
        }
        #expect(try await store.status(of: claim.run) == .running)
    }
}
