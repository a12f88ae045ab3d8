import FoundationEssentials
import Pawl
import PawlTesting
import Testing

/// Children side by side: how they join, and what becomes of those that nobody needs.
@Suite(.database, .timeLimit(.minutes(20)))
struct ParallelTests {
    let shop = Workshop()

    @Test func `any goes on with the first success, and the slow sibling is cancelled at once`()
        async throws
    {
        let ends = Tally()
        try await shop.define(
            "any",
            ["all", "after"],
            #"{"id": "all", "type": "parallel", "config": {"join": "any"}}"#,
            #"{"id": "slow", "type": "endless", "parent": "all"}"#,
            #"{"id": "quick", "type": "give", "parent": "all", "config": {"give": 7}}"#,
            #"{"id": "after", "type": "echo"}"#
        )
        try await shop.withWorker([Hands.echo, Hands.give, Hands.endless(ends)]) {
            let run = try await shop.run("any")
            try await eventually("the slow one was told", within: .seconds(5)) {
                await ends.count == 1
            }
            #expect(try await shop.output(of: run, "all") == ["quick": 7])
            #expect(
                try await shop.transcript(of: run) == [
                    "step_opened all", "step_completed all.quick", "step_cancelled all.slow",
                    "step_completed all", "step_completed after", "run_completed end",
                ]
            )
        }
    }

    @Test func `what a loser returns late is not recorded`() async throws {
        let (gate, begun, ended) = (Gate(), Tally(), Tally())
        let quick = Handler("quick") { (_: JSON, _) in
            try await eventually("the slow one has begun") { await begun.count == 1 }
            return "first"
        }
        try await shop.define(
            "race",
            ["all"],
            #"{"id": "all", "type": "parallel", "config": {"join": "race"}}"#,
            #"{"id": "slow", "type": "stubborn", "parent": "all"}"#,
            #"{"id": "quick", "type": "quick", "parent": "all"}"#
        )
        try await shop.withWorker([quick, Hands.stubborn(gate, begun, ended)]) {
            let run = try await shop.run("race")
            let transcript = try await shop.transcript(of: run)
            await gate.open()
            try await eventually("the slow one has returned") { await ended.count == 1 }
            try await eventually("nobody has it in hands") {
                try await shop.count("select count(*) from pawl.task") == 0
            }
            #expect(try await shop.transcript(of: run) == transcript)
            #expect(
                try await shop.output(of: run, "all")
                    == ["mode": "race", "winner": 1, "child": "quick", "output": "first"]
            )
        }
    }

    @Test func `n of m goes on with the nth success`() async throws {
        try await shop.define(
            "some",
            ["all"],
            #"{"id": "all", "type": "parallel", "config": {"join": 2}}"#,
            #"{"id": "a", "type": "fail", "parent": "all"}"#,
            #"{"id": "b", "type": "give", "parent": "all", "config": {"give": 1}}"#,
            #"{"id": "c", "type": "endless", "parent": "all"}"#,
            #"{"id": "d", "type": "give", "parent": "all", "config": {"give": 2}}"#
        )
        try await shop.withWorker([Hands.give, Hands.fail, Hands.endless()]) {
            let run = try await shop.run("some")
            #expect(try await shop.output(of: run, "all") == ["b": 1, "d": 2])
        }
    }

    @Test func `n of m fails as soon as n cannot be reached`() async throws {
        try await shop.define(
            "some",
            ["all"],
            #"{"id": "all", "type": "parallel", "config": {"join": 2}}"#,
            #"{"id": "a", "type": "fail", "parent": "all", "config": {"message": "one"}}"#,
            #"{"id": "b", "type": "fail", "parent": "all", "config": {"message": "two"}}"#,
            #"{"id": "c", "type": "endless", "parent": "all"}"#
        )
        try await shop.withWorker([Hands.fail, Hands.endless()]) {
            let run = try await shop.run("some", toBe: .failed)
            let message = try await shop.end(of: run)?["message"]?.stringValue ?? ""
            #expect(message.contains("Child 'a' failed: one"))
            #expect(message.contains("Child 'b' failed: two"))
            #expect(try await shop.transcript(of: run).contains("step_cancelled all.c"))
        }
    }

    @Test(arguments: ["any", "race"])
    func `a join of one fails when all have failed`(join: String) async throws {
        try await shop.define(
            "none",
            ["all"],
            #"{"id": "all", "type": "parallel", "config": {"join": "\#(join)"}}"#,
            #"{"id": "a", "type": "fail", "parent": "all"}"#,
            #"{"id": "b", "type": "fail", "parent": "all"}"#
        )
        try await shop.withWorker([Hands.fail]) {
            let run = try await shop.run("none", toBe: .failed)
            #expect(try await shop.transcript(of: run).last == "run_failed all")
        }
    }

    @Test func `with on_failure cancel the first failure cancels the siblings`() async throws {
        let ends = Tally()
        try await shop.define(
            "strict",
            ["all"],
            #"{"id": "all", "type": "parallel", "config": {"on_failure": "cancel"}}"#,
            #"{"id": "a", "type": "endless", "parent": "all"}"#,
            #"{"id": "b", "type": "fail", "parent": "all"}"#,
            #"{"id": "c", "type": "human", "parent": "all", "config": {"prompt": "?"}}"#
        )
        try await shop.withWorker([Hands.fail, Hands.endless(ends)]) {
            let run = try await shop.run("strict", toBe: .failed)
            try await eventually("the sibling was told") { await ends.count == 1 }
            #expect(try await shop.end(of: run)?["message"] == "Child 'b' failed: no")
            #expect(
                try await shop.count("select count(*) from pawl.wait where status = 'cancelled'")
                    == 1
            )
        }
    }

    @Test func `a limit holds children back until siblings end`() async throws {
        let crowd = Crowd()
        let visit = Handler("visit") { (_: JSON, context) in
            await crowd.enter()
            try await Task.sleep(for: .milliseconds(10))
            await crowd.leave()
            return context.step.path
        }
        try await shop.define(
            "few",
            ["all"],
            #"{"id": "all", "type": "parallel", "config": {"limit": 3}}"#,
            (0..<20).map { #"{"id": "c\#($0)", "type": "visit", "parent": "all"}"# }
                .joined(separator: ",")
        )
        try await shop.withWorker([visit]) {
            let run = try await shop.run("few")
            #expect(await crowd.visits == 20)
            #expect(await crowd.most <= 3)
            #expect(try await shop.output(of: run, "all")?["c19"] == "all.c19")
        }
    }

    @Test func `after a failure the children that were held back never begin`() async throws {
        let gate = Gate()
        let calls = Tally()
        try await shop.define(
            "held",
            ["all"],
            #"{"id": "all", "type": "parallel", "config": {"limit": 2}}"#,
            #"{"id": "a", "type": "stubborn", "parent": "all"}"#,
            #"{"id": "b", "type": "fail", "parent": "all"}"#,
            #"{"id": "c", "type": "moody", "parent": "all"}"#,
            #"{"id": "d", "type": "moody", "parent": "all"}"#
        )
        try await shop.withWorker(
            [Hands.stubborn(gate), Hands.fail, Hands.moody(calls, failures: 0)]
        ) {
            let run = try await shop.client.enqueue("held", JSON.object([:]))
            try await eventually("b has failed") {
                try await shop.transcript(of: run).contains("step_failed all.b")
            }
            await gate.open()
            try await shop.wait(for: run, toBe: .failed)
            #expect(await calls.count == 0)
            #expect(try await shop.transcript(of: run).contains("step_completed all.a"))
            // And a retry does all that has not ended well.
            #expect(try await shop.end(of: run)?["message"] == "Child 'b' failed: no")
        }
    }

    @Test func `a retry goes on with the children that have not ended well`() async throws {
        let (calls, once) = (Tally(), Tally())
        let first = Handler("first") { (_: JSON, _) in await once.up() }
        try await shop.define(
            "again",
            ["all"],
            #"{"id": "all", "type": "parallel", "config": {"limit": 2}}"#,
            #"{"id": "a", "type": "first", "parent": "all"}"#,
            #"{"id": "b", "type": "moody", "parent": "all"}"#,
            #"{"id": "in", "type": "sequence", "parent": "all"}"#,
            #"{"id": "c", "type": "first", "parent": "in"}"#,
            #"{"id": "d", "type": "moody", "parent": "in"}"#
        )
        try await shop.withWorker([first, Hands.moody(calls)]) {
            let run = try await shop.client.enqueue("again", JSON.object([:]))
            try await shop.wait(for: run, toBe: .failed)
            try await shop.client.retry(run, by: "ann")
            try await eventually("it has ended") {
                let status = try await shop.client.status(of: run)
                return status == .completed
            }
            #expect(await once.count == 2)
            #expect(try await shop.output(of: run, "all")?["a"] == 1)
        }
    }

    @Test func `containers nest, and a fan-out inside a sequence inside a fan-out joins`()
        async throws
    {
        try await shop.define(
            "nest",
            ["all"],
            #"{"id": "all", "type": "parallel"}"#,
            #"{"id": "row", "type": "sequence", "parent": "all"}"#,
            #"{"id": "one", "type": "give", "parent": "row", "config": {"give": 1}}"#,
            #"{"id": "fan", "type": "parallel", "parent": "row", "config": {"join": "any"}}"#,
            #"{"id": "x", "type": "give", "parent": "fan", "config": {"give": "x"}}"#,
            #"{"id": "y", "type": "endless", "parent": "fan"}"#,
            #"{"id": "sum", "type": "give", "parent": "row", "config": {"give": "{{fan.output.x}}{{one.output}}"}}"#,
            #"{"id": "side", "type": "give", "parent": "all", "config": {"give": 2}}"#
        )
        try await shop.withWorker([Hands.give, Hands.endless()]) {
            let run = try await shop.run("nest")
            #expect(try await shop.output(of: run, "all") == ["row": "x1", "side": 2])
        }
    }

    @Test func `a container that takes too long fails, and its children are cancelled`()
        async throws
    {
        let ends = Tally()
        try await shop.define(
            "late",
            ["all"],
            #"{"id": "all", "type": "parallel", "timeout": "1h"}"#,
            #"{"id": "a", "type": "endless", "parent": "all"}"#,
            #"{"id": "b", "type": "wait", "parent": "all", "config": {"signal": "go"}}"#
        )
        try await shop.withWorker([Hands.endless(ends)]) {
            let run = try await shop.client.enqueue("late", JSON.object([:]))
            try await shop.waitUntilAtWork(run, "all.a")
            try await shop.database.advanceClock(by: .seconds(3_601))
            try await shop.wait(for: run, toBe: .failed)
            try await eventually("the child was told") { await ends.count == 1 }
            #expect(try await shop.end(of: run)?["code"] == "TIMEOUT_ERROR")
        }
    }

    @Test func `a child whose condition does not hold is passed over`() async throws {
        try await shop.define(
            "some",
            ["all"],
            #"{"id": "all", "type": "parallel"}"#,
            #"{"id": "a", "type": "endless", "parent": "all", "when": "inputs.n > 1"}"#,
            #"{"id": "b", "type": "give", "parent": "all", "config": {"give": 1}}"#
        )
        try await shop.withWorker([Hands.give, Hands.endless()]) {
            let run = try await shop.run("some", ["n": 1])
            #expect(try await shop.transcript(of: run).contains("step_skipped all.a"))
            #expect(try await shop.output(of: run, "all") == ["a": nil, "b": 1])
        }
    }
}
