import Testing

@testable import PawlCore

/// When a parallel node has enough of its children, and what it gives.
struct PlannerJoinTests {
    private func run(
        _ config: JSON,
        _ outcomes: [String: [Outcome]] = [:],
        members: [String: [String: JSON]] = [:]
    ) throws -> Rehearsal {
        try Rehearsal(
            .trusted(
                "p:parallel p/a:work p/b:work p/c:work",
                "start>p p>end",
                configs: ["p": config],
                members: members
            ),
            outcomes
        )
    }

    private static let fails = [Rehearsal.failed]

    @Test(
        arguments: [
            (["join": "all"], [], "abc", ["a": "p.a", "b": "p.b", "c": "p.c"]),
            (["join": "any"], [], "a", ["a": "p.a"]),
            (["join": "any"], ["a"], "ab", ["b": "p.b"]),
            (["join": "any"], ["a", "b"], "abc", ["c": "p.c"]),
            (
                ["join": "race"], ["a"], "ab",
                ["mode": "race", "winner": 1, "child": "b", "output": "p.b"]
            ),
            (["join": 2], [], "ab", ["a": "p.a", "b": "p.b"]),
            (["join": 2], ["b"], "abc", ["a": "p.a", "c": "p.c"]),
            (["join": 9], [], "abc", ["a": "p.a", "b": "p.b", "c": "p.c"]),
            (["join": "all", "limit": 1], [], "abc", ["a": "p.a", "b": "p.b", "c": "p.c"]),
            (["join": "any", "limit": 1], ["a"], "ab", ["b": "p.b"]),
        ] as [(JSON, [String], String, JSON)]
    )
    func `it goes on when enough have succeeded`(
        config: JSON,
        failing: [String],
        called: String,
        output: JSON
    ) throws {
        let outcomes = failing.map { ("p.\($0)", Self.fails) }
        let run = try run(config, Dictionary(uniqueKeysWithValues: outcomes))
        // Those at work are executed in order; the ones after the join was reached may be, too.
        #expect(run.calls.starts(with: called.map { "p.\($0)" }))
        #expect(run.run.ending == .completed)
        if config["limit"] == 1 {
            #expect(run.widest == 1)
            #expect(run.calls == called.map { "p.\($0)" })
        }
        // What others gave meanwhile may be in it, but never instead.
        let found = try #require(try run.output("p")?.objectValue)
        #expect(found.merging(output.objectValue ?? [:]) { $1 } == found)
    }

    @Test(
        arguments: [
            (["join": "all"], ["b"], "Child 'b' failed: broken"),
            (["join": "all"], ["a", "c"], "Child 'a' failed: broken; Child 'c' failed: broken"),
            (
                ["join": "any"], ["a", "b", "c"],
                "Child 'a' failed: broken; Child 'b' failed: broken; Child 'c' failed: broken"
            ),
            (
                ["join": "race"], ["a", "b", "c"],
                "Child 'a' failed: broken; Child 'b' failed: broken; Child 'c' failed: broken"
            ),
            (["join": 2], ["a", "b"], "Child 'a' failed: broken; Child 'b' failed: broken"),
            (["join": "all", "limit": 1], ["b"], "Child 'b' failed: broken"),
        ] as [(JSON, [String], String)]
    )
    func `it fails when not enough can`(config: JSON, failing: [String], message: String) throws {
        let outcomes = failing.map { ("p.\($0)", Self.fails) }
        let run = try run(config, Dictionary(uniqueKeysWithValues: outcomes))
        #expect(run.run.ending == .failed)
        #expect(try run.result?["message"] == .string(message))
        if config["limit"] == 1 { #expect(run.calls == ["p.a", "p.b"]) }
    }

    @Test
    func `what succeeded beside a failure is kept, and what a failed child gave`() throws {
        let gave = Failure(.execution, "broken", isRetryable: false, output: Array("7".utf8))
        let run = try run(["join": "all"], ["p.b": [.failed(gave)]])
        #expect(try run.result?["output"] == ["a": "p.a", "b": 7, "c": "p.c"])
        #expect(try run.output("p") == ["a": "p.a", "b": 7, "c": "p.c"])
    }

    @Test
    func `the first failure may cancel the others`() throws {
        let definition = try Definition.trusted(
            "p:parallel p/a:work p/b:human p/c:wait",
            "start>p p>end",
            configs: ["p": ["on_failure": "cancel"], "c": ["duration": "1h"]]
        )
        let run = try Rehearsal(definition, ["p.a": Self.fails])
        #expect(run.run.ending == .failed)
        #expect(run.run.waits.isEmpty)
        #expect(run.ends == ["failed p.a", "cancelled p.b", "cancelled p.c", "run failed p"])
    }

    @Test
    func `a container that takes too long fails with those that are open`() throws {
        for kind in ["parallel", "dag", "loop"] {
            let definition = try Definition.trusted(
                "p:\(kind) p/a:human",
                "start>p p>end",
                configs: ["p": ["over": "inputs.items", "concurrency": 2]],
                members: ["p": ["timeout": "90s"]]
            )
            var run = try Rehearsal(definition, input: ["items": [1]])
            try run.expire("p")
            #expect(run.run.ending == .failed, "\(kind)")
            #expect(
                try run.result == [
                    "code": "TIMEOUT_ERROR", "message": "the step took longer than 1m30s",
                ],
                "\(kind)"
            )
            #expect(run.ends.first?.hasPrefix("cancelled") == true, "\(kind)")
        }
    }

