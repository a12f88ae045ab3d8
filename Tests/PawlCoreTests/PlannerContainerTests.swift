import PawlCore
import Testing

/// Parallel nodes, from their children's start to the join.
struct PlannerContainerTests {
    private func enter(_ planner: Planner, _ path: String) -> Transition {
        let id = StepID(path: path, visit: 3)
        return planner.plan(
            Step(id, kind: .parallel, hops: 4),
            .entered,
            in: Projection(after: [])
        )
    }

    private func child(_ path: String) -> Step {
        Step(StepID(path: path, visit: 3), kind: .handler("work"), hops: 5)
    }

    private func planner() throws -> Planner {
        Planner(
            try .graph(
                "checks:parallel checks/a:work checks/b:human checks/inner:parallel inner/c:work",
                "start>checks checks>end"
            )
        )
    }

    @Test
    func `its children become due, and its task waits for them`() throws {
        let transition = enter(try planner(), "checks")
        #expect(
            transition.disposition
                == .park(
                    at: Transition.Position(
                        StepID(path: "checks", visit: 3),
                        kind: .parallel,
                        hops: 4
                    ),
                    due: nil
                )
        )
        let opening = try #require(transition.opening)
        #expect(
            opening.children.map(\.position) == [
                .init(StepID(path: "checks.a"), kind: .handler("work"), hops: 5),
                .init(StepID(path: "checks.b"), kind: .human, hops: 5),
                .init(StepID(path: "checks.inner"), kind: .parallel, hops: 5),
            ]
        )
        #expect(opening.needed == nil)
        #expect(opening.children.allSatisfy { !$0.isHeld && $0.prerequisites == 0 })
        #expect(transition.events.map(\.kind) == [.stepOpened])
        #expect(try transition.json(at: 0) == ["children": ["a", "b", "inner"]])
        #expect(transition.wait == nil)
    }

    @Test
    func `a container inside of one opens in its turn`() throws {
        let transition = enter(try planner(), "checks.inner")
        #expect(
            transition.opening?.children.map(\.position.step) == [StepID(path: "checks.inner.c")]
        )
        #expect(transition.arrival == nil)
    }

    @Test
    func `without children it is passed`() throws {
        let planner = Planner(try .graph("p:parallel", "start>p p>end"))
        let transition = enter(planner, "p")
        #expect(transition.ending == .completed)
        #expect(try transition.json(at: 0) == [:])
        #expect(transition.opening == nil)
    }

    @Test
    func `a child that ends arrives, and never ends the run`() throws {
        let planner = try planner()
        let policy = RetryPolicy(maximumRetries: 1)
        for (outcome, kind) in [
            (.completed(output: nil), .stepCompleted),
            (.resumed(answer: Array("1".utf8)), .stepCompleted),
            (.failed(Failure(.execution, "no", isRetryable: false)), .stepFailed),
        ] as [(Outcome, Event.Kind)] {
            let transition = planner.plan(
                child("checks.a"),
                outcome,
                in: Projection(after: []),
                retry: policy
            )
            #expect(transition.arrival != nil)
            #expect(transition.disposition == .drop)
            #expect(transition.ending == nil)
            #expect(transition.events.map(\.kind) == [kind])
        }
        let again = planner.plan(
            child("checks.a"),
            .failed(Failure(.execution, "once more")),
            in: Projection(after: []),
            retry: policy
        )
        #expect(again.arrival == nil)
        #expect(again.disposition == .again(after: .seconds(1), charged: true))
    }

    @Test
    func `its output is that of its children, by name`() throws {
        let transition = try planner().plan(
            Step(StepID(path: "checks", visit: 3), kind: .parallel),
            .resumed(answer: Array("null".utf8)),
            in: Projection(after: [
                .completed("checks.inner", visit: 3, ["c": 1]),
                .completed("checks.a", visit: 3, ["x": "\"quoted\""]),
                .completed("checks.b", visit: 3),
            ])
        )
        #expect(transition.events.map(\.kind) == [.stepCompleted, .runCompleted])
        #expect(
            try transition.json(at: 0) == [
                "a": ["x": "\"quoted\""], "b": nil, "inner": ["c": 1],
            ]
        )
    }

    @Test
    func `it fails with its children, names them, and keeps what they gave`() throws {
        let planner = try planner()
        let events = [
            Event(
                .stepFailed,
                StepID(path: "checks.inner", visit: 3),
                data: Failure(
                    .stepFailed,
                    "Child 'c' failed: no",
                    output: Array(#"{"c":2}"#.utf8)
                ).json.serialized()
            ),
            .completed("checks.a", visit: 3, 1),
            Event(.stepFailed, StepID(path: "checks.b", visit: 3), data: Array("?".utf8)),
        ]
        let transition = planner.plan(
            Step(StepID(path: "checks", visit: 3), kind: .parallel),
            .resumed(answer: []),
            in: Projection(after: events),
            retry: RetryPolicy()
        )
        #expect(transition.ending == .failed)
        #expect(
            try transition.events.map { try $0.json } == [
                [
                    "code": "STEP_FAILED",
                    "message":
                        "Child 'b' failed: unknown error; Child 'inner' failed: Child 'c' failed: no",
                    "output": ["a": 1, "b": nil, "inner": ["c": 2]],
                ]
            ]
        )
    }

    @Test
    func `a container inside of one arrives with its failure`() throws {
        let failure = Failure(.execution, "no").json.serialized()
        let transition = try planner().plan(
            Step(StepID(path: "checks.inner"), kind: .parallel),
            .resumed(answer: []),
            in: Projection(after: [
                Event(.stepFailed, StepID(path: "checks.inner.c"), data: failure)
            ])
        )
        #expect(transition.arrival != nil)
        #expect(transition.ending == nil)
        #expect(transition.events.map(\.kind) == [.stepFailed])
    }

    @Test
    func `a failure that was repaired by a later visit is forgotten`() throws {
        let failure = Failure(.execution, "no").json.serialized()
        var events = ["a", "b", "inner"].map { Event.completed("checks.\($0)", visit: 3, 1) }
        events.insert(Event(.stepFailed, StepID(path: "checks.a", visit: 2), data: failure), at: 0)
        let transition = try planner().plan(
            Step(StepID(path: "checks", visit: 3), kind: .parallel),
            .resumed(answer: []),
            in: Projection(after: events)
        )
        #expect(transition.ending == .completed)
    }
}
