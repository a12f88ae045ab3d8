import PawlCore
import Testing

/// Human nodes: the question, its answer, and nobody's answer.
struct PlannerDecisionTests {
    private static let config: JSON = [
        "prompt": "Ship it?", "options": ["yes", ["id": "no", "label": "No"]], "timeout": "24h",
        "assignee": "lea", "form": ["notes": "text"],
    ]

    private func planner(_ changes: [String: JSON] = [:]) throws -> Planner {
        let config = Self.config.objectValue ?? [:]
        return Planner(
            try .graph(
                "ask:human yes:work no:work",
                "start>ask ask>yes ask>no yes>end no>end",
                configs: ["ask": .object(config.merging(changes) { _, change in change })],
                conditions: ["ask>yes": ["path": "ask.output.choice", "op": "eq", "value": "yes"]]
            )
        )
    }

    private func plan(
        _ planner: Planner,
        _ outcome: Outcome
    ) -> Transition {
        planner.plan(
            Step(StepID(path: "ask"), kind: .human, hops: 2),
            outcome,
            in: Projection(after: [])
        )
    }

    @Test
    func `the question is asked, and the task waits`() throws {
        let transition = plan(try planner(["fallback": "no"]), .entered)
        #expect(
            transition.disposition
                == .park(
                    at: Transition.Position(StepID(path: "ask"), kind: .human, hops: 2),
                    due: .after(.seconds(86_400))
                )
        )
        let subject: JSON = [
            "prompt": "Ship it?", "options": ["yes", ["id": "no", "label": "No"]],
            "form": ["notes": "text"],
        ]
        let wait = try #require(transition.wait)
        #expect(try JSON(parsing: wait.subject) == subject)
        #expect(wait.assignee == "lea")
        #expect(wait.fallback == "no")
        #expect(transition.events.map(\.kind) == [.decisionRequested])
        #expect(try transition.json(at: 0) == subject)
    }

    @Test
    func `without a timeout it waits for ever`() throws {
        guard case .park(_, due: nil) = plan(try planner(["timeout": nil]), .entered).disposition
        else {
            Issue.record("the task is not parked without a due time")
            return
        }
    }

    @Test
    func `actions are another word for options`() throws {
        let transition = plan(try planner(["options": nil, "actions": ["go"]]), .entered)
        let subject = try JSON(parsing: #require(transition.wait).subject)
        #expect(subject["actions"] == nil)
        #expect(subject["options"] == ["go"])
    }

    @Test
    func `the answer is the output, and chooses the edge`() throws {
        for (choice, target) in [("yes", "yes"), ("no", "no")] {
            let answer = JSON.object(["choice": .string(choice)]).serialized()
            let transition = plan(try planner(), .resumed(answer: answer))
            #expect(transition.destination?.path == target)
            #expect(
                transition.events == [
                    Event(.stepCompleted, StepID(path: "ask"), attempt: 1, data: answer)
                ]
            )
            #expect(!transition.expiresWait)
        }
    }

    @Test
    func `when nobody answers the fallback is taken`() throws {
        let transition = plan(try planner(["fallback": "yes"]), .expired)
        #expect(transition.expiresWait)
        #expect(transition.destination?.path == "yes")
        #expect(transition.events.map(\.kind) == [.decisionExpired, .stepCompleted])
        #expect(try transition.json(at: 0) == ["fallback": "yes"])
        #expect(
            try transition.json(at: 1) == [
                "choice": "yes", "reasoning": "nobody answered in time", "data": nil,
                "resolved_by": "pawl",
            ]
        )
    }

    @Test
    func `when nobody answers and there is no fallback the step fails`() throws {
        let transition = plan(try planner(), .expired)
        #expect(transition.expiresWait)
        #expect(transition.ending == .failed)
        #expect(transition.events.map(\.kind) == [.decisionExpired, .runFailed])
        #expect(try transition.json(at: 0) == ["fallback": nil])
        #expect(
            try transition.json(at: 1) == [
                "code": "TIMEOUT_ERROR",
                "message": "decision timeout for step ask: no fallback option configured",
            ]
        )
    }

    @Test(arguments: [.expired, .resumed(answer: Array("{}".utf8))] as [Outcome])
    func `in a container it arrives with its answer or failure`(outcome: Outcome) throws {
        for config in [Self.config, ["fallback": "no"]] {
            let planner = Planner(
                try .graph("p:parallel p/ask:human", "start>p p>end", configs: ["ask": config])
            )
            let transition = planner.plan(
                Step(StepID(path: "p.ask"), kind: .human, hops: 2),
                outcome,
                in: Projection(after: [])
            )
            let hasFailed = outcome == .expired && config == Self.config
            #expect(transition.arrival?.succeeded == !hasFailed)
            #expect(transition.ending == nil)
            #expect(transition.disposition == .drop)
        }
    }
}
