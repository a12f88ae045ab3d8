extension Planner {
    /// How a child of an open container stands.
    private enum Result {
        case running
        case completed([UInt8]?)
        case failed(String, [UInt8]?)
    }

    /// Enough children have ended: the container's output is made of theirs, or it fails with them.
    func join(_ step: Step, _ draft: Draft) -> Transition {
        guard let node = definition.node(step.id.node) else { return draft.transition(.drop) }
        switch node.rule {
        case .loop(let rule): return joinLoop(step, node, rule, draft)
        case .parallel(let rule): return joinParallel(step, node, rule.join, draft)
        default: return joinGraph(step, node, draft)
        }
    }

    /// The container took longer than it may.
    func giveUp(_ step: Step, _ draft: Draft) -> Transition {
        let limit = definition.node(step.id.node)?.timeout ?? .zero
        let failure = Failure(
            .timeout,
            "the step took longer than \(limit.text)",
            isRetryable: false
        )
        return fail(step, failure, draft)
    }

    private func joinParallel(
        _ step: Step,
        _ node: Node,
        _ join: Node.Parallel.Join,
        _ draft: Draft
    ) -> Transition {
        let children = definition.children(of: node.id)
        let results = children.map { child in
            let path = "\(step.id.path).\(child.id)"
            return (child, result(of: path, draft), order(of: path, draft))
        }
        let winners = results.filter { if case .completed = $0.1 { true } else { false } }
            .sorted { $0.2 < $1.2 }
        switch join {
        case .any where !winners.isEmpty:
            return complete(step, output: aggregate(winners.prefix(1).map { ($0.0, $0.1) }), draft)
        case .race where !winners.isEmpty:
            let winner = winners[0]
            let index = children.firstIndex { $0.id == winner.0.id } ?? 0
            let output: JSON = [
                "mode": "race", "winner": .integer(Int64(index)),
                "child": .string(winner.0.id), "output": value(of: winner.1),
            ]
            return complete(step, output: output.serialized(), draft)
        case .count(let count) where winners.count >= min(count, children.count):
            return complete(step, output: aggregate(winners.map { ($0.0, $0.1) }), draft)
        case .all where winners.count == children.count:
            return complete(step, output: aggregate(results.map { ($0.0, $0.1) }), draft)
        default:
            return fail(step, failure(of: results.map { ($0.0, $0.1) }), draft)
        }
    }

    /// The output of a graph is that of the children that nobody waits for.
    private func joinGraph(_ step: Step, _ node: Node, _ draft: Draft) -> Transition {
        let children = definition.children(of: node.id)
        let results = children.map { ($0, result(of: "\(step.id.path).\($0.id)", draft)) }
        if results.contains(where: { if case .completed = $0.1 { false } else { true } }) {
            return fail(step, failure(of: results), draft)
        }
        let last = results.filter { definition.dependents(of: $0.0.id).isEmpty }
        return complete(step, output: aggregate(last), draft)
    }

    private func result(of path: String, _ draft: Draft) -> Result {
        guard let record = draft.known.record(of: path), record.hasEnded, !record.isCancelled else {
            return .running
        }
        guard let failure = record.failure else { return .completed(record.output) }
        if let standIn = standIn(for: path, draft), case .completed(let output) = standIn {
            return .completed(output)
        }
        let message = Failure(recorded: Projection.parse(failure)).message
        return .failed(message, record.output)
    }

    /// How the step went that stood in for one that failed.
    private func standIn(for path: String, _ draft: Draft) -> Result? {
        guard let place = definition.place(of: path), let container = place.container,
            case .fallback(let id) = place.node.onError, let node = definition.node(id)
        else { return nil }
        let standIn = container.path(of: node)
        guard draft.known.record(of: standIn)?.standsIn?.step.path == path else { return nil }
        return result(of: standIn, draft)
    }

    private func order(of path: String, _ draft: Draft) -> Int {
        draft.known.record(of: path)?.order ?? .max
    }

    private func value(of result: Result) -> JSON {
        guard case .completed(let output) = result else { return .null }
        return Projection.parse(output) ?? .null
    }

    /// The outputs of children, by name.
    private func aggregate(_ results: [(Node, Result)]) -> [UInt8] {
        var members: [UInt8] = [UInt8(ascii: "{")]
        for (child, result) in results {
            if members.count > 1 { members.append(UInt8(ascii: ",")) }
            members += JSON.string(child.id).serialized()
            members.append(UInt8(ascii: ":"))
            switch result {
            case .completed(let output?), .failed(_, let output?): members += output
            default: members += JSON.null.serialized()
            }
        }
        members.append(UInt8(ascii: "}"))
        return members
    }

    private func failure(of results: [(Node, Result)]) -> Failure {
        let failed = results.compactMap { child, result -> String? in
            guard case .failed(let message, _) = result else { return nil }
            return "Child '\(child.id)' failed: \(message)"
        }
        return Failure(
            .stepFailed,
            failed.isEmpty ? "not enough children succeeded" : failed.joined(separator: "; "),
            isRetryable: false,
            output: aggregate(results.filter { if case .running = $0.1 { false } else { true } })
        )
    }
}
