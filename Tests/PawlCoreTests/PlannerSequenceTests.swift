import Testing

@testable import PawlCore

/// Sequences and branches: one task goes through their children, down and up again.
struct PlannerSequenceTests {
    @Test
    func `children follow each other as they are written`() throws {
        let run = try Rehearsal(
            .trusted("s:sequence s/a:work s/b:log s/c:work after:work", "start>s s>after after>end")
        )
        #expect(run.calls == ["s.a", "s.c", "after"])
        #expect(
            run.ends == [
                "completed s.a", "completed s.b", "completed s.c", "completed s",
                "completed after", "run completed end",
            ]
        )
        #expect(try run.output("s") == "s.c")
        #expect(run.widest == 1)
    }

    @Test
    func `children follow the edges between them if there is one`() throws {
        let definition = try Definition.trusted(
            "s:sequence s/a:work s/b:work s/c:work",
            "start>s s>end a>c c>b c>a",
            conditions: ["c>a": ["path": "a.output", "op": "eq", "value": "again"]]
        )
        let run = try Rehearsal(
            definition,
            ["s.a": [Rehearsal.gave("again"), Rehearsal.gave("on")]]
        )
        #expect(run.calls == ["s.a", "s.c", "s.a", "s.c", "s.b"])
        #expect(run.run.ending == .completed)
    }

    @Test
    func `without children it is passed`() throws {
        for kind in ["sequence", "dag", "branch", "loop"] {
            let configs: [String: JSON] = [
                "x": ["value": "start.output", "branches": [:], "mode": "while"]
            ]
            let run = try Rehearsal(.trusted("x:\(kind)", "start>x x>end", configs: configs))
            #expect(run.run.ending == .completed, "\(kind)")
            #expect(run.ends == ["completed x", "run completed end"], "\(kind)")
        }
    }

    @Test
    func `a child's failure is the sequence's, and its outer ones'`() throws {
        let run = try Rehearsal(
            .trusted("s:sequence s/t:sequence t/a:work t/b:work s/c:work", "start>s s>end"),
            ["s.t.a": [Rehearsal.failed]]
        )
        #expect(run.calls == ["s.t.a"])
        #expect(run.ends == ["failed s.t.a", "failed s.t", "run failed s"])
        #expect(
            try run.result == [
                "code": "STEP_FAILED",
                "message": "Child 't' failed: Child 'a' failed: broken",
            ]
        )
    }

    private static let branch: JSON = [
        "value": "pick.output", "branches": ["red": "a", "5": "b", "true": "b", "null": "a"],
    ]

    @Test(
        arguments: [
            ("red", "x.a"), (5, "x.b"), (true, "x.b"), (nil, "x.a"), ("blue", nil), ([1], nil),
        ] as [(JSON, String?)]
    )
    func `a branch takes the child that its value names`(value: JSON, child: String?) throws {
        let run = try Rehearsal(
            .trusted(
                "pick:work x:branch x/a:work x/b:work",
                "start>pick pick>x x>end",
                configs: ["x": Self.branch]
            ),
            ["pick": [Rehearsal.gave(value)]]
        )
        #expect(run.calls == ["pick"] + [child].compactMap { $0 })
        let key = value.stringValue ?? "\(value)"
        let expected: JSON =
            child.map { ["branch": .string(key), "output": .string($0)] }
            ?? ["branch": .string(key), "skipped": true]
        #expect(try run.output("x") == expected)
        #expect(run.run.ending == .completed)
    }

    @Test
    func `a branch has a default, and may ask whether a condition holds`() throws {
        let condition: JSON = ["path": "start.output.input.n", "op": "gt", "value": 1]
        let config: JSON = ["value": condition, "branches": ["true": "a"], "default": "b"]
        for (n, child) in [(1, "x.b"), (2, "x.a")] as [(JSON, String)] {
            let run = try Rehearsal(
                .trusted("x:branch x/a:work x/b:work", "start>x x>end", configs: ["x": config]),
                input: ["n": n]
            )
            #expect(run.calls == [child])
        }
    }

    @Test
    func `a step whose condition does not hold is skipped, and has no output`() throws {
        let no: JSON = ["path": "start.output.input.n", "op": "exists"]
        let run = try Rehearsal(
            .trusted(
                "a:work p:parallel p/b:work p/s:sequence s/c:work",
                "start>a a>p p>end",
                members: ["a": ["when": no], "b": ["when": no], "s": ["when": no]]
            )
        )
        #expect(run.calls.isEmpty)
        #expect(
            run.ends == [
                "skipped a", "skipped p.b", "skipped p.s", "completed p", "run completed end",
            ]
        )
        #expect(try run.output("p") == ["b": nil, "s": nil])
    }

    @Test
    func `a skipped step without a way on ends the run, once`() throws {
        for settings in [[:], ["on_complete": "last"]] as [[String: JSON]] {
            let never: JSON = ["path": "nobody.output", "op": "exists"]
            let run = try Rehearsal(
                .trusted(
                    "a:work last:work",
                    "start>a start>end",
                    conditions: ["start>end": never],
                    members: ["a": ["when": never], "": settings]
                )
            )
            #expect(run.run.ending == .completed)
            #expect(run.ends.filter { $0.hasSuffix(" a") }.first == "skipped a")
            #expect(!run.ends.contains("completed a"))
        }
    }
}
