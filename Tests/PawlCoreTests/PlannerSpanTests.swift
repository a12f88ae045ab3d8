import Testing

@testable import PawlCore

/// Durations that depend on the run.
struct PlannerSpanTests {
    private static let spans =
        [
            ("wait", ["duration": "{{inputs.d}}"]),
            ("wait", ["duration": "{{inputs.n}}0s"]),
            ("wait", ["signal": "go", "timeout": "${{inputs.d}}"]),
            ("function", ["action": "delay", "duration": "{{inputs.d}}"]),
            ("human", ["prompt": "?", "timeout": "{{inputs.d}}"]),
            ("reasoning", ["prompt_context": "?", "timeout": "{{inputs.d}}"]),
        ] as [(String, JSON)]

    private func planner(_ kind: String, _ config: JSON) throws -> Planner {
        Planner(try .graph("w:\(kind)", "start>w w>end", configs: ["w": config]))
    }

    private func enter(
        _ kind: String,
        _ config: JSON,
        _ input: JSON
    ) throws -> Transition {
        let step = Step(StepID(path: "w"), kind: Node.Kind(rawValue: kind))
        return try planner(kind, config).plan(
            step,
            .entered,
            in: Projection(input: input, after: [])
        )
    }

    @Test(arguments: spans)
    func `a duration may be a template, which is resolved when the node is entered`(
        kind: String,
        config: JSON
    ) throws {
        let transition = try enter(kind, config, ["d": "90s", "n": 9])
        guard case .park(_, let due) = transition.disposition else {
            Issue.record("not parked")
            return
        }
        #expect(due == .after(.seconds(90)))
    }

    @Test(arguments: spans)
    func `what gives no duration fails the step, and says the value`(
        kind: String,
        config: JSON
    ) throws {
        let transition = try enter(kind, config, ["d": "soon", "n": "soon"])
        let failure = try #require(try transition.events.last?.json)
        #expect(failure["code"] == "VALIDATION_ERROR")
        #expect(failure["message"]?.stringValue?.contains(#""soon"#) == true)
        let missing = try enter(kind, config, [:])
        #expect(try missing.events.last?.json?["code"] == "INTERPOLATION_ERROR")
    }

    @Test
    func `a number is no duration`() throws {
        let failed = try enter("wait", ["duration": "{{inputs.d}}"], ["d": 5])
        #expect(
            try failed.events.last?.json?["message"]
                == "5 is not a duration; write 30s or 1h30m, for example"
        )
    }

    @Test(
        arguments: [
            ("wait", ["duration": "{{context.d}}"], ["waited": 90_000]),
            ("function", ["action": "delay", "duration": "{{context.d}}"], ["delayed": "90s"]),
            ("wait", ["until": "{{context.u}}"], ["until": "2026-01-31"]),
        ] as [(String, JSON, JSON)]
    )
    func `what a timer gives is what it was when it began`(
        kind: String,
        config: JSON,
        output: JSON
    ) throws {
        func set(_ name: String, _ value: JSON) -> Event {
            let data: JSON = ["name": .string(name), "value": value]
            return Event(.variableSet, StepID(path: ""), data: data.serialized())
        }
        let planner = try planner(kind, config)
        let step = Step(StepID(path: "w"), kind: Node.Kind(rawValue: kind))
        var known = Projection(after: [set("d", "90s"), set("u", "2026-01-31")])
        for event in planner.plan(step, .entered, in: known).events { known.apply(event) }
        for event in [set("d", "1s"), set("u", "2027-01-31")] { known.apply(event) }
        #expect(try planner.plan(step, .expired, in: known).json(at: 0) == output)
    }

    @Test
    func `a signal that does not come is told with the time that it had`() throws {
        var run = try Rehearsal(
            .graph(
                "w:wait",
                "start>w w>end",
                configs: ["w": ["signal": "go", "timeout": "{{inputs.d}}"]]
            ),
            input: ["d": "90s"]
        )
        try run.expire("w")
        #expect(try run.result?["message"] == #"no signal "go" came within 90s"#)
    }

    @Test(
        arguments: [
            ("human", [:], nil), ("reasoning", [:], nil), ("wait", ["signal": "go"], nil),
            ("human", ["timeout": "5s"], 5), ("wait", ["signal": "go", "timeout": "5s"], 5),
        ] as [(String, JSON, Int?)]
    )
    func `the timeout of a node that waits is that of its config, unless it has one`(
        kind: String,
        config: JSON,
        seconds: Int?
    ) throws {
        let planner = Planner(
            try .graph(
                "w:\(kind)",
                "start>w w>end",
                configs: ["w": config],
                members: ["w": ["timeout": "2s"]]
            )
        )
        let step = Step(StepID(path: "w"), kind: Node.Kind(rawValue: kind))
        let transition = planner.plan(step, .entered, in: Projection(after: []))
        guard case .park(_, let due) = transition.disposition else {
            Issue.record("not parked")
            return
        }
        #expect(due == .after(.seconds(seconds ?? 2)))
    }
}
