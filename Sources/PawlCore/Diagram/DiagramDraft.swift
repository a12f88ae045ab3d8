/// Draws the boxes and arrows of one definition.
///
/// Total, for a definition that nobody checked, too: what does not resolve is left out, and of
/// containers that are inside one another one stands outside.
struct DiagramDraft {
    /// The most characters of a title, a note and a label.
    private static let longestText = (title: 100, note: 80, label: 60)

    private let definition: Definition
    private let statuses: [String: StepStatus]
    private let members: NodeMembers
    private let positions: [String: Int]

    private(set) var boxes: [Diagram.Box] = []
    private(set) var arrows: [Diagram.Arrow] = []
    private var ids = UniqueNames()
    /// The containers whose children have edges among them.
    private var ordered: Set<Int> = []

    init(_ definition: Definition, _ statuses: [String: StepStatus]) {
        self.definition = definition
        self.statuses = statuses
        members = NodeMembers(definition)
        positions = Dictionary(
            definition.nodes.enumerated().map { ($1.id, $0) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    mutating func draw() {
        drawNodes()
        drawEdges()
        for container in definition.nodes.indices where !boxes[container].children.isEmpty {
            drawInside(of: container)
        }
        for index in definition.nodes.indices {
            guard let rescue = members.rescue(of: index) else { continue }
            connect(index, positions[rescue.node], rescue.strategy, isDashed: true)
        }
        arrows = arrows.filter { !isNested($0.source, $0.target) }
    }

    private mutating func drawNodes() {
        let parents = parents()
        let marks = marks(parents)
        let ends = definition.nodes.count { $0.kind.rawValue == "end" }
        for (index, node) in definition.nodes.enumerated() {
            let kind = node.kind.rawValue
            let title =
                switch kind {
                case "start": "Start"
                case "end" where ends == 1: "End"
                default: node.id.line(upTo: Self.longestText.title)
                }
            let note = [members.note(of: index), members.role(of: node.id)].filter { !$0.isEmpty }
            boxes.append(
                Diagram.Box(
                    id: ids.name(like: node.id),
                    title: title.isEmpty ? "?" : title,
                    kind: kind.line(upTo: Self.longestText.title),
                    note: note.joined(separator: ", ").line(upTo: Self.longestText.note),
                    shape: shape(of: kind),
                    mark: marks[index],
                    parent: parents[index]
                )
            )
        }
        for (index, parent) in parents.enumerated() {
            if let parent { boxes[parent].children.append(index) }
        }
    }

    private func shape(of kind: String) -> Diagram.Shape {
        switch kind {
        case "start", "end": .circle
        case "condition", "switch", "branch": .diamond
        case "human", "reasoning": .hexagon
        case "wait": .stadium
        case "parallel", "sequence", "loop", "dag": .frame
        default: .rectangle
        }
    }

    /// The position of each node's container.
    private func parents() -> [Int?] {
        var parents = definition.nodes.map { $0.parent.flatMap { positions[$0] } }
        var isSettled = Array(repeating: false, count: parents.count)
        for index in parents.indices {
            var way: Set<Int> = []
            var last = index
            while !isSettled[last] {
                way.insert(last)
                guard let parent = parents[last] else { break }
                if way.contains(parent) {
                    parents[last] = nil
                } else {
                    last = parent
                }
            }
            for index in way { isSettled[index] = true }
        }
        return parents
    }

    private func marks(_ parents: [Int?]) -> [Diagram.Mark?] {
        guard !statuses.isEmpty else { return parents.map { _ in nil } }
        return definition.nodes.enumerated().map { index, node in
            var path = node.id
            var parent = parents[index]
            while let container = parent {
                path = definition.nodes[container].id + "." + path
                parent = parents[container]
            }
            // A run has passed its start, which no event needs to say.
            let standing = statuses[path] ?? statuses[node.id]
            return (standing ?? (node.kind.rawValue == "start" ? .completed : nil))
                .map(Diagram.Mark.init)
        }
    }

    private mutating func drawEdges() {
        // Of a node with conditions the edge without one is what is left.
        let choices = Set(definition.edges.filter { $0.isConditional }.map(\.source))
        let rest = Dictionary(
            definition.edges.enumerated().filter { $1.condition == nil }.map { ($1.source, $0) },
            uniquingKeysWith: { _, last in last }
        )
        for (index, edge) in definition.edges.enumerated() {
            var label = edge.condition?.summary(at: edge.source) ?? ""
            if choices.contains(edge.source), rest[edge.source] == index { label = "otherwise" }
            guard let source = positions[edge.source], let target = positions[edge.target] else {
                continue
            }
            connect(source, target, label)
            if let container = boxes[source].parent, container == boxes[target].parent {
                ordered.insert(container)
            }
        }
    }

    /// What is not said by edges: an order, a choice or what children depend on.
    private mutating func drawInside(of container: Int) {
        let children = boxes[container].children
        switch boxes[container].kind {
        case "sequence", "loop":
            if ordered.contains(container) { return }
            for (child, next) in zip(children, children.dropFirst()) { connect(child, next) }
        case "dag":
            for child in children {
                for id in members.dependencies(of: child) { connect(positions[id], child) }
            }
        case "branch":
            drawChoice(of: container)
        default: break
        }
    }

    private mutating func drawChoice(of container: Int) {
        let choice = boxes.count
        boxes.append(
            Diagram.Box(
                id: ids.name(like: boxes[container].id + "_choice"),
                title: boxes[container].note.isEmpty ? "choice" : boxes[container].note,
                kind: "",
                note: "",
                shape: .diamond,
                mark: nil,
                parent: container
            )
        )
        let branches = members.branches(of: container)
        for child in boxes[container].children {
            if let label = branches[definition.nodes[child].id] { connect(choice, child, label) }
        }
        boxes[container].children.insert(choice, at: 0)
    }

    private mutating func connect(
        _ source: Int?,
        _ target: Int?,
        _ label: String = "",
        isDashed: Bool = false
    ) {
        guard let source, let target else { return }
        let label = label.line(upTo: Self.longestText.label)
        arrows.append(
            Diagram.Arrow(source: source, target: target, label: label, isDashed: isDashed)
        )
    }

    /// Whether one of two boxes is inside the other, so that no arrow can lead between them.
    private func isNested(_ one: Int, _ other: Int) -> Bool {
        one != other && (isInside(one, other) || isInside(other, one))
    }

    private func isInside(_ box: Int, _ container: Int) -> Bool {
        guard !boxes[container].children.isEmpty else { return false }
        var parent = boxes[box].parent
        while let found = parent, found != container { parent = boxes[found].parent }
        return parent != nil
    }
}

extension Edge {
    /// Whether it has a condition that may be false.
    fileprivate var isConditional: Bool { condition != nil && condition != .otherwise }
}
