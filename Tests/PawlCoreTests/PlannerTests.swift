import PawlCore
import Testing

/// What follows from an outcome: the next step, the end, and guards.
struct PlannerTests {
    private static let ok: [UInt8] = JSON.object(["ok": true]).serialized()

    private func step(
        _ path: String,
        visit: Int = 1,
        _ kind: Node.Kind = .handler("work"),
        attempt: Int = 1,
        hops: Int = 0
    ) -> Step {
        Step(StepID(path: path, visit: visit), kind: kind, attempt: attempt, hops: hops)
    }

    @Test
    func `a step that ends moves its task to the next one`() throws {
        let planner = Planner(try .graph("a:work b:send", "start>a a>b b>end"))
        let transition = planner.plan(
            step("a", attempt: 2, hops: 6),
            .completed(output: Self.ok),
            in: Projection(after: []),
            took: .seconds(3)
        )
        #expect(
            transition.events == [
                Event(
                    .stepCompleted,
                    StepID(path: "a"),
                    attempt: 2,
                    took: .seconds(3),
                    data: Self.ok
                )
            ]
        )
        #expect(
            transition.disposition
                == .move(
                    to: Transition.Position(StepID(path: "b"), kind: .handler("send"), hops: 7)
                )
        )
        #expect(transition.ending == nil)
        #expect(transition.arrival == nil)
    }

    @Test
    func `a second visit is a step of its own`() throws {
        let planner = Planner(
            try .graph(
                "a:work b:work",
                "start>a a>b b>a b>end",
                conditions: ["b>end": ["path": "b.output.ok", "op": "eq", "value": false]]
            )
        )
        let once = Projection(after: [.completed("a"), .completed("b"), .completed("a", visit: 2)])
        #expect(
            planner.plan(step("a", visit: 2), .completed(output: nil), in: once).destination
                == StepID(path: "b", visit: 2)
        )
        #expect(
            planner.plan(step("b", visit: 2), .completed(output: Self.ok), in: once).destination
                == StepID(path: "a", visit: 3)
        )
        // A node that leads to itself: what this very visit gave counts.
        let alone = Planner(try .graph("a:work b:work", "start>a a>a a>b b>end"))
        #expect(
            alone.plan(step("a"), .completed(output: nil), in: Projection(after: [])).destination?
                .path == "b"
        )
        let looped = Planner(try .graph("a:work", "start>a a>end a>a"))
        #expect(
            looped.plan(step("a"), .completed(output: nil), in: Projection(after: [])).destination
                == StepID(path: "a", visit: 2)
        )
    }

    private static let yes: JSON = ["path": "d.output.ok", "op": "eq", "value": true]
    private static let no: JSON = ["path": "d.output.ok", "op": "eq", "value": false]
    private static let otherwise: JSON = ["type": "otherwise"]

    @Test(
        arguments: [
            // The first edge whose condition holds, wherever it stands.
            (["d>a": yes, "d>b": yes], "a"),
            (["d>a": no, "d>b": yes, "d>c": yes], "b"),
            (["d>c": yes], "c"),
            (["d>a": otherwise, "d>c": yes], "c"),
            // Else the last without a condition.
            ([:], "c"),
            (["d>c": no], "b"),
            (["d>b": no, "d>c": no], "a"),
            (["d>c": otherwise], "b"),
            (["d>a": otherwise, "d>b": no], "c"),
            // Else the last `otherwise`.
            (["d>a": otherwise, "d>b": no, "d>c": no], "a"),
            (["d>a": otherwise, "d>b": otherwise, "d>c": no], "b"),
            // Else nothing.
            (["d>a": no, "d>b": no, "d>c": no], nil),
        ] as [([String: JSON], String?)]
    )
    func `one edge is taken`(conditions: [String: JSON], target: String?) throws {
        let definition = try Definition.graph(
            "d:work a:work b:work c:work",
            "start>d d>a d>b d>c a>end",
            conditions: conditions
        )
        let transition = Planner(definition).plan(
            step("d"),
            .completed(output: Self.ok),
            in: Projection(after: [])
        )
        #expect(transition.destination?.path == target)
        #expect((transition.ending == .failed) == (target == nil))
    }

    @Test
    func `no edge that could be taken fails the run`() throws {
        let definition = try Definition.graph(
            "d:work",
            "start>d d>end",
            conditions: ["d>end": Self.no]
        )
        let transition = Planner(definition).plan(
            step("d"),
            .completed(output: Self.ok),
            in: Projection(after: []),
            retry: RetryPolicy()
        )
        #expect(transition.disposition == .drop)
        #expect(transition.ending == .failed)
        #expect(transition.events.map(\.kind) == [.runFailed])
        #expect(
            try transition.json(at: 0) == [
                "code": "NO_VALID_TRANSITION", "message": "No valid transition from node 'd'",
                "output": JSON(parsing: Self.ok),
            ]
        )
    }

    @Test
    func `a node that no edge leaves ends the run with its output`() throws {
        let planner = Planner(try .graph("a:work", "start>a start>end"))
        let transition = planner.plan(
            step("a"),
            .completed(output: Self.ok),
            in: Projection(after: [])
        )
        #expect(transition.disposition == .drop)
        #expect(transition.ending == .completed)
        #expect(
            transition.events == [
                Event(.runCompleted, StepID(path: "a"), attempt: 1, data: Self.ok)
            ]
        )
    }

    @Test
    func `a job ends with its step`() {
        let transition = Planner(.job("greet")).plan(
            step("greet", .handler("greet")),
            .completed(output: Self.ok),
            in: Projection(after: [])
        )
        #expect(transition.ending == .completed)
        #expect(transition.events.map(\.data) == [Self.ok])
    }

    @Test
    func `a handler's step that is only entered waits for its handler`() {
        let transition = Planner(.job("a")).plan(step("a"), .entered, in: Projection(after: []))
        #expect(transition.disposition == .again(after: .zero, charged: false))
        #expect(transition.events.isEmpty)
    }

    @Test
    func `start is entered when its edges have conditions`() throws {
        let definition = try Definition.graph(
            "a:work b:work",
            "start>a start>b a>end b>end",
            conditions: ["start>b": ["path": "start.output.input.x", "op": "gt", "value": 1]]
        )
        for (input, target) in [(0, "a"), (2, "b")] as [(JSON, String)] {
            let transition = Planner(definition).plan(
                step("start", .start),
                .entered,
                in: Projection(input: ["x": input], after: [])
            )
            #expect(transition.destination == StepID(path: target))
            #expect(
                transition.events == [Event(.stepCompleted, StepID(path: "start"), attempt: 1)]
            )
        }
    }

    @Test
    func `the input is at start, unless a step of that name gave something`() throws {
        let definition = try Definition(
            json: [
                "id": "graph",
                "nodes": [
                    ["id": "begin", "type": "start"], ["id": "start", "type": "work"],
                    ["id": "yes", "type": "work"], ["id": "end", "type": "end"],
                ],
                "edges": [
                    ["source": "begin", "target": "start"],
                    [
                        "source": "start", "target": "yes",
                        "condition": ["path": "start.output.input.x", "op": "eq", "value": 1],
                    ],
                    ["source": "start", "target": "end"], ["source": "yes", "target": "end"],
                ],
            ]
        )
        func plan(_ output: JSON?) -> Transition {
            Planner(definition).plan(
                step("start"),
                .completed(output: output?.serialized()),
                in: Projection(input: ["x": 1], after: [])
            )
        }
        #expect(plan(nil).destination?.path == "yes")
        #expect(plan(["input": ["x": 2]]).ending == .completed)
    }

    @Test
    func `nodes without a handler are passed in one transition`() throws {
        let planner = Planner(
            try .graph(
                "a:work l:log m:log",
                "start>a a>l l>m m>end",
                configs: [
                    "l": ["paths": ["a.output.ok", "a.output.none", ""], "message": "hi"],
                    "m": ["paths": ["l.output.values"]],
                ]
            )
        )
        let transition = planner.plan(
            step("a"),
            .completed(output: Self.ok),
            in: Projection(after: [])
        )
        #expect(transition.ending == .completed)
        #expect(transition.disposition == .drop)
        #expect(transition.events.map(\.step.path) == ["a", "l", "m", "end"])
        #expect(
            transition.events.map(\.kind) == [
                .stepCompleted, .stepCompleted, .stepCompleted, .runCompleted,
            ]
        )
        #expect(transition.events.map(\.attempt) == [1, nil, nil, nil])
        let values: JSON = ["a.output.ok": true, "a.output.none": nil]
        #expect(try transition.json(at: 1) == ["message": "hi", "values": values])
        #expect(
            try transition.json(at: 2) == ["message": "", "values": ["l.output.values": values]]
        )
    }

    @Test
    func `a long row of such nodes is cut, and goes on where it was cut`() throws {
        let names = (0..<250).map { "l\($0)" }
        let planner = Planner(
            try .graph(
                names.map { "\($0):log" }.joined(separator: " "),
                zip(["start"] + names, names + ["end"]).map { "\($0)>\($1)" }
                    .joined(separator: " ")
            )
        )
        var projection = Projection(after: [])
        var paths: [String] = []
        var next = step("l0", .log)
        for _ in 0..<names.count {
            let transition = planner.plan(next, .entered, in: projection)
            #expect(transition.events.count <= 26)
            paths += transition.events.map(\.step.path)
            for event in transition.events { projection.apply(event) }
            guard case .move(let position) = transition.disposition else { break }
            next = Step(position.step, kind: position.kind, hops: position.hops)
        }
        #expect(paths == names + ["end"])
    }

    @Test
    func `a run that takes too many steps fails`() throws {
        let planner = Planner(
            try .graph("a:work", "start>a a>a start>end"),
            limits: Limits(steps: 10)
        )
        let projection = Projection(after: [.completed("a", visit: 9)])
        let allowed = planner.plan(
            step("a", visit: 10, hops: 9),
            .completed(output: nil),
            in: projection
        )
        #expect(allowed.destination == StepID(path: "a", visit: 11))
        let refused = planner.plan(
            step("a", visit: 10, hops: 10),
            .completed(output: nil),
            in: projection,
            retry: RetryPolicy()
        )
        #expect(refused.ending == .failed)
        #expect(refused.events.map(\.kind) == [.stepCompleted, .runFailed])
        #expect(refused.events.last?.step == StepID(path: "a", visit: 11))
        #expect(
            try refused.json(at: 1) == [
                "code": "GUARD_EXCEEDED",
                "message": "max_steps_exceeded: the run took more than 10 steps",
            ]
        )
    }

    @Test
    func `a cycle without handlers is found, not followed for ever`() throws {
        let planner = Planner(
            try .graph("a:log b:log", "start>a a>b b>a start>end"),
            limits: Limits(steps: 1_000)
        )
        var projection = Projection(after: [])
        var next: Step? = step("a", .log)
        var transitions = 0
        var ending: RunStatus?
        while let step = next, transitions < 100 {
            let transition = planner.plan(step, .entered, in: projection)
            transitions += 1
            for event in transition.events { projection.apply(event) }
            ending = transition.ending
            next = nil
            if case .move(let position) = transition.disposition {
                next = Step(position.step, kind: position.kind, hops: position.hops)
            }
        }
        #expect(ending == .failed)
        #expect(transitions <= 41)
    }
}
