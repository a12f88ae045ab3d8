/// Decides what follows from an outcome: the one place where a workflow's next step is chosen.
///
/// Pure and total: no I/O, no clock, no chance. The same arguments give the same transition, so a
/// step that is planned again after a crash is planned the same.
public struct Planner: Sendable {
    let definition: Definition
    let limits: Limits

    /// The nodes without a handler that are passed in one transition.
    private static let longestRow = 100

    /// Creates the planner of a definition.
    public init(_ definition: Definition, limits: Limits = Limits()) {
        self.definition = definition
        self.limits = limits
    }

    /// Returns what follows when `step` of a run came to `outcome`.
    ///
    /// `retry` is the step's policy and `jitter` a number from 0 to 1 drawn for this call; both
    /// matter only when the step failed. `took` is how long the attempt was at work.
    public func plan(
        _ step: Step,
        _ outcome: Outcome,
        in projection: Projection,
        retry: RetryPolicy = .never,
        jitter: Double = 1,
        took: Duration? = nil
    ) -> Transition {
        switch (step.kind, outcome) {
        case (.deadline, _):
            let failure = Failure(.timeout, "the run did not end before its deadline")
            return end(.failed, .runFailed, step, data: failure.json.serialized(), took: nil)
        case (_, .entered):
            return enter(step, after: [], projection)
        case (_, .completed(let output)):
            return complete(step, output: output, after: [], projection, took: took)
        case (.parallel, .resumed):
            return join(step, projection)
        case (_, .resumed(let answer)):
            return complete(step, output: answer, after: [], projection, took: took)
        case (_, .expired):
            return expire(step, projection)
        case (_, .snoozed(let delay)):
            let pause = pause(of: delay)
            return again(step, after: pause, .stepSnoozed, ["delay": .string(pause.text)], took)
        case (_, .failed(let failure)):
            return fail(step, failure, projection, retry: retry, jitter: jitter, took: took)
        }
    }

    /// The step's end was reached with an output: on to what follows it.
    func complete(
        _ step: Step,
        output: [UInt8]?,
        after events: [Event],
        _ projection: Projection,
        took: Duration? = nil
    ) -> Transition {
        let attempt = step.attempt == 0 ? nil : step.attempt
        if step.isChild {
            var transition = Transition(.drop)
            transition.events =
                events + [
                    Event(.stepCompleted, step.id, attempt: attempt, took: took, data: output)
                ]
            transition.arrives = true
            return transition
        }
        let leaving = definition.edges(from: step.id.node)
        guard !leaving.isEmpty else {
            return end(.completed, .runCompleted, step, after: events, data: output, took: took)
        }
        let completed = Event(.stepCompleted, step.id, attempt: attempt, took: took, data: output)
        let known = projection.foreseeing(completed)
        guard let target = next(of: leaving, known) else {
            let failure = Failure(
                .noTransition,
                "No valid transition from node '\(step.id.node)'",
                isRetryable: false
            )
            return fail(step, failure, known, after: events + [completed])
        }
        let position = Step(
            known.nextVisit(to: definition.path(of: target)),
            kind: target.kind,
            attempt: 0,
            hops: step.hops + 1
        )
        return reach(position, after: events + [completed], known)
    }

    /// A node was reached: it is passed at once if it needs nobody, else the task goes there.
    private func reach(_ step: Step, after events: [Event], _ projection: Projection) -> Transition
    {
        guard step.hops <= limits.steps else {
            let failure = Failure(
                .guardrail,
                "the run took more than \(limits.steps) steps",
                isRetryable: false
            )
            return fail(step, failure, projection, after: events)
        }
        switch step.kind {
        case .start, .end, .log, .parallel, .human, .deadline:
            // A longer row of such nodes is cut, so that a cycle of them cannot exhaust the stack.
            if events.count < Self.longestRow { return enter(step, after: events, projection) }
            fallthrough
        case .handler:
            var transition = Transition(
                .move(to: Transition.Position(step.id, kind: step.kind, hops: step.hops))
            )
            transition.events = events
            return transition
        }
    }

    /// Does what a node that needs no handler does.
    private func enter(_ step: Step, after events: [Event], _ projection: Projection) -> Transition
    {
        switch step.kind {
        case .start:
            return complete(step, output: nil, after: events, projection)
        case .end:
            return end(.completed, .runCompleted, step, after: events, data: nil, took: nil)
        case .log:
            return complete(step, output: logged(step, projection), after: events, projection)
        case .parallel:
            return open(step, after: events, projection)
        case .human:
            return ask(step, after: events)
        case .deadline, .handler:
            // Only a handler ends a handler's step; there is nothing to do but to wait for one.
            var transition = Transition(.again(after: .zero, charged: false))
            transition.events = events
            return transition
        }
    }

    /// The target of the edge that is taken: the first whose condition holds, else the last without
    /// one, else the last `otherwise`.
    private func next(of edges: [Edge], _ projection: Projection) -> Node? {
        var known = Lookup(definition, projection)
        var unconditional: Edge?
        var otherwise: Edge?
        for edge in edges {
            switch edge.condition {
            case nil: unconditional = edge
            case .otherwise: otherwise = edge
            case .some(let condition):
                if condition.holds({ known.value(at: $0) }) { return definition.node(edge.target) }
            }
        }
        return (unconditional ?? otherwise).flatMap { definition.node($0.target) }
    }

    private func logged(_ step: Step, _ projection: Projection) -> [UInt8] {
        var known = Lookup(definition, projection)
        let config = definition.node(step.id.node)?.config ?? [:]
        let paths = (config["paths"]?.arrayValue ?? []).compactMap(\.stringValue)
        let values = paths.filter { !$0.isEmpty }.map { ($0, known.value(at: Path($0)) ?? .null) }
        let output: JSON = [
            "message": config["message"] ?? "",
            "values": .object(Dictionary(values, uniquingKeysWith: { first, _ in first })),
        ]
        return output.serialized()
    }
}
