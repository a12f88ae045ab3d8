// Steps that no edge leads to: they run because another one failed.
//
//   failed ──fallback──▶ stands in ──▶ on, the way of the one that failed
//     └──compensate──▶ undoes ──▶ the step has failed, whatever the undoing came to
//
// One that stands in can fail in its turn and have another stand in for it.
extension Planner {
    /// Another node runs because the step failed.
    func stand(
        in id: String,
        for step: Step,
        _ kind: Event.Kind,
        _ failure: Failure,
        _ draft: Draft,
        _ took: Duration?
    ) -> Transition {
        guard let node = definition.node(id) else {
            return conclude(step, failure, draft, took: took)
        }
        let container = definition.place(of: step.id.path)?.container
        let next = Step(
            draft.known.nextVisit(to: container?.path(of: node) ?? node.id),
            kind: node.kind,
            attempt: 0,
            hops: step.hops + 1
        )
        let failed = event(.stepFailed, step, took, failure.json.serialized())
        let begun = announce(next.id, kind, for: step.id, failure.json)
        return go(to: next, draft.appending(failed).appending(begun))
    }

    private func announce(
        _ standIn: StepID,
        _ kind: Event.Kind,
        for step: StepID,
        _ error: JSON
    ) -> Event {
        let data: JSON = [
            "for": .string(step.path), "visit": .integer(Int64(step.visit)), "error": error,
        ]
        return Event(kind, standIn, data: data.serialized())
    }

    /// Says of a new visit to a step for whom it stands in, as the visit before did.
    func announceAgain(_ visit: StepID, after last: StepID, _ draft: Draft) -> Draft {
        guard let standIn = draft.known.standIn(of: last) else { return draft }
        let error = Projection.parse(draft.known.record(of: standIn.step.path)?.failure) ?? .null
        return draft.appending(
            announce(
                visit,
                standIn.compensates ? .stepCompensating : .stepFallback,
                for: standIn.step,
                error
            )
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
}
