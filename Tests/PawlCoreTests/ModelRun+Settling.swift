import PawlCore

// What the store does with a transition, in the order of its statements.
extension ModelRun {
    /// Writes what follows, unless someone has been faster; the holder plans anew then.
    mutating func settle(_ id: Int, _ transition: Transition, keeps: Bool) throws -> Bool {
        let task = tasks[try index(of: id)]
        guard let claim = task.claim else {
            throw Violation(description: "\(task.step) is settled by nobody")
        }
        if try isOutrun(transition, claim) { return false }
        let closes = claim.phase != .enter && Self.parkingKinds.contains(task.kind)
        var abandons = false
        if closes { abandons = try abandon { $0.parent == id } }
        if transition.sweepsRest, transition.ending == nil {
            abandons = try abandon { $0.id != id } || abandons
        }
        try append(transition.events)
        if closes { scopes.removeAll { $0.task == id } }
        if let arrival = transition.arrival { try arrive(task, arrival) }
        try resolve(task, transition)
        if task.kind == .workflow, claim.phase == .wait { cancelChildren(of: [id]) }
        try open(task, transition)
        try listen(task, transition)
        try spawn(task, transition)
        guard transition.abandons || !abandons else {
            throw Violation(description: "\(task.step) abandons steps without saying so")
        }
        let mayKeep = !transition.abandons && !task.isPaused
        try dispose(task, claim, transition, keeps: keeps && mayKeep)
        try alert(id, claim, transition)
        if let status = transition.ending {
            // Tasks of Pawl's own stand beside the way that ends.
            try end(status, sweeps: transition.sweepsRest || tasks.contains { $0.isPawls })
        }
        if transition.pauses { pauseTasks() }
        try check()
        return true
    }

    private static let parkingKinds: [Node.Kind] = [.parallel, .dag, .loop]

    /// Whether what it is about has been decided since it was planned.
    private func isOutrun(_ transition: Transition, _ claim: Claim) throws -> Bool {
        if transition.sweepsRest, events[claim.seq...].contains(where: { $0.kind == .runEnding }) {
            return true
        }
        return try transition.events.contains { event in
            try event.kind == .signalTaken && takenSignals.contains(Self.number(of: event))
        }
    }

    static func number(of event: Event) throws -> Int { try event.json?["number"]?.intValue ?? 0 }

    /// Takes tasks away, and all that is below them; returns whether there were any.
    mutating func abandon(where isDoomed: (Task) -> Bool) throws -> Bool {
        var doomed = Set(tasks.filter(isDoomed).map(\.id))
        guard !doomed.isEmpty else { return false }
        // A child is younger than its parent.
        for task in tasks {
            if let parent = task.parent, doomed.contains(parent) { doomed.insert(task.id) }
        }
        let gone = tasks.filter { doomed.contains($0.id) }
        tasks.removeAll { doomed.contains($0.id) }
        scopes.removeAll { doomed.contains($0.task) }
        gates.removeAll { doomed.contains($0.task) }
        waits.removeAll { doomed.contains($0.task) }
        cancelChildren(of: doomed)
        try append(
            gone.filter { $0.phase != .held && !$0.isPawls }.map { Event(.stepCancelled, $0.step) }
        )
        return true
    }

    mutating func cancelChildren(of tasks: Set<Int>) {
        for index in children.indices where children[index].isLive {
            guard let task = children[index].task, tasks.contains(task) else { continue }
            children[index].isLive = false
            children[index].isCancelled = true
        }
    }

    private mutating func arrive(_ task: Task, _ arrival: Transition.Arrival) throws {
        guard let parent = task.parent,
            let scope = scopes.firstIndex(where: { $0.task == parent })
        else { throw Violation(description: "\(task.step) arrives nowhere") }
        if arrival.stops {
            let stopped = Set(tasks.filter { $0.parent == parent && $0.phase == .held }.map(\.id))
            tasks.removeAll { stopped.contains($0.id) }
            gates.removeAll { stopped.contains($0.task) }
            scopes[scope].remaining -= stopped.count
        }
        scopes[scope].remaining -= 1
        if arrival.succeeded { scopes[scope].needed? -= 1 }
        let (remaining, needed) = (scopes[scope].remaining, scopes[scope].needed)
        guard remaining >= 0 else {
            throw Violation(description: "\(scopes[scope].step) counts too many ends")
        }
        let isOver =
            remaining == 0 || arrival.closes || needed.map { $0 <= 0 || remaining < $0 } ?? false
        let above = try index(of: parent)
        if isOver, tasks[above].phase == .wait {
            tasks[above].phase = .resume
            tasks[above].due = .now
        }
        if arrival.admits, !arrival.stops, needed.map({ 1...max(remaining, 1) ~= $0 }) ?? true,
            let next = tasks.firstIndex(where: { $0.parent == parent && $0.phase == .held })
        {
            begin(next)
        }
        for path in arrival.releases {
            guard let gate = gates.firstIndex(where: { $0.path == path }) else { continue }
            gates[gate].remaining -= 1
            if gates[gate].remaining == 0 { begin(try index(of: gates.remove(at: gate).task)) }
        }
    }

