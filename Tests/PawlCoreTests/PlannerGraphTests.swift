import Testing

@testable import PawlCore

/// Graphs of dependencies: each child begins as soon as those that it needs have ended.
struct PlannerGraphTests {
    private func diamond(_ members: [String: [String: JSON]] = [:]) throws -> Definition {
        let needs: [String: [String: JSON]] = [
            "b": ["depends_on": ["a"]], "c": ["depends_on": ["a"]],
            "d": ["depends_on": ["b", "c"]],
        ]
        return try .trusted(
            "g:dag g/a:work g/b:work g/c:work g/d:work g/e:work",
            "start>g g>end",
            members: needs.merging(members) { $0.merging($1) { $1 } }
        )
    }

    @Test
    func `it opens with those that need nobody`() throws {
        let transition = Planner(try diamond()).plan(
            Step(StepID(path: "g"), kind: .dag, hops: 1),
            .entered,
            in: Projection(after: [])
        )
        let children = try #require(transition.opening?.children)
        #expect(children.map(\.position.step.path) == ["g.a", "g.b", "g.c", "g.d", "g.e"])
        #expect(children.map(\.prerequisites) == [0, 1, 1, 2, 0])
        #expect(children.map(\.isHeld) == [false, true, true, true, false])
        #expect(transition.opening?.needed == nil)
    }

    @Test
    func `its output is that of the children that nobody needs`() throws {
        let run = try Rehearsal(diamond())
        #expect(run.calls == ["g.a", "g.b", "g.c", "g.d", "g.e"])
        #expect(run.widest > 1)
        #expect(try run.output("g") == ["d": "g.d", "e": "g.e"])
    }

    @Test
    func `after a failure those at work end, and nobody begins`() throws {
        let run = try Rehearsal(diamond(), ["g.b": [Rehearsal.failed]])
        #expect(run.calls == ["g.a", "g.b", "g.c", "g.e"])
        #expect(run.run.ending == .failed)
        #expect(
            try run.result == [
                "code": "STEP_FAILED", "message": "Child 'b' failed: broken",
                "output": ["a": "g.a", "b": nil, "c": "g.c", "e": "g.e"],
            ]
        )
    }

    @Test(
        arguments: [
            ["on_error": "ignore"], ["on_error": ["strategy": "fallback", "node": "f"]],
            ["when": ["path": "nobody.output", "op": "exists"]],
        ] as [[String: JSON]]
    )
    func `what depends on a step that was passed over or stood in for runs`(
        member: [String: JSON]
    ) throws {
        let definition = try Definition.trusted(
            "g:dag g/a:work g/b:work g/f:work",
            "start>g g>end",
            members: ["a": member, "b": ["depends_on": ["a"]]]
        )
        let run = try Rehearsal(definition, ["g.a": [Rehearsal.failed]])
        #expect(run.calls.contains("g.b"))
        #expect(run.run.ending == .completed)
        #expect(try run.output("g")?["b"] == "g.b")
    }

    @Test
    func `containers depend on each other, too`() throws {
        let run = try Rehearsal(
            .trusted(
                "g:dag g/s:sequence s/a:work s/b:work g/p:parallel p/c:work",
                "start>g g>end",
                members: ["p": ["depends_on": ["s"]]]
            )
        )
        #expect(run.calls == ["g.s.a", "g.s.b", "g.p.c"])
        #expect(try run.output("g") == ["p": ["c": "g.p.c"]])
    }
}
