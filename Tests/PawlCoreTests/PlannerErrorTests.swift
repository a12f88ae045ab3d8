import Testing

@testable import PawlCore

/// What follows when a step has failed for good: it is ignored, stood in for, or undone.
struct PlannerErrorTests {
    private static let fails = [Rehearsal.failed]

    private func run(
        _ nodes: String,
        _ edges: String,
        _ onError: [String: JSON],
        _ outcomes: [String: [Outcome]]
    ) throws -> Rehearsal {
        let members = onError.mapValues { ["on_error": $0] }
        return try Rehearsal(.trusted(nodes, edges, members: members), outcomes)
    }

    private static func fallback(_ node: JSON) -> JSON { ["strategy": "fallback", "node": node] }
    private static func undo(_ node: JSON) -> JSON { ["strategy": "compensate", "node": node] }

    @Test
    func `a step that is ignored has no output, and the run goes on`() throws {
        let run = try run("a:work b:work", "start>a a>b b>end", ["a": "ignore"], ["a": Self.fails])
        #expect(run.ends == ["ignored a", "completed b", "run completed end"])
        #expect(try run.output("a") == nil)
        #expect(
            try run.run.events[0].json == ["code": "EXECUTION_ERROR", "message": "broken"]
        )
    }

    @Test
    func `retries come first`() throws {
        let planner = Planner(
            try .trusted("a:work", "start>a a>end", members: ["a": ["on_error": "ignore"]])
        )
        let transition = planner.plan(
            Step(StepID(path: "a"), kind: .handler("work")),
            .failed(Failure(.execution, "broken")),
            in: Projection(after: []),
            retry: RetryPolicy(maximumRetries: 1)
        )
        #expect(transition.disposition == .again(after: .seconds(1), charged: true))
    }

    @Test
    func `another node stands in, and goes the way of the one that failed`() throws {
        let run = try run(
            "a:work b:work f:work",
            "start>a a>b b>end",
            ["a": Self.fallback("f")],
            ["a": Self.fails]
        )
        #expect(
            run.ends == [
                "failed a", "fallback f", "completed f", "completed b", "run completed end",
            ]
        )
        #expect(
            try run.run.events[1].json == [
                "for": "a", "visit": 1,
                "error": ["code": "EXECUTION_ERROR", "message": "broken"],
            ]
        )
    }

    @Test
    func `what stands in knows the failure, and may have a way of its own`() throws {
        let definition = try Definition.trusted(
            "a:work b:work f:log c:work",
            "start>a a>b b>end f>c c>end",
            configs: ["f": ["paths": ["a.error.message"]]],
            members: ["a": ["on_error": Self.fallback("f")]]
        )
        let run = try Rehearsal(definition, ["a": Self.fails])
        #expect(run.calls == ["a", "c"])
        #expect(try run.output("f")?["values"] == ["a.error.message": "broken"])
    }

    @Test
    func `containers and waits may stand in, and so may one for another`() throws {
        for (kind, child) in [
            ("sequence", "f/x:work"), ("parallel", "f/x:work"), ("dag", "f/x:work"),
            ("human", ""), ("wait", ""),
        ] {
            let definition = try Definition.trusted(
                "a:work b:work f:\(kind) \(child) e:work",
                "start>a a>b b>end",
                configs: ["f": ["signal": "go", "prompt": "?"]],
                members: [
                    "a": ["on_error": Self.fallback("e")], "e": ["on_error": Self.fallback("f")],
                ]
            )
            var run = try Rehearsal(definition, ["a": Self.fails, "e": Self.fails])
            if kind == "human" { try run.answer("f", [:]) }
            if kind == "wait" { try run.signal("go") }
            #expect(run.calls.last == "b", "\(kind)")
            #expect(run.run.ending == .completed, "\(kind)")
        }
    }

    @Test
    func `when what stands in fails, too, the run fails there`() throws {
        let run = try run(
            "a:work f:work",
            "start>a a>end",
            ["a": Self.fallback("f")],
            ["a": Self.fails, "f": Self.fails]
        )
        #expect(run.ends == ["failed a", "fallback f", "run failed f"])
    }

    @Test
    func `nodes that stand in for each other are no endless circle`() throws {
        let definition = try Definition.trusted(
            "a:function b:function",
            "start>a a>end",
            configs: ["a": ["action": "?"], "b": ["action": "?"]],
            members: ["a": ["on_error": Self.fallback("b")], "b": ["on_error": Self.fallback("a")]]
        )
        let run = try Rehearsal(definition, limits: Limits(steps: 500))
        #expect(run.run.ending == .failed)
        #expect(try run.result?["code"] == "GUARD_EXCEEDED")
    }

    @Test
    func `a step is undone, and has failed all the same`() throws {
        for (outcome, compensated) in [(Rehearsal.gave(1), true), (Rehearsal.failed, false)] {
            let run = try run(
                "a:work b:work c:work",
                "start>a a>b b>end",
                ["a": Self.undo("c")],
                ["a": Self.fails, "c": [outcome]]
            )
            #expect(
                run.ends == [
                    "failed a", "compensating c", compensated ? "completed c" : "failed c",
                    "run failed a",
                ]
            )
            #expect(
                try run.result == [
                    "code": "EXECUTION_ERROR", "message": "broken",
                    "compensated": .bool(compensated),
                ]
            )
        }
    }

    @Test(
        arguments: [
            (["c": "ignore"], ["a", "c"], false), (["c": fallback("d")], ["a", "c"], true),
            (["c": fallback("d")], ["a", "c", "d"], false), (["c": undo("d")], ["a", "c"], false),
            (["c": undo("d")], ["a", "c", "d"], false),
        ] as [([String: JSON], [String], Bool)]
    )
    func `however the undoing ends, the step that was to be undone has failed`(
        onError: [String: JSON],
        failing: [String],
        compensated: Bool
    ) throws {
        let run = try run(
            "a:work b:work c:work d:work",
            "start>a a>b b>end",
            onError.merging(["a": Self.undo("c")]) { $1 },
            Dictionary(uniqueKeysWithValues: failing.map { ($0, Self.fails) })
        )
        #expect(run.ends.last == "run failed a")
        #expect(try run.result?["compensated"] == .bool(compensated))
        #expect(!run.calls.contains("b"))
    }

    @Test
    func `an undoing that is skipped undoes nothing`() throws {
        let never: JSON = ["path": "nobody.output", "op": "exists"]
        let definition = try Definition.trusted(
            "a:work b:work c:work",
            "start>a a>b b>end",
            members: ["a": ["on_error": Self.undo("c")], "c": ["when": never]]
        )
        let run = try Rehearsal(definition, ["a": Self.fails])
        #expect(run.ends == ["failed a", "compensating c", "skipped c", "run failed a"])
        #expect(try run.result?["compensated"] == false)
    }

    @Test
    func `inside of containers the same holds`() throws {
        for kind in ["parallel", "dag", "sequence"] {
            let run = try run(
                "p:\(kind) p/a:work p/f:work p/b:work p/c:work q:work",
                "start>p p>q q>end",
                ["a": Self.fallback("f"), "b": Self.undo("c"), "p": "ignore"],
                ["p.a": Self.fails, "p.b": Self.fails]
            )
            #expect(Set(run.calls) == ["p.a", "p.f", "p.b", "p.c", "q"], "\(kind)")
            #expect(run.ends.contains("ignored p"), "\(kind)")
            #expect(run.run.ending == .completed, "\(kind)")
        }
    }

    @Test
    func `the output of what stood in is the child's`() throws {
        let definition = try Definition.trusted(
            "p:parallel p/a:work p/f:work q:loop q/b:work q/g:work",
            "start>p p>q q>end",
            configs: ["q": ["over": "inputs.items"]],
            members: [
                "a": ["on_error": Self.fallback("f")], "b": ["on_error": Self.fallback("g")],
            ]
        )
        let run = try Rehearsal(
            definition,
            input: ["items": [1, 2]],
            ["p.a": Self.fails, "q.1.b": Self.fails]
        )
        #expect(try run.output("p") == ["a": "p.f"])
        #expect(try run.output("q")?["results"] == ["q.0.b", "q.1.g"])
    }
}
