extension Planner {
    /// The step failed: again if its policy allows, else as its node says.
    func fail(
        _ step: Step,
        _ failure: Failure,
        _ draft: Draft,
        retry: RetryPolicy = .never,
        jitter: Double = 1,
        took: Duration? = nil
    ) -> Transition {
        // Attempts that died with their worker are counted apart and charge no retry.
        let failures = max(step.attempt - step.crashes, 1)
        if failure.isRetryable, let delay = retry.delay(afterFailure: failures, jitter: jitter) {
            let pause = pause(of: failure.retryAfter ?? delay)
            return again(
                step,
                after: pause,
                .stepRetrying,
                ["error": failure.json, "delay": .string(pause.text)],
                draft,
                took,
                charged: true
            )
        }
        let failure = failures > 1 ? failure.after(attempts: failures) : failure
        let data = failure.json.serialized()
        switch definition.node(step.id.node)?.onError ?? .fail {
        case .fail:
            return conclude(step, failure, draft, took: took)
        case .ignore:
            return leave(step, by: event(.stepIgnored, step, took, data), draft)
        case .fallback(let id):
            return stand(in: id, for: step, .stepFallback, failure, draft, took)
        case .compensate(let id):
            return stand(in: id, for: step, .stepCompensating, failure, draft, took)
        }
    }

    /// What happened to a step, and in which attempt.
    func event(_ kind: Event.Kind, _ step: Step, _ took: Duration?, _ data: [UInt8]?) -> Event {
        let attempt = step.attempt == 0 ? nil : step.attempt
        return Event(kind, step.id, attempt: attempt, took: took, data: data)
    }

    /// The step failed for good: so does what is around it.
    ///
    /// `data` is what is told of the failure, and `isRecorded` says that the step's end has been.
    func conclude(
        _ step: Step,
        _ failure: Failure,
        _ draft: Draft,
        took: Duration?,
        data: JSON? = nil,
        isRecorded: Bool = false
    ) -> Transition {
        let data = (data ?? failure.json).serialized()
        let container = definition.place(of: step.id.path)?.container
        let compensated = draft.known.compensated(by: step.id)
        var draft = draft
        if !isRecorded, container != nil || compensated != nil {
            draft.append(event(.stepFailed, step, took, data))
        }
        if let compensated {
            return concludeCompensation(of: compensated, step, draft, false)
        }
        guard let container else {
            return end(.failed, step, data: data, draft, took: took, isRecorded: isRecorded)
        }
        guard container.node.isWalkedInPlace else {
            var transition = draft.transition(.drop)
            transition.arrival = arrival(of: step, in: container, succeeded: false, draft)
            return transition
        }
        return fail(
            self.step(at: container, draft, hops: step.hops),
            Failure(
                .stepFailed,
                "Child '\(step.id.node)' failed: \(failure.message)",
                isRetryable: false
            ),
            draft
        )
    }

    /// The step that a container is at, for its own end.
    func step(at container: Place.Container, _ draft: Draft, hops: Int) -> Step {
        Step(
            draft.known.visit(at: container.path),
            kind: container.node.kind,
            attempt: 0,
            hops: hops
        )
    }

    /// The run ends at `step`, or one more step follows that the definition names.
    ///
    /// `isRecorded` says that the end of the step has been recorded.
    func end(
        _ status: RunStatus,
        _ step: Step,
        data: [UInt8]?,
        _ draft: Draft,
        took: Duration?,
        isRecorded: Bool = false
    ) -> Transition {
        let own = event(status == .completed ? .stepCompleted : .stepFailed, step, took, data)
        if let verdict = draft.known.verdict {
            // That was the step that runs last; what it came to is told, and changes nothing.
            let draft = isRecorded ? draft : draft.appending(own)
            return close(verdict.status, Event(verdict.event, step.id, data: verdict.text), draft)
        }
        if status == .completed, let failure = misfit(data, draft) {
            let data = failure.json.serialized()
            return end(.failed, step, data: data, draft, took: took, isRecorded: isRecorded)
        }
        let settings = definition.settings
        let last = status == .completed ? settings.onComplete : settings.onError
        guard let node = last.flatMap(definition.node) else {
            let kind: Event.Kind = status == .completed ? .runCompleted : .runFailed
            return close(status, event(kind, step, isRecorded ? nil : took, data), draft)
        }
        let result = Projection.parse(data) ?? lastResult(draft.known)
        let ending = Event(
            .runEnding,
            step.id,
            data: JSON.object(["status": .string(status.rawValue), "data": result ?? .null])
                .serialized()
        )
        // It is counted from the beginning, so that a run that took too many steps has it, too.
        let recorded = isRecorded ? draft : draft.appending(own)
        return reach(node, at: node.id, hops: 1, recorded.appending(ending))
    }

