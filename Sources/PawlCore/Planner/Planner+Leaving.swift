extension Planner {
    /// The step's end was reached with an output: on to what follows it.
    func complete(
        _ step: Step,
        output: [UInt8]?,
        _ draft: Draft,
        took: Duration? = nil
    ) -> Transition {
        let completed = Event(
            .stepCompleted,
            step.id,
            attempt: step.attempt == 0 ? nil : step.attempt,
            took: took,
            data: output
        )
        if let original = draft.known.compensated(by: step.id) {
            return concludeCompensation(of: original, step, draft.appending(completed), true)
        }
        let place = definition.place(of: step.id.path)
        if place?.container == nil, way(from: step, draft.known).isEmpty {
            // The event that ends the run is the step's end, too.
            return end(.completed, step, data: output, draft, took: took)
        }
        return leave(step, by: completed, draft, output: output)
    }

    /// The step ends with an event: on to what follows it.
    func leave(
        _ step: Step,
        by event: Event,
        _ before: Draft,
        output: [UInt8]? = nil
    ) -> Transition {
        let draft = before.appending(event)
        if let original = draft.known.compensated(by: step.id) {
            // It was passed over, or failed and nobody minds: what was to be undone is not.
            return concludeCompensation(of: original, step, draft, false)
        }
        return follow(step, draft, else: before, output: output, took: event.took)
    }

    /// The end of the step is recorded: on to what follows it, or, if nothing does, to its failure as
    /// it was before that.
    func follow(
        _ step: Step,
        _ draft: Draft,
        else before: Draft,
        output: [UInt8]?,
        took: Duration? = nil
    ) -> Transition {
        let leaving = way(from: step, draft.known)
        let place = definition.place(of: step.id.path)
        guard !leaving.isEmpty else {
            guard let container = place?.container else {
                return end(.completed, step, data: nil, draft, took: nil, isRecorded: true)
            }
            return endBody(of: container, step, output: output, draft)
        }
        guard let target = next(of: leaving, step, draft) else {
            let failure = Failure(
                .noTransition,
                "No valid transition from node '\(step.id.node)'",
                isRetryable: false,
                output: output
            )
            // A step that leads nowhere has failed, whatever it gave.
            return conclude(step, failure, before, took: took)
        }
        let path = place?.container?.path(of: target) ?? target.id
        return reach(target, at: path, hops: step.hops + 1, draft)
    }

    /// The node that follows another one by what is known, if one does.
    package func successor(of node: String, in projection: Projection) -> String? {
        let step = Step(projection.visit(at: node), kind: .end, attempt: 0)
        return next(of: definition.edges(from: node), step, Draft(projection))?.id
    }

    /// The edges that leave a step; one that stands in for another and has none goes the other's way.
    private func way(from step: Step, _ known: Projection) -> [Edge] {
        var id = step.id
        for _ in definition.nodes.indices {
            let edges = definition.edges(from: id.node)
            guard edges.isEmpty, let standIn = known.standIn(of: id) else { return edges }
            id = standIn.step
        }
        return []
    }

    /// The target of the edge that is taken: the first whose condition holds, else the last without
    /// one, else the last `otherwise`.
    private func next(of edges: [Edge], _ step: Step, _ draft: Draft) -> Node? {
        let known = vantage(step, draft)
        var unconditional: Edge?
        var otherwise: Edge?
        for edge in edges {
            switch edge.condition {
            case nil: unconditional = edge
            case .otherwise: otherwise = edge
            case .some(let condition):
                if condition.holds(in: known) { return definition.node(edge.target) }
            }
        }
        return (unconditional ?? otherwise).flatMap { definition.node($0.target) }
    }

    /// An end node was reached: the run is over, with the output that the node declares.
    func finish(_ step: Step, _ node: Node, _ draft: Draft) -> Transition {
        guard case .end(let template?) = node.rule else {
            return end(.completed, step, data: nil, draft, took: nil)
        }
        do {
            let value = try template.resolve(vantage(step, draft))
            guard let output = fitting(value) else { return fail(step, .tooLarge, draft) }
            return end(.completed, step, data: output, draft, took: nil)
        } catch {
            return fail(step, Failure(error), draft)
        }
    }
}
