extension Planner {
    /// The run ends at `step`.
    func end(
        _ status: RunStatus,
        _ kind: Event.Kind,
        _ step: Step,
        after events: [Event] = [],
        data: [UInt8]?,
        took: Duration?
    ) -> Transition {
        var transition = Transition(.drop)
        let attempt = step.attempt == 0 ? nil : step.attempt
        transition.events =
            events + [Event(kind, step.id, attempt: attempt, took: took, data: data)]
        transition.ending = status
        return transition
    }

    /// The step failed: again if its policy allows, else for good.
    func fail(
        _ step: Step,
        _ failure: Failure,
        _ projection: Projection,
        after events: [Event] = [],
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
                took,
                charged: true
            )
        }
        let data = failure.json.serialized()
        guard step.isChild else {
            return end(.failed, .runFailed, step, after: events, data: data, took: took)
        }
        // Siblings go on; the container fails when the last of them has ended.
        var transition = Transition(.drop)
        let attempt = step.attempt == 0 ? nil : step.attempt
        transition.events =
            events + [Event(.stepFailed, step.id, attempt: attempt, took: took, data: data)]
        transition.arrives = true
        return transition
    }

    /// The delay that a handler asked for, within what clocks and columns take.
    func pause(of delay: Duration) -> Duration { min(max(delay, .zero), .longestText) }

    /// The same step, later.
    func again(
        _ step: Step,
        after delay: Duration,
        _ kind: Event.Kind,
        _ data: JSON,
        _ took: Duration?,
        charged: Bool = false
    ) -> Transition {
        var transition = Transition(.again(after: delay, charged: charged))
        transition.events = [
            Event(kind, step.id, attempt: step.attempt, took: took, data: data.serialized())
        ]
        return transition
    }
}
