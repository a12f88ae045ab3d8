import PawlCore

// What people, programs and other runs do to a run.
extension ModelRun {
    /// Someone answers a question.
    mutating func answer(_ id: Int, _ text: [UInt8]) throws {
        guard let wait = waits.firstIndex(where: { $0.task == id && $0.kind == .decision }) else {
            throw Violation(description: "nothing to answer at task \(id)")
        }
        let step = waits.remove(at: wait).step
        try append([Event(.decisionResolved, step, data: text)])
        answers[id] = text
        try wake(id, .resume)
    }

    /// A task is due in another phase; whoever holds it has lost it.
    private mutating func wake(_ id: Int, _ phase: Phase) throws {
        let index = try index(of: id)
        tasks[index].phase = phase
        tasks[index].due = .now
        tasks[index].claim = nil
    }

    /// Sends a signal; it is kept until a step takes it.
    mutating func signal(_ name: String, _ payload: JSON) throws {
        let data = JSON.object(["name": .string(name), "payload": payload]).serialized()
        try append([Event(.signalReceived, StepID(path: ""), data: data)])
        for wait in waits where wait.kind == .signal(name) {
            let index = try index(of: wait.task)
            guard tasks[index].phase == .wait else { continue }
            tasks[index].phase = .resume
            tasks[index].due = .now
        }
    }

    mutating func set(_ variable: String, _ value: JSON) throws {
        let data = JSON.object(["name": .string(variable), "value": value]).serialized()
        try append([Event(.variableSet, StepID(path: ""), data: data)])
    }

    /// A run that a step waits for has ended.
    mutating func endChild(_ run: Int) throws {
        children[run].isLive = false
        guard let wait = waits.first(where: { $0.kind == .child(run) }) else { return }
        let index = try index(of: wait.task)
        guard tasks[index].phase == .wait else { return }
        tasks[index].phase = .resume
        tasks[index].due = .now
    }

    /// Whether a live step may be passed over.
    func canBeSkipped(_ task: Task) -> Bool { task.phase != .held && !task.isPawls }

    /// Someone passes a live step over.
    mutating func skip(_ id: Int) throws {
        waits.removeAll { $0.task == id }
        if tasks[try index(of: id)].kind == .workflow { cancelChildren(of: [id]) }
        try wake(id, .skip)
    }

    mutating func pause() throws {
        guard !isPaused else { return }
        pauseTasks()
        try append([Event(.runPaused, StepID(path: ""))])
    }

    mutating func pauseTasks() {
        isPaused = true
        for index in tasks.indices where !tasks[index].isPawls { tasks[index].isPaused = true }
    }

    mutating func resume() throws {
        isPaused = false
        for index in tasks.indices { tasks[index].isPaused = false }
        try append([Event(.runResumed, StepID(path: ""))])
    }

    mutating func cancel() throws {
        (tasks, scopes, gates, waits) = ([], [], [], [])
        try append([Event(.runCancelled, StepID(path: ""))])
        try end(.cancelled, sweeps: true)
    }

    /// The run that this one belongs to has ended.
    mutating func loseParent() {
        guard !tasks.contains(where: { $0.kind == .cancellation }) else { return }
        let step = StepID(path: "@cancel")
        add(Transition.Position(step, kind: .cancellation, hops: 0), parent: nil)
    }

    /// Takes a failed run up again; returns whether that is possible.
    mutating func retry(skips: Bool) throws -> Bool {
        let start = events.lastIndex { $0.kind == .runRetried } ?? 0
        let failed = events[start...].first { $0.kind == .runFailed || $0.kind == .runEnding }
        guard ending == .failed, let step = failed?.step, step.path != "@deadline" else {
            return false
        }
        try append([Event(.runRetried, step)])
        (ending, isPaused, hasDeadline) = (nil, false, false)
        add(Transition.Position(step, kind: .retry, hops: 1), parent: nil)
        if skips { tasks[0].phase = .skip }
        try check()
        return true
    }
}