    private func lastResult(_ known: Projection) -> JSON? {
        known.lastResult.flatMap { Projection.parse(known.record(of: $0)?.output) }
    }

    private func close(_ status: RunStatus, _ event: Event, _ draft: Draft) -> Transition {
        var transition = draft.appending(event).transition(.drop)
        transition.ending = status
        return transition
    }

    /// Why the output of the run is not what its definition promises.
    private func misfit(_ output: [UInt8]?, _ draft: Draft) -> Failure? {
        guard let schema = definition.settings.outputSchema else { return nil }
        let value = output.flatMap { Projection.parse($0) } ?? lastResult(draft.known) ?? .null
        return Failure(schema.violations(in: value, at: "output"), of: "output")
    }

    /// Why the input of the run is not what its definition wants.
    package func misfit(input: [UInt8]) -> Failure? {
        guard let schema = definition.settings.inputSchema else { return nil }
        let value = Projection.parse(input) ?? .null
        return Failure(schema.violations(in: value, at: "input"), of: "input")
    }

    /// The delay that a handler asked for, within what clocks and columns take.
    func pause(of delay: Duration) -> Duration { min(max(delay, .zero), .longestText) }

    /// The same step, later.
    func again(
        _ step: Step,
        after delay: Duration,
        _ kind: Event.Kind,
        _ data: JSON,
        _ draft: Draft,
        _ took: Duration?,
        charged: Bool = false
    ) -> Transition {
        draft
            .appending(
                Event(kind, step.id, attempt: step.attempt, took: took, data: data.serialized())
            )
            .transition(.again(after: delay, charged: charged))
    }

    /// The run cannot go on, whatever else is under way in it.
    func refuse(_ step: Step, _ failure: Failure, _ draft: Draft) -> Transition {
        var transition = end(.failed, step, data: failure.json.serialized(), draft, took: nil)
        transition.sweepsRest = true
        return transition
    }

    /// The run's time is up.
    func timeOut(_ step: Step, _ draft: Draft) -> Transition {
        let message = "the run did not end before its deadline"
        switch definition.settings.onTimeout {
        case .fail:
            return refuse(step, Failure(.timeout, message), draft)
        case .suspend:
            var transition = draft.appending(
                Event(
                    .runPaused,
                    step.id,
                    data: JSON.object(["reason": .string(message)]).serialized()
                )
            ).transition(.drop)
            transition.pauses = true
            return transition
        case .cancel:
            return cancel(step, reason: message, draft)
        }
    }

    /// The run that this one belongs to has ended.
    func endWithParent(_ step: Step, _ draft: Draft) -> Transition {
        cancel(step, reason: "the run that it belonged to has ended", draft)
    }

    private func cancel(_ step: Step, reason: String, _ draft: Draft) -> Transition {
        let data: JSON = ["reason": .string(reason), "cancelled_by": "pawl"]
        var transition = draft.appending(Event(.runCancelled, step.id, data: data.serialized()))
            .transition(.drop)
        transition.ending = .cancelled
        transition.sweepsRest = true
        return transition
    }
}

extension Failure {
    /// The failure of a run whose input or output is not as its definition says.
    fileprivate init?(_ violations: [Violation], of what: String) {
        guard !violations.isEmpty else { return nil }
        let list = violations.map { "\($0)" }.joined(separator: "; ")
        self.init(.validation, "the \(what) is not valid: \(list)", isRetryable: false)
    }
}

extension Node {
    /// Whether the container's own task goes through its children, one at a time.
    var isWalkedInPlace: Bool {
        if case .loop(let rule) = rule { return rule.concurrency == 1 }
        return kind == .sequence || kind == .branch || kind == .loop
    }
}

extension Projection.Verdict {
    /// The event that ends the run.
    fileprivate var event: Event.Kind { status == .completed ? .runCompleted : .runFailed }

    /// What the run gave, or why it failed.
    fileprivate var text: [UInt8]? { data.isNull ? nil : data.serialized() }
}
