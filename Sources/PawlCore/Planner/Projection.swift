public import HashTreeCollections

/// What is known of a run when a step of it is planned: its input, and what its steps gave.
///
/// It is the fold of the run's events; ``apply(_:)`` is the only way that it changes. Copies share
/// what they have in common, so that a run of thousands of steps is copied at no cost.
public struct Projection: Hashable, Sendable {
    /// What a path's latest visit came to.
    public struct Record: Hashable, Sendable {
        /// The how-manieth visit.
        public var visit: Int
        /// Whether the visit is over.
        public var hasEnded = false
        /// Whether it ended because its container needed it no longer.
        var isCancelled = false
        /// Its output, as a JSON text; an earlier visit's if this one gave none.
        public var output: [UInt8]?
        /// The visit that gave the output.
        var outputVisit = 0
        /// Its failure, as a JSON text.
        public var failure: [UInt8]?
        /// What this visit began with, if it is one to a container.
        var opening: JSON?
        /// What this visit waits for, as the event said that told so.
        var waitsFor: String?
        /// How long this visit waits, or until when, as that event said.
        var waitsUntil: String?
        /// The workflow of the run that this visit waits for.
        var awaited: String?
        /// How many runs this visit waited for in vain, and did not give up after.
        var retries = 0
        /// When the container opened; what is newer in it belongs to this visit.
        var openedAt = 0
        /// The step that it stands in for.
        var standsIn: StandIn?
        /// When it last began or ended, counted in beginnings and ends.
        var order = 0

        /// Its output, if this very visit gave one.
        var ownOutput: [UInt8]? { outputVisit == visit ? output : nil }
    }

    /// Why a step runs that no edge led to.
    struct StandIn: Hashable, Sendable {
        let step: StepID
        let compensates: Bool
    }

    /// A message to the run.
    struct Signal: Hashable, Sendable {
        let number: Int
        let name: String
        let payload: JSON
    }

    /// How the run will end when the step is over that runs last.
    struct Verdict: Hashable, Sendable {
        let status: RunStatus
        let step: StepID
        let data: JSON
    }

    /// The run's input, as a JSON text.
    public let input: [UInt8]
    /// The run's id.
    public let run: String
    /// By path, what steps came to.
    public private(set) var records: TreeDictionary<String, Record> = [:]
    /// By node, where in a loop it was executed last.
    private(set) var newest: TreeDictionary<String, String> = [:]
    /// By name, what was set from outside.
    private(set) var variables: TreeDictionary<String, JSON> = [:]
    /// The signals that no step has taken.
    private(set) var mailbox: [Signal] = []
    private(set) var verdict: Verdict?
    /// The path of the outermost step that ended last with an output.
    private(set) var lastResult: String?
    private var signals = 0
    private var ticks = 0

    /// Creates the projection of a run of which nothing is recorded yet.
    public init(input: [UInt8], run: String = "") {
        self.input = input
        self.run = run
    }

    /// Learns what an event says.
    public mutating func apply(_ event: Event) {
        // The end of the step that runs last is recorded by itself; this one is the run's.
        if verdict != nil, event.kind == .runCompleted || event.kind == .runFailed { return }
        let path = event.step.path
        var record = records[path] ?? Record(visit: event.step.visit)
        switch event.kind {
        case .stepCompleted, .runCompleted:
            end(&record, event)
            give(event.data, &record)
            record.failure = nil
            if event.data != nil, !path.contains(".") { lastResult = path }
        case .stepFailed, .runFailed:
            end(&record, event)
            give(Self.member("output", of: event.data), &record)
            record.failure = event.data
        case .stepSkipped, .stepIgnored, .stepCancelled:
            end(&record, event)
            record.failure = nil
            record.isCancelled = event.kind == .stepCancelled
        case .stepOpened:
            begin(&record, event)
            record.opening = Self.parse(event.data)
            record.openedAt = ticks
        case .stepFallback, .stepCompensating:
            begin(&record, event)
            let data = Self.parse(event.data)
            record.standsIn = StandIn(
                step: StepID(
                    path: data?["for"]?.stringValue ?? "",
                    visit: data?["visit"]?.intValue ?? 1
                ),
                compensates: event.kind == .stepCompensating
            )
        case .decisionRequested:
            // A visit that asked is one, even if the run ended before anybody answered.
            begin(&record, event)
        case .stepWaiting:
            begin(&record, event)
            let data = Self.parse(event.data)
            record.waitsFor = data?["for"]?.stringValue
            record.waitsUntil =
                (data?["duration"] ?? data?["until"] ?? data?["timeout"])?.stringValue
            record.awaited = data?["workflow"]?.text
            give(data?["output"]?.serialized(), &record)
        case .stepRetrying:
            // The attempts of handlers are counted by their tasks.
            guard record.visit == event.step.visit, record.waitsFor != nil else { return }
            record.retries += 1
        case .signalReceived, .signalTaken, .variableSet, .runEnding, .runRetried:
            return learn(event)
        case .stepStarted, .stepSnoozed, .stepLost, .stepProgress, .stepEmitted,
            .decisionResolved, .decisionExpired, .runCancelled, .runPaused, .runResumed, .runForked:
            return
        }
        records[path] = record
        if path.contains(".") { newest[event.step.node] = path }
    }

