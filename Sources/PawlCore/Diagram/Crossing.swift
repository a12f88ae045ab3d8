/// An arrow on the sheet of the container that both its ends are in.
struct Crossing: Hashable {
    /// The boxes on that sheet that are the arrow's ends, or that its ends are in.
    let source: Int
    let target: Int
    /// The container; `nil` is outside of all.
    let container: Int?
}

extension Diagram {
    /// Where each arrow is drawn.
    func crossings() -> [Crossing] {
        var depths = Array(repeating: 0, count: boxes.count)
        for box in outsideIn {
            if let parent = boxes[box].parent { depths[box] = depths[parent] + 1 }
        }
        return arrows.map { arrow in
            var (source, target) = (arrow.source, arrow.target)
            func rise(_ box: inout Int) { box = boxes[box].parent ?? box }
            while depths[source] > depths[target] { rise(&source) }
            while depths[target] > depths[source] { rise(&target) }
            while boxes[source].parent != boxes[target].parent {
                rise(&source)
                rise(&target)
            }
            return Crossing(source: source, target: target, container: boxes[source].parent)
        }
    }

    /// What an arrow says, and whose it is if that cannot be seen.
    func label(of arrow: Arrow, drawnAs crossing: Crossing) -> String {
        var parts = arrow.label.isEmpty ? [] : [arrow.label]
        if crossing.source != arrow.source { parts.append("from \(boxes[arrow.source].title)") }
        if crossing.target != arrow.target { parts.append("to \(boxes[arrow.target].title)") }
        return parts.joined(separator: " ").line(upTo: 60)
    }

    /// Which arrows close a cycle.
    func closings() -> [Bool] {
        var closings = Array(repeating: false, count: arrows.count)
        let crossings = crossings()
        for (_, members) in Dictionary(grouping: crossings.indices, by: { crossings[$0].container })
        {
            var positions: [Int: Int] = [:]
            func position(of box: Int) -> Int {
                let position = positions[box] ?? positions.count
                positions[box] = position
                return position
            }
            let links = members.map {
                SheetLink(
                    source: position(of: crossings[$0].source),
                    target: position(of: crossings[$0].target),
                    label: nil
                )
            }
            let ranking = Ranking(count: positions.count, links: links)
            for (member, isBack) in zip(members, ranking.isBack) { closings[member] = isBack }
        }
        return closings
    }
}
