import HashTreeCollections

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
        guard node.kind.isContainer, let record = draft.known.record(of: place.path),
            record.opening != nil, record.failure != nil
        else { return again(at: place, hops: step.hops, draft) }
        let container = Step(
            draft.known.visit(at: place.path),
            kind: node.kind,
            attempt: 0,
            hops: step.hops
        )
        switch node.rule {
        case .parallel(let rule):
            return revive(container, node, needed: needed(rule, node, container, draft), draft)
        case .loop(let rule) where rule.concurrency > 1:
            return reviveLoop(container, node, rule, draft)
        default:
            if node.kind == .dag { return revive(container, node, needed: nil, draft) }
            guard let failed = failedChild(of: node, at: place.path, draft) else {
                return again(at: place, hops: step.hops, draft)
            }
            let next = Step(
                StepID(path: failed, visit: draft.known.visit(at: failed).visit),
                kind: .retry,
                attempt: 0,
                hops: step.hops
            )
            return revive(next, draft)
        }
    }

    /// The step begins again; if it asked or recorded something, as another visit.
    private func again(at place: Place, hops: Int, _ draft: Draft) -> Transition {
        let record = draft.known.record(of: place.path)
        let code = Projection.parse(record?.failure)?["code"]?.stringValue
        let isFresh: Bool =
            switch place.node.kind {
            case .human, .reasoning, .wait, .workflow: true
            default: place.node.kind.isContainer || code == Failure.Code.noTransition.rawValue
            }
        let visit =
            record == nil || isFresh
            ? draft.known.nextVisit(to: place.path) : draft.known.visit(at: place.path)
        return draft.transition(
            .move(to: Transition.Position(visit, kind: place.node.kind, hops: hops))
        )
    }

    /// The child of a container that goes through its children by itself at which it failed.
    private func failedChild(of node: Node, at path: String, _ draft: Draft) -> String? {
        definition.children(of: node.id).compactMap { child -> (String, Int)? in
            let direct = "\(path).\(child.id)"
            let paths = [direct, draft.known.newest[child.id] ?? direct]
            for path in paths where path.hasPrefix("\(path)") {
                if let record = draft.known.record(of: path), record.hasEnded,
                    record.failure != nil, child.onError == .fail
                {
                    return (path, record.order)
                }
            }
            return nil
        }.max { $0.1 < $1.1 }?.0
    }

    private func needed(
        _ rule: Node.Parallel,
        _ node: Node,
        _ step: Step,
        _ draft: Draft
    ) -> Int? {
        let children = definition.children(of: node.id)
        let succeeded = children.filter { child in
            let record = draft.known.record(of: "\(step.id.path).\(child.id)")
            return record.map { $0.hasEnded && $0.failure == nil && !$0.isCancelled } ?? false
        }.count
        switch rule.join {
        case .all: return nil
        case .any, .race: return 1
        case .count(let count): return max(min(count, children.count) - succeeded, 1)
        }
    }

    /// The children that have not ended well begin again.
    private func revive(
        _ step: Step,
        _ node: Node,
        needed: Int?,
        _ draft: Draft
    ) -> Transition {
        let open = definition.children(of: node.id).filter { child in
            !hasSucceeded(child, at: "\(step.id.path).\(child.id)", draft)
        }
        let ids = Set(open.map(\.id))
        return park(
            step,
            node,
            open.map { child in
                revived(
                    child,
                    at: "\(step.id.path).\(child.id)",
                    step,
                    prerequisites: child.dependencies.filter(ids.contains).count,
                    draft
                )
            },
            needed: needed,
            draft
        )
    }

    private func reviveLoop(
        _ step: Step,
        _ node: Node,
        _ rule: Node.Loop,
        _ draft: Draft
    ) -> Transition {
        let items = draft.known.record(of: step.id.path)?.opening?["items"]?.arrayValue ?? []
        let children = definition.children(of: node.id)
        var open: [Transition.Opening.Child] = []
        for index in items.indices {
            let paths = children.map { ($0, "\(step.id.path).\(index).\($0.id)") }
            let failed = paths.first { child, path in
                draft.known.record(of: path) != nil && !hasSucceeded(child, at: path, draft)
            }
            let hasBegun = paths.contains { draft.known.record(of: $0.1) != nil }
            guard let (child, path) = failed ?? (hasBegun ? nil : paths.first) else { continue }
            var one = revived(child, at: path, step, prerequisites: 0, draft)
            one.isHeld = open.count >= rule.concurrency
            open.append(one)
        }
        return park(step, node, open, needed: nil, draft)
    }

    private func hasSucceeded(_ child: Node, at path: String, _ draft: Draft) -> Bool {
        guard let record = draft.known.record(of: path), record.hasEnded, !record.isCancelled else {
            return false
        }
        guard record.failure != nil else { return true }
        guard case .fallback(let id) = child.onError, let node = definition.node(id),
            let container = definition.place(of: path)?.container
        else { return false }
        let standIn = draft.known.record(of: container.path(of: node))
        return standIn?.standsIn?.step.path == path && standIn?.hasEnded == true
            && standIn?.failure == nil
    }

    /// A child that failed; a container is revived in its turn.
    private func revived(
        _ child: Node,
        at path: String,
        _ step: Step,
        prerequisites: Int,
        _ draft: Draft
    ) -> Transition.Opening.Child {
        let record = draft.known.record(of: path)
        let hasFailed = record?.failure != nil
        return Transition.Opening.Child(
            position: Transition.Position(
                hasFailed ? draft.known.visit(at: path) : draft.known.nextVisit(to: path),
                kind: hasFailed ? .retry : child.kind,
                hops: step.hops + 1
            ),
            prerequisites: prerequisites,
            isHeld: prerequisites > 0
        )
    }

    private func park(
        _ step: Step,
        _ node: Node,
        _ children: [Transition.Opening.Child],
        needed: Int?,
        _ draft: Draft
    ) -> Transition {
        guard !children.isEmpty, let place = definition.place(of: step.id.path) else {
            return join(step, draft)
        }
        var transition = draft.transition(
            .park(
                at: Transition.Position(
                    StepID(path: place.path, visit: step.id.visit),
                    kind: node.kind,
                    hops: step.hops
                ),
                due: node.timeout.map(Transition.Due.after)
            )
        )
        transition.opening = Transition.Opening(children: children, needed: needed)
        return transition
    }
}