    /// Learns what an event says of the run as a whole.
    private mutating func learn(_ event: Event) {
        let data = Self.parse(event.data)
        switch event.kind {
        case .signalReceived:
            signals += 1
            mailbox.append(
                Signal(
                    number: signals,
                    name: data?["name"]?.stringValue ?? "",
                    payload: data?["payload"] ?? .null
                )
            )
        case .signalTaken:
            let number = data?["number"]?.intValue
            mailbox.removeAll { $0.number == number }
        case .variableSet:
            if let name = data?["name"]?.stringValue { variables[name] = data?["value"] ?? .null }
        case .runEnding:
            guard let status = data?["status"]?.stringValue.flatMap(RunStatus.init) else { return }
            verdict = Verdict(status: status, step: event.step, data: data?["data"] ?? .null)
        default:
            verdict = nil
        }
    }

    private mutating func begin(_ record: inout Record, _ event: Event) {
        turn(to: event.step.visit, &record)
        record.hasEnded = false
        record.failure = nil
    }

    private mutating func end(_ record: inout Record, _ event: Event) {
        turn(to: event.step.visit, &record)
        record.hasEnded = true
    }

    private mutating func turn(to visit: Int, _ record: inout Record) {
        ticks += 1
        record.order = ticks
        record.isCancelled = false
        guard record.visit != visit else { return }
        record.visit = visit
        record.standsIn = nil
        record.opening = nil
        record.waitsFor = nil
        record.retries = 0
        record.waitsUntil = nil
        record.awaited = nil
    }

    private func give(_ output: [UInt8]?, _ record: inout Record) {
        guard let output else { return }
        record.output = output
        record.outputVisit = record.visit
    }

    /// What the latest visit to a path came to.
    package func record(of path: String) -> Record? { records[path] }

    /// Why a step runs, if no edge led to it.
    func standIn(of step: StepID) -> StandIn? {
        guard let record = record(of: step.path), record.visit == step.visit else { return nil }
        return record.standsIn
    }

    /// The step that a step undoes, be it itself or by standing in for the one that should have.
    func compensated(by step: StepID) -> StepID? {
        var step = step
        // As often as one node can stand in for another; a history cannot lead in a circle.
        for _ in 0..<Definition.maximumNodes {
            guard let standIn = standIn(of: step) else { return nil }
            if standIn.compensates { return standIn.step }
            step = standIn.step
        }
        return nil
    }

    /// The step that a step stands in for at last, or itself.
    func original(of step: StepID) -> StepID {
        var step = step
        for _ in 0..<Definition.maximumNodes {
            guard let standIn = standIn(of: step), !standIn.compensates else { break }
            step = standIn.step
        }
        return step
    }

    /// The kinds of events that ``apply(_:)`` learns from.
    package static let learnsFrom: [Event.Kind] = [
        .stepCompleted, .stepFailed, .stepSkipped, .stepIgnored, .stepCancelled, .stepOpened,
        .stepFallback, .stepCompensating, .stepWaiting, .stepRetrying, .decisionRequested,
        .signalReceived, .signalTaken, .variableSet, .runEnding, .runRetried, .runCompleted,
        .runFailed,
    ]

    /// The step that a next visit to a path is.
    func nextVisit(to path: String) -> StepID {
        StepID(path: path, visit: (record(of: path)?.visit ?? 0) + 1)
    }

    /// The step of a path that is under way.
    func visit(at path: String) -> StepID {
        StepID(path: path, visit: record(of: path)?.visit ?? 1)
    }

    /// What is stored was written as JSON, so a text that is none is a value that is not there.
    static func parse(_ text: [UInt8]?) -> JSON? {
        guard let text else { return nil }
        do { return try JSON(parsing: text) } catch { return nil }
    }

    private static func member(_ name: String, of text: [UInt8]?) -> [UInt8]? {
        parse(text)?[name]?.serialized()
    }
}
