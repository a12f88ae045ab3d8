import Testing

@testable import PawlCore

/// The step that runs last, when how the run ends is decided, and the run's deadline.
struct PlannerEpilogueTests {
    private func definition(_ settings: [String: JSON]) throws -> Definition {
        try .trusted(
            "a:work good:work bad:work",
            "start>a a>end",
            configs: ["end": ["output": ["fine": true]]],
            members: ["": settings, "end": ["config": ["output": ["fine": true]]]]
        )
    }

    private static let both: [String: JSON] = ["on_complete": "good", "on_error": "bad"]

    @Test
    func `a node runs when the run has completed, and changes nothing`() throws {
        for outcome in [Rehearsal.gave(1), Rehearsal.failed] {
            let run = try Rehearsal(definition(Self.both), ["good": [outcome]])
            #expect(run.calls == ["a", "good"])
            #expect(run.run.ending == .completed)
            #expect(try run.result == ["fine": true])
            #expect(run.ends.suffix(2).last == "run completed good")
        }
    }

    @Test
    func `a node runs when the run has failed, and changes nothing`() throws {
        for outcome in [Rehearsal.gave(1), Rehearsal.failed] {
            let run = try Rehearsal(
                definition(Self.both),
                ["a": [Rehearsal.failed], "bad": [outcome]]
            )
            #expect(run.calls == ["a", "bad"])
            #expect(run.run.ending == .failed)
            #expect(try run.result == ["code": "EXECUTION_ERROR", "message": "broken"])
        }
    }

    @Test
    func `what the last step itself came to is recorded`() throws {
        let failed = try Rehearsal(definition(Self.both), ["good": [Rehearsal.failed]])
        #expect(
            failed.ends == [
                "completed a", "completed end", "run ending end", "failed good",
                "run completed good",
            ]
        )
        let completed = try Rehearsal(definition(Self.both), ["a": [Rehearsal.failed]])
        #expect(
            completed.ends == ["failed a", "run ending a", "completed bad", "run failed bad"]
        )
        #expect(try completed.run.events[2].json == "bad")
    }

    @Test
    func `it knows how the run ends`() throws {
        let paths: JSON = ["paths": ["run.status", "run.output", "run.error.message"]]
        for (failing, status) in [(false, "completed"), (true, "failed")] as [(Bool, JSON)] {
            let definition = try Definition.trusted(
                "a:work last:log",
                "start>a a>end",
                configs: ["last": paths],
                members: ["": ["on_complete": "last", "on_error": "last"]]
            )
            let run = try Rehearsal(definition, failing ? ["a": [Rehearsal.failed]] : [:])
            let values = try #require(try run.output("last")?["values"])
            #expect(values["run.status"] == status)
            #expect(values["run.output"] == (failing ? .null : "a"))
            #expect(values["run.error.message"] == (failing ? "broken" : .null))
        }
    }

    @Test
    func `it may be a container, and wait`() throws {
        let definition = try Definition.trusted(
            "a:work last:sequence last/ask:human last/b:work",
            "start>a a>end",
            members: ["": ["on_complete": "last"]]
        )
        var run = try Rehearsal(definition)
        #expect(run.live == ["last.ask"])
        try run.answer("last.ask", [:])
        #expect(run.calls == ["a", "last.b"])
        #expect(run.run.ending == .completed)
    }

    @Test
    func `it runs once, and again only after a retry`() throws {
        var run = try Rehearsal(definition(Self.both), ["a": [Rehearsal.failed]])
        #expect(run.calls == ["a", "bad"])
        try run.retry()
        #expect(run.calls == ["a", "bad"])
        #expect(run.ends.last == "run failed bad#2")
        try run.retry(["a": [Rehearsal.gave(1)]])
        #expect(run.calls == ["a", "good"])
        #expect(run.run.ending == .completed)
    }

    private func timeOut(
        _ settings: [String: JSON],
        _ nodes: String = "a:human"
    ) throws -> Rehearsal {
        var run = try Rehearsal(
            .trusted(
                "\(nodes) bad:work",
                "start>a a>end",
                members: ["": settings]
            ),
            hasDeadline: true
        )
        try run.expire("@deadline")
        return run
    }

    @Test
    func `a deadline fails the run, and takes all that is at work`() throws {
        let run = try timeOut([:], "a:parallel a/b:human a/c:human")
        #expect(run.run.ending == .failed)
        #expect(
            try run.result == [
                "code": "TIMEOUT_ERROR", "message": "the run did not end before its deadline",
            ]
        )
        #expect(run.run.tasks.isEmpty && run.run.waits.isEmpty)
    }

    @Test
    func `after a deadline the error node runs`() throws {
        let run = try timeOut(["on_error": "bad"], "a:parallel a/b:human a/c:sequence c/d:human")
        #expect(run.calls == ["bad"])
        #expect(run.ends.prefix(3) == ["cancelled a", "cancelled a.b", "cancelled a.c.d"])
        #expect(run.ends.last == "run failed bad")
        #expect(try run.result?["code"] == "TIMEOUT_ERROR")
    }

    @Test
    func `a deadline that comes while the last step runs changes nothing`() throws {
        let definition = try Definition.trusted(
            "a:work last:human",
            "start>a a>end",
            members: ["": ["on_complete": "last"]]
        )
        var run = try Rehearsal(definition, hasDeadline: true)
        #expect(run.live == ["last"])
        try run.expire("@deadline")
        #expect(run.run.ending == .completed)
    }

    @Test
    func `a deadline may suspend the run, or cancel it`() throws {
        let suspended = try timeOut(["on_timeout": "suspend"])
        #expect(suspended.run.ending == nil)
        #expect(suspended.run.isPaused)
        #expect(suspended.live == ["a"])
        let cancelled = try timeOut(["on_timeout": "cancel", "on_error": "bad"])
        #expect(cancelled.run.ending == .cancelled)
        #expect(cancelled.calls.isEmpty)
    }

    @Test
    func `the end of its parent cancels a run`() throws {
        let planner = Planner(try .trusted("a:human", "start>a a>end"))
        let transition = planner.plan(
            Step(StepID(path: "@cancel"), kind: .cancellation),
            .entered,
            in: Projection(after: [])
        )
        #expect(transition.ending == .cancelled)
        #expect(transition.sweepsRest)
        #expect(transition.events.map(\.kind) == [.runCancelled])
    }
}
