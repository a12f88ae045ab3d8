import FoundationEssentials
import Pawl
import PawlStore
import PawlTesting
import Testing

/// Loops: what they go through, in which order, and what becomes of failures.
@Suite(.database, .timeLimit(.minutes(20)))
struct LoopTests {
    let shop = Workshop()

    @Test(arguments: [1, 3])
    func `each item is done, and the results are in the order of the items`(
        concurrency: Int
    )
        async throws
    {
        let crowd = Crowd()
        let double = Handler("double") { (_: JSON, context) in
            await crowd.enter()
            let config = try context.config(as: JSON.self)
            try await Task.sleep(for: .milliseconds(5 * (10 - (config["n"]?.intValue ?? 0))))
            await crowd.leave()
            return ["n": (config["n"]?.intValue ?? 0) * 2, "index": config["i"]?.intValue ?? -1]
        }
        try await shop.define(
            "each",
            ["loop"],
            #"{"id": "loop", "type": "loop", "config": {"over": "inputs.items", "concurrency": \#(concurrency)}}"#,
            #"{"id": "double", "type": "double", "parent": "loop", "config": {"n": "{{loop.item}}", "i": "{{loop.index}}"}}"#,
            #"{"id": "add", "type": "give", "parent": "loop", "config": {"give": "{{double.output.n}}/{{double.output.index}}"}}"#
        )
        try await shop.withWorker([double, Hands.give]) {
            let items = JSON.array((0..<10).map { .integer($0) })
            let run = try await shop.run("each", ["items": items])
            #expect(
                try await shop.output(of: run, "loop") == [
                    "iterations": 10,
                    "results": .array((0..<10).map { .string("\($0 * 2)/\($0)") }),
                ]
            )
            #expect(await crowd.most <= concurrency)
        }
    }

    @Test(arguments: [1, 4])
    func `a loop through nothing has no results`(concurrency: Int) async throws {
        try await shop.define(
            "each",
            ["loop"],
            #"{"id": "loop", "type": "loop", "config": {"over": "inputs.items", "concurrency": \#(concurrency)}}"#,
            #"{"id": "a", "type": "fail", "parent": "loop"}"#
        )
        try await shop.withWorker([Hands.fail]) {
            let run = try await shop.run("each", ["items": []])
            #expect(try await shop.output(of: run, "loop") == ["iterations": 0, "results": []])
            let other = try await shop.run("each", ["items": "many"], toBe: .failed)
            #expect(
                try await shop.end(of: other)?["message"]
                    == "a loop goes through a list, and found a string"
            )
        }
    }

    @Test func `while and until look at what the last iteration gave`() async throws {
        try await shop.define(
            "count",
            ["up", "down"],
            #"{"id": "up", "type": "loop", "config": {"mode": "while", "condition": "loop.index < 250 or !exists(nothing)", "max_iter": 250, "collect": false}}"#,
            #"{"id": "a", "type": "function", "parent": "up", "config": {"action": "set_context", "values": {"x": 1}}}"#,
            #"{"id": "down", "type": "loop", "config": {"mode": "until", "condition": "b.output.i >= 4"}}"#,
            #"{"id": "b", "type": "function", "parent": "down", "config": {"action": "json_transform", "template": {"i": "{{loop.index}}"}}}"#
        )
        try await shop.withWorker([]) {
            let run = try await shop.run("count")
            #expect(try await shop.output(of: run, "up") == ["iterations": 250])
            #expect(try await shop.output(of: run, "down")?["iterations"] == 5)
        }
    }

    @Test func `a body may branch, and loops nest`() async throws {
        try await shop.define(
            "nest",
            ["outer"],
            #"{"id": "outer", "type": "loop", "config": {"over": "inputs.rows", "concurrency": 2}}"#,
            #"{"id": "inner", "type": "loop", "parent": "outer", "config": {"over": "loop.item"}}"#,
            #"{"id": "look", "type": "branch", "parent": "inner", "config": {"value": "loop.item > 2", "branches": {"true": "big"}, "default": "small"}}"#,
            #"{"id": "big", "type": "give", "parent": "look", "config": {"give": "big {{loop.item}}"}}"#,
            #"{"id": "small", "type": "give", "parent": "look", "config": {"give": "small {{loop.item}}"}}"#,
            #"{"id": "take", "type": "give", "parent": "inner", "config": {"give": "{{look.output.output}}"}}"#
        )
        try await shop.withWorker([Hands.give]) {
            let run = try await shop.run("nest", ["rows": [[1, 2, 3], [], [4]]])
            #expect(
                try await shop.output(of: run, "outer") == [
                    "iterations": 3,
                    "results": [
                        ["iterations": 3, "results": ["small 1", "small 2", "big 3"]],
                        ["iterations": 0, "results": []],
                        ["iterations": 1, "results": ["big 4"]],
                    ],
                ]
            )
        }
    }

    @Test func `a retry goes on with the iteration that failed`() async throws {
        let (calls, once) = (Tally(), Tally())
        let first = Handler("first") { (_: JSON, _) in await once.up() }
        let third = Handler("third", retry: .never) { (_: JSON, context) in
            let item = try context.config(as: JSON.self)["n"]
            if item == 3, await calls.up() == 1 { throw HandlerError.permanent("not today") }
            return item ?? .null
        }
        try await shop.define(
            "each",
            ["loop"],
            #"{"id": "loop", "type": "loop", "config": {"over": "inputs.items"}}"#,
            #"{"id": "first", "type": "first", "parent": "loop"}"#,
            #"{"id": "third", "type": "third", "parent": "loop", "config": {"n": "{{loop.item}}"}}"#
        )
        try await shop.withWorker([first, third]) {
            let run = try await shop.run("each", ["items": [1, 2, 3, 4]], toBe: .failed)
            #expect(await once.count == 3)
            try await shop.client.retry(run, by: "ann")
            try await shop.wait(for: run, toBe: .completed)
            #expect(await once.count == 4)
            #expect(try await shop.output(of: run, "loop")?["results"] == [1, 2, 3, 4])
        }
    }

    @Test(arguments: ["wait", "cancel"])
    func `iterations side by side: a failure lets none begin, and a retry does the rest`(
        policy: String
    ) async throws {
        let (calls, done) = (Tally(), Crowd())
        let work = Handler("work", retry: .never) { (_: JSON, context) in
            let item = try context.config(as: JSON.self)["n"]
            if item == 2, await calls.up() == 1 { throw HandlerError.permanent("not today") }
            await done.enter()
            return item ?? .null
        }
        try await shop.define(
            "each",
            ["loop"],
            #"{"id": "loop", "type": "loop", "config": {"over": "inputs.items", "concurrency": 3, "on_failure": "\#(policy)"}}"#,
            #"{"id": "work", "type": "work", "parent": "loop", "config": {"n": "{{loop.item}}"}}"#
        )
        try await shop.withWorker([work]) {
            let items = JSON.array((0..<40).map { .integer($0) })
            let run = try await shop.run("each", ["items": items], toBe: .failed)
            #expect(await done.visits < 39)
            try await shop.client.retry(run, by: "ann")
            try await shop.wait(for: run, toBe: .completed)
            #expect(try await shop.output(of: run, "loop")?["results"] == items)
        }
    }

    @Test func `iterations that are ignored when they fail do not fail the loop`() async throws {
        try await shop.define(
            "each",
            ["loop"],
            #"{"id": "loop", "type": "loop", "config": {"over": "inputs.items", "concurrency": 2}}"#,
            #"{"id": "work", "type": "fail", "parent": "loop", "on_error": "ignore", "when": "loop.item != 2"}"#
        )
        try await shop.withWorker([Hands.fail]) {
            let run = try await shop.run("each", ["items": [1, 2, 3]])
            let transcript = try await shop.transcript(of: run)
            #expect(transcript.filter { $0.hasPrefix("step_ignored") }.count == 2)
            #expect(transcript.contains("step_skipped loop.1.work"))
        }
    }

    @Test func `iterations may wait for people and signals`() async throws {
        try await shop.define(
            "each",
            ["loop"],
            #"{"id": "loop", "type": "loop", "config": {"over": "inputs.items", "concurrency": 2}}"#,
            #"{"id": "ask", "type": "human", "parent": "loop", "config": {"prompt": "{{loop.item}}?"}}"#,
            #"{"id": "hear", "type": "wait", "parent": "loop", "config": {"signal": "go"}}"#
        )
        try await shop.withWorker([]) {
            let run = try await shop.client.enqueue("each", ["items": ["a", "b", "c"]])
            for turn in 1...3 {
                let decision = try await eventually("a question is open") {
                    try await shop.database.pool.run { try $0.openDecisions(of: run, limit: 1) }
                        .first?.id
                }
                try await shop.client.decide(decision, "yes", by: "ann")
                try await shop.client.signal("go", to: run, payload: turn, by: "ann")
            }
            try await shop.wait(for: run, toBe: .completed)
            let results = try await shop.output(of: run, "loop")?["results"]?.arrayValue ?? []
            #expect(Set(results.compactMap { $0["payload"]?.intValue }) == [1, 2, 3])
        }
    }
}
