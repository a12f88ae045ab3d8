import FoundationEssentials
import Pawl
import PawlTesting
import Postgres
import Testing

/// What people do to runs that are under way.
@Suite(.database, .timeLimit(.minutes(20)))
struct ControlTests {
    let shop = Workshop()

    private func defineSlow() async throws {
        try await shop.define(
            "slow",
            ["first", "second"],
            #"{"id": "first", "type": "stubborn"}"#,
            #"{"id": "second", "type": "echo", "config": {"got": "{{first.output}}"}}"#
        )
    }

    @Test
    func `what is at work when a run is paused ends, and nothing follows until it is resumed`()
        async throws
    {
        try await defineSlow()
        let gate = Gate()
        try await shop.withWorker([Hands.stubborn(gate), Hands.echo]) {
            let run = try await shop.client.enqueue("slow", JSON.object([:]))
            try await shop.waitUntilAtWork(run, "first")
            try await shop.client.pause(run, reason: "lunch", by: "ann")
            try await shop.client.pause(run, by: "bob")
            await gate.open()
            try await eventually("the first step has ended") {
                try await shop.count(
                    "select count(*) from pawl.task where path = 'second' and worker is null"
                ) == 1
            }
            #expect(try await shop.client.status(of: run) == .paused)
            #expect(
                try await shop.transcript(of: run).filter { $0 != "step_started first" }
                    == ["run_paused", "step_completed first"]
            )
            try await shop.client.resume(run, by: "ann")
            try await shop.wait(for: run, toBe: .completed)
            // What was not begun was not charged either.
            #expect(try await shop.output(of: run, "second")?["attempt"] == 1)
            await #expect(throws: PostgresError.self) {
                try await shop.client.resume(run, by: "ann")
            }
        }
    }

    @Test(arguments: ["stubborn", "echo"])
    func `a deadline that passes while a run is paused is lifted`(type: String) async throws {
        try await shop.define(
            "late",
            ["step"],
            #"{"id": "step", "type": "\#(type)"}"#
        )
        let run = try await shop.client.enqueue(
            "late",
            JSON.object([:]),
            options: EnqueueOptions(timeout: .seconds(60))
        )
        try await shop.client.pause(run, by: "ann")
        try await shop.database.advanceClock(by: .seconds(61))
        try await shop.client.resume(run, by: "ann")
        let gate = Gate()
        await gate.open()
        try await shop.withWorker([Hands.stubborn(gate), Hands.echo]) {
            try await shop.wait(for: run, toBe: .completed)
        }
    }

    @Test func `a run that is paused before it begins waits, and a paused fan-out stands still`()
        async throws
    {
        try await shop.define(
            "fan",
            ["all"],
            #"{"id": "all", "type": "parallel", "config": {"limit": 2}}"#,
            (0..<6).map { #"{"id": "c\#($0)", "type": "stubborn", "parent": "all"}"# }
                .joined(separator: ",")
        )
        let (gate, begun) = (Gate(), Tally())
        let run = try await shop.client.enqueue("fan", JSON.object([:]))
        try await shop.client.pause(run, by: "ann")
        try await shop.withWorker([Hands.stubborn(gate, begun)]) {
            try await shop.client.resume(run, by: "ann")
            try await eventually("two are at work") { await begun.count == 2 }
            try await shop.client.pause(run, by: "ann")
            await gate.open()
            try await eventually("two have ended") {
                try await shop.count(
                    "select count(*) from pawl.event where kind = 'step_completed'"
                ) == 2
            }
            #expect(await begun.count == 2)
            try await shop.client.resume(run, by: "ann")
            try await shop.wait(for: run, toBe: .completed)
            #expect(await begun.count == 6)
        }
    }

    @Test func `answers, signals and times reach a paused run, and count when it is resumed`()
        async throws
    {
        try await shop.define(
            "asks",
            ["all"],
            #"{"id": "all", "type": "parallel"}"#,
            #"{"id": "ask", "type": "human", "parent": "all", "config": {"prompt": "?"}}"#,
            #"{"id": "hear", "type": "wait", "parent": "all", "config": {"signal": "go"}}"#,
            #"{"id": "nap", "type": "wait", "parent": "all", "config": {"duration": "1h"}}"#
        )
        try await shop.withWorker([]) {
            let run = try await shop.run("asks", toBe: .waiting)
            try await shop.client.pause(run, by: "ann")
            try await shop.client.decide(shop.openDecision(of: run), "yes", by: "ann")
            try await shop.client.signal("go", to: run, by: "ann")
            try await shop.database.advanceClock(by: .seconds(3_601))
            try await shop.run("asks", toBe: .waiting)  // The worker has looked since.
            #expect(try await shop.client.status(of: run) == .paused)
            #expect(try await !shop.transcript(of: run).contains("step_completed all.ask"))
            try await shop.client.resume(run, by: "ann")
            try await shop.wait(for: run, toBe: .completed)
        }
    }

    @Test func `what a child gives reaches a paused parent, and counts when it is resumed`()
        async throws
    {
        try await shop.define(
            "asks",
            ["ask"],
            #"{"id": "ask", "type": "human", "config": {"prompt": "?"}}"#
        )
        try await shop.define(
            "parent",
            ["child"],
            #"{"id": "child", "type": "workflow", "config": {"workflow": "asks"}}"#
        )
        try await shop.withWorker([]) {
            let run = try await shop.run("parent", toBe: .waiting)
            let child = try #require(try await shop.runs(of: "asks").first)
            try await shop.wait(for: child, toBe: .waiting)
            try await shop.client.pause(run, by: "ann")
            try await shop.client.answer("ask", of: child, with: "fine", by: "ann")
            try await shop.wait(for: child, toBe: .completed)
            #expect(try await shop.client.status(of: run) == .paused)
            try await shop.client.resume(run, by: "ann")
            try await shop.wait(for: run, toBe: .completed)
            #expect(try await shop.output(of: run, "child") == "fine")
        }
    }

    @Test func `a paused run can be cancelled`() async throws {
        try await defineSlow()
        let run = try await shop.client.enqueue("slow", JSON.object([:]))
        try await shop.client.pause(run, by: "ann")
        try await shop.client.cancel(run, by: "ann")
        #expect(try await shop.client.status(of: run) == .cancelled)
    }

    @Test func `a step at work is skipped: it is told, and what it returns is not recorded`()
        async throws
    {
        let ends = Tally()
        try await shop.define(
            "skip",
            ["first", "ask", "hear", "all", "nap", "child"],
            #"{"id": "first", "type": "endless"}"#,
            #"{"id": "ask", "type": "human", "config": {"prompt": "?"}}"#,
            #"{"id": "hear", "type": "wait", "config": {"signal": "go"}}"#,
            #"{"id": "all", "type": "parallel"}"#,
            #"{"id": "x", "type": "human", "parent": "all", "config": {"prompt": "x?"}}"#,
            #"{"id": "nap", "type": "wait", "config": {"duration": "1h"}}"#,
            #"{"id": "child", "type": "workflow", "config": {"workflow": "asks"}}"#
        )
        try await shop.define(
            "asks",
            ["ask"],
            #"{"id": "ask", "type": "human", "config": {"prompt": "?"}}"#
        )
        try await shop.withWorker([Hands.endless(ends)]) {
            let run = try await shop.client.enqueue("skip", JSON.object([:]))
            for path in ["first", "ask", "hear", "all", "nap", "child"] {
                try await eventually("\(path) is live") {
                    try await shop.count(
                        """
                        select count(*) from pawl.task where run_id = \(run) and path = \(path)
                          and (worker is not null) = \(path == "first")
                          and (path = 'first' or phase = 'wait')
                        """
                    ) == 1
                }
                await #expect(throws: PostgresError.self) {
                    try await shop.client.skip("nowhere", of: run, by: "ann")
                }
                try await shop.client.skip(path, of: run, by: "ann")
            }
            try await shop.wait(for: run, toBe: .completed)
            try await eventually("the handler was told") { await ends.count == 1 }
            let skipped = try await shop.transcript(of: run).filter { $0.hasPrefix("step_skipped") }
            #expect(skipped.count == 6)
            let child = try #require(try await shop.runs(of: "asks").first)
            try await shop.wait(for: child, toBe: .cancelled)
        }
    }

    @Test func `the step at which a run failed can be skipped`() async throws {
        try await shop.define(
            "fails",
            ["bad", "after"],
            #"{"id": "bad", "type": "fail"}"#,
            #"{"id": "after", "type": "echo"}"#
        )
        try await shop.withWorker([Hands.fail, Hands.echo]) {
            let run = try await shop.run("fails", toBe: .failed)
            try await shop.client.skip("bad", of: run, by: "ann")
            try await shop.wait(for: run, toBe: .completed)
            #expect(
                try await shop.transcript(of: run) == [
                    "run_failed bad", "run_retried bad", "step_skipped bad", "step_completed after",
                    "run_completed end",
                ]
            )
        }
    }

    @Test(arguments: ["before", "during"])
    func `a variable that is set while a run is under way is known to the steps after`(
        time: String
    ) async throws {
        try await shop.define(
            "vars",
            ["look", "first", "second", "third"],
            #"{"id": "look", "type": "function", "config": {"action": "json_transform", "template": {"x": "${{context.early}}"}}, "on_error": "ignore"}"#,
            #"{"id": "first", "type": "stubborn"}"#,
            #"{"id": "second", "type": "echo"}"#,
            #"{"id": "third", "type": "echo", "config": {"x": "{{context.x}}"}}"#
        )
        let gate = Gate()
        let run = try await shop.client.enqueue("vars", JSON.object([:]))
        if time == "before" {
            try await shop.client.setVariable("early", of: run, to: 1, by: "ann")
            try await shop.client.setVariable("x", of: run, to: ["n": 5], by: "ann")
        }
        try await shop.withWorker([Hands.stubborn(gate), Hands.echo]) {
            if time == "during" {
                try await shop.waitUntilAtWork(run, "first")
                try await shop.client.setVariable("x", of: run, to: 4, by: "ann")
                try await shop.client.setVariable("x", of: run, to: ["n": 5], by: "ann")
            }
            await gate.open()
            try await shop.wait(for: run, toBe: .completed)
            #expect(try await shop.output(of: run, "third")?["config"]?["x"] == ["n": 5])
            if time == "before" { #expect(try await shop.output(of: run, "look")?["x"] == 1) }
        }
    }

    @Test func `an answer that leads nowhere is refused, and the run waits on`() async throws {
        try await shop.define(
            """
            {"id": "strict",
             "nodes": [{"id": "start", "type": "start"},
                       {"id": "ask", "type": "human", "config": {"prompt": "?"}},
                       {"id": "end", "type": "end"}],
             "edges": [{"source": "start", "target": "ask"},
                       {"source": "ask", "target": "end", "condition": "ask.output.ok == true"}]}
            """
        )
        try await shop.withWorker([]) {
            let run = try await shop.run("strict", toBe: .waiting)
            await #expect(throws: (any Error).self) {
                try await shop.client.answer("ask", of: run, with: ["ok": false], by: "ann")
            }
            #expect(try await shop.client.status(of: run) == .waiting)
            try await shop.client.answer("ask", of: run, with: ["ok": true], by: "ann")
            try await shop.wait(for: run, toBe: .completed)
            #expect(try await shop.output(of: run, "ask") == ["ok": true])
        }
    }

    @Test func `a question inside a container is answered by its node`() async throws {
        try await shop.define(
            "deep",
            ["loop"],
            #"{"id": "loop", "type": "loop", "config": {"over": "inputs.items"}}"#,
            #"{"id": "ask", "type": "reasoning", "parent": "loop", "config": {"prompt_context": "{{loop.item}}", "options": [{"id": "a"}, {"id": "b"}], "target_agent": "judge"}}"#
        )
        try await shop.withWorker([]) {
            let run = try await shop.run("deep", ["items": [1, 2]], toBe: .waiting)
            try await shop.client.answer("ask", of: run, with: "one", by: "ann")
            try await eventually("the second question is open") {
                try await shop.count(
                    "select count(*) from pawl.wait where status = 'open' and path = 'loop.1.ask'"
                ) == 1
            }
            await #expect(throws: PostgresError.self) {
                try await shop.client.decide(shop.openDecision(of: run), "b", by: "bob")
            }
            try await shop.client.decide(shop.openDecision(of: run), "b", by: "judge")
            try await shop.wait(for: run, toBe: .completed)
            let results = try await shop.output(of: run, "loop")?["results"]
            #expect(results?[0] == "one")
            #expect(results?[1]?["choice"] == "b")
        }
    }
}
