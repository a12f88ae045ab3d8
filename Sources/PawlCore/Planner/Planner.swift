/// Decides what follows from an outcome: the one place where a workflow's next step is chosen.
///
/// Pure and total: no I/O, no clock, no chance. The same arguments give the same transition, so a
/// step that is planned again after a crash is planned the same.
///
///     plan ─▶ enter ─▶ complete ─▶ leave ─▶ reach ─▶ enter the next one, or move there
///        │               ▲           └─▶ the container's end, the run's end
///        └─▶ fail ───────┘ (its fallback, or it is ignored)
public struct Planner: Sendable {
    let definition: Definition
    let limits: Limits
    /// The kinds of Pawl's own that a handler does on this worker.
    let handled: Set<String>

    /// The events after which a row of nodes without a handler is cut.
    ///
    /// So that a cycle of them cannot exhaust the stack, of which each takes up to 90 KB.
    private static let longestRow = 25

    /// Creates the planner of a definition.
    public init(_ definition: Definition, limits: Limits = Limits(), handled: Set<String> = []) {
        self.definition = definition
        self.limits = limits
        self.handled = handled
    }

    /// Returns what follows when `step` of a run came to `outcome`.
    ///
    /// `retry` is the step's policy and `jitter` a number from 0 to 1 drawn for this call; both
    /// matter only when the step failed. `took` is how long the attempt was at work, and `emitted`
    /// what its handler told on the way.
    public func plan(
        _ step: Step,
        _ outcome: Outcome,
        in projection: Projection,
        retry: RetryPolicy = .never,
        jitter: Double = 1,
        took: Duration? = nil,
        emitted: [Event] = []
    ) -> Transition {
        var draft = Draft(projection)
        for event in emitted { draft.append(event) }
        draft.abandons = abandons(step, outcome)
        switch (step.kind, outcome) {
        case (.deadline, _): return timeOut(step, draft)
        case (.cancellation, _): return endWithParent(step, draft)
        case (_, .skipped): return skip(step, draft)
        case (_, .refused(let failure)):
            return refuse(step, failure, draft)
        case (.retry, _): return revive(step, draft)
        case (_, .entered): return enter(step, draft)
        case (_, .completed(let output)): return complete(step, output: output, draft, took: took)
        case (_, .asked(let subject, let output)):
            return ask(step, subject: subject, output: output, draft)
        case (.parallel, .resumed), (.dag, .resumed), (.loop, .resumed): return join(step, draft)
        case (.parallel, .expired), (.dag, .expired), (.loop, .expired):
            return giveUp(step, draft)
        case (.workflow, .resumed(let answer)): return takeResult(step, answer, draft)
        case (.wait, .resumed(let answer)): return takeSignal(step, answer, draft)
        case (_, .resumed(let answer)): return complete(step, output: answer, draft, took: took)
        case (_, .expired): return expire(step, draft)
        case (_, .snoozed(let delay)):
            let pause = pause(of: delay)
            return again(
                step,
                after: pause,
                .stepSnoozed,
                ["delay": .string(pause.text)],
                draft,
                took
            )
        case (_, .failed(let failure)):
            return fail(step, failure, draft, retry: retry, jitter: jitter, took: took)
        }
    }

    /// Whether children of the step may be at work still when it ends like that.
    private func abandons(_ step: Step, _ outcome: Outcome) -> Bool {
        switch (step.kind, outcome) {
        case (.deadline, _): return true
        case (.parallel, .resumed), (.loop, .resumed):
            switch definition.node(step.id.node)?.rule {
            case .parallel(let rule): return rule.join != .all || rule.cancelsOnFailure
            case .loop(let rule): return rule.cancelsOnFailure
            default: return false
            }
        case (.parallel, .skipped), (.dag, .skipped), (.loop, .skipped), (.parallel, .expired),
            (.dag, .expired), (.loop, .expired):
            return true
        default: return false
        }
    }

    /// A node was reached.
    func reach(_ node: Node, at path: String, hops: Int, _ draft: Draft) -> Transition {
        go(
            to: Step(draft.known.nextVisit(to: path), kind: node.kind, attempt: 0, hops: hops),
            draft
        )
    }

    /// A step is next: it is passed at once if it needs nobody, else the task goes there.
    func go(to step: Step, _ draft: Draft) -> Transition {
        if let failure = guardrail(step) {
            return conclude(step, failure, draft, took: nil)
        }
        // A run that cannot be started is the failure of the step that wants it, and of no other.
        let isHandled =
            step.kind.needsHandler || step.kind == .workflow
            || handled.contains(step.kind.rawValue)
        if draft.events.count < Self.longestRow, !draft.abandons,
            !isHandled || !isWanted(step, draft)
        {
            return enter(step, draft)
        }
        return draft.transition(.move(to: position(of: step)))
    }

    func position(of step: Step) -> Transition.Position {
        Transition.Position(step.id, kind: step.kind, hops: step.hops)
    }

    /// What a run that goes round too often fails of.
    private func guardrail(_ step: Step) -> Failure? {
        let steps = definition.settings.maximumSteps ?? limits.steps
        let visits = definition.settings.maximumVisits ?? limits.visits
        guard step.hops <= steps else {
            return Failure(
                .guardrail,
                "max_steps_exceeded: the run took more than \(steps) steps",
                isRetryable: false
            )
        }
        guard step.id.visit <= visits else {
            return Failure(
                .guardrail,
                "max_visits_exceeded: the run came to '\(step.id.path)' more than \(visits) times",
                isRetryable: false
            )
        }
        return nil
    }

    /// Whether a node's own condition lets it be executed.
    package func holds(_ node: Node, _ step: Step, in projection: Projection) -> Bool {
        holds(node, step, Draft(projection))
    }

    private func isWanted(_ step: Step, _ draft: Draft) -> Bool {
        definition.node(step.id.node).map { holds($0, step, draft) } ?? true
    }

    private func holds(_ node: Node, _ step: Step, _ draft: Draft) -> Bool {
        guard let condition = node.guardCondition else { return true }
        let known = vantage(step, draft)
        return condition.holds(in: known)
    }

    func vantage(_ step: Step, _ draft: Draft) -> Vantage {
        Vantage(definition, draft.known, at: step.id.path)
    }

    /// Does what a node that needs no handler does.
    func enter(_ step: Step, _ draft: Draft) -> Transition {
        guard let node = definition.node(step.id.node) else { return stay(draft) }
        guard holds(node, step, draft) else { return skip(step, draft) }
        switch step.kind {
        case .start: return complete(step, output: nil, draft)
        case .end: return finish(step, node, draft)
        case .log, .function, .condition, .switch: return compute(step, node, draft)
        case .parallel: return fork(step, node, draft)
        case .dag: return openGraph(step, node, draft)
        case .sequence: return openSequence(step, node, draft)
        case .branch: return openBranch(step, node, draft)
        case .loop: return openLoop(step, node, draft)
        case .wait: return wait(step, node, draft)
        case .human, .reasoning: return ask(step, node, draft)
        case .workflow: return spawn(step, node, draft)
        case .deadline, .retry, .cancellation, .handler: return stay(draft)
        }
    }

    /// Only a handler ends a handler's step; there is nothing to do but to wait for one.
    private func stay(_ draft: Draft) -> Transition {
        draft.transition(.again(after: .zero, charged: false))
    }

    /// The step is passed over.
    private func skip(_ step: Step, _ draft: Draft) -> Transition {
        leave(step, by: Event(.stepSkipped, step.id), draft)
    }
}
