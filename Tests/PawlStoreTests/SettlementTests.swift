import FoundationEssentials
import PawlCore
import PawlStore
import PawlTesting
import Postgres
import Testing

/// What a settlement writes, and when it writes nothing.
@Suite(.database, .timeLimit(.minutes(20)))
struct SettlementTests {
    let store = Storeroom()

    /// The task of a claim, as its row shows it.
    private func task(_ claim: Claim) async throws -> String? {
        try await store.text(
            """
            select concat_ws(' ', path, visit, kind, phase, attempt, crashes, hops, fence,
              worker is not null, case when run_at = 'infinity' then 'never'
                else round(extract(epoch from run_at - pawl.now()) / 3600) || 'h' end)
            from pawl.task where id = \(claim.task)
            """
        )
    }

    @Test(arguments: [true, false])
    func `a task is moved in place, and kept or left to whoever claims it`(
        isKept: Bool
    )
        async throws
    {
        try await store.define(.chain)
        let claim = try await store.claimNew("chain", for: store.worker())
        #expect(try await task(claim) == "first 1 work enter 1 0 0 1 t 0h")
        let held = try await store.run {
            try $0.settle([$0.settlement(of: claim, isKept: isKept)])
        }
        #expect(held.tasks == [claim.task])
        #expect(held.kept == (isKept ? [claim.task] : []))
        #expect(
            try await task(claim)
                == (isKept
                    ? "second 1 work enter 1 0 1 2 t 0h" : "second 1 work enter 0 0 1 2 f 0h")
        )
        #expect(try await store.status(of: claim.run) == .running)
        #expect(try await store.transcript(of: claim.run) == ["step_completed first"])
    }

    @Test func `what a kept task is claimed as is what its row says`() async throws {
        try await store.define(.chain)
        let claim = try await store.claimNew("chain", for: store.worker())
        let settlement = try await store.run { try $0.settlement(of: claim, isKept: true) }
        _ = try await store.run { try $0.settle([settlement]) }
        guard case .move(let position) = settlement.transition.disposition else { throw Missing() }
        let moved = claim.moved(to: position)
        #expect(try await store.settle(moved))
        #expect(try await store.status(of: claim.run) == .completed)
    }

    @Test func `the end of a run is its last event, and takes its task`() async throws {
        try await store.define()
        let claim = try await store.claimNew(for: store.worker())
        #expect(try await store.settle(claim))
        #expect(try await task(claim) == nil)
        #expect(try await store.transcript(of: claim.run) == ["run_completed job"])
        #expect(
            try await store.count(
                "select count(*) from pawl.run where status = 'completed' and ended_at <= pawl.now()"
            )
                == 1
        )
        #expect(
            try await store.text(
                "select concat_ws(' ', seq, path, visit, attempt, worker, data) from pawl.event"
            )
                == "1 job 1 1 \(claim.worker) {\"done\": true}"
        )
    }

    @Test(arguments: [(true, "1"), (false, "0")])
    func `a step that is done again keeps its place, and is charged or not`(
        isCharged: Bool,
        attempts: String
    ) async throws {
        try await store.define()
        let worker = try await store.worker()
        let claim = try await store.claimNew(for: worker)
        let outcome: Outcome =
            isCharged ? .failed(Failure(.execution, "broken")) : .snoozed(for: .seconds(7_200))
        let policy = RetryPolicy(delay: .seconds(7_200), maximumDelay: .seconds(7_200))
        _ = try await store.run {
            try $0.settle([$0.settlement(of: claim, outcome, retry: policy)])
        }
        #expect(try await task(claim) == "job 1 job enter \(attempts) 0 0 2 f 2h")
        #expect(try await store.status(of: claim.run) == .running)
        try await store.database.advanceClock(by: .seconds(7_201))
        let again = try await store.claim(for: worker).only()
        #expect(again.attempt == (isCharged ? 2 : 1) && again.fence == 3 && again.runIsRunning)
    }

    @Test func `a question parks its task until it is due, and the run waits`() async throws {
        try await store.define(.question())
        let claim = try await store.claimNew("question", for: store.worker())
        #expect(try await store.settle(claim))
        #expect(try await task(claim) == "ask 1 human wait 0 0 0 2 f 1h")
        #expect(try await store.status(of: claim.run) == .waiting)
        #expect(
            try await store.text(
                """
                select concat_ws(' ', path, visit, kind, status, subject,
                  due_at <= (select run_at from pawl.task), resolved_at) from pawl.wait
                """
            )
                == #"ask 1 decision open {"prompt": "Go on?", "options": ["yes", "no"]} t"#
        )
    }

    @Test func `a container opens with all its children, and closes with the last`() async throws {
        try await store.define(.fan(2))
        let worker = try await store.worker()
        let claim = try await store.claimNew("fan", for: worker)
        #expect(try await store.settle(claim))
        #expect(try await task(claim) == "all 1 parallel wait 0 0 0 2 f never")
        #expect(try await store.status(of: claim.run) == .running)
        let children = try await store.claim(for: worker)
        #expect(children.map(\.step.path) == ["all.w1", "all.w2"])
        #expect(children[0].hops == 1)
        try await store.settle(children[0])
        #expect(try await store.count("select remaining from pawl.scope") == 1)
        #expect(try await store.claim(for: worker).isEmpty)
        try await store.settle(children[1])
        let join = try await store.claim(for: worker).only()
        #expect(join.phase == .resume && join.task == claim.task)
        try await store.settle(join)
        #expect(try await store.count("select count(*) from pawl.scope") == 0)
        try await store.finish(for: worker)
        #expect(
            try await store.transcript(of: claim.run) == [
                "step_opened all", "step_completed all.w1", "step_completed all.w2",
                "step_completed all", "step_completed after", "run_completed end",
            ]
        )
    }

    @Test func `a child that fails for good still arrives`() async throws {
        try await store.define(.fan(2))
        let worker = try await store.worker()
        try await store.settle(try await store.claimNew("fan", for: worker))
        let children = try await store.claim(for: worker)
        try await store.settle(
            children[0],
            .failed(Failure(.nonRetryable, "no", isRetryable: false))
        )
        try await store.settle(children[1])
        try await store.finish(for: worker)
        #expect(try await store.status(of: children[0].run) == .failed)
        #expect(
            try await store.transcript(of: children[0].run).suffix(3) == [
                "step_failed all.w1", "step_completed all.w2", "run_failed all",
            ]
        )
    }

    @Test func `a batch of many runs is written at once`() async throws {
        try await store.define(.chain, .fan(3), .question(), .job("job"))
        let worker = try await store.worker()
        for workflow in ["chain", "fan", "question", "job"] {
            try await store.execute(
                "insert into pawl.run (workflow) select \(workflow) from generate_series(1, 25)"
            )
        }
        let claims = try await store.claim(200, for: worker)
        #expect(claims.count == 100)
        let held = try await store.run { session in
            try session.settle(try claims.map { try session.settlement(of: $0) })
        }
        #expect(held.tasks == Set(claims.map(\.task)))
        #expect(
            try await store.texts(
                "select workflow || status || count(*) from pawl.run group by workflow, status"
            ).sorted()
                == ["chainrunning25", "fanrunning25", "jobcompleted25", "questionwaiting25"]
        )
        #expect(
            try await store.count("select count(*) from pawl.task where parent is not null") == 75
        )
    }

    @Test func `a run waits exactly while all of it is parked`() async throws {
        try await store.define(.fan(1, people: 1))
        let worker = try await store.worker()
        let claim = try await store.claimNew("fan", for: worker)
        try await store.settle(claim)
        let children = try await store.claim(for: worker)
        try await store.settle(children[1])
        #expect(try await store.status(of: claim.run) == .running)
        try await store.settle(children[0])
        #expect(try await store.status(of: claim.run) == .waiting)
        let decision = try await store.run { try $0.openDecisions(limit: 2) }.only()
        _ = try await store.run {
            try $0.decide(decision.id, choice: "ok", reasoning: nil, data: nil, by: "ann")
        }
        #expect(try await store.status(of: claim.run) == .running)
        try await store.finish(for: worker)
        #expect(try await store.status(of: claim.run) == .completed)
    }

    @Test func `a container may follow a container, and a question a question`() async throws {
        try await store.define(
            Definition(
                json: JSON(
                    parsing: """
                        {"id": "rows",
                         "nodes": [{"id": "start", "type": "start"},
                           {"id": "p", "type": "parallel"}, {"id": "a", "type": "work", "parent": "p"},
                           {"id": "q", "type": "parallel"}, {"id": "b", "type": "work", "parent": "q"},
                           {"id": "x", "type": "human",
                            "config": {"prompt": "?", "timeout": "1h", "fallback": "no"}},
                           {"id": "y", "type": "human", "config": {"prompt": "?"}},
                           {"id": "end", "type": "end"}],
                         "edges": [{"source": "start", "target": "p"}, {"source": "p", "target": "q"},
                           {"source": "q", "target": "x"}, {"source": "x", "target": "y"},
                           {"source": "y", "target": "end"}]}
                        """.utf8
                )
            )
        )
        let worker = try await store.worker()
        let run = try await store.enqueue("rows")
        try await store.finish(for: worker)
        #expect(try await store.status(of: run) == .waiting)
        try await store.database.advanceClock(by: .seconds(3_601))
        try await store.finish(for: worker)
        #expect(
            try await store.texts("select path || ' ' || status from pawl.wait order by id")
                == ["x expired", "y open"]
        )
        let decision = try await store.run { try $0.openDecisions(limit: 2) }.only()
        _ = try await store.run {
            try $0.decide(decision.id, choice: "ok", reasoning: nil, data: nil, by: "ann")
        }
        try await store.finish(for: worker)
        #expect(try await store.status(of: run) == .completed)
    }

    @Test func `a settlement in a transaction goes with it`() async throws {
        try await store.define()
        let claim = try await store.claimNew(for: store.worker())
        let before = try await store.image()
        await #expect(throws: Missing.self) {
            try await store.database.pool.transaction { session in
                #expect(try session.settle([session.settlement(of: claim)]).tasks == [claim.task])
                throw Missing()
            }
        }
        #expect(try await store.image() == before)
        #expect(try await store.settle(claim))
    }
}
