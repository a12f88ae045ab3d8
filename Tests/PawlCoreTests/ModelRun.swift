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
        var attempt = 0
        var crashes = 0
        var hops: Int
        /// What its holder knew when it claimed it; `nil` if nobody holds it.
        var knowledge: Projection?

        var plannable: Step {
            Step(
                step,
                kind: kind,
                attempt: attempt,
                crashes: crashes,
                hops: hops,
                isChild: parent != nil
            )
        }
    }

    enum Phase {
        case enter
        case wait
        case resume
    }

    struct Scope {
        let step: StepID
        var remaining: Int
    }

    private(set) var tasks: [Int: Task] = [:]
    private(set) var scopes: [Int: Scope] = [:]
    /// Open questions, by task, and the answers to those that were answered.
    private(set) var waits: [Int: (subject: Transition.Wait, canExpire: Bool)] = [:]
    private(set) var answers: [Int: [UInt8]] = [:]
    private(set) var events: [Event] = []
    private(set) var ending: RunStatus?
    /// What is known, learnt event by event.
    private(set) var live: Projection
    private var asked: Set<StepID> = []
    private var ended: [StepID: Event.Kind] = [:]
    private var lastTask = 0

    init(_ definition: Definition, input: [UInt8], hasDeadline: Bool) {
        live = Projection(input: input)
        let entry = definition.entry
        add(StepID(path: entry.id), entry.kind, parent: nil, hops: 0)
        if hasDeadline {
            add(StepID(path: "@deadline"), .deadline, parent: nil, hops: 0, phase: .wait)
        }
    }

    /// What is known, learnt anew from the history, of the kinds that the store reads.
    var folded: Projection {
        var projection = Projection(input: live.input)
        for event in events where Projection.learnsFrom.contains(event.kind) {
            projection.apply(event)
        }
        return projection
    }

    mutating func claim(_ id: Int) throws {
        guard var task = tasks[id], task.knowledge == nil else {
            throw Violation(description: "task \(id) cannot be claimed")
        }
        task.attempt += 1
        task.knowledge = folded
        tasks[id] = task
    }

    /// The holder of a task died; the task is anybody's again.
    mutating func lose(_ id: Int) throws {
        try append([Event(.stepLost, task(id).step)])
        tasks[id]?.crashes += 1
        tasks[id]?.knowledge = nil
    }

    /// A person answers.
    mutating func answer(_ id: Int, _ text: [UInt8]) throws {
        guard waits.removeValue(forKey: id) != nil else {
            throw Violation(description: "nothing to answer at task \(id)")
        }
        try append([Event(.decisionResolved, task(id).step, data: text)])
        answers[id] = text
        tasks[id]?.phase = .resume
    }

    /// Writes what follows; the order is that of the store's statements.
    mutating func settle(_ id: Int, _ transition: Transition, keeps: Bool) throws {
        let task = try task(id)
        guard let knowledge = task.knowledge else {
            throw Violation(description: "task \(id) is settled by nobody")
        }
        try append(transition.events)
        if task.kind == .parallel, task.phase == .resume {
            guard scopes.removeValue(forKey: id)?.remaining == 0 else {
                throw Violation(description: "\(task.step) was joined before its children ended")
            }
        }
        if transition.arrives { try arrive(task) }
        if transition.expiresWait, waits.removeValue(forKey: id) == nil {
            throw Violation(description: "\(task.step) expired without a wait")
        }
        try open(task, transition)
        try dispose(task, transition, keeps: keeps, knowledge)
        if let status = transition.ending { try end(status, at: task) }
        try check()
    }

    private mutating func open(_ task: Task, _ transition: Transition) throws {
        guard !transition.children.isEmpty || transition.wait != nil else { return }
        guard case .park(let position, let due) = transition.disposition else {
            throw Violation(description: "\(task.step) waits without being parked")
        }
        if let wait = transition.wait {
            guard asked.insert(position.step).inserted else {
                throw Violation(description: "\(position.step) asks twice")
            }
            waits[task.id] = (wait, due != nil)
            answers[task.id] = nil
        }
        guard !transition.children.isEmpty else { return }
        guard scopes[task.id] == nil else {
            throw Violation(description: "\(position.step) opens twice")
        }
        scopes[task.id] = Scope(step: position.step, remaining: transition.children.count)
        for child in transition.children {
            add(child.step, child.kind, parent: task.id, hops: child.hops)
        }
    }

    private mutating func arrive(_ task: Task) throws {
        guard let parent = task.parent, let scope = scopes[parent], scope.remaining > 0,
            tasks[parent]?.phase == .wait
        else { throw Violation(description: "\(task.step) arrives nowhere") }
        scopes[parent]?.remaining -= 1
        if scope.remaining == 1 { tasks[parent]?.phase = .resume }
    }

    private mutating func dispose(
        _ task: Task,
        _ transition: Transition,
        keeps: Bool,
        _ knowledge: Projection
    ) throws {
        var next = task
        next.knowledge = nil
        switch transition.disposition {
        case .drop:
            tasks[task.id] = nil
            return
        case .move(let position):
            next = Task(id: task.id, parent: task.parent, at: position)
            if keeps {
                // The holder goes on with what it learnt, and does not read the history again.
                var projection = knowledge
                for event in transition.events { projection.apply(event) }
                next.knowledge = projection
                next.attempt = 1
            }
        case .park(let position, _):
            next = Task(id: task.id, parent: task.parent, at: position)
            next.phase = .wait
        case .again(_, let charged):
            if !charged { next.attempt -= 1 }
            next.phase = .enter
        }
        tasks[task.id] = next
    }

    private mutating func end(_ status: RunStatus, at task: Task) throws {
        guard ending == nil else { throw Violation(description: "the run ends twice") }
        ending = status
        if task.kind == .deadline {
            (tasks, scopes, waits) = ([:], [:], [:])
        } else {
            tasks = tasks.filter { $0.value.kind != .deadline }
        }
        guard tasks.isEmpty, scopes.isEmpty, waits.isEmpty else {
            throw Violation(description: "the end at \(task.step) leaves something behind")
        }
    }

    private mutating func append(_ news: [Event]) throws {
        for event in news {
            if let last = events.last, [.runCompleted, .runFailed].contains(last.kind) {
                throw Violation(description: "\(event.kind) after the end")
            }
            switch event.kind {
            case .stepCompleted, .stepFailed, .runCompleted, .runFailed:
                // A step from which no edge leads on has ended, and the run fails there.
                let before = ended.updateValue(event.kind, forKey: event.step)
                guard before == nil || (before == .stepCompleted && event.kind == .runFailed) else {
                    throw Violation(description: "\(event.step) ends twice")
                }
            default: break
            }
            events.append(event)
            live.apply(event)
        }
    }

    /// What holds after every transition.
    private func check() throws {
        guard ending == nil else { return }
        guard tasks.values.contains(where: { $0.kind != .deadline }) else {
            throw Violation(description: "nothing is left of a run that has not ended")
        }
        for (id, scope) in scopes {
            let children = tasks.values.count { $0.parent == id }
            guard children == scope.remaining else {
                throw Violation(
                    description: "\(scope.step) waits for \(scope.remaining), \(children) live"
                )
            }
        }
        for task in tasks.values where task.phase == .wait && task.kind != .deadline {
            guard waits[task.id] != nil || (scopes[task.id]?.remaining ?? 0) > 0 else {
                throw Violation(description: "\(task.step) waits for nothing")
            }
        }
        guard Set(tasks.values.map(\.step)).count == tasks.count else {
            throw Violation(description: "two tasks are at the same step")
        }
    }

    private func task(_ id: Int) throws -> Task {
        guard let task = tasks[id] else {
            throw Violation(description: "there is no task \(id)")
        }
        return task
    }

    private mutating func add(
        _ step: StepID,
        _ kind: Node.Kind,
        parent: Int?,
        hops: Int,
        phase: Phase = .enter
    ) {
        lastTask += 1
        tasks[lastTask] = Task(
            id: lastTask,
            parent: parent,
            step: step,
            kind: kind,
            phase: phase,
            hops: hops
        )
    }
}

extension ModelRun.Task {
    fileprivate init(id: Int, parent: Int?, at position: Transition.Position) {
        self.init(
            id: id,
            parent: parent,
            step: position.step,
            kind: position.kind,
            hops: position.hops
        )
    }
}
