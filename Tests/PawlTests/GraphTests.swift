import FoundationEssentials
import Pawl
import PawlTesting
import Testing

/// Graphs, through the real engine: every node kind, and what follows what.
@Suite(.database, .timeLimit(.minutes(20)))
struct GraphTests {
    let shop = Workshop()

    private let echo = Handler("echo") { (input: JSON, context) in
        ["at": JSON.string(context.step.path), "n": input["n"] ?? .null]
    }

    private let triage = """
        {"id": "triage",
         "nodes": [{"id": "start", "type": "start"}, {"id": "look", "type": "echo"},
                   {"id": "big", "type": "echo"}, {"id": "small", "type": "echo"},
                   {"id": "note", "type": "log", "config": {"message": "seen",
                                                          "paths": ["look.output.n", "nowhere"]}},
                   {"id": "end", "type": "end"}],
         "edges": [{"source": "start", "target": "look"},
                   {"source": "look", "target": "big",
                    "condition": {"type": "field", "path": "look.output.n", "op": "gt", "value": 9}},
                   {"source": "look", "target": "small"},
                   {"source": "big", "target": "note"}, {"source": "small", "target": "note"},
                   {"source": "note", "target": "end"}]}
        """

    @Test(arguments: [(10, "big"), (9, "small")])
    func `edges choose the way by what steps gave`(n: Int, branch: String) async throws {
        try await shop.define(triage)
        try await shop.withWorker([echo]) {
            let run = try await shop.client.enqueue("triage", ["n": n])
            try await shop.wait(for: run, toBe: .completed)
            #expect(
                try await shop.transcript(of: run) == [
                    "step_completed look", "step_completed \(branch)", "step_completed note",
                    "run_completed end",
                ]
            )
            #expect(
                try await shop.data(of: run, "step_completed")
                    == [
                        "message": "seen",
                        "values": ["look.output.n": .integer(Int64(n)), "nowhere": nil],
                    ]
            )
        }
    }

    @Test func `a node from which no edge leads on fails the run, and can be retried`() async throws
    {
        try await shop.define(
            """
            {"id": "stuck",
             "nodes": [{"id": "start", "type": "start"}, {"id": "look", "type": "echo"},
                       {"id": "end", "type": "end"}],
             "edges": [{"source": "start", "target": "look"},
                       {"source": "look", "target": "end",
                        "condition": {"type": "field", "path": "look.output.n", "op": "eq", "value": 1}}]}
            """
        )
        try await shop.withWorker([echo]) {
            let run = try await shop.client.enqueue("stuck", ["n": 2])
            try await shop.wait(for: run, toBe: .failed)
            #expect(
                try await shop.data(of: run, "run_failed")?["message"]
                    == "No valid transition from node 'look'"
            )
            try await shop.client.retry(run, by: "ann")
            try await eventually("it failed again") {
                try await shop.transcript(of: run).filter { $0.hasPrefix("run_failed") }.count == 2
            }
        }
    }

    private let checks = """
        {"id": "checks",
         "nodes": [{"id": "start", "type": "start"}, {"id": "checks", "type": "parallel"},
                   {"id": "a", "type": "echo", "parent": "checks"},
                   {"id": "b", "type": "moody", "parent": "checks"},
                   {"id": "inner", "type": "parallel", "parent": "checks"},
                   {"id": "c", "type": "echo", "parent": "inner"},
                   {"id": "d", "type": "log", "parent": "inner"},
                   {"id": "after", "type": "echo"}, {"id": "end", "type": "end"}],
         "edges": [{"source": "start", "target": "checks"}, {"source": "checks", "target": "after"},
                   {"source": "after", "target": "end"}]}
        """

    @Test func `parallel children run side by side and the run goes on when all have ended`()
        async throws
    {
        let moody = Handler("moody") { (_: JSON, _) in "b" }
        try await shop.define(checks)
        try await shop.withWorker([echo, moody]) {
            let run = try await shop.client.enqueue("checks", ["n": 1])
            try await shop.wait(for: run, toBe: .completed)
            let transcript = try await shop.transcript(of: run)
            #expect(transcript.first == "step_opened checks")
            #expect(
                transcript.suffix(3) == [
                    "step_completed checks", "step_completed after", "run_completed end",
                ]
            )
            #expect(
                Set(transcript.dropFirst().dropLast(3)) == [
                    "step_completed checks.a", "step_completed checks.b",
                    "step_opened checks.inner", "step_completed checks.inner.c",
                    "step_completed checks.inner.d", "step_completed checks.inner",
                ]
            )
            let outputs = try await shop.output(of: run, "checks")
            #expect(outputs?["b"] == "b")
            #expect(outputs?["inner"]?["c"]?["at"] == "checks.inner.c")
        }
    }

    @Test
    func
        `a child that fails fails the container when its siblings have ended, and a retry visits it anew`()
        async throws
    {
        let calls = Tally()
        let moody = Handler("moody", retry: .never) { (_: JSON, _) in
            if await calls.up() == 1 { throw HandlerError.permanent("not today") }
            return "b"
        }
        try await shop.define(checks)
        try await shop.withWorker([echo, moody]) {
            let run = try await shop.client.enqueue("checks", ["n": 1])
            try await shop.wait(for: run, toBe: .failed)
            let transcript = try await shop.transcript(of: run)
            #expect(transcript.contains("step_failed checks.b"))
            #expect(transcript.contains("step_completed checks.inner.c"))
            #expect(transcript.last == "run_failed checks")
            #expect(
                try await shop.data(of: run, "run_failed")?["message"]
                    == "Child 'b' failed: not today"
            )
            try await shop.client.retry(run, by: "ann")
            try await shop.wait(for: run, toBe: .completed)
        }
    }

    @Test func `a parallel node may follow another one`() async throws {
        try await shop.define(
            """
            {"id": "twice",
             "nodes": [{"id": "start", "type": "start"}, {"id": "one", "type": "parallel"},
                       {"id": "a", "type": "echo", "parent": "one"}, {"id": "two", "type": "parallel"},
                       {"id": "b", "type": "echo", "parent": "two"}, {"id": "end", "type": "end"}],
             "edges": [{"source": "start", "target": "one"}, {"source": "one", "target": "two"},
                       {"source": "two", "target": "end"}]}
            """
        )
        try await shop.withWorker([echo]) {
            let run = try await shop.client.enqueue("twice", ["n": 1])
            try await shop.wait(for: run, toBe: .completed)
            #expect(try await shop.transcript(of: run).contains("step_completed two.b"))
        }
    }

    @Test func `a question may follow one that nobody answered`() async throws {
        try await shop.define(
            """
            {"id": "asked",
             "nodes": [{"id": "start", "type": "start"},
                       {"id": "one", "type": "human",
                        "config": {"prompt": "1?", "timeout": "1h", "fallback": "skip"}},
                       {"id": "two", "type": "human", "config": {"prompt": "2?"}},
                       {"id": "end", "type": "end"}],
             "edges": [{"source": "start", "target": "one"}, {"source": "one", "target": "two"},
                       {"source": "two", "target": "end"}]}
            """
        )
        try await shop.withWorker([]) {
            let run = try await shop.client.enqueue("asked", JSON.object([:]))
            try await shop.wait(for: run, toBe: .waiting)
            try await shop.database.advanceClock(by: .seconds(3_601))
            try await eventually("the second question is asked") {
                try await shop.transcript(of: run).last == "decision_requested two"
            }
            try await shop.client.decide(shop.openDecision(of: run), "fine", by: "ann")
            try await shop.wait(for: run, toBe: .completed)
        }
    }

    @Test func `wide fan-outs join once`() async throws {
        let children = (1...300).map { #"{"id": "c\#($0)", "type": "echo", "parent": "wide"}"# }
        try await shop.define(
            """
            {"id": "wide",
             "nodes": [{"id": "start", "type": "start"}, {"id": "wide", "type": "parallel"},
                       \(children.joined(separator: ",")), {"id": "end", "type": "end"}],
             "edges": [{"source": "start", "target": "wide"}, {"source": "wide", "target": "end"}]}
            """
        )
        try await shop.withWorker([echo]) {
            let run = try await shop.client.enqueue("wide", ["n": 1])
            try await shop.wait(for: run, toBe: .completed)
            let completed = try await shop.count(
                "select count(*) from pawl.event where path like 'wide.%'"
            )
            #expect(completed == 300)
        }
    }

    @Test func `a decision waits for its answer, and the answer chooses the way`() async throws {
        try await shop.define(decision(extra: #""options": ["yes", "no"]"#))
        try await shop.withWorker([echo]) {
            let run = try await shop.client.enqueue("ask", ["n": 1])
            try await shop.wait(for: run, toBe: .waiting)
            let question = try await shop.openDecision(of: run)
            await #expect(throws: PostgresError.self) {
                try await shop.client.decide(question, "perhaps", by: "ann")
            }
            try await shop.client.decide(question, "yes", reasoning: "fine", by: "ann")
            try await shop.wait(for: run, toBe: .completed)
            await #expect(throws: PostgresError.self) {
                try await shop.client.decide(question, "no", by: "bob")
            }
            let answer = try await shop.output(of: run, "ask")
            #expect(
                answer == ["choice": "yes", "reasoning": "fine", "data": nil, "resolved_by": "ann"]
            )
            #expect(try await shop.transcript(of: run).contains("step_completed yes"))
        }
    }

    @Test func `a decision that nobody takes in time falls back`() async throws {
        try await shop.define(
            decision(extra: #""options": ["yes", "no"], "timeout": "30d", "fallback": "no""#)
        )
        try await shop.withWorker([echo]) {
            let run = try await shop.client.enqueue("ask", ["n": 1])
            try await shop.wait(for: run, toBe: .waiting)
            try await shop.database.advanceClock(by: .seconds(30 * 86_400 + 1))
            try await shop.wait(for: run, toBe: .completed)
            let transcript = try await shop.transcript(of: run)
            #expect(transcript.contains("decision_expired ask"))
            #expect(transcript.contains("step_completed no"))
        }
    }

    @Test func `a decision that nobody takes in time, without a fallback, fails the run`()
        async throws
    {
        try await shop.define(decision(extra: #""timeout": "1h""#))
        try await shop.withWorker([echo]) {
            let run = try await shop.client.enqueue("ask", ["n": 1])
            try await shop.wait(for: run, toBe: .waiting)
            try await shop.database.advanceClock(by: .seconds(3_601))
            try await shop.wait(for: run, toBe: .failed)
            #expect(try await shop.data(of: run, "run_failed")?["code"] == "TIMEOUT_ERROR")
        }
    }

    @Test func `a cycle comes back to a node as another visit`() async throws {
        let calls = Tally()
        let count = Handler("count") { (_: JSON, context) in
            #expect(context.step.visit == (await calls.up()))
            return ["n": context.step.visit]
        }
        try await shop.define(
            """
            {"id": "cycle",
             "nodes": [{"id": "start", "type": "start"}, {"id": "count", "type": "count"},
                       {"id": "end", "type": "end"}],
             "edges": [{"source": "start", "target": "count"},
                       {"source": "count", "target": "count",
                        "condition": {"type": "field", "path": "count.output.n", "op": "lt", "value": 50}},
                       {"source": "count", "target": "end"}]}
            """
        )
        try await shop.withWorker([count]) {
            let run = try await shop.client.enqueue("cycle", JSON.object([:]))
            try await shop.wait(for: run, toBe: .completed)
            #expect(await calls.count == 50)
        }
    }

    @Test func `a cycle without an exit is ended by the guard`() async throws {
        try await shop.define(
            """
            {"id": "forever",
             "nodes": [{"id": "start", "type": "start"}, {"id": "again", "type": "log"},
                       {"id": "end", "type": "end"}],
             "edges": [{"source": "start", "target": "again"}, {"source": "again", "target": "again"},
                       {"source": "again", "target": "end",
                        "condition": {"type": "field", "path": "again.output.x", "op": "exists"}}]}
            """
        )
        var configuration = Workshop.brisk
        configuration.limits.steps = 1_000
        try await shop.withWorker([], configuration: configuration) {
            let run = try await shop.client.enqueue("forever", JSON.object([:]))
            try await shop.wait(for: run, toBe: .failed)
            let failure = try await shop.data(of: run, "run_failed")
            #expect(failure?["code"] == "GUARD_EXCEEDED")
        }
    }

    @Test func `a run stays with the version it was enqueued under`() async throws {
        try await shop.define(triage)
        let old = try await shop.client.enqueue("triage", ["n": 1])
        try await shop.define(triage.replacing("\"small\"", with: "\"tiny\""))
        let new = try await shop.client.enqueue("triage", ["n": 1])
        try await shop.withWorker([echo]) {
            try await shop.wait(for: old, toBe: .completed)
            try await shop.wait(for: new, toBe: .completed)
            #expect(try await shop.transcript(of: old)[1] == "step_completed small")
            #expect(try await shop.transcript(of: new)[1] == "step_completed tiny")
        }
    }

    private func decision(extra: String) -> String {
        """
        {"id": "ask",
         "nodes": [{"id": "start", "type": "start"},
                   {"id": "ask", "type": "human", "config": {"prompt": "Go on?", \(extra)}},
                   {"id": "yes", "type": "echo"}, {"id": "no", "type": "echo"},
                   {"id": "end", "type": "end"}],
         "edges": [{"source": "start", "target": "ask"},
                   {"source": "ask", "target": "yes",
                    "condition": {"type": "field", "path": "ask.output.choice", "op": "eq", "value": "yes"}},
                   {"source": "ask", "target": "no", "condition": {"type": "otherwise"}},
                   {"source": "yes", "target": "end"}, {"source": "no", "target": "end"}]}
        """
    }
}
