import FoundationEssentials
import Pawl
import PawlStore
import PawlTesting
import Testing

/// Runs that belong to steps of other runs.
@Suite(.database, .timeLimit(.minutes(20)))
struct ChildRunTests {
    let shop = Workshop()

    /// `a` runs `b`, which runs `c`, which does `node`.
    private func family(_ node: String, onError: String = "") async throws {
        try await shop.define("c", ["leaf"], #"{"id": "leaf", \#(node)}"#)
        try await shop.define(
            "b",
            ["c"],
            #"{"id": "c", "type": "workflow", "config": {"workflow": "c", "input": {"n": "{{inputs.n}}"}}}"#
        )
        try await shop.define(
            "a",
            ["b", "after"],
            #"{"id": "b", "type": "workflow", "config": {"workflow": "{{inputs.next}}", "input": {"n": 7}} \#(onError)}"#,
            #"{"id": "after", "type": "echo", "config": {"got": "{{b.output}}"}}"#
        )
    }

    private let input: JSON = ["next": "b"]

    @Test func `a question three levels deep is in the inbox, and its answer reaches the top`()
        async throws
    {
        try await family(#""type": "human", "config": {"prompt": "{{inputs.n}}?"}"#)
        try await shop.withWorker([Hands.echo]) {
            let run = try await shop.client.enqueue("a", input)
            let open = try await eventually("the question is open") {
                try await shop.database.pool.run { try $0.openDecisions(limit: 9) }.first
            }
            #expect(open.workflow == "c")
            #expect(String(decoding: open.subject, as: UTF8.self).contains("7?"))
            #expect(
                try await shop.count(
                    "select count(*) from pawl.run where status = 'waiting' and depth in (0, 1, 2)"
                ) == 3
            )
            try await shop.client.decide(open.id, "yes", by: "ann")
            try await shop.wait(for: run, toBe: .completed)
            #expect(try await shop.output(of: run, "b")?["choice"] == "yes")
            #expect(try await shop.output(of: run, "after")?["config"]?["got"]?["choice"] == "yes")
        }
    }

    @Test func `cancelling a run cancels its children, and theirs`() async throws {
        let ends = Tally()
        try await family(#""type": "endless""#)
        try await shop.withWorker([Hands.echo, Hands.endless(ends)]) {
            let run = try await shop.client.enqueue("a", input)
            try await eventually("the leaf is at work") {
                try await shop.count(
                    "select count(*) from pawl.task where path = 'leaf' and worker is not null"
                ) == 1
            }
            try await shop.client.cancel(run, by: "ann")
            try await eventually("all are cancelled") {
                try await shop.count("select count(*) from pawl.run where status = 'cancelled'")
                    == 3
            }
            try await eventually("the leaf was told") { await ends.count == 1 }
        }
    }

    @Test func `a child that is about to end by itself is cancelled all the same`() async throws {
        try await shop.define(
            """
            {"id": "child", "on_complete": "rest",
             "nodes": [{"id": "start", "type": "start"}, {"id": "end", "type": "end"},
                       {"id": "rest", "type": "wait", "config": {"signal": "never"}}],
             "edges": [{"source": "start", "target": "end"}]}
            """
        )
        try await shop.define(
            "parent",
            ["call"],
            #"{"id": "call", "type": "workflow", "config": {"workflow": "child"}}"#
        )
        try await shop.withWorker([]) {
            let run = try await shop.run("parent", toBe: .waiting)
            try await eventually("the child's last step waits") {
                try await shop.count(
                    "select count(*) from pawl.wait where path = 'rest' and status = 'open'"
                ) == 1
            }
            try await shop.client.cancel(run, by: "ann")
            try await eventually("both are cancelled") {
                try await shop.count("select count(*) from pawl.run where status = 'cancelled'")
                    == 2
            }
        }
    }

    @Test func `a step that waits in vain for one child may wait for another`() async throws {
        try await shop.define(
            """
            {"id": "lost", "queue": "nobody",
             "nodes": [{"id": "start", "type": "start"}, {"id": "end", "type": "end"}],
             "edges": [{"source": "start", "target": "end"}]}
            """
        )
        try await shop.define("found", ["e"], #"{"id": "e", "type": "echo"}"#)
        try await shop.define(
            """
            {"id": "parent",
             "nodes": [{"id": "start", "type": "start"}, {"id": "end", "type": "end"},
                       {"id": "call", "type": "workflow", "config": {"workflow": "lost"},
                        "timeout": "60s", "on_error": {"strategy": "fallback", "node": "other"}},
                       {"id": "other", "type": "workflow", "config": {"workflow": "found"}}],
             "edges": [{"source": "start", "target": "call"},
                       {"source": "call", "target": "end"}]}
            """
        )
        try await shop.withWorker([Hands.echo]) {
            let run = try await shop.run("parent", toBe: .waiting)
            try await shop.database.advanceClock(by: .seconds(61))
            try await shop.wait(for: run, toBe: .completed)
            #expect(try await shop.output(of: run, "other")?["at"] == "e")
        }
    }

    @Test func `a run that cannot be started is the failure of the step that wants it`()
        async throws
    {
        try await shop.define(
            "parent",
            ["before", "call", "after"],
            #"{"id": "before", "type": "echo"}"#,
            #"{"id": "call", "type": "workflow", "config": {"workflow": "nowhere"}, "on_error": "ignore"}"#,
            #"{"id": "after", "type": "echo"}"#
        )
        try await shop.withWorker([Hands.echo]) {
            let run = try await shop.run("parent")
            #expect(try await shop.output(of: run, "before")?["at"] == "before")
            #expect(
                try await shop.transcript(of: run).filter { !$0.hasPrefix("step_started") } == [
                    "step_completed before", "step_ignored call", "step_completed after",
                    "run_completed end",
                ]
            )
        }
    }

    @Test func `a child's failure is its step's failure`() async throws {
        try await family(#""type": "fail", "config": {"message": "boom"}"#)
        try await shop.withWorker([Hands.echo, Hands.fail]) {
            let run = try await shop.run("a", input, toBe: .failed)
            let message = try await shop.end(of: run)?["message"]?.stringValue ?? ""
            #expect(message.contains("boom") && message.contains("'b' is failed"))
        }
    }

    @Test func `a step tries another run, as often as its policy says`() async throws {
        try await shop.define("child", ["try"], #"{"id": "try", "type": "moody"}"#)
        for (name, retries) in [("twice", 2), ("once", 1)] {
            try await shop.define(
                name,
                ["call"],
                #"{"id": "call", "type": "workflow", "config": {"workflow": "child"}, "retry": {"max": \#(retries), "backoff": "none"}}"#
            )
        }
        let calls = Tally()
        try await shop.withWorker([Hands.moody(calls, failures: 2)]) {
            let run = try await shop.run("twice")
            #expect(await calls.count == 3)
            #expect(
                try await shop.transcript(of: run) == [
                    "step_waiting call", "step_retrying call", "step_waiting call",
                    "step_retrying call", "step_waiting call", "step_completed call",
                    "run_completed end",
                ]
            )
        }
        let others = Tally()
        try await shop.withWorker([Hands.moody(others, failures: 2)]) {
            let run = try await shop.run("once", toBe: .failed)
            #expect(await others.count == 2)
            #expect(
                try await shop.end(of: run)?["message"]?.stringValue?
                    .hasSuffix("(after 2 attempts)") == true
            )
        }
    }

    @Test func `a child that fails may be ignored`() async throws {
        try await family(#""type": "fail""#, onError: #", "on_error": "ignore""#)
        try await shop.define(
            "a",
            ["b"],
            #"{"id": "b", "type": "workflow", "config": {"workflow": "b"}, "on_error": "ignore"}"#
        )
        try await shop.withWorker([Hands.echo, Hands.fail]) {
            let run = try await shop.run("a", input)
            #expect(try await shop.transcript(of: run).contains("step_ignored b"))
        }
    }

    @Test func `a child that is cancelled fails the step`() async throws {
        try await family(#""type": "human", "config": {"prompt": "?"}"#)
        try await shop.withWorker([Hands.echo]) {
            let run = try await shop.client.enqueue("a", input)
            try await eventually("the question is open") {
                try await shop.count("select count(*) from pawl.wait where kind = 'decision'") == 1
            }
            let child = try #require(try await shop.runs(of: "b").first)
            try await shop.client.cancel(child, by: "ann")
            try await shop.wait(for: run, toBe: .failed)
            let message = try await shop.end(of: run)?["message"]?.stringValue ?? ""
            #expect(message.contains("is cancelled"))
            try await eventually("the grandchild is cancelled") {
                try await shop.count("select count(*) from pawl.run where status = 'cancelled'")
                    == 2
            }
        }
    }

    @Test func `a retry of the parent begins another child`() async throws {
        let calls = Tally()
        try await family(#""type": "moody""#)
        try await shop.withWorker([Hands.echo, Hands.moody(calls)]) {
            let run = try await shop.run("a", input, toBe: .failed)
            try await shop.client.retry(run, by: "ann")
            try await shop.wait(for: run, toBe: .completed)
            #expect(try await shop.output(of: run, "b") == 2)
            #expect(try await shop.runs(of: "c").count == 2)
        }
    }

    @Test func `a step that waits too long for its child fails, and the child is cancelled`()
        async throws
    {
        try await shop.define(
            "c",
            ["ask"],
            #"{"id": "ask", "type": "human", "config": {"prompt": "?"}}"#
        )
        try await shop.define(
            "p",
            ["c"],
            #"{"id": "c", "type": "workflow", "config": {"workflow": "c"}, "timeout": "1h"}"#
        )
        try await shop.withWorker([]) {
            let run = try await shop.run("p", toBe: .waiting)
            try await eventually("the question is open") {
                try await shop.count("select count(*) from pawl.wait where kind = 'decision'") == 1
            }
            try await shop.database.advanceClock(by: .seconds(3_601))
            try await shop.wait(for: run, toBe: .failed)
            #expect(try await shop.end(of: run)?["code"] == "TIMEOUT_ERROR")
            let child = try #require(try await shop.runs(of: "c").first)
            try await shop.wait(for: child, toBe: .cancelled)
        }
    }

    @Test func `a loser that waits for a child takes it along`() async throws {
        try await shop.define(
            "c",
            ["ask"],
            #"{"id": "ask", "type": "human", "config": {"prompt": "?"}}"#
        )
        let ready = Gate()
        try await shop.define(
            "p",
            ["all"],
            #"{"id": "all", "type": "parallel", "config": {"join": "any"}}"#,
            #"{"id": "c", "type": "workflow", "parent": "all", "config": {"workflow": "c"}}"#,
            #"{"id": "s", "type": "stubborn", "parent": "all"}"#
        )
        try await shop.withWorker([Hands.stubborn(ready)]) {
            let run = try await shop.client.enqueue("p", JSON.object([:]))
            try await eventually("the question is open") {
                try await shop.count("select count(*) from pawl.wait where kind = 'decision'") == 1
            }
            await ready.open()
            try await shop.wait(for: run, toBe: .completed)
            let child = try #require(try await shop.runs(of: "c").first)
            try await shop.wait(for: child, toBe: .cancelled)
        }
    }

    @Test func `a step need not wait for its run`() async throws {
        try await shop.define(
            "c",
            ["ask"],
            #"{"id": "ask", "type": "human", "config": {"prompt": "?"}}"#
        )
        try await shop.define(
            "p",
            ["c"],
            #"{"id": "c", "type": "workflow", "config": {"workflow": "c", "wait": false, "key": "one of {{inputs.n}}"}}"#
        )
        try await shop.withWorker([]) {
            let run = try await shop.run("p", ["n": 3])
            #expect(try await shop.output(of: run, "c") == ["workflow": "c", "key": "one of 3"])
            let child = try #require(try await shop.runs(of: "c").first)
            try await shop.wait(for: child, toBe: .waiting)
        }
    }

    @Test func `a key that a run has already is a failure that says so`() async throws {
        try await shop.define(
            "c",
            ["ask"],
            #"{"id": "ask", "type": "human", "config": {"prompt": "?"}}"#
        )
        try await shop.define(
            "p",
            ["c"],
            #"{"id": "c", "type": "workflow", "config": {"workflow": "c", "key": "one"}}"#
        )
        try await shop.withWorker([]) {
            let first = try await shop.run("p", toBe: .waiting)
            let second = try await shop.run("p", toBe: .failed)
            let message = try await shop.end(of: second)?["message"]?.stringValue ?? ""
            #expect(message.contains("already has a run with key \"one\""))
            #expect(try await shop.client.status(of: first) == .waiting)
        }
    }

    @Test func `a workflow that is not defined fails the step`() async throws {
        try await shop.define(
            "p",
            ["c"],
            #"{"id": "c", "type": "workflow", "config": {"workflow": "nowhere"}}"#
        )
        try await shop.withWorker([]) {
            let run = try await shop.run("p", toBe: .failed)
            let message = try await shop.end(of: run)?["message"]?.stringValue ?? ""
            #expect(message.contains("workflow \"nowhere\" is not defined"))
        }
    }

    @Test
    func `a workflow that starts itself ends at the depth limit, with a failure that says so`()
        async throws
    {
        try await shop.define(
            "self",
            ["again"],
            #"{"id": "again", "type": "workflow", "config": {"workflow": "self"}}"#
        )
        try await shop.withWorker([]) {
            let run = try await shop.client.enqueue("self", JSON.object([:]))
            try await shop.wait(for: run, toBe: .failed)
            #expect(try await shop.count("select max(depth) from pawl.run") == 32)
            #expect(
                try await shop.count("select count(*) from pawl.run where status = 'failed'") == 33
            )
            let message = try await shop.end(of: run)?["message"]?.stringValue ?? ""
            #expect(message.contains("33 levels below another run"))
            #expect(message.utf8.count < 8_000)
        }
    }

    @Test func `many children of many runs end, and every parent goes on`() async throws {
        try await shop.define(
            "c",
            ["n"],
            #"{"id": "n", "type": "give", "config": {"give": "{{inputs.n}}"}}"#
        )
        try await shop.define(
            "p",
            ["loop"],
            #"{"id": "loop", "type": "loop", "config": {"over": "inputs.items", "concurrency": 5}}"#,
            #"{"id": "c", "type": "workflow", "parent": "loop", "config": {"workflow": "c", "input": {"n": "{{loop.item}}"}}}"#
        )
        try await shop.withWorker([Hands.give]) {
            let items = JSON.array((0..<10).map { .integer($0) })
            let runs = try await shop.database.pool.run { session in
                try (1...10).map { _ in try session.enqueue("p", ["items": items]) }
            }
            for run in runs {
                try await shop.wait(for: run, toBe: .completed)
                #expect(try await shop.output(of: run, "loop")?["results"] == items)
            }
        }
    }
}
