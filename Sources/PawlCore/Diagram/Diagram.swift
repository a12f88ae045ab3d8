/// A workflow as a drawing: boxes, and the arrows between them.
///
/// It knows nothing of paper; ``mermaid``, ``dot``, ``svg`` and ``text`` draw it.
public struct Diagram: Hashable, Sendable {
    /// The name of the workflow.
    public let name: String
    /// The boxes: one for each node, in the definition's order, then those that have none.
    let boxes: [Box]
    /// The arrows, each between two boxes of which neither is inside the other.
    let arrows: [Arrow]
    /// The boxes outside of all containers, in order.
    let roots: [Int]

    /// Creates the drawing of a definition, or of a run of it.
    ///
    /// `statuses` are those of the run's steps, by the path or by the id of their node.
    public init(definition: Definition, statuses: [String: StepStatus] = [:]) {
        var draft = DiagramDraft(definition, statuses)
        draft.draw()
        name = definition.name
        boxes = draft.boxes
        arrows = draft.arrows
        roots = boxes.indices.filter { [boxes] in boxes[$0].parent == nil }
    }
}

extension Diagram {
    /// A node, as it is drawn.
    struct Box: Hashable, Sendable {
        /// Unlike that of any other box: its node's, if it has one.
        let id: String
        /// What stands in it: one line, not empty.
        let title: String
        /// The type of its node; empty if it has none.
        let kind: String
        /// What its config says, in a few words; often empty.
        let note: String
        let shape: Shape
        let mark: Mark?
        /// The position of the container that it is in.
        let parent: Int?
        /// The positions of the boxes that are in it, in order.
        var children: [Int] = []

        /// The kind and the note.
        ///
        /// A kind that is also the title is not said twice.
        var remark: String {
            let kind = kind == title || shape == .circle ? "" : kind
            return kind.isEmpty || note.isEmpty ? kind + note : "\(kind): \(note)"
        }
    }

    /// A way from one box to another.
    struct Arrow: Hashable, Sendable {
        let source: Int
        let target: Int
        /// One line; empty if there is nothing to say.
        let label: String
        /// Whether it is taken only after a failure.
        let isDashed: Bool
    }

    /// The outline of a box.
    enum Shape: Hashable, Sendable {
        /// A start or an end.
        case circle
        /// Work.
        case rectangle
        /// A choice that Pawl makes.
        case diamond
        /// A choice that a person or an agent makes.
        case hexagon
        /// A wait.
        case stadium
        /// A container.
        case frame
    }

    /// Where a step stands, as far as a drawing tells.
    enum Mark: String, Hashable, Sendable, CaseIterable {
        case completed, failed, running, retrying, waiting, pending, skipped

        init(_ status: StepStatus) {
            switch status {
            case .pending, .scheduled, .ready: self = .pending
            case .running: self = .running
            case .retrying: self = .retrying
            case .waiting: self = .waiting
            case .completed: self = .completed
            case .failed: self = .failed
            case .skipped, .cancelled: self = .skipped
            }
        }

        /// Says it where there are no colours.
        var tag: String {
            switch self {
            case .completed: "OK"
            case .failed: "FAIL"
            case .running: "RUN"
            case .retrying: "RETRY"
            case .waiting: "WAIT"
            case .pending: "PEND"
            case .skipped: "SKIP"
            }
        }

        /// The mark that it shares its colours with: a step between two attempts is under way.
        var folded: Mark { self == .retrying ? .running : self }
    }

    /// All boxes, containers before what is in them.
    var outsideIn: [Int] {
        var order: [Int] = []
        order.reserveCapacity(boxes.count)
        var rest = Array(roots.reversed())
        while let index = rest.popLast() {
            order.append(index)
            rest += boxes[index].children.reversed()
        }
        return order
    }

    /// Whether steps are marked: then a box without a mark is one where the run has not been.
    var hasMarks: Bool { boxes.contains { $0.mark != nil } }
}
