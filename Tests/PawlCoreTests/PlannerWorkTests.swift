import Testing

@testable import PawlCore

/// A step of a large run costs as much as one of a small run.
struct PlannerWorkTests {
    /// The events, and with them what is looked at, of each transition of a run.
    private func work(_ definition: Definition, items: Int) throws -> [Int] {
        let planner = Planner(definition)
        var known = Projection(
            input: JSON.object(["items": .array((0..<items).map { .integer(Int64($0)) })])
                .serialized()
        )
        var step: Step? = Step(StepID(path: "l"), kind: .loop, hops: 1)
        var outcome = Outcome.entered
        var work: [Int] = []
        while let current = step {
            let before = known
            let transition = planner.plan(current, outcome, in: known)
            for event in transition.events { known.apply(event) }
            work.append(
                transition.events.count + known.records.count - before.records.count
            )
            outcome = .completed(output: Array("1".utf8))
            step = transition.destination.map { Step($0, kind: .handler("work"), hops: 1) }
        }
        return work
    }

    @Test
    func `an iteration of a long loop writes as much as one of a short loop`() throws {
        let definition = try Definition.trusted(
            "l:loop l/a:work l/b:log",
            "start>l l>end",
            configs: ["l": ["over": "inputs.items"], "b": ["paths": ["a.output", "loop.item"]]]
        )
        let short = try work(definition, items: 10)
        let long = try work(definition, items: 1_000)
        #expect(long.count == 1_001)
        #expect(Set(long.dropFirst().dropLast()) == Set(short.dropFirst().dropLast()))
    }
}
