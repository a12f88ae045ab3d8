/// A fact about a run, as the planner states it; the store gives it its number and its time.
public struct Event: Hashable, Sendable {
    /// What happened.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// An attempt has been at work for a while. Short attempts are not announced.
        case stepStarted = "step_started"
        /// A step ended; `data` is its output.
        case stepCompleted = "step_completed"
        /// A step failed for good and the run did not; `data` is the failure.
        case stepFailed = "step_failed"
        /// A step was passed over: its condition did not hold, or someone said so.
        case stepSkipped = "step_skipped"
        /// A step failed for good, and the run goes on without it; `data` is the failure.
        case stepIgnored = "step_ignored"
        /// A step was ended because its container needed it no longer.
        case stepCancelled = "step_cancelled"
        /// A step begins in the stead of another one that failed; `data` names that.
        case stepFallback = "step_fallback"
        /// A step begins to undo what another one did that failed; `data` names that.
        case stepCompensating = "step_compensating"
        /// An attempt failed and another one follows; `data` has the failure and the delay.
        case stepRetrying = "step_retrying"
        /// A handler asked to be called again later; `data` has the delay.
        case stepSnoozed = "step_snoozed"
        /// An attempt died with its worker; `data` has the evidence.
        case stepLost = "step_lost"
        /// How far an attempt is, as its handler reports.
        case stepProgress = "step_progress"
        /// What a handler tells those who follow the run.
        case stepEmitted = "step_emitted"
        /// A container opened; `data` says with what.
        case stepOpened = "step_opened"
        /// A step waits; `data` says for what.
        case stepWaiting = "step_waiting"
        /// A question was asked; `data` is the question.
        case decisionRequested = "decision_requested"
        /// A question was answered; `data` is the answer.
        case decisionResolved = "decision_resolved"
        /// Nobody answered in time; `data` has the fallback, if there is one.
        case decisionExpired = "decision_expired"
        /// The run was sent a signal; `data` has its name and its payload.
        case signalReceived = "signal_received"
        /// A step took a signal; `data` has its number among the run's signals.
        case signalTaken = "signal_taken"
        /// Someone set a variable; `data` has its name and its value.
        case variableSet = "variable_set"
        /// How the run ends is decided at the step that the event names; one more step follows.
        case runEnding = "run_ending"
        /// The run ended well, at the step that the event names; `data` is that step's output.
        case runCompleted = "run_completed"
        /// The run failed, at the step that the event names; `data` is the failure.
        case runFailed = "run_failed"
        /// Someone ended the run; `data` says who, and why.
        case runCancelled = "run_cancelled"
        /// Someone took a failed run up again, at the step that the event names.
        case runRetried = "run_retried"
        /// Someone stopped the run for a while, or its time was up.
        case runPaused = "run_paused"
        /// Someone let a paused run go on.
        case runResumed = "run_resumed"
        /// The run was made from another one; `data` says from which, and where.
        case runForked = "run_forked"
    }

    /// What happened.
    public let kind: Kind
    /// The step that it happened to.
    public let step: StepID
    /// The attempt, if it was one's doing.
    public let attempt: Int?
    /// How long the attempt took.
    public let took: Duration?
    /// A JSON text; what it holds depends on the kind.
    public let data: [UInt8]?

    /// Creates an event.
    public init(
        _ kind: Kind,
        _ step: StepID,
        attempt: Int? = nil,
        took: Duration? = nil,
        data: [UInt8]? = nil
    ) {
        self.kind = kind
        self.step = step
        self.attempt = attempt
        self.took = took
        self.data = data
    }
}
