import Testing

@testable import PawlCore

/// A step of a large run writes no more than one of a small run.
struct PlannerWorkTests {
    /// What a transition writes: its events with their data, and what begins.
    private func size(_ transition: Transition) -> Int {
        transition.events.reduce(0) { $0 + 1 + ($1.data?.count ?? 0) }
            + (transition.opening?.children.count ?? 0)
    }

    private func input(_ items: Int) -> JSON {
        ["items": .array(Array(repeating: "x", count: items))]
    }

    /// What the transitions of a loop write that goes through its items one by one.
    private func work(_ definition: Definition, items: Int) throws -> [Int] {
        let planner = Planner(definition)
        var known = Projection(input: input(items).serialized())
        var next: Step? = Step(StepID(path: "l"), kind: .loop, hops: 1)
        var outcome = Outcome.entered
        var sizes: [Int] = []
        while let step = next {
            let transition = planner.plan(step, outcome, in: known)
            for event in transition.events { known.apply(event) }
            sizes.append(size(transition))
            outcome = .completed(output: Array("1".utf8))
            next = transition.destination.map { Step($0, kind: .handler("work"), hops: 1) }
        }
        return sizes
    }

    @Test
    func `what doubles with every round ends as too large`() throws {
        let run = try Rehearsal(
            .graph(
                "t:function",
                "start>t t>t",
                configs: [
                    "t": [
                        "action": "json_transform",
                        "template": ["{{t.output | default(1)}}", "{{t.output | default(1)}}"],
                    ]
                ],
                members: ["": ["max_visits": 1_000]]
            )
        )
        #expect(run.run.ending == .failed)
        #expect(try run.result?["code"] == "GUARD_EXCEEDED")
        #expect(try run.result?["message"]?.stringValue?.contains("1 MiB") == true)
    }

    @Test
    func `an iteration of a long loop writes as much as one of a short loop`() throws {
        let definition = try Definition.trusted(
            "l:loop l/a:work l/b:log",
            "start>l l>end",
            configs: ["l": ["over": "inputs.items"], "b": ["paths": ["a.output", "loop.item"]]]
        )
        let short = try work(definition, items: 10)
        let long = try work(definition, items: 2_000)
        #expect(long.count == 2_001)
        #expect(Set(long.dropFirst().dropLast()) == Set(short.dropFirst().dropLast()))
    }

    @Test
    func `the end of one of many branches writes as much as that of one of few`() throws {
        var sizes: Set<Int> = []
        for items in [10, 10_000] {
            let definition = try Definition.trusted(
                "l:loop l/a:work",
                "start>l l>end",
                configs: ["l": ["over": "inputs.items", "concurrency": 5]]
            )
            let planner = Planner(definition)
            var known = Projection(input: input(items).serialized())
            let opening = planner.plan(
                Step(StepID(path: "l"), kind: .loop),
                .entered,
                in: known
            )
            #expect(opening.opening?.children.count { !$0.isHeld } == 5)
            for event in opening.events { known.apply(event) }
            for child in opening.opening?.children ?? [] {
                let step = Step(child.position.step, kind: child.position.kind)
                let transition = planner.plan(
                    step,
                    .completed(output: Array("1".utf8)),
                    in: known
                )
                for event in transition.events { known.apply(event) }
                sizes.insert(size(transition))
            }
        }
        #expect(sizes == [2])
    }

    @Test
    func `logs of all that is known do not hold each other`() throws {
        let names = (0..<20).map { "l\($0)" }
        let planner = Planner(
            try .trusted(
                "a:work s:sequence " + names.map { "s/\($0):log" }.joined(separator: " "),
                "start>a a>s s>end"
            )
        )
        let transition = planner.plan(
            Step(StepID(path: "a"), kind: .handler("work")),
            .completed(output: Array("1".utf8)),
            in: Projection(after: [])
        )
        #expect(transition.ending == .completed)
        #expect(size(transition) < 20_000)
        #expect(try transition.json(at: 20)?["values"]?["a"] == ["output": 1])
    }
}
