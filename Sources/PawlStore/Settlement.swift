package import FoundationEssentials
package import PawlCore

/// A transition to be written, and the claim that gives the right to write it.
package final class Settlement: Sendable {
    package let task: Int64
    package let fence: Int64
    package let run: UUID
    package let worker: Int64
    /// The step that came to this.
    package let step: StepID
    /// Its attempt, as the task row counts it.
    package let attempt: Int
    package let transition: Transition
    /// Whether the holder goes on with the step that the task is moved to.
    package let isKept: Bool
    /// Whether the head must be told that the run runs.
    package let startsRun: Bool
    /// Whether the end of the run takes more than its last task.
    package let sweeps: Bool
    /// Whether the container that the task was parked at closes with this.
    package let closesScope: Bool
    /// Whether the run that the step waited for has nobody any more who waits for it.
    package let dropsRuns: Bool
    /// The last event that was known when this was planned.
    package let knownSeq: Int
    /// Whether the step left checkpoints, which go with its end.
    package let hasCheckpoints: Bool

    package init(
        of claim: Claim,
        _ transition: Transition,
        isKept: Bool,
        startsRun: Bool,
        hasCheckpoints: Bool,
        knownSeq: Int
    ) {
        task = claim.task
        fence = claim.fence
        run = claim.run
        worker = claim.worker
        step = claim.step
        attempt = claim.attempt
        self.transition = transition
        self.isKept = isKept
        self.startsRun = startsRun && transition.ending == nil
        sweeps =
            transition.ending != nil
            && (claim.hasCompany || transition.sweepsRest || claim.kind == .cancellation)
        closesScope = claim.kind.canBeParkedAtChildren && claim.phase != .enter
        dropsRuns = claim.kind == .workflow && claim.phase == .wait
        self.knownSeq = knownSeq
        self.hasCheckpoints = hasCheckpoints && transition.endsStep
    }
}

extension Settlement {
    /// Whether it must be the only one of its run in a batch.
    ///
    /// The end of a run ends its other steps, and of two that take a signal one gets it.
    package var needsRunForItself: Bool {
        transition.ending != nil || transition.sweepsRest || transition.pauses
            || !objections.isEmpty
    }

    /// What makes it void, if it has happened since this was planned.
    var objections: [Objection] {
        var objections = transition.events.filter { $0.kind == .signalTaken }
            .map { Objection(kind: $0.kind, data: $0.data) }
        // The run would be told twice what it came to.
        if transition.sweepsRest, transition.ending != .cancelled {
            objections.append(Objection(kind: .runEnding, data: nil))
        }
        return objections
    }

    /// An event of that kind; if there is data, one that says the same number.
    struct Objection {
        let kind: Event.Kind
        let data: [UInt8]?
    }
}

extension Transition {
    /// Whether the step is over: its next attempt would be another visit.
    fileprivate var endsStep: Bool {
        if case .again = disposition { false } else { true }
    }
}

extension Node.Kind {
    /// Whether a task of the kind may be parked until its children have ended.
    fileprivate var canBeParkedAtChildren: Bool {
        switch self {
        case .parallel, .dag, .loop: true
        default: false
        }
    }
}
