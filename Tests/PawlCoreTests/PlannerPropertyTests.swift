import PawlCore
import Testing

/// Random graphs, executed with random luck: whatever happens, a run ends, and ends well-formed.
///
/// A failure names its seed: `RandomGraph.definition(seed:)` gives the graph again.
struct PlannerPropertyTests {
    private static let graphs: UInt64 = 120

    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func `every run ends, and nothing happens twice`(series: UInt64) throws {
        var plans = 0
        var endings: [RunStatus: Int] = [:]
        for graph in 0..<Self.graphs {
            let seed = series << 32 | graph
            do {
                var chance = try Chance(seed: seed)
                try chance.play()
                plans += chance.plans
                endings[chance.ending, default: 0] += 1
            } catch {
                Issue.record("seed \(seed): \(error)")
                return
            }
        }
        // Luck that never fails, or never plans, would prove nothing.
        #expect(plans > 5_000)
        #expect(endings[.completed, default: 0] > 10)
        #expect(endings[.failed, default: 0] > 10)
    }
}

/// One run of one graph, and the dice that decide what happens in it.
private struct Chance {
    private let planner: Planner
    private var run: ModelRun
    private var random: SeededGenerator
    private(set) var plans = 0

    /// More than any run takes; a run that takes them is stuck.
    private static let mostTurns = 5_000

    init(seed: UInt64) throws {
        let definition = try RandomGraph.definition(seed: seed)
        var random = SeededGenerator(seed: ~seed)
        let steps = Int.random(in: 1...300, using: &random)
        planner = Planner(definition, limits: Limits(steps: steps))
        let input = JSON.object(["value": .integer(.random(in: 0...2, using: &random))])
        run = ModelRun(
            definition,
            input: input.serialized(),
            hasDeadline: .random(using: &random)
        )
        self.random = random
    }

    var ending: RunStatus { run.ending ?? .running }

    mutating func play() throws {
        for _ in 0..<Self.mostTurns where run.ending == nil { try turn() }
        guard run.ending != nil else {
            throw ModelRun.Violation(description: "stuck: \(run.tasks.values.map(\.step))")
        }
        guard run.live == run.folded else {
            throw ModelRun.Violation(description: "the history does not give what was known")
        }
    }

    /// Something happens to one task: it is claimed, or its attempt ends.
    private mutating func turn() throws {
        let isTimeUp = often(500)
        let movable = run.tasks.values.filter { task in
            task.kind == .deadline ? isTimeUp || task.knowledge != nil : canMove(task)
        }
        .sorted { $0.id < $1.id }
        guard let task = movable.randomElement(using: &random) else {
            throw ModelRun.Violation(description: "nothing can ever happen any more")
        }
        guard let knowledge = task.knowledge else {
            if task.kind == .human, task.phase == .wait, !canExpire(task) || often(2) {
                try run.answer(task.id, answer())
            } else {
                try run.claim(task.id)
            }
            return
        }
        let outcome = outcome(of: task)
        let jitter = Double.random(in: 0...1, using: &random)
        let transition = plan(task, outcome, knowledge, jitter)
        // Nobody knows what the worker that died here had planned; it planned the same.
        guard plan(task, outcome, knowledge, jitter) == transition else {
            throw ModelRun.Violation(description: "\(task.step) is planned differently again")
        }
        if often(12) {
            try run.lose(task.id)
        } else {
            try run.settle(task.id, transition, keeps: often(2))
        }
    }

    private mutating func plan(
        _ task: ModelRun.Task,
        _ outcome: Outcome,
        _ knowledge: Projection,
        _ jitter: Double
    ) -> Transition {
        plans += 1
        return planner.plan(
            task.plannable,
            outcome,
            in: knowledge,
            retry: RetryPolicy(maximumRetries: 2),
            jitter: jitter
        )
    }

    /// Whether a task is held, due, or could be answered.
    private func canMove(_ task: ModelRun.Task) -> Bool {
        switch (task.phase, task.kind) {
        case (.enter, _), (.resume, _), (.wait, .human): true
        case (.wait, _): task.knowledge != nil
        }
    }

    private func canExpire(_ task: ModelRun.Task) -> Bool {
        run.waits[task.id]?.canExpire ?? false
    }

    private mutating func outcome(of task: ModelRun.Task) -> Outcome {
        switch (task.phase, task.kind) {
        case (.wait, _), (_, .deadline): return .expired
        case (.resume, _):
            return .resumed(answer: run.answers[task.id] ?? JSON.null.serialized())
        case (.enter, .handler): return handled()
        case (.enter, _): return .entered
        }
    }

    private mutating func handled() -> Outcome {
        let value = JSON.integer(.random(in: 0...2, using: &random))
        switch Int.random(in: 0..<100, using: &random) {
        case 0: return .failed(Failure(.validation, "no use", isRetryable: false))
        case 1..<10: return .failed(Failure(.execution, "broken"))
        case 10..<15: return .snoozed(for: .seconds(1))
        case 15..<20: return .completed(output: nil)
        case 20..<25: return .completed(output: value.serialized())
        default: return .completed(output: JSON.object(["value": value]).serialized())
        }
    }

    private mutating func answer() -> [UInt8] {
        JSON.object(["choice": often(2) ? "0" : "1"]).serialized()
    }

    /// True once in `times`.
    private mutating func often(_ times: Int) -> Bool {
        Int.random(in: 0..<times, using: &random) == 0
    }
}
