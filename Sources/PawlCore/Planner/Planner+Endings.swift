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

    private func event(
        _ kind: Event.Kind,
        _ step: Step,
        _ took: Duration?,
        _ data: [UInt8]?
    ) -> Event {
        let attempt = step.attempt == 0 ? nil : step.attempt
        return Event(kind, step.id, attempt: attempt, took: took, data: data)
    }

    /// Another node runs because the step failed.
    private func stand(
        in id: String,
        for step: Step,
        _ kind: Event.Kind,
        _ failure: Failure,
        _ draft: Draft,
        _ took: Duration?
    ) -> Transition {
        guard let node = definition.node(id) else { return conclude(step, failure, draft, took: took) }
        let container = definition.place(of: step.id.path)?.container
        let path = container?.path(of: node) ?? node.id
        let next = draft.known.nextVisit(to: path)
        let draft =
            draft
            .appending(event(.stepFailed, step, took, failure.json.serialized()))
            .appending(
                Event(
                    kind,
                    next,
                    data: JSON.object([
                        "for": .string(step.id.path), "visit": .integer(Int64(step.id.visit)),
                        "error": failure.json,
                    ]).serialized()
                )
            )
        let position = Step(next, kind: node.kind, attempt: 0, hops: step.hops + 1)
        let isHandled = node.kind.needsHandler || handled.contains(node.kind.rawValue)
        guard isHandled else { return enter(position, draft) }
        return draft.transition(
            .move(to: Transition.Position(next, kind: node.kind, hops: position.hops))
        )
    }

    /// What undoes a step is over; now the step has failed.
    func concludeCompensation(
        of original: StepID,
        _ step: Step,
        _ draft: Draft,
        _ succeeded: Bool
    ) -> Transition {
        let recorded = Projection.parse(draft.known.record(of: original.path)?.failure)
        var members = recorded?.objectValue ?? [:]
        members["compensated"] = .bool(succeeded)
        let failed = Step(
            original,
            kind: definition.node(original.node)?.kind ?? step.kind,
            attempt: 0,
            hops: step.hops
        )
        let failure = Failure(recorded: recorded)
        return conclude(failed, failure, draft, took: nil, data: .object(members), isRecorded: true)
    }

    /// The step failed for good: so does what is around it.
    func conclude(
        _ step: Step,
        _ failure: Failure,
        _ draft: Draft,
        took: Duration?,
        data: JSON? = nil,
        isRecorded: Bool = false
    ) -> Transition {
        let data = data ?? failure.json
        if let record = draft.known.record(of: step.id.path), record.visit == step.id.visit,
            let original = record.standsIn, original.compensates, !isRecorded
        {
            let failed = event(.stepFailed, step, took, data.serialized())
            return concludeCompensation(of: original.step, step, draft.appending(failed), false)
        }
        guard let container = definition.place(of: step.id.path)?.container else {
            return end(.failed, step, data: data.serialized(), draft, took: took)
        }
        let draft =
            isRecorded ? draft : draft.appending(event(.stepFailed, step, took, data.serialized()))
        let isInPlace: Bool =
            switch container.node.rule {
            case .loop(let rule): rule.concurrency == 1
            default: container.node.kind == .sequence || container.node.kind == .branch
            }
        guard isInPlace else {
            var transition = draft.transition(.drop)
            transition.arrival = arrival(of: step, in: container, succeeded: false, draft)
            return transition
        }
        let above = Step(
            draft.known.visit(at: container.path),
            kind: container.node.kind,
            attempt: 0,
            hops: step.hops
        )
        return fail(
            above,
            Failure(
                .stepFailed,
                "Child '\(step.id.node)' failed: \(failure.message)",
                isRetryable: false
            ),
            draft
        )
    }

    /// The run ends at `step`, or one more step follows that the definition names.
    func end(
        _ status: RunStatus,
        _ step: Step,
        data: [UInt8]?,
        _ draft: Draft,
        took: Duration?
    ) -> Transition {
        if let verdict = draft.known.verdict {
            // That was the step that runs last; what it came to changes nothing.
            return close(verdict.status, step, data: verdict.data, draft, took: took)
        }
        if status == .completed, let failure = misfit(data, draft) {
            return end(.failed, step, data: failure.json.serialized(), draft, took: took)
        }
        let settings = definition.settings
        let last = status == .completed ? settings.onComplete : settings.onError
        guard let node = last.flatMap(definition.node) else {
            return close(status, step, data: Projection.parse(data), draft, took: took, text: data)
        }
        let kind: Event.Kind = status == .completed ? .stepCompleted : .stepFailed
        let result = data.flatMap { Projection.parse($0) } ?? lastResult(draft.known)
        let draft = draft.appending(event(kind, step, took, data)).appending(
            Event(
                .runEnding,
                step.id,
                data: JSON.object([
                    "status": .string(status.rawValue), "data": result ?? .null,
                ]).serialized()
            )
        )
        // It is counted from the beginning, so that a run that took too many steps has it, too.
        return reach(node, at: node.id, hops: 1, draft)
    }

    private func lastResult(_ known: Projection) -> JSON? {
        known.lastResult.flatMap { Projection.parse(known.record(of: $0)?.output) }
    }

    private func close(
        _ status: RunStatus,
        _ step: Step,
        data: JSON?,
        _ draft: Draft,
        took: Duration?,
        text: [UInt8]? = nil
    ) -> Transition {
        let kind: Event.Kind = status == .completed ? .runCompleted : .runFailed
        var transition =
            draft
            .appending(event(kind, step, took, text ?? data.flatMap { $0.isNull ? nil : $0.serialized() }))
            .transition(.drop)
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

    /// The run's time is up.
    func timeOut(_ step: Step, _ draft: Draft) -> Transition {
        let message = "the run did not end before its deadline"
        switch definition.settings.onTimeout {
        case .fail:
            let failure = Failure(.timeout, message)
            var transition = end(.failed, step, data: failure.json.serialized(), draft, took: nil)
            transition.sweepsRest = true
            return transition
        case .suspend:
            var transition = draft.appending(
                Event(.runPaused, step.id, data: JSON.object(["reason": .string(message)]).serialized())
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