    @Test
    func `the winner's siblings are cancelled, and nobody goes on unread`() throws {
        let planner = Planner(
            try .trusted(
                "p:parallel p/a:work p/b:human",
                "start>p p>p",
                configs: ["p": ["join": "any"]]
            )
        )
        let opened = Event(.stepOpened, StepID(path: "p"), data: Array("{}".utf8))
        let transition = planner.plan(
            Step(StepID(path: "p"), kind: .parallel),
            .resumed(answer: Array("null".utf8)),
            in: Projection(after: [opened, .completed("p.a", 1)])
        )
        // What the store records of b's end is not known here: the next visit would be b's first.
        #expect(transition.abandons)
        #expect(transition.destination == StepID(path: "p", visit: 2))
        #expect(transition.opening == nil)
    }

    @Test
    func `a child begins in the place of one that ended, unless it is over`() throws {
        func arrival(_ config: JSON, _ outcome: Outcome) throws -> Transition.Arrival? {
            let planner = Planner(
                try .trusted(
                    "p:parallel p/a:work p/b:work",
                    "start>p p>end",
                    configs: ["p": config]
                )
            )
            let step = Step(StepID(path: "p.a"), kind: .handler("work"))
            return planner.plan(step, outcome, in: Projection(after: [])).arrival
        }
        let done = Outcome.completed(output: nil)
        for (join, succeeded, failed) in [
            ("all", true, false), ("any", false, true), ("race", false, true), (2, true, true),
        ] as [(JSON, Bool, Bool)] {
            let config: JSON = ["join": join, "limit": 1]
            #expect(try arrival(config, done)?.admits == succeeded, "\(join)")
            #expect(try arrival(config, Rehearsal.failed)?.admits == failed, "\(join)")
            #expect(try arrival(config, Rehearsal.failed)?.stops == (join == "all"), "\(join)")
            #expect(try arrival(["join": join], done)?.admits == false, "\(join)")
            let cancels: JSON = ["join": join, "limit": 1, "on_failure": "cancel"]
            #expect(try arrival(cancels, Rehearsal.failed)?.closes == true, "\(join)")
            #expect(try arrival(cancels, Rehearsal.failed)?.admits == false, "\(join)")
        }
    }

    @Test
    func `a child that gives nothing has null, whatever it gave before`() throws {
        let definition = try Definition.trusted(
            "p:parallel p/a:work more:work",
            "start>p p>more more>p",
            conditions: ["more>p": ["path": "p.output.a", "op": "eq", "value": 1]]
        )
        let run = try Rehearsal(
            definition,
            ["p.a": [Rehearsal.gave(1), .completed(output: nil)]]
        )
        #expect(try run.output("p") == ["a": nil])
        #expect(try run.output("p.a") == 1)
    }
}
