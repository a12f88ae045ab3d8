extension Planner {
    /// A human node was reached: the question is asked, and its task waits for the answer.
    func ask(_ step: Step, after events: [Event]) -> Transition {
        let config = definition.node(step.id.node)?.config ?? [:]
        let subject = Decision.subject(of: config).serialized()
        var transition = Transition(
            .park(
                at: Transition.Position(step.id, kind: step.kind, hops: step.hops),
                due: Decision.due(in: config)
            )
        )
        transition.events = events + [Event(.decisionRequested, step.id, data: subject)]
        transition.wait = Transition.Wait(
            subject: subject,
            assignee: config["assignee"]?.stringValue,
            fallback: config["fallback"]?.stringValue
        )
        return transition
    }

    /// Nobody answered in time: the fallback is taken, or the step fails.
    func expire(_ step: Step, _ projection: Projection) -> Transition {
        let config = definition.node(step.id.node)?.config ?? [:]
        let fallback = config["fallback"]?.stringValue
        let expired = Event(
            .decisionExpired,
            step.id,
            data: JSON.object(["fallback": fallback.map(JSON.string) ?? .null]).serialized()
        )
        var transition: Transition
        if let fallback {
            let answer = Decision.fallbackAnswer(fallback).serialized()
            transition = complete(step, output: answer, after: [expired], projection)
        } else {
            let failure = Failure(
                .timeout,
                "decision timeout for step \(step.id): no fallback option configured",
                isRetryable: false
            )
            transition = fail(step, failure, projection, after: [expired])
        }
        transition.expiresWait = true
        return transition
    }
}
