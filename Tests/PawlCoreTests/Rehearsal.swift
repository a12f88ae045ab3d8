@testable import PawlCore

/// A run that is executed step by step, in order, with outcomes that a test gives.
///
/// A handler whose outcome is not given completes with its path as output.
struct Rehearsal {
    var run: ModelRun
    let planner: Planner
    /// What becomes of steps, by path: one outcome for each time; the last one stays.
    var outcomes: [String: [Outcome]]
    /// The handlers that were called, in order.
    private(set) var calls: [String] = []
    /// The most tasks that were due at the same time.
    private(set) var widest = 0

    static let failed = Outcome.failed(Failure(.execution, "broken", isRetryable: false))

    static func gave(_ output: JSON) -> Outcome { .completed(output: output.serialized()) }

    init(
        _ definition: Definition,
        input: JSON = [:],
        limits: Limits = Limits(),
        hasDeadline: Bool = false,
        _ outcomes: [String: [Outcome]] = [:]
    ) throws {
        planner = Planner(definition, limits: limits)
        run = ModelRun(definition, input: input.serialized(), hasDeadline: hasDeadline)
        self.outcomes = outcomes
        try go()
    }

    /// Executes what is due until nothing is.
    mutating func go() throws {
        for _ in 0..<100_000 {
            let due = run.tasks.filter { $0.due == .now && run.canBeClaimed($0) }
            widest = max(widest, due.count)
            guard run.ending == nil, let task = due.first else { return }
            try execute(task.id)
        }
        throw ModelRun.Violation(description: "the run does not come to rest")
    }

    /// Time passes: what waited for it goes on.
    mutating func expire(_ path: String) throws {
        try execute(id(path))
        try go()
    }

    mutating func answer(_ path: String, _ answer: JSON) throws {
        try run.answer(id(path), answer.serialized())
        try go()
    }

    mutating func signal(_ name: String, _ payload: JSON = .null) throws {
        try run.signal(name, payload)
        try go()
    }

    mutating func retry(skips: Bool = false, _ changes: [String: [Outcome]] = [:]) throws {
        outcomes.merge(changes) { $1 }
        calls = []
        guard try run.retry(skips: skips) else {
            throw ModelRun.Violation(description: "the run cannot be retried")
        }
        try go()
    }

    /// The task at a path.
    func id(_ path: String) throws -> Int {
        guard let task = run.tasks.first(where: { $0.step.path == path }) else {
            throw ModelRun.Violation(description: "no task is at \(path): \(live)")
        }
        return task.id
    }

    mutating func execute(_ id: Int) throws {
        try run.claim(id)
        let task = run.tasks[try run.index(of: id)]
        guard let claim = task.claim else { return }
        let outcome: Outcome =
            switch claim.phase {
            case .skip: .skipped
            case .wait, .held: task.kind == .deadline ? .entered : .expired
            case .resume: .resumed(answer: claim.answer ?? JSON.null.serialized())
            case .enter: enter(task)
            }
        let transition = planner.plan(task.plannable, outcome, in: claim.knowledge)
        guard try run.settle(id, transition, keeps: false) else { return try run.release(id) }
    }

    private mutating func enter(_ task: ModelRun.Task) -> Outcome {
        let path = task.step.path
        guard task.kind.needsHandler, let node = run.definition.node(task.step.node),
            planner.holds(node, task.plannable, in: run.live)
        else { return .entered }
        calls.append(path)
        let next = outcomes[path]?.first ?? .completed(output: JSON.string(path).serialized())
        if let rest = outcomes[path]?.dropFirst(), !rest.isEmpty { outcomes[path] = Array(rest) }
        return next
    }

    /// The paths of the live steps; those that are held back in brackets.
    var live: [String] {
        run.tasks.filter { !$0.isPawls }
            .map { $0.phase == .held ? "(\($0.step))" : "\($0.step)" }
    }

    /// What ended, and how: `completed a`, `run failed b`.
    var ends: [String] {
        run.events.compactMap { event in
            let words = event.kind.rawValue.split(separator: "_").joined(separator: " ")
            guard !["opened", "waiting", "requested", "received"].contains(where: words.hasSuffix)
            else { return nil }
            return "\(words.replacing("step ", with: "")) \(event.step)"
        }
    }

    /// What the run gave, or why it failed.
    var result: JSON? {
        get throws { try run.events.last?.json }
    }

    func output(_ path: String) throws -> JSON? {
        try run.live.record(of: path)?.output.map { try JSON(parsing: $0) }
    }
}