    private mutating func begin(_ index: Int) {
        tasks[index].phase = .enter
        tasks[index].due = .now
    }

    private mutating func resolve(_ task: Task, _ transition: Transition) throws {
        guard transition.expiresWait || transition.resolvesWait else { return }
        guard let wait = waits.firstIndex(where: { $0.task == task.id }) else {
            throw Violation(description: "\(task.step) ends a wait that is not open")
        }
        guard transition.expiresWait != transition.resolvesWait, waits[wait].step == task.step
        else { throw Violation(description: "\(task.step) ends a wait in two ways, or another's") }
        waits.remove(at: wait)
    }

    private mutating func open(_ task: Task, _ transition: Transition) throws {
        guard let opening = transition.opening else { return }
        guard case .park(let position, _) = transition.disposition, !opening.children.isEmpty,
            !scopes.contains(where: { $0.task == task.id })
        else { throw Violation(description: "\(task.step) opens without being parked, or twice") }
        scopes.append(
            Scope(
                task: task.id,
                step: position.step,
                remaining: opening.children.count,
                needed: opening.needed
            )
        )
        for child in opening.children {
            add(child.position, parent: task.id, isPaused: task.isPaused)
            guard child.isHeld else { continue }
            tasks[tasks.count - 1].phase = .held
            tasks[tasks.count - 1].due = .never
            guard child.prerequisites > 0 else { continue }
            gates.append(
                Gate(
                    task: tasks[tasks.count - 1].id,
                    path: child.position.step.path,
                    remaining: child.prerequisites
                )
            )
        }
    }

    private mutating func listen(_ task: Task, _ transition: Transition) throws {
        guard let wait = transition.wait else { return }
        let name = try JSON(parsing: wait.subject)["name"]?.stringValue
        let kind: Wait.Kind = wait.kind == .signal ? .signal(name ?? "") : .decision
        try add(kind, task, transition)
    }

    private mutating func spawn(_ task: Task, _ transition: Transition) throws {
        for spawn in transition.spawns {
            guard keys.insert(spawn.key).inserted else {
                throw Violation(description: "\(task.step) starts \(spawn.key) twice")
            }
            children.append(Child(task: spawn.isAwaited ? task.id : nil))
            if spawn.isAwaited { try add(.child(children.count - 1), task, transition) }
        }
    }

    private mutating func add(
        _ kind: Wait.Kind,
        _ task: Task,
        _ transition: Transition
    ) throws {
        guard case .park(let position, let due) = transition.disposition else {
            throw Violation(description: "\(task.step) waits without being parked")
        }
        guard wait(at: task.id) == nil else {
            throw Violation(description: "\(position.step) waits for two things")
        }
        guard asked.insert(position.step).inserted else {
            throw Violation(description: "\(position.step) waits twice in one visit")
        }
        waits.append(
            Wait(task: task.id, step: position.step, kind: kind, due: due == nil ? .never : .later)
        )
    }

    private mutating func dispose(
        _ task: Task,
        _ claim: Claim,
        _ transition: Transition,
        keeps: Bool
    ) throws {
        let index = try index(of: task.id)
        var next = task
        next.claim = nil
        switch transition.disposition {
        case .drop:
            tasks.remove(at: index)
            return
        case .move(let position):
            next = next.at(position)
            next.due = .now
            if keeps {
                // The holder goes on with what it learnt, and does not read the history again.
                var kept = claim
                kept.phase = .enter
                kept.answer = nil
                for event in transition.events { kept.knowledge.apply(event) }
                next.claim = kept
                next.attempt = 1
            }
        case .park(let position, let due):
            next = next.at(position)
            next.phase = .wait
            next.due = due == nil ? .never : .later
            if due == .unchanged { next.due = wait(at: task.id)?.due ?? .never }
        case .again(_, let charged):
            if !charged { next.attempt -= 1 }
            next.phase = .enter
            next.due = .now
        }
        tasks[index] = next
    }

    /// A signal that came after the step was planned that waits for it.
    private mutating func alert(_ id: Int, _ claim: Claim, _ transition: Transition) throws {
        guard case .park(_, let due) = transition.disposition,
            due == .unchanged || transition.wait?.kind == .signal,
            events[claim.seq...].contains(where: { $0.kind == .signalReceived })
        else { return }
        let index = try index(of: id)
        tasks[index].phase = .resume
        tasks[index].due = .now
    }

    mutating func end(_ status: RunStatus, sweeps: Bool) throws {
        guard ending == nil else { throw Violation(description: "the run ends twice") }
        ending = status
        if sweeps { (tasks, scopes, gates, waits) = ([], [], [], []) }
        guard tasks.isEmpty, scopes.isEmpty, gates.isEmpty, waits.isEmpty else {
            throw Violation(
                description: "the end leaves something behind: \(tasks.map(\.step)), \(waits)"
            )
        }
        cancelChildren(of: Set(children.compactMap(\.task)))
    }
}

extension ModelRun.Task {
    fileprivate func at(_ position: Transition.Position) -> ModelRun.Task {
        var task = self
        task.step = position.step
        task.kind = position.kind
        task.hops = position.hops
        task.phase = .enter
        task.attempt = 0
        task.crashes = 0
        return task
    }
}
