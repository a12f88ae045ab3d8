/// How a child of a container went whose children are at work side by side.
enum ChildResult {
    /// It has not ended, or not of itself.
    case open
    /// It ended well, with an output as a JSON text; `order` says which one was first.
    case completed([UInt8]?, order: Int)
    /// It failed for good, and what there is of an output.
    case failed(String, [UInt8]?)

    var hasSucceeded: Bool { if case .completed = self { true } else { false } }

    var order: Int { if case .completed(_, let order) = self { order } else { .max } }
}

/// Where a way through children stands, one after the other: in a body, or an iteration of it.
enum WayStanding {
    /// No child was reached.
    case untouched
    /// A child was at work when the container closed.
    case cut(at: StepID)
    /// The way came to its end; the step was the last.
    case ended(at: StepID)
    /// It ended with the failure of a step.
    case failed(at: StepID)
}

extension Planner {
    /// How a child went since the container opened.
    func result(of child: Node, in container: Step, _ draft: Draft) -> ChildResult {
        let opened = draft.known.record(of: container.id.path)?.openedAt ?? 0
        let path = "\(container.id.path).\(child.id)"
        guard let record = draft.known.record(of: path), record.order > opened else { return .open }
        return result(of: StepID(path: path, visit: record.visit), child, in: container, draft)
    }

    private func result(
        of step: StepID,
        _ node: Node,
        in container: Step,
        _ draft: Draft
    ) -> ChildResult {
        guard let record = draft.known.record(of: step.path), record.visit == step.visit,
            record.hasEnded, !record.isCancelled
        else { return .open }
        guard let failure = record.failure else {
            return .completed(record.ownOutput, order: record.order)
        }
        if case .fallback(let id) = node.onError, let other = definition.node(id) {
            let path = "\(container.id.path).\(id)"
            let standIn = StepID(path: path, visit: draft.known.visit(at: path).visit)
            if draft.known.standIn(of: standIn)?.step == step,
                case .completed(let output, let order) = result(
                    of: standIn,
                    other,
                    in: container,
                    draft
                )
            {
                return .completed(output, order: order)
            }
        }
        return .failed(Failure(recorded: Projection.parse(failure)).message, record.ownOutput)
    }

    /// Where the way through the children of a container stands that are at `prefix` in a run.
    func standing(
        of container: Node,
        at prefix: String,
        since opened: Int,
        _ draft: Draft
    ) -> WayStanding {
        var last: (step: StepID, record: Projection.Record)?
        for child in definition.enclosed(in: container.id) {
            let path = "\(prefix).\(child.id)"
            guard let record = draft.known.record(of: path), record.order > opened,
                record.order > last?.record.order ?? 0
            else { continue }
            last = (StepID(path: path, visit: record.visit), record)
        }
        guard let (step, record) = last else { return .untouched }
        // What undoes a step has no way on: the step that it undoes is where it ends.
        if let original = draft.known.compensated(by: step) { return .failed(at: original) }
        if !record.hasEnded || record.isCancelled { return .cut(at: step) }
        return record.failure == nil ? .ended(at: step) : .failed(at: step)
    }
}
