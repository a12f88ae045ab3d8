import PawlCore

/// One run of one graph, and the dice that decide what happens in it.
struct Luck {
    private let planner: Planner
    private(set) var run: ModelRun
    private var random: SeededGenerator
    private(set) var tally = Tally()
    private let handled: Set<String>
    private var retries: Int

    /// More than any run takes; a run that takes them is stuck.
    private static let mostTurns = 4_000

    init(_ definition: Definition, seed: UInt64) {
        var random = SeededGenerator(seed: ~seed)
        let limits = Limits(
            steps: Int.random(in: 1...40, using: &random),
            visits: Int.random(in: 1...8, using: &random)
        )
        let ownKinds = ["log", "function", "human", "wait", "switch"]
        handled = Set(ownKinds.filter { _ in Int.random(in: 0..<12, using: &random) == 0 })
        planner = Planner(definition, limits: limits, handled: handled)
        retries = Int.random(in: 0...2, using: &random)
        let value = JSON.integer(.random(in: 0...2, using: &random))
        run = ModelRun(
            definition,
            input: JSON.object(["value": value, "items": [0, 1, value]]).serialized(),
            hasDeadline: Int.random(in: 0..<3, using: &random) == 0
        )
        self.random = random
    }

    /// Plays until the run has ended and nobody takes it up again.
    mutating func play() throws {
        for _ in 0..<Self.mostTurns {
            if run.ending == nil { try turn() } else if try !goOn() { break }
        }
        guard let ending = run.ending else {
            throw ModelRun.Violation(description: "stuck: \(run.tasks.map(\.step))")
        }
        tally.note(ending)
        guard !often(4) || run.live == run.folded else {
            throw ModelRun.Violation(description: "the history does not give what was known")
        }
    }

    private mutating func goOn() throws -> Bool {
        guard retries > 0 else { return false }
        retries -= 1
        guard try run.retry(skips: often(6)) else { return false }
        tally.note(.retried)
        return true
    }

    /// Something happens: mostly to a task, seldom from outside.
    private mutating func turn() throws {
        if run.isPaused, often(4) { return try run.resume() }
        if often(60) { return try interfere() }
        var movable = run.tasks.indices.filter { canMove(run.tasks[$0]) }
        // Time stands still while there is something to do, mostly.
        if !often(8) {
            let urgent = movable.filter {
                run.tasks[$0].due != .later || run.tasks[$0].claim != nil
            }
            if !urgent.isEmpty { movable = urgent }
        }
        guard let index = movable.randomElement(using: &random) else {
            if run.isPaused { return try run.resume() }
            throw ModelRun.Violation(
                description: "nothing can ever happen any more: \(run.tasks.map(\.step))"
            )
        }
        let task = run.tasks[index]
        if let claim = task.claim { return try settle(task, claim) }
        if try meet(task) { return }
        try run.claim(task.id)
    }

    /// Whether a task is held, due, or could be given what it waits for.
    private func canMove(_ task: ModelRun.Task) -> Bool {
        if task.claim != nil { return true }
        guard task.phase == .wait else { return run.canBeClaimed(task) }
        return run.canBeClaimed(task) || run.wait(at: task.id) != nil
    }

    /// Gives a waiting task what it waits for; it may also wait in vain.
    private mutating func meet(_ task: ModelRun.Task) throws -> Bool {
        guard task.phase == .wait, let wait = run.wait(at: task.id),
            !run.canBeClaimed(task) || often(2)
        else { return false }
        switch wait.kind {
        case .decision:
            try run.answer(task.id, JSON.object(["choice": often(2) ? "0" : "1"]).serialized())
        case .signal(let name): try run.signal(name, ["value": small()])
        case .child(let child): try run.endChild(child)
        }
        return true
    }

    /// What seldom happens.
    private mutating func interfere() throws {
        switch Int.random(in: 0..<16, using: &random) {
        case 0 where often(3): try run.cancel()
        case 1 where often(2): run.loseParent()
        case 2...3: try run.pause()
        case 4...5: try run.set("flag", small())
        case 6...9: try run.signal(often(2) ? "go" : "stop", ["value": small()])
        case 10...15:
            let steps = run.tasks.filter(run.canBeSkipped)
            guard let task = steps.randomElement(using: &random) else { return }
            try run.skip(task.id)
            tally.note(.skipped)
        default: return
        }
    }

    private mutating func settle(_ task: ModelRun.Task, _ claim: ModelRun.Claim) throws {
        if often(16) {
            tally.note(.lost)
            return try run.lose(task.id)
        }
        let outcome = outcome(of: task, claim)
        let jitter = Double.random(in: 0...1, using: &random)
        let transition = plan(task, outcome, claim, jitter)
        tally.note(task, outcome, transition)
        // Nobody knows what a worker that died had planned; the next one plans the same.
        if often(6), plan(task, outcome, claim, jitter) != transition {
            throw ModelRun.Violation(description: "\(task.step) is planned differently again")
        }
        guard try run.settle(task.id, transition, keeps: often(2)) else {
            tally.note(.outrun)
            return try run.release(task.id)
        }
    }

    private func plan(
        _ task: ModelRun.Task,
        _ outcome: Outcome,
        _ claim: ModelRun.Claim,
        _ jitter: Double
    ) -> Transition {
        planner.plan(
            task.plannable,
            outcome,
            in: claim.knowledge,
            retry: RetryPolicy(maximumRetries: 1),
            jitter: jitter
        )
    }

    private mutating func outcome(of task: ModelRun.Task, _ claim: ModelRun.Claim) -> Outcome {
        switch claim.phase {
        case .skip: return .skipped
        case .wait, .held: return task.kind == .deadline ? .entered : .expired
        case .resume: return .resumed(answer: claim.answer ?? JSON.null.serialized())
        case .enter: break
        }
        let isHandled = task.kind.needsHandler || handled.contains(task.kind.rawValue)
        guard isHandled, let node = run.definition.node(task.step.node),
            planner.holds(node, task.plannable, in: claim.knowledge)
        else { return .entered }
        return handle()
    }

    private mutating func handle() -> Outcome {
        let value = small()
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<4: return .failed(Failure(.validation, "no use", isRetryable: false))
        case 4..<20:
            return .failed(
                Failure(.execution, "broken", output: often(2) ? nil : value.serialized())
            )
        case 20..<24: return .snoozed(for: .seconds(1))
        case 24..<28:
            return .asked(subject: Array("{}".utf8), output: often(2) ? nil : value.serialized())
        case 28..<36: return .completed(output: nil)
        case 36..<42: return .completed(output: value.serialized())
        default:
            return .completed(
                output: JSON.object(["value": value, "items": [value, value]]).serialized()
            )
        }
    }

    private mutating func small() -> JSON { .integer(.random(in: 0...2, using: &random)) }

    /// True once in `times`.
    private mutating func often(_ times: Int) -> Bool {
        Int.random(in: 0..<times, using: &random) == 0
    }
}
