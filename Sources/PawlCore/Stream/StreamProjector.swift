/// Turns the events of a run into what its followers are told.
///
/// For each step, in this order: that it begins, what it emits, that it ended, what it gave, and all
/// that is known by then. What happens inside a container is told as it happens, and what its children
/// gave when the outermost container ends.
public struct StreamProjector: Sendable {
    private let definition: Definition
    /// The steps that were said to have begun.
    private var begun: Set<StepID> = []
    /// What nodes gave, by their ids.
    private var context: [String: JSON] = [:]
    /// What nodes gave since the last end of an outermost step.
    private var news: [String: JSON] = [:]
    /// Whether one more step follows when it is decided how the run ends.
    private var isEnding = false

    /// Creates the projector of a run.
    public init(_ definition: Definition, input: JSON) {
        self.definition = definition
        context["start"] = ["output": ["input": input]]
    }

    /// What is told before the first event.
    public mutating func beginning() -> [StreamItem] {
        var items = [values(0)]
        // A start node that does nothing is passed before anything is recorded.
        guard let start = definition.nodes.first(where: { $0.kind == .start }),
            definition.entry != start
        else { return items }
        items += end(of: start, StepID(path: start.id), status: "completed", seq: 0)
        return items
    }

    /// What an event of that number tells.
    public mutating func items(for event: Event, seq: Int) -> [StreamItem] {
        guard let place = definition.place(of: event.step.path) else { return [] }
        let node = place.node
        switch event.kind {
        case .runEnding:
            isEnding = true
            return []
        case .runRetried:
            isEnding = false
            return []
        // The end of the step that runs last is recorded by itself; this one is the run's.
        case .runCompleted where isEnding, .runFailed where isEnding: return []
        case .stepStarted, .stepOpened, .stepFallback, .stepCompensating:
            return begin(node, event.step, seq: seq)
        case .stepEmitted:
            let payload = Projection.parse(event.data) ?? .null
            return begin(node, event.step, seq: seq) + [
                StreamItem(seq: seq, mode: .custom, node: node.id, payload: payload)
            ]
        case .stepWaiting, .decisionRequested:
            return wait(node, event, seq: seq)
        case .stepRetrying, .stepLost:
            return begin(node, event.step, seq: seq) + [
                lifecycle(node, "retry", ["status": "retrying"], seq)
            ]
        case .stepCompleted, .runCompleted:
            learn(node, event.data)
            return end(of: node, event.step, status: "completed", seq: seq)
        case .stepSkipped: return end(of: node, event.step, status: "skipped", seq: seq)
        case .stepCancelled: return end(of: node, event.step, status: "cancelled", seq: seq)
        case .stepIgnored, .stepFailed, .runFailed:
            learn(node, Projection.parse(event.data)?["output"]?.serialized())
            return begin(node, event.step, seq: seq) + [
                lifecycle(node, "complete", ["status": "failed"], seq)
            ]
        default: return []
        }
    }

    private mutating func learn(_ node: Node, _ output: [UInt8]?) {
        guard let output = Projection.parse(output) else { return }
        let entry: JSON = ["output": output]
        context[node.id] = entry
        news[node.id] = entry
    }

    private mutating func begin(_ node: Node, _ step: StepID, seq: Int) -> [StreamItem] {
        guard begun.insert(step).inserted else { return [] }
        return [lifecycle(node, "start", ["type": .string(node.type)], seq)]
    }

    private mutating func wait(_ node: Node, _ event: Event, seq: Int) -> [StreamItem] {
        learn(node, Projection.parse(event.data)?["output"]?.serialized())
        // A question with an output is two events, and one step that waits.
        if event.kind == .stepWaiting, Projection.parse(event.data)?["for"] == "decision" {
            return begin(node, event.step, seq: seq)
        }
        let items = begin(node, event.step, seq: seq)
        return items + [lifecycle(node, "complete", ["status": "waiting"], seq)]
            + (node.parent == nil ? outputs(of: node, seq) : [])
    }

    private mutating func end(
        of node: Node,
        _ step: StepID,
        status: String,
        seq: Int
    ) -> [StreamItem] {
        var items = begin(node, step, seq: seq)
        if node.kind == .start {
            let entry = context["start"] ?? .null
            context[node.id] = entry
            news[node.id] = entry
        }
        begun.remove(step)
        items.append(lifecycle(node, "complete", ["status": .string(status)], seq))
        guard node.parent == nil else { return items }
        return items + outputs(of: node, seq)
    }

    /// What was given since the last time, and all there is.
    private mutating func outputs(of node: Node, _ seq: Int) -> [StreamItem] {
        defer { news = [:] }
        guard !news.isEmpty else { return [values(seq)] }
        return [
            StreamItem(seq: seq, mode: .updates, node: node.id, payload: .object(news)),
            values(seq),
        ]
    }

    private func values(_ seq: Int) -> StreamItem {
        StreamItem(seq: seq, mode: .values, node: nil, payload: .object(context))
    }

    private func lifecycle(
        _ node: Node,
        _ phase: String,
        _ more: [String: JSON],
        _ seq: Int
    ) -> StreamItem {
        var payload = more
        payload["phase"] = .string(phase)
        payload["node_id"] = .string(node.id)
        payload["parent"] = node.parent.map { .string($0) }
        return StreamItem(seq: seq, mode: .lifecycle, node: node.id, payload: .object(payload))
    }
}
