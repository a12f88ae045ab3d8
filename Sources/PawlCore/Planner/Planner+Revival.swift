extension Planner {
    /// Someone takes the failed run up again, at the step that failed.
    ///
    /// The task's path is the step at which the run, or a container in it, failed. What had ended
    /// well stays; a step inside a container begins again there, and not with its siblings.
    func revive(_ step: Step, _ draft: Draft) -> Transition {
        guard let place = definition.place(of: step.id.path) else {
            return conclude(
                step,
                Failure(.execution, "there is no step '\(step.id.path)'", isRetryable: false),
                draft,
                took: nil
            )
        }
        let node = place.node
        let record = draft.known.record(of: place.path)
        if let record, record.hasEnded, record.failure == nil, !record.isCancelled {
            // A fork begins behind it.
            let ended = Step(
                draft.known.visit(at: place.path),
                kind: node.kind,
                attempt: 0,
                hops: step.hops
            )
            return follow(ended, draft, else: draft, output: record.output)
        }
        guard node.kind.isContainer, let record, record.opening != nil else {
            return again(at: place, hops: step.hops, draft)
        }
        let container = Step(
            draft.known.visit(at: place.path),
            kind: node.kind,
            attempt: 0,
            hops: step.hops
        )
        guard node.isWalkedInPlace else {
            if case .loop = node.rule { return reviveLoop(container, node, draft) }
            return reviveChildren(of: node, container, draft)
        }
        guard let child = lastChild(of: node, container, draft) else {
            // A fork may begin before its first child has ended.
            return record.failure == nil
                ? enter(container, draft) : again(at: place, hops: step.hops, draft)
        }
        return revive(Step(child, kind: .retry, attempt: 0, hops: step.hops), draft)
    }

    /// The step begins again; if it asked or recorded something, as another visit.
    private func again(at place: Place, hops: Int, _ draft: Draft) -> Transition {
        let record = draft.known.record(of: place.path)
        let code = Projection.parse(record?.failure)?["code"]?.stringValue
        let isFresh: Bool =
            switch place.node.kind {
            case .human, .reasoning, .wait, .workflow: true
            default:
                place.node.kind.isContainer || record?.isCancelled ?? true
                    || code == Failure.Code.noTransition.rawValue
            }
        let last = draft.known.visit(at: place.path)
        let visit = isFresh ? draft.known.nextVisit(to: place.path) : last
        let next = Step(visit, kind: place.node.kind, attempt: 0, hops: hops)
        let draft = isFresh ? announceAgain(visit, after: last, draft) : draft
        return draft.transition(.move(to: position(of: next)))
    }

    /// The child to which a container came that goes through its children by itself.
    private func lastChild(of node: Node, _ container: Step, _ draft: Draft) -> StepID? {
        let opened = draft.known.record(of: container.id.path)?.openedAt ?? 0
        var prefix = container.id.path
        if node.kind == .loop {
            guard let last = lastIteration(of: node, container, since: opened, draft) else {
                return nil
            }
            prefix += ".\(last)"
        }
        let hasFailed = draft.known.record(of: container.id.path)?.failure != nil
        switch standing(of: node, at: prefix, since: opened, draft) {
        case .failed(let child): return child
        case .cut(let child) where !hasFailed, .ended(let child) where !hasFailed: return child
        // Its own doing: a list that is none, a result too large.
        default: return nil
        }
    }

    /// The iteration that a loop came to: each begins with the same child.
    private func lastIteration(
        of node: Node,
        _ container: Step,
        since opened: Int,
        _ draft: Draft
    ) -> Int? {
        guard let first = definition.entry(of: node) else { return nil }
        func began(_ index: Int) -> Bool {
            let record = draft.known.record(of: "\(container.id.path).\(index).\(first.id)")
            return record?.order ?? 0 > opened
        }
        var count = 0
        while began(count) { count += 1 }
        return count == 0 ? nil : count - 1
    }

    /// The children that have not ended well begin again.
    private func reviveChildren(of node: Node, _ step: Step, _ draft: Draft) -> Transition {
        let children = definition.children(of: node.id)
        let open = children.filter { !result(of: $0, in: step, draft).hasSucceeded }
        let ids = Set(open.map(\.id))
        var limit = Int.max
        var needed: Int?
        if case .parallel(let rule) = node.rule {
            limit = rule.limit ?? .max
            needed =
                switch rule.join {
                case .all: nil
                case .any, .race: 1
                case .count(let count):
                    max(min(count, children.count) - (children.count - open.count), 1)
                }
        }
        let revived = open.enumerated().map { index, child in
            let path = "\(step.id.path).\(child.id)"
            let hasFailed: Bool =
                if case .failed = result(of: child, in: step, draft) { true } else { false }
            let record = draft.known.record(of: path)
            // A fork may begin while the child is under way, which goes on where it stood.
            let goesOn = hasFailed || (record?.opening != nil && record?.hasEnded == false)
            return self.child(
                goesOn ? draft.known.visit(at: path) : draft.known.nextVisit(to: path),
                goesOn ? .retry : child.kind,
                of: step,
                prerequisites: child.dependencies.filter(ids.contains).count,
                isHeld: index >= limit
            )
        }
        return park(step, node, revived, needed: needed, draft)
    }

    /// The iterations that have not ended well go on where they stood.
    private func reviveLoop(_ step: Step, _ node: Node, _ draft: Draft) -> Transition {
        guard case .loop(let rule) = node.rule, let first = definition.entry(of: node) else {
            return join(step, draft)
        }
        let record = draft.known.record(of: step.id.path)
        let count = record?.opening?["items"]?.arrayValue?.count ?? 0
        var open: [Transition.Opening.Child] = []
        for index in 0..<count {
            let prefix = "\(step.id.path).\(index)"
            let isHeld = open.count >= rule.concurrency
            let opened = record?.openedAt ?? 0
            switch standing(of: node, at: prefix, since: opened, draft) {
            case .ended: continue
            case .untouched:
                let next = draft.known.nextVisit(to: "\(prefix).\(first.id)")
                open.append(child(next, first.kind, of: step, isHeld: isHeld))
            case .failed(let child):
                open.append(self.child(child, .retry, of: step, isHeld: isHeld))
            case .cut(let child):
                let standsIn = draft.known.standIn(of: child) != nil
                let kind = definition.node(child.node)?.kind ?? .retry
                open.append(
                    self.child(
                        standsIn ? child : draft.known.nextVisit(to: child.path),
                        standsIn ? .retry : kind,
                        of: step,
                        isHeld: isHeld
                    )
                )
            }
        }
        return park(step, node, open, needed: nil, draft)
    }

    /// A child that begins again; a container is revived in its turn.
    private func child(
        _ id: StepID,
        _ kind: Node.Kind,
        of step: Step,
        prerequisites: Int = 0,
        isHeld: Bool
    ) -> Transition.Opening.Child {
        Transition.Opening.Child(
            position: Transition.Position(id, kind: kind, hops: step.hops + 1),
            prerequisites: prerequisites,
            isHeld: isHeld || prerequisites > 0
        )
    }

    private func park(
        _ step: Step,
        _ node: Node,
        _ children: [Transition.Opening.Child],
        needed: Int?,
        _ draft: Draft
    ) -> Transition {
        guard !children.isEmpty else {
            return join(step, draft)
        }
        var transition = draft.transition(
            .park(at: position(of: step), due: node.timeout.map(Transition.Due.after))
        )
        transition.opening = Transition.Opening(children: children, needed: needed)
        return transition
    }
}
