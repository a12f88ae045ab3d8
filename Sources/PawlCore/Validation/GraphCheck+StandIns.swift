// Nodes that run because of what became of another node, or of the run.
extension GraphCheck {
    mutating func checkStandIns() {
        for (index, node) in definition.nodes.enumerated() {
            guard let name = node.onError.node else { continue }
            let place = "nodes[\(index)].on_error.node"
            guard let position = positions[name] else {
                report(
                    place,
                    .notFound,
                    "node \"\(node.id)\" names \"\(name)\" for its failure, which does not exist"
                )
                continue
            }
            let other = definition.nodes[position]
            if name == node.id {
                report(place, .badEdge, "node \"\(name)\" stands in for itself")
            } else if other.parent != node.parent {
                report(
                    place,
                    .badContainer,
                    "node \"\(node.id)\" names \"\(name)\" for its failure, which is not beside it",
                    hint: "name a node of the same container"
                )
            } else if other.kind == .start || other.kind == .end {
                report(place, .badEdge, "the \(other.type) node \"\(name)\" stands in for no other")
            } else if let first = standIns[name], first != index, runsSideBySide(node) {
                report(
                    place,
                    .badContainer,
                    "\"\(name)\" stands in for \"\(definition.nodes[first].id)\" and for "
                        + "\"\(node.id)\", which run side by side",
                    hint: "give each a node of its own"
                )
            } else if linked.contains(name), standIns[name] == index {
                report(
                    "nodes[\(position)]",
                    .badEdge,
                    "\"\(name)\" runs when \"\(node.id)\" has failed, and must have no edges",
                    hint: "the run goes on where \"\(node.id)\" would: remove its edges"
                )
            }
        }
        checkCircles()
    }

    private func runsSideBySide(_ node: Node) -> Bool {
        let kind = node.parent.flatMap { positions[$0] }.map { definition.nodes[$0].kind }
        return kind == .parallel || kind == .dag
    }

    /// Nodes that stand in for one another would go on for ever.
    private mutating func checkCircles() {
        var walk: [Int: Int] = [:]
        for index in definition.nodes.indices {
            var way: [Int] = []
            var place = index
            while walk[place] == nil {
                walk[place] = index
                way.append(place)
                guard let next = definition.nodes[place].onError.node.flatMap({ positions[$0] }),
                    next != place
                else { break }
                place = next
            }
            guard walk[place] == index, let start = way.firstIndex(of: place), way.count > start + 1
            else { continue }
            let names = (way[start...] + [place]).map { definition.nodes[$0].id }
            report(
                "nodes[\(place)].on_error.node",
                .cycle,
                "nodes stand in for one another: \(names.spelledWay)"
            )
        }
    }

    mutating func checkEndings() {
        let endings = [
            ("on_error", definition.settings.onError),
            ("on_complete", definition.settings.onComplete),
        ]
        for case (let member, let name?) in endings {
            guard let position = positions[name] else {
                report(member, .notFound, "\"\(member)\" names \"\(name)\", which does not exist")
                continue
            }
            let node = definition.nodes[position]
            if node.parent != nil {
                report(
                    member,
                    .badContainer,
                    "\"\(member)\" names \"\(name)\", which is inside \"\(node.parent ?? "")\"",
                    hint: "name a node that is in no container"
                )
            } else if node.kind == .start || node.kind == .end {
                report(
                    member,
                    .badEdge,
                    "the \(node.type) node \"\(name)\" cannot be \"\(member)\""
                )
            } else if linked.contains(name) {
                report(
                    "nodes[\(position)]",
                    .badEdge,
                    "\"\(name)\" runs when the run has ended, and must have no edges"
                )
            } else if let failing = standIns[name] {
                report(
                    member,
                    .badEdge,
                    "\"\(member)\" names \"\(name)\", which stands in for "
                        + "\"\(definition.nodes[failing].id)\""
                )
            }
        }
    }
}
