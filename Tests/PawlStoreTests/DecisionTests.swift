import FoundationEssentials
import PawlCore
import PawlStore
import PawlTesting
import Postgres
import Testing

/// Questions to people, and their answers.
@Suite(.database, .timeLimit(.minutes(20)))
struct DecisionTests {
    let store = Storeroom()

    /// Runs a question up to where it is asked.
    private func ask(_ extra: String = #""options": ["yes", "no"]"#) async throws -> OpenDecision {
        try await store.define(.question(extra))
        try await store.settle(try await store.claimNew("question", for: store.worker()))
        return try await store.run { try $0.openDecisions(limit: 10) }.only()
    }

    private func decide(
        _ decision: OpenDecision,
        _ choice: String,
        by who: String = "ann"
    )
        async throws -> PostgresError?
    {
        do {
            _ = try await store.run {
                try $0.decide(decision.id, choice: choice, reasoning: nil, data: nil, by: who)
            }
            return nil
        } catch let error as PostgresError {
            return error
        }
    }

    @Test func `an answer lets the run go on with it`() async throws {
        let decision = try await ask()
        #expect(decision.step == StepID(path: "ask") && decision.workflow == "question")
        let run = try await store.run {
            try $0.decide(
                decision.id,
                choice: "yes",
                reasoning: "why not",
                data: Array(#"{"n": 1}"#.utf8),
                by: "ann"
            )
        }
        #expect(run == decision.run)
        #expect(try await store.status(of: run) == .running)
        #expect(
            try await store.text(
                "select concat_ws(' ', status, choice, reasoning, data, resolved_by) from pawl.wait"
            )
                == #"resolved yes why not {"n": 1} ann"#
        )
        let worker = try await store.worker()
        let claim = try await store.claim(for: worker).only()
        #expect(claim.phase == .resume && claim.kind == .human)
        try await store.settle(claim)
        #expect(
            try await store.transcript(of: run) == [
                "decision_requested ask", "decision_resolved ask", "step_completed ask",
                "run_completed end",
            ]
        )
        #expect(
            try await store.text(
                "select concat_ws(' ', data ->> 'choice', data -> 'data' ->> 'n') from pawl.event where seq = 3"
            )
                == "yes 1"
        )
        #expect(try await store.run { try $0.openDecisions(limit: 10) }.isEmpty)
    }

    @Test func `of two who answer at once the first counts, and the second learns of it`()
        async throws
    {
        let decision = try await ask()
        let first = try await store.connect()
        try await first.run { session in
            try session.begin()
            _ = try session.decide(decision.id, choice: "yes", reasoning: nil, data: nil, by: "ann")
        }
        async let second = decide(decision, "no", by: "bob")
        try await store.waitForBlocked()
        try await first.run { try $0.commit() }
        let refusal = try await second
        #expect(refusal?.sqlState == "55000")
        #expect(refusal?.message == "decision \(decision.id) is already resolved")
        #expect(refusal?.detail == "It was \"yes\", by ann.")
        #expect(refusal?.hint == "the first answer counts")
        #expect(try await store.texts("select choice from pawl.wait") == ["yes"])
        await first.close()
    }

    @Test func `many answers at once are one answer`() async throws {
        let decision = try await ask()
        let refusals = try await withThrowingTaskGroup(of: PostgresError?.self) { group in
            for number in 1...8 {
                group.addTask { try await decide(decision, "yes", by: "\(number)") }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(refusals.count { $0 == nil } == 1)
        #expect(
            try await store.count(
                "select count(*) from pawl.event where kind = 'decision_resolved'"
            )
                == 1
        )
    }

    @Test func `what is not an option is refused, and the options are named`() async throws {
        let decision = try await ask(#""options": ["yes", {"id": "no", "label": "No!"}]"#)
        let before = try await store.image()
        let refusal = try await decide(decision, "maybe")
        #expect(refusal?.sqlState == .checkViolation)
        #expect(refusal?.message == "decision \(decision.id) has no option \"maybe\"")
        #expect(refusal?.hint == "choose one of: yes, no")
        let nothing = try await store.refusal(of: "select pawl.decide(\(decision.id), null)")
        #expect(nothing?.message == "decision \(decision.id) has no option \"\"")
        #expect(try await store.image() == before)
        #expect(try await decide(decision, "no") == nil)
    }

    @Test func `without options any text is an answer, and none is none`() async throws {
        let decision = try await ask(#""assignee": "ann""#)
        let nothing = try await store.refusal(of: "select pawl.decide(\(decision.id), null)")
        #expect(nothing?.hint == "choose one of: any text")
        #expect(try await decide(decision, "whatever") == nil)
    }

    @Test func `an answer that comes too late is refused`() async throws {
        let decision = try await ask()
        try await store.database.advanceClock(by: .seconds(3_601))
        let before = try await store.image()
        let refusal = try await decide(decision, "yes")
        #expect(refusal?.sqlState == "55000")
        #expect(refusal?.message.hasPrefix("decision \(decision.id) was due at ") == true)
        #expect(refusal?.hint == "its run goes on with the fallback, or fails if there is none")
        #expect(try await store.image() == before)
    }

    @Test func `when nobody answers the fallback is taken, if there is one`() async throws {
        let decision = try await ask(#""options": ["yes", "no"], "fallback": "no""#)
        try await store.database.advanceClock(by: .seconds(3_601))
        let claim = try await store.claim(for: try await store.worker()).only()
        #expect(claim.phase == .wait)
        try await store.settle(claim)
        #expect(
            try await store.texts(
                "select concat_ws(' ', status, choice, resolved_by) from pawl.wait"
            )
                == ["expired no"]
        )
        #expect(try await store.status(of: decision.run) == .completed)
        #expect(
            try await decide(decision, "yes")?.message
                == "run \(decision.run.uuidString.lowercased()) is already completed"
        )
    }

    @Test func `a cancelled run takes no answer`() async throws {
        let decision = try await ask()
        try await store.execute("select pawl.cancel(\(decision.run))")
        let refusal = try await decide(decision, "yes")
        #expect(
            refusal?.message == "run \(decision.run.uuidString.lowercased()) is already cancelled"
        )
        #expect(refusal?.hint != nil)
        #expect(try await store.texts("select status from pawl.wait") == ["cancelled"])
    }

    @Test func `a decision that does not exist is refused by name`() async throws {
        let refusal = try await store.refusal(of: "select pawl.decide(42, 'yes')")
        #expect(refusal?.sqlState == "P0002")
        #expect(refusal?.message == "decision 42 does not exist")
        #expect(refusal?.hint == "pawl decide --list prints the open ones")
    }

    @Test(arguments: [
        ("repeat('x', 2000000)", "null", "is larger than 1 MiB"),
        ("null", "(repeat('[', 80) || repeat(']', 80))::jsonb", "is nested deeper than 64 levels"),
        ("null", "'{\"n\": 1e400}'", "has a number that would not survive: 1000000"),
    ])
    func `an answer has the limits of an input`(
        reasoning: String,
        data: String,
        message: String
    )
        async throws
    {
        let decision = try await ask()
        let before = try await store.image()
        let refusal = try await store.refusal(
            of: SQL(
                verbatim: "select pawl.decide(\(decision.id), 'yes', \(reasoning), \(data))"
            )
        )
        #expect(
            refusal?.message.hasPrefix("the answer to decision \(decision.id) \(message)") == true
        )
        #expect(try await store.image() == before)
    }
}
