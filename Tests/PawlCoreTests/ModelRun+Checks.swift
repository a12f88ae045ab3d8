@testable import PawlCore

// What must hold of every history, and of what stands beside it.
extension ModelRun {
    mutating func append(_ news: [Event]) throws {
        for event in news {
            if let last = events.last, last.kind.endsRun, event.kind != .runRetried {
                throw Violation(description: "\(event.kind) after the end")
            }
            switch event.kind {
            case .runEnding:
                guard !isEnding else { throw Violation(description: "the end is decided twice") }
                isEnding = true
            case .runRetried:
                // What failed may end again, and what is around it.
                isEnding = false
                ended = [:]
            case .signalTaken:
                guard try takenSignals.insert(Self.number(of: event)).inserted else {
                    throw Violation(description: "\(event.step) takes a signal again")
                }
            case let kind where kind.endsStep:
                let before = ended.updateValue(kind, forKey: event.step)
                if let before, !kind.mayFollow(before) {
                    throw Violation(
                        description: "\(event.step) ends twice: \(kind) after \(before)"
                    )
                }
            default: break
            }
            events.append(event)
            live.apply(event)
        }
    }

    /// What holds after every transition.
    func check() throws {
        guard ending == nil else { return }
        let roots = tasks.count {
            $0.parent == nil && $0.kind != .deadline && $0.kind != .cancellation
        }
        guard roots == 1 else {
            throw Violation(description: "\(roots) ways go through the run: \(tasks.map(\.step))")
        }
        guard Set(tasks.map(\.step.path)).count == tasks.count else {
            throw Violation(description: "two tasks are at the same place: \(tasks.map(\.step))")
        }
        try checkScopes()
        for task in tasks where task.phase == .wait {
            let reasons = [
                waits.contains { $0.task == task.id && $0.step == task.step },
                scopes.contains { $0.task == task.id && $0.step == task.step && $0.remaining > 0 },
            ].count { $0 }
            guard reasons == 1 || (reasons == 0 && task.due != .never) else {
                throw Violation(description: "\(task.step) waits for \(reasons) things")
            }
        }
        for wait in waits {
            guard tasks.contains(where: { $0.id == wait.task && $0.step == wait.step }) else {
                throw Violation(description: "nobody waits at \(wait.step)")
            }
        }
    }

    private func checkScopes() throws {
        for scope in scopes {
            let children = tasks.filter { $0.parent == scope.task }
            guard children.count == scope.remaining else {
                throw Violation(
                    description: "\(scope.step) counts \(scope.remaining), \(children.count) live"
                )
            }
            guard let task = tasks.first(where: { $0.id == scope.task }), task.step == scope.step
            else { throw Violation(description: "\(scope.step) is open without its task") }
            try check(children, of: scope)
            // Whoever is held back begins when one that is at work ends.
            guard task.phase != .wait || children.contains(where: { $0.phase != .held }) else {
                throw Violation(description: "all that \(scope.step) waits for are held back")
            }
        }
        for gate in gates {
            guard tasks.contains(where: { $0.id == gate.task && $0.phase == .held }) else {
                throw Violation(description: "the gate of \(gate.path) holds nobody back")
            }
        }
    }
}

// What containers promise of their children.
extension ModelRun {
    private func check(_ children: [Task], of scope: Scope) throws {
        let working = children.filter { $0.phase != .held }
        guard working.count <= definition.node(scope.step.node)?.mostAtOnce ?? .max else {
            throw Violation(description: "\(working.count) children of \(scope.step) are at work")
        }
        let nodes = Set(children.map { live.original(of: $0.step).node })
        for task in working {
            let needed = definition.node(live.original(of: task.step).node)?.dependencies ?? []
            guard nodes.isDisjoint(with: needed) else {
                throw Violation(description: "\(task.step) begins before what it depends on ended")
            }
        }
    }
}

extension Node {
    /// The children that may be at work at once.
    fileprivate var mostAtOnce: Int? {
        switch rule {
        case .parallel(let rule): rule.limit
        case .loop(let rule): rule.concurrency
        default: nil
        }
    }
}

extension Event.Kind {
    fileprivate var endsRun: Bool {
        self == .runCompleted || self == .runFailed || self == .runCancelled
    }

    fileprivate var endsStep: Bool {
        switch self {
        case .stepCompleted, .stepFailed, .stepSkipped, .stepIgnored, .stepCancelled,
            .runCompleted, .runFailed:
            true
        default: false
        }
    }

    /// Whether a visit that ended one way may end another way, too: the run ends there, or it is
    /// found that nothing leads on.
    fileprivate func mayFollow(_ before: Event.Kind) -> Bool {
        switch (before, self) {
        case (.stepCompleted, .stepFailed), (.stepSkipped, .stepFailed),
            (.stepIgnored, .stepFailed):
            true
        case (.stepCancelled, _), (.runCompleted, _), (.runFailed, _): false
        case (_, .runCompleted), (_, .runFailed): true
        default: false
        }
    }
}
