import FoundationEssentials
import Pawl
import PawlTesting
import Testing

/// What follows when steps fail and runs take too long.
@Suite(.database, .timeLimit(.minutes(20)))
struct ErrorTests {
    let shop = Workshop()

    @Test func `a failure may be ignored, stood in for, or undone`() async throws {
        try await shop.define(
            "errors",
            ["a", "b", "c"],
            #"{"id": "a", "type": "fail", "on_error": "ignore"}"#,
            #"{"id": "b", "type": "fail", "on_error": {"strategy": "fallback", "node": "b2"}, "config": {"message": "b is out"}}"#,
            #"{"id": "b2", "type": "give", "config": {"give": "{{b.error.message}}"}}"#,
            #"{"id": "c", "type": "fail", "on_error": {"strategy": "compensate", "node": "c2"}, "config": {"message": "c is out"}}"#,
            #"{"id": "c2", "type": "give", "config": {"give": "undone"}}"#
        )
        try await shop.withWorker([Hands.give, Hands.fail]) {
            let run = try await shop.run("errors", toBe: .failed)
            #expect(
                try await shop.transcript(of: run) == [
                    "step_ignored a", "step_failed b", "step_fallback b2", "step_completed b2",
                    "step_failed c", "step_compensating c2", "step_completed c2", "run_failed c",
                ]
            )
            #expect(try await shop.output(of: run, "b2") == "b is out")
            #expect(try await shop.end(of: run)?["message"] == "c is out")
            #expect(try await shop.end(of: run)?["compensated"] == true)
        }
    }

    @Test func `a fallback may be done by another worker`() async throws {
        try await shop.define(
            "two",
            ["a", "after"],
            #"{"id": "a", "type": "fail", "on_error": {"strategy": "fallback", "node": "b"}}"#,
            #"{"id": "b", "type": "give", "config": {"give": 1}}"#,
            #"{"id": "after", "type": "echo", "config": {"got": "{{b.output}}"}}"#
        )
        let run = try await shop.client.enqueue("two", JSON.object([:]))
        try await shop.withWorker([Hands.fail]) {
            try await eventually("a has failed") {
                try await shop.transcript(of: run).contains("step_fallback b")
            }
        }
        try await shop.execute("update pawl.task set run_at = pawl.now()")
        try await shop.withWorker([Hands.give, Hands.echo]) {
            try await shop.wait(for: run, toBe: .completed)
        }
        #expect(try await shop.output(of: run, "after")?["config"]?["got"] == 1)
    }

    @Test(arguments: [true, false])
    func `one more step runs when the outcome is decided`(fails: Bool) async throws {
        try await shop.define(
            "last",
            ["a"],
            #"{"id": "a", "type": "\#(fails ? "fail" : "give")", "config": {"give": 1, "message": "out"}}"#,
            #"{"id": "good", "type": "echo", "config": {"is": "{{run.status}}"}}"#,
            #"{"id": "bad", "type": "echo", "config": {"is": "{{run.status}}", "why": "{{run.error.message}}"}}"#,
            settings: #""on_complete": "good", "on_error": "bad""#
        )
        // Its handler is another worker's, so that the step is claimed anew.
        let run = try await shop.client.enqueue("last", JSON.object([:]))
        try await shop.withWorker([Hands.give, Hands.fail]) {
            try await eventually("the outcome is decided") {
                try await shop.transcript(of: run).contains { $0.hasPrefix("run_ending") }
            }
        }
        try await shop.execute("update pawl.task set run_at = pawl.now()")
        try await shop.withWorker([Hands.echo]) {
            try await shop.wait(for: run, toBe: fails ? .failed : .completed)
        }
        let config = try await shop.data(of: run, "step_completed")?["config"]
        if fails {
            #expect(config == ["is": "failed", "why": "out"])
            #expect(try await shop.end(of: run)?["message"] == "out")
        } else {
            #expect(config == ["is": "completed"])
        }
    }

    @Test(arguments: ["fail", "suspend", "cancel"])
    func `a run that takes too long`(policy: String) async throws {
        let ends = Tally()
        try await shop.define(
            "long",
            ["all"],
            #"{"id": "all", "type": "parallel"}"#,
            #"{"id": "a", "type": "endless", "parent": "all"}"#,
            #"{"id": "b", "type": "wait", "parent": "all", "config": {"signal": "go"}}"#,
            settings: #""timeout": "1h", "on_timeout": "\#(policy)""#
        )
        try await shop.withWorker([Hands.endless(ends)]) {
            let run = try await shop.client.enqueue("long", JSON.object([:]))
            try await shop.waitUntilAtWork(run, "all.a")
            try await shop.database.advanceClock(by: .seconds(3_601))
            switch policy {
            case "fail":
                try await shop.wait(for: run, toBe: .failed)
                #expect(try await shop.end(of: run)?["code"] == "TIMEOUT_ERROR")
                try await eventually("the step was told") { await ends.count == 1 }
            case "cancel":
                try await shop.wait(for: run, toBe: .cancelled)
                try await eventually("the step was told") { await ends.count == 1 }
            default:
                try await shop.wait(for: run, toBe: .paused)
                try await shop.client.skip("all.a", of: run, by: "ann")
                try await shop.client.signal("go", to: run, by: "ann")
                try await shop.client.resume(run, by: "ann")
                try await shop.wait(for: run, toBe: .completed)
            }
        }
    }

    @Test func `when a run takes too long, its last step still runs`() async throws {
        try await shop.define(
            "long",
            ["ask"],
            #"{"id": "ask", "type": "human", "config": {"prompt": "?"}}"#,
            #"{"id": "bad", "type": "echo", "config": {"why": "{{run.error.code}}"}}"#,
            settings: #""timeout": "1h", "on_error": "bad""#
        )
        try await shop.withWorker([Hands.echo]) {
            let run = try await shop.run("long", toBe: .waiting)
            try await shop.database.advanceClock(by: .seconds(3_601))
            try await shop.wait(for: run, toBe: .failed)
            let transcript = try await shop.transcript(of: run)
            #expect(transcript.contains { $0.hasSuffix(" bad") })
            #expect(try await shop.end(of: run)?["code"] == "TIMEOUT_ERROR")
        }
    }

    @Test func `a handler may fail with an output, ask, and tell`() async throws {
        let partial = Handler("partial", retry: .never) { (_: JSON, _) -> Done in
            throw HandlerError.failed("half done", output: ["done": 1])
        }
        let agent = Handler("agent") { (_: JSON, context) -> Done in
            try context.emit(["token": 1])
            try context.emit(["token": 2])
            throw HandlerError.waiting(for: ["question": "which?"], output: ["draft": true])
        }
        try await shop.define(
            "agents",
            ["p", "a", "after"],
            #"{"id": "p", "type": "partial", "on_error": {"strategy": "fallback", "node": "q"}}"#,
            #"{"id": "q", "type": "give", "config": {"give": "{{p.output.done}}"}}"#,
            #"{"id": "a", "type": "agent"}"#,
            #"{"id": "after", "type": "give", "config": {"give": "{{a.output.picked}}"}}"#
        )
        try await shop.withWorker([partial, agent, Hands.give]) {
            let run = try await shop.run("agents", toBe: .waiting)
            #expect(try await shop.output(of: run, "q") == 1)
            #expect(
                try await shop.transcript(of: run).suffix(4) == [
                    "step_emitted a", "step_emitted a", "step_waiting a", "decision_requested a",
                ]
            )
            try await shop.client.answer("a", of: run, with: ["picked": "this"], by: "ann")
            try await shop.wait(for: run, toBe: .completed)
            #expect(try await shop.output(of: run, "after") == "this")
        }
    }

    @Test func `strangers fail where all workers are alike, and functions have names`()
        async throws
    {
        let square = Handler.function("square") { context in
            let n = try context.config(as: JSON.self)["n"]?.intValue ?? 0
            return n * n
        }
        try await shop.define(
            "strange",
            ["f", "x"],
            #"{"id": "f", "type": "function", "config": {"action": "custom", "function": "square", "n": 4}}"#,
            #"{"id": "x", "type": "unheard", "on_error": "ignore"}"#
        )
        try await shop.define(
            "stranger",
            ["f"],
            #"{"id": "f", "type": "function", "config": {"action": "custom", "function": "cube"}}"#
        )
        var configuration = Workshop.brisk
        configuration.failsStrangers = true
        try await shop.withWorker([square], configuration: configuration) {
            let run = try await shop.run("strange")
            #expect(try await shop.output(of: run, "f") == 16)
            #expect(
                try await shop.data(of: run, "step_ignored")?["message"]
                    == "No handler registered for node type 'unheard'"
            )
            let other = try await shop.run("stranger", toBe: .failed)
            #expect(try await shop.end(of: other)?["message"] == "Unknown custom function: 'cube'")
        }
    }
}
