/// What is known of a run when a step of it is planned: its input, and what its steps gave.
///
/// It is the fold of the run's events; ``apply(_:)`` is the only way that it changes.
public struct Projection: Hashable, Sendable {
    /// What a path's latest visit came to.
    public struct Record: Hashable, Sendable {
        /// The how-manieth visit.
        public var visit: Int
        /// Its output, as a JSON text; an earlier visit's if this one gave none.
        public var output: [UInt8]?
        /// Its failure, as a JSON text.
        public var failure: [UInt8]?
    }

    /// The run's input, as a JSON text.
    public let input: [UInt8]
    /// By path, what steps came to.
    public private(set) var records: [String: Record] = [:]
    /// What the transition that is being planned adds.
    ///
    /// Apart from `records`, because a copy of those for each step would let the cost of a run grow
    /// with the square of its nodes.
    private var foreseen: [String: Record] = [:]

    /// Creates the projection of a run of which nothing is recorded yet.
    public init(input: [UInt8]) {
        self.input = input
    }

    /// Learns what a step came to.
    ///
    /// Events that say nothing about that are not looked at.
    public mutating func apply(_ event: Event) {
        records[event.step.path] = record(after: event)
    }

    /// What will be known once `event` is recorded.
    func foreseeing(_ event: Event) -> Projection {
        var projection = self
        projection.foreseen[event.step.path] = record(after: event)
        return projection
    }

    /// What the latest visit to a path came to.
    func record(of path: String) -> Record? { foreseen[path] ?? records[path] }

    private func record(after event: Event) -> Record? {
        let before = record(of: event.step.path)
        switch event.kind {
        case .stepCompleted, .runCompleted:
            return Record(visit: event.step.visit, output: event.data ?? before?.output)
        case .stepFailed, .runFailed:
            return Record(visit: event.step.visit, output: before?.output, failure: event.data)
        case .stepStarted, .stepRetrying, .stepSnoozed, .stepLost, .stepProgress, .parallelStarted,
            .decisionRequested, .decisionResolved, .decisionExpired, .runCancelled, .runRetried:
            return before
        }
    }

    /// The kinds of events that ``apply(_:)`` learns from.
    package static let learnsFrom: [Event.Kind] = [
        .stepCompleted, .stepFailed, .runCompleted, .runFailed,
    ]

    /// The step that a next visit to a path is.
    func nextVisit(to path: String) -> StepID {
        StepID(path: path, visit: (record(of: path)?.visit ?? 0) + 1)
    }
}

/// Looks values up by path in what is known of a run, reading each output once.
struct Lookup {
    private let definition: Definition
    private let projection: Projection
    private var read: [String: JSON] = [:]

    init(_ definition: Definition, _ projection: Projection) {
        self.definition = definition
        self.projection = projection
    }

    /// The value at `node.output.name.name…`, or `nil` if there is none.
    ///
    /// `start.output.input` is the run's input.
    mutating func value(at path: Path) -> JSON? {
        guard path.segments.count >= 2, case .name(let id) = path.segments[0],
            path.segments[1] == .name("output"), let output = output(of: id)
        else { return nil }
        return Path(path.segments.dropFirst(2)).value(in: output)
    }

    private mutating func output(of id: String) -> JSON? {
        if let value = read[id] { return value }
        let node = definition.node(id)
        let recorded = node.flatMap { projection.record(of: definition.path(of: $0))?.output }
        let value: JSON?
        if recorded == nil, id == "start" || node?.kind == .start {
            value = parse(projection.input).map { ["input": $0] }
        } else {
            value = recorded.flatMap(parse)
        }
        read[id] = value
        return value
    }

    /// What is stored was written as JSON, so a text that is none is a value that is not there.
    private func parse(_ text: [UInt8]) -> JSON? {
        do { return try JSON(parsing: text) } catch { return nil }
    }
}
