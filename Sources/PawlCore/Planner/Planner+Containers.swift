// Containers. Those whose children can be at work side by side (`parallel`, `dag`, a loop with
// concurrency) park their task and give each child one of its own; an arrival counts its end. In the
// others the container's task goes through the children itself, down and up again.
extension Planner {
    /// A parallel node was reached: its children begin, as many as may at once.
    func fork(_ step: Step, _ node: Node, _ draft: Draft) -> Transition {
        guard case .parallel(let rule) = node.rule else {
            return complete(step, output: nil, draft)
        }
        let children = definition.children(of: node.id)
        let needed: Int? =
            switch rule.join {
            case .all: nil
            case .any, .race: 1
            case .count(let count): min(count, children.count)
            }
        let opening = Transition.Opening(
            children: children.enumerated().map { index, child in
                self.child(
                    child,
                    at: "\(step.id.path).\(child.id)",
                    step,
                    draft,
                    isHeld: index >= rule.limit ?? .max
                )
            },
            needed: needed
        )
        let names = JSON.array(children.map { .string($0.id) })
        return open(step, node, opening, ["children": names], draft)
    }

    /// A graph of dependencies was reached: the children that depend on none begin.
    func openGraph(_ step: Step, _ node: Node, _ draft: Draft) -> Transition {
        let children = definition.children(of: node.id)
        let opening = Transition.Opening(
            children: children.map { child in
                self.child(
                    child,
                    at: "\(step.id.path).\(child.id)",
                    step,
                    draft,
                    prerequisites: child.dependencies.count
                )
            }
        )
        let names = JSON.array(children.map { .string($0.id) })
        return open(step, node, opening, ["children": names], draft)
    }

    func child(
        _ node: Node,
        at path: String,
        _ step: Step,
        _ draft: Draft,
        prerequisites: Int = 0,
        isHeld: Bool = false
    ) -> Transition.Opening.Child {
        Transition.Opening.Child(
            position: Transition.Position(
                draft.known.nextVisit(to: path),
                kind: node.kind,
                hops: step.hops + 1
            ),
            prerequisites: prerequisites,
            isHeld: isHeld || prerequisites > 0
        )
    }

    /// The container's task waits for its children.
    func open(
        _ step: Step,
        _ node: Node,
        _ opening: Transition.Opening,
        _ data: JSON,
        _ draft: Draft
    ) -> Transition {
        guard !opening.children.isEmpty else {
            let isList = if case .loop = node.kind { true } else { false }
            let output: JSON = isList ? ["iterations": 0, "results": []] : [:]
            return complete(step, output: output.serialized(), draft)
        }
        let draft = draft.appending(Event(.stepOpened, step.id, data: data.serialized()))
        var transition = draft.transition(
            .park(
                at: Transition.Position(step.id, kind: step.kind, hops: step.hops),
                due: node.timeout.map(Transition.Due.after)
            )
        )
        transition.opening = opening
        return transition
    }

    /// A sequence was reached: its task goes on with the first child.
    func openSequence(_ step: Step, _ node: Node, _ draft: Draft) -> Transition {
        guard let first = definition.entry(of: node) else {
            return complete(step, output: nil, draft)
        }
        let draft = draft.appending(
            Event(
                .stepOpened,
                step.id,
                data: JSON.object(["first": .string(first.id)]).serialized()
            )
        )
        return reach(first, at: "\(step.id.path).\(first.id)", hops: step.hops + 1, draft)
    }

    /// A branch was reached: its task goes on with the child that the value names.
    func openBranch(_ step: Step, _ node: Node, _ draft: Draft) -> Transition {
        guard case .branch(let rule) = node.rule else { return complete(step, output: nil, draft) }
        let known = vantage(step, draft)
        let value: JSON =
            switch rule.value {
            case .operand(let operand): operand.value { known.value(at: $0) } ?? .null
            case .condition(let condition): .bool(condition.holds(in: known))
            }
        let key = value.stringValue ?? String(decoding: value.serialized(), as: UTF8.self)
        guard let child = (rule.branches[key] ?? rule.otherwise).flatMap(definition.node) else {
            let output: JSON = ["branch": .string(key), "skipped": true]
            return complete(step, output: output.serialized(), draft)
        }
        let draft = draft.appending(
            Event(
                .stepOpened,
                step.id,
                data: JSON.object(["branch": .string(key), "child": .string(child.id)]).serialized()
            )
        )
        return reach(child, at: "\(step.id.path).\(child.id)", hops: step.hops + 1, draft)
    }

    /// A way through a container came to its end.
    func endBody(
        of container: Place.Container,
        _ step: Step,
        output: [UInt8]?,
        _ draft: Draft
    ) -> Transition {
        guard container.node.isWalkedInPlace else {
            var transition = draft.transition(.drop)
            transition.arrival = arrival(of: step, in: container, succeeded: true, draft)
            return transition
        }
        let above = self.step(at: container, draft, hops: step.hops)
        switch container.node.rule {
        case .branch:
            let branch = draft.known.record(of: container.path)?.opening?["branch"] ?? .null
            let output: JSON = ["branch": branch, "output": Projection.parse(output) ?? .null]
            return complete(above, output: output.serialized(), draft)
        case .loop(let rule): return turn(above, container, rule, draft)
        default: return complete(above, output: output, draft)
        }
    }

    /// What the container around a step learns of its end.
    func arrival(
        of step: Step,
        in container: Place.Container,
        succeeded: Bool,
        _ draft: Draft
    ) -> Transition.Arrival {
        var arrival = Transition.Arrival(succeeded: succeeded)
        switch container.node.rule {
        case .parallel(let rule):
            arrival.closes = !succeeded && rule.cancelsOnFailure
            // Nobody begins in a container that has enough already, or never will have.
            let isOver = succeeded ? rule.join == .any || rule.join == .race : arrival.closes
            arrival.stops = !succeeded && rule.join == .all && rule.limit != nil
            arrival.admits = rule.limit != nil && !isOver && !arrival.stops
        case .loop(let rule):
            arrival.admits = succeeded
            arrival.stops = !succeeded
            arrival.closes = !succeeded && rule.cancelsOnFailure
        default:
            arrival.stops = !succeeded
            if succeeded {
                let ended = draft.known.original(of: step.id)
                arrival.releases = definition.dependents(of: ended.node)
                    .map { container.path(of: $0) }
            }
        }
        return arrival
    }
}
