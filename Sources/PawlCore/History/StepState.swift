/// What the history of a run says of one visit to a step.
public struct StepState: Hashable, Sendable {
    /// Which step.
    public let step: StepID
    /// Where it stands.
    public var status: StepStatus
    /// Its output, as a JSON text.
    public var output: [UInt8]?
    /// Its last failure, as a JSON text.
    public var failure: [UInt8]?
    /// The attempts that failed and were followed by another.
    public var retries = 0
    /// The number of the event that it is first named by.
    public let firstSeq: Int
    /// The number of the event that ended it.
    public var lastSeq: Int?
    /// How long the attempt took that ended it.
    public var took: Duration?
}

/// The history of a run, read event by event into the states of its steps.
///
/// It needs nothing but the events: what it says is what the live tables say, or those are wrong.
public struct StepHistory: Sendable {
    /// The number of the last event that was read.
    public private(set) var seq = 0
    private var states: [StepID: StepState] = [:]
    /// Whether one more step follows when it is decided how the run ends.
    private var isEnding = false

    /// Creates the history of a run of which nothing was read yet.
    public init() {}

    /// The states, in the order in which the steps are first named.
    public var steps: [StepState] { states.values.sorted { $0.firstSeq < $1.firstSeq } }

    /// Reads the next event.
    ///
    /// - Throws: ``HistoryGap`` if it is not the one that follows.
    public mutating func read(_ event: Event, seq: Int) throws(HistoryGap) {
        guard seq == self.seq + 1 else { throw HistoryGap(expected: self.seq + 1, found: seq) }
        self.seq = seq
        switch event.kind {
        case .runEnding: isEnding = true
        case .runRetried: isEnding = false
        // The end of the step that runs last is recorded by itself; this one is the run's.
        case .runCompleted, .runFailed: if isEnding { return }
        default: break
        }
        guard !event.step.path.isEmpty, !event.step.path.hasPrefix("@"),
            let status = event.kind.status
        else { return }
        var state =
            states[event.step] ?? StepState(step: event.step, status: status, firstSeq: seq)
        state.status = status
        switch event.kind {
        case .stepCompleted, .runCompleted:
            state.output = event.data
            state.failure = nil
        case .stepFailed, .stepIgnored, .runFailed:
            state.failure = event.data
        case .stepRetrying: state.retries += 1
        default: break
        }
        state.lastSeq = status.isFinal ? seq : nil
        state.took = status.isFinal ? event.took : nil
        states[event.step] = state
    }
}

/// An event is missing in a history.
public struct HistoryGap: Error, Hashable, Sendable, CustomStringConvertible {
    /// The number that should have followed.
    public let expected: Int
    /// The number that did.
    public let found: Int

    /// What is missing.
    public var description: String { "sequence gap: expected \(expected), got \(found)" }
}

extension Event.Kind {
    /// Where a step stands after such an event; `nil` if it says nothing of that.
    fileprivate var status: StepStatus? {
        switch self {
        case .stepStarted, .stepProgress, .stepEmitted, .stepFallback, .stepCompensating,
            .decisionResolved, .decisionExpired, .signalTaken:
            .running
        case .stepCompleted, .runCompleted: .completed
        case .stepFailed, .runFailed: .failed
        case .stepSkipped, .stepIgnored: .skipped
        case .stepCancelled: .cancelled
        case .stepRetrying: .retrying
        case .stepSnoozed: .scheduled
        case .stepLost: .ready
        case .stepOpened, .stepWaiting, .decisionRequested: .waiting
        case .signalReceived, .variableSet, .runEnding, .runCancelled, .runRetried, .runPaused,
            .runResumed, .runForked:
            nil
        }
    }
}

extension StepStatus {
    /// Whether nothing more happens to the step.
    public var isFinal: Bool {
        switch self {
        case .completed, .failed, .skipped, .cancelled: true
        case .pending, .scheduled, .ready, .running, .waiting, .retrying: false
        }
    }
}
