// The children of a dag, and what they wait for.
extension GraphCheck {
    mutating func checkDependencies() {
        var graphs: [Int: [Int]] = [:]
        for (index, node) in definition.nodes.enumerated() {
            let place = "nodes[\(index)].depends_on"
            let container = node.parent.flatMap { positions[$0] }
            guard let container, definition.nodes[container].kind == .dag else {
                let isKnown =
                    container.map { !definition.nodes[$0].type.isEmpty } ?? (node.parent == nil)
                if !node.dependencies.isEmpty, isKnown {
                    report(
                        place,
                        .badContainer,
                        "only a child of a dag depends on others, and \"\(node.id)\" is none",
                        hint: "lead edges to it, or put it into a dag"
                    )
                }
                continue
            }
            if standIns[node.id] == nil {
                graphs[container, default: []].append(index)
            } else if !node.dependencies.isEmpty {
                report(
                    place,
                    .badContainer,
                    "\"\(node.id)\" runs when another node has failed, and depends on nothing else"
                )
            }
            checkDependencies(of: node, at: place)
        }
        for (_, children) in graphs.sorted(by: { $0.key < $1.key }) { checkCycles(children) }
    }

    private mutating func checkDependencies(of node: Node, at place: String) {
        var seen: Set<String> = []
        for (number, name) in node.dependencies.enumerated() {
            let place = "\(place)[\(number)]"
            if !seen.insert(name).inserted {
                report(place, .malformed, "node \"\(node.id)\" depends on \"\(name)\" twice")
            } else if name == node.id {
                report(place, .cycle, "node \"\(name)\" depends on itself")
            } else if let position = positions[name] {
                if unread.unplaced.contains(name) { continue }
                if definition.nodes[position].parent != node.parent {
                    report(
                        place,
                        .badContainer,
                        "node \"\(node.id)\" depends on \"\(name)\", which is not beside it",
                        hint: "name children of the same dag"
                    )
                } else if standIns[name] != nil {
                    report(
                        place,
                        .badContainer,
                        "node \"\(node.id)\" depends on \"\(name)\", which only stands in for another",
                        hint: "name the node that it stands in for"
                    )
                }
            } else if isMissing(name) {
                report(
                    place,
                    .notFound,
                    "node \"\(node.id)\" depends on \"\(name)\", which does not exist"
                )
            }
        }
    }

    /// Tells the cycles among nodes that wait for one another, none of them twice.
    private mutating func checkCycles(_ children: [Int]) {
        let inside = Set(children)
        var waiting: [Int: Int] = [:]
        var dependents: [Int: [Int]] = [:]
        for child in children {
            let node = definition.nodes[child]
            let others = Set(node.dependencies.compactMap { positions[$0] })
                .filter { inside.contains($0) && $0 != child }
            waiting[child] = others.count
            for other in others { dependents[other, default: []].append(child) }
        }
        // What can begin, and what can begin then: the rest waits for ever.
        var free = children.filter { waiting[$0] == 0 }
        while let child = free.popLast() {
            waiting[child] = nil
            for dependent in dependents[child] ?? [] {
                waiting[dependent, default: 1] -= 1
                if waiting[dependent] == 0 { free.append(dependent) }
            }
        }
        var walk: [Int: Int] = [:]
        for child in children where waiting[child] != nil {
            var way: [Int] = []
            var place = child
            while walk[place] == nil {
                walk[place] = child
                way.append(place)
                let others = definition.nodes[place].dependencies.compactMap { positions[$0] }
                guard let next = others.first(where: { waiting[$0] != nil && $0 != place })
                else { break }
                place = next
            }
            // A walk that meets an earlier one finds no cycle that was not found then.
            guard walk[place] == child, let start = way.firstIndex(of: place), way.count > start + 1
            else { continue }
            let names = (way[start...] + [place]).map { definition.nodes[$0].id }
            report(
                "nodes[\(place)].depends_on",
                .cycle,
                "nodes wait for one another: \(names.spelledWay)",
                hint: "take one of them out of a \"depends_on\""
            )
        }
    }
}

extension [String] {
    /// The names with arrows in between; of a long way the ends.
    var spelledWay: String {
        guard count > 20 else { return joined(separator: " → ") }
        return (prefix(10) + ["… (\(count - 20) more)"] + suffix(10)).joined(separator: " → ")
    }
}
