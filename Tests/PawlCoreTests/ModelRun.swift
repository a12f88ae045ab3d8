import PawlCore

/// A run in memory, to which transitions are applied as the store applies them.
///
///     due ──claim──▶ held ──settle──▶ the next step, a wait, or gone
///      ▲               │ crash
///      └───────────────┘
///
/// It checks on the way what must never happen, and throws a ``Violation`` if it does.
struct ModelRun {
    /// Something happened that must not.
    struct Violation: Error, CustomStringConvertible {
        let description: String
    }

    struct Task {
        let id: Int
        let parent: Int?
        var step: StepID
        var kind: Node.Kind
        var phase = Phase.enter
        var due = Due.now
        var attempt = 0
        var crashes = 0
        var hops: Int
        var isPaused = false
        var claim: Claim?

        var plannable: Step {
            Step(step, kind: kind, attempt: attempt, crashes: crashes, hops: hops)
        }

        /// Whether it is no step of the definition: a deadline, say.
        var isPawls: Bool { kind.rawValue.hasPrefix("@") }
    }

    enum Phase {
        case enter, held, wait, resume, skip
    }

    /// When a task may be claimed; `later` is as soon as time passes.
    enum Due {
        case now, later, never
    }

    /// What the holder of a task knew when it claimed it.
    struct Claim {
        var phase: Phase
        var knowledge: Projection
        var answer: [UInt8]?
        /// The events that it knew.
        var seq: Int
    }

    struct Scope {
        let task: Int
        let step: StepID
        var remaining: Int
        var needed: Int?
    }

    struct Gate {
        let task: Int
        let path: String
        var remaining: Int
    }

    struct Wait {
        enum Kind: Equatable {
            case decision
            case signal(String)
            case child(Int)
        }

        let task: Int
        let step: StepID
        let kind: Kind
        let due: Due
    }

    /// A run that belongs to a step.
    struct Child {
        let task: Int?
        var isLive = true
        /// Whether it was told to end, because nobody waits for it any more.
        var isCancelled = false
    }

    let definition: Definition
    var tasks: [Task] = []
    var scopes: [Scope] = []
    var gates: [Gate] = []
    var waits: [Wait] = []
    var children: [Child] = []
    var keys: Set<String> = []
    /// What was answered last at a task; the store finds it even when the task has gone on.
    var answers: [Int: [UInt8]] = [:]
    var events: [Event] = []
    var ending: RunStatus?
    var hasDeadline: Bool
    var isPaused = false
    /// What is known, learnt event by event.
    var live: Projection
    var asked: Set<StepID> = []
    var ended: [StepID: Event.Kind] = [:]
    var takenSignals: Set<Int> = []
    /// Whether how the run ends is decided, and one more step follows.
    var isEnding = false
    private var lastTask = 0

    init(_ definition: Definition, input: [UInt8], hasDeadline: Bool) {
        self.definition = definition
        self.hasDeadline = hasDeadline
        live = Projection(input: input, run: "run")
        let entry = definition.entry
        add(Transition.Position(StepID(path: entry.id), kind: entry.kind, hops: 0), parent: nil)
        if hasDeadline {
            add(
                Transition.Position(StepID(path: "@deadline"), kind: .deadline, hops: 0),
                parent: nil
            )
            tasks[1].phase = .wait
            tasks[1].due = .later
        }
    }

    /// What is known, learnt anew from the history, of the kinds that the store reads.
    var folded: Projection {
        var projection = Projection(input: live.input, run: live.run)
        for event in events where Projection.learnsFrom.contains(event.kind) {
            projection.apply(event)
        }
        return projection
    }

    func index(of id: Int) throws -> Int {
        guard let index = tasks.firstIndex(where: { $0.id == id }) else {
            throw Violation(description: "there is no task \(id)")
        }
        return index
    }

    func wait(at task: Int) -> Wait? { waits.first { $0.task == task } }

    /// Whether a worker may take a task; time passes for one that is due later.
    func canBeClaimed(_ task: Task) -> Bool {
        task.claim == nil && task.due != .never && !task.isPaused
    }

    mutating func claim(_ id: Int) throws {
        let index = try index(of: id)
        let task = tasks[index]
        guard canBeClaimed(task), task.phase != .held else {
            throw Violation(description: "\(task.step) cannot be claimed")
        }
        tasks[index].attempt += 1
        tasks[index].claim = Claim(
            phase: task.phase,
            knowledge: live,
            answer: answer(for: task),
            seq: events.count
        )
    }

    private func answer(for task: Task) -> [UInt8]? {
        guard case .child(let run)? = wait(at: task.id)?.kind else { return answers[task.id] }
        let output: JSON = ["value": .integer(Int64(run % 3))]
        let status = children[run].isCancelled ? "cancelled" : run % 4 == 3 ? "failed" : "completed"
        return JSON.object([
            "run_id": .string("\(run)"), "workflow": "child", "status": .string(status),
            "output": status == "completed" ? output : .null,
        ]).serialized()
    }

    /// The holder of a task died; the task is anybody's again.
    mutating func lose(_ id: Int) throws {
        let index = try index(of: id)
        try append([Event(.stepLost, tasks[index].step)])
        tasks[index].crashes += 1
        tasks[index].claim = nil
    }

    /// The holder of a task gives it back, as if it had not claimed it.
    mutating func release(_ id: Int) throws {
        let index = try index(of: id)
        tasks[index].attempt -= 1
        tasks[index].claim = nil
    }

    mutating func add(_ position: Transition.Position, parent: Int?, isPaused: Bool = false) {
        lastTask += 1
        tasks.append(
            Task(
                id: lastTask,
                parent: parent,
                step: position.step,
                kind: position.kind,
                hops: position.hops,
                isPaused: isPaused
            )
        )
    }
}
