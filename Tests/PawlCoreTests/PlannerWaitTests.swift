import Testing

@testable import PawlCore

/// Waits for a time or a signal, and runs that belong to steps.
struct PlannerWaitTests {
    private func run(_ config: JSON, _ kind: String = "wait") throws -> Rehearsal {
        try Rehearsal(.trusted("w:\(kind)", "start>w w>end", configs: ["w": config]))
    }

    private func plan(_ config: JSON, _ kind: String = "wait") throws -> Transition {
        let planner = Planner(try .trusted("w:\(kind)", "start>w w>end", configs: ["w": config]))
        let step = Step(StepID(path: "w"), kind: Node.Kind(rawValue: kind))
        return planner.plan(step, .entered, in: Projection(after: []))
    }

    @Test(
        arguments: [
            ("wait", ["duration": "30d"], .after(.seconds(30 * 86_400))),
            ("function", ["action": "delay", "duration": "90s"], .after(.seconds(90))),
            ("wait", ["until": "2026-01-31T09:00:00Z"], .at(1_769_850_000_000_000)),
            ("wait", ["until": "2026-01-31T10:30:00+01:30"], .at(1_769_850_000_000_000)),
        ] as [(String, JSON, Transition.Due)]
    )
    func `a timer parks the task until its time`(
        kind: String,
        config: JSON,
        due: Transition.Due
    ) throws {
        let transition = try plan(config, kind)
        guard case .park(_, let found) = transition.disposition else {
            Issue.record("not parked")
            return
        }
        #expect(found == due)
        #expect(transition.wait == nil)
        #expect(transition.events.map(\.kind) == [.stepWaiting])
        #expect(try transition.json(at: 0)?["for"] == "timer")
    }

    @Test(
        arguments: [
            ("wait", ["duration": "2s"], ["waited": 2_000]),
            ("function", ["action": "delay", "duration": "90s"], ["delayed": "90s"]),
            ("wait", ["until": "2026-01-31"], ["until": "2026-01-31"]),
        ] as [(String, JSON, JSON)]
    )
    func `when the time has come the step completes`(
        kind: String,
        config: JSON,
        output: JSON
    ) throws {
        var run = try run(config, kind)
        #expect(run.live == ["w"])
        try run.expire("w")
        #expect(try run.output("w") == output)
        #expect(run.run.ending == .completed)
    }

    @Test(
        arguments: [
            ("wait", ["duration": "0s"], ["waited": 0]),
            ("function", ["action": "delay", "duration": "0s"], ["delayed": "0s"]),
        ] as [(String, JSON, JSON)]
    )
    func `a wait for no time is none`(kind: String, config: JSON, output: JSON) throws {
        let run = try run(config, kind)
        #expect(try run.output("w") == output)
        #expect(run.run.ending == .completed)
    }

    @Test
    func `what is no instant fails the step`() throws {
        let run = try run(["until": "tomorrow"])
        #expect(run.run.ending == .failed)
        #expect(try run.result?["code"] == "VALIDATION_ERROR")
    }

    @Test
    func `a signal ends the wait, with its payload`() throws {
        var run = try run(["signal": "go"])
        #expect(run.live == ["w"])
        try run.signal("stop")
        #expect(run.live == ["w"])
        try run.signal("go", ["n": 1])
        #expect(try run.output("w") == ["signal": "go", "payload": ["n": 1]])
        #expect(run.run.takenSignals == [2])
        #expect(run.run.ending == .completed)
    }

    @Test
    func `a signal that came before is taken at once, and only once`() throws {
        let definition = try Definition.trusted(
            "ask:human v:wait w:wait",
            "start>ask ask>v v>w w>end",
            configs: ["v": ["signal": "go"], "w": ["signal": "go"]]
        )
        var run = try Rehearsal(definition)
        try run.signal("go", 1)
        try run.answer("ask", [:])
        #expect(try run.output("v") == ["signal": "go", "payload": 1])
        #expect(run.live == ["w"])
        try run.signal("go", 2)
        #expect(try run.output("w") == ["signal": "go", "payload": 2])
    }

    @Test
    func `a filter lets signals pass that are for others`() throws {
        let large: JSON = ["path": "n", "op": "gt", "value": 5]
        let definition = try Definition.trusted(
            "w:wait v:wait",
            "start>w w>v v>end",
            configs: ["w": ["signal": "go", "filter": large], "v": ["signal": "go"]]
        )
        var run = try Rehearsal(definition)
        try run.signal("go", ["n": 1])
        #expect(run.live == ["w"])
        try run.signal("go", ["n": 9])
        #expect(try run.output("w")?["payload"] == ["n": 9])
        // The one that was refused is still there for the next one.
        #expect(try run.output("v")?["payload"] == ["n": 1])
        #expect(run.run.ending == .completed)
    }

    @Test
    func `a refused signal leaves the wait and its time as they are`() throws {
        let config: JSON = [
            "signal": "go", "filter": ["path": "n", "op": "exists"], "timeout": "1h",
        ]
        let planner = Planner(try .trusted("w:wait", "start>w w>end", configs: ["w": config]))
        let waiting = Event(
            .stepWaiting,
            StepID(path: "w"),
            data: Array(#"{"for":"signal","signal":"go"}"#.utf8)
        )
        let transition = planner.plan(
            Step(StepID(path: "w"), kind: .wait, hops: 3),
            .resumed(answer: Array("null".utf8)),
            in: Projection(after: [waiting])
        )
        #expect(
            transition.disposition
                == .park(
                    at: Transition.Position(StepID(path: "w"), kind: .wait, hops: 3),
                    due: .unchanged
                )
        )
        #expect(transition.events.isEmpty && transition.wait == nil)
        #expect(!transition.resolvesWait)
    }

    @Test
    func `a question of a handler in the stead of a wait is answered`() throws {
        let planner = Planner(
            try .trusted("w:wait", "start>w w>end", configs: ["w": ["signal": "go"]]),
            handled: ["wait"]
        )
        let transition = planner.plan(
            Step(StepID(path: "w"), kind: .wait),
            .resumed(answer: Array("5".utf8)),
            in: Projection(after: [])
        )
        #expect(transition.ending == .completed)
        #expect(try transition.json(at: 0) == 5)
    }

    @Test
    func `when no signal comes in time the fallback is the payload`() throws {
        for fallback in [nil, 7] as [JSON] {
            var run = try run(["signal": "go", "timeout": "1h", "fallback": fallback])
            try run.expire("w")
            #expect(
                try run.output("w") == ["signal": "go", "payload": fallback, "timed_out": true]
            )
            #expect(run.run.waits.isEmpty)
        }
        var run = try run(["signal": "go", "timeout": "1h"])
        try run.expire("w")
        #expect(run.run.ending == .failed)
        #expect(
            try run.result == [
                "code": "TIMEOUT_ERROR", "message": "no signal \"go\" came within 1h",
            ]
        )
    }
}
