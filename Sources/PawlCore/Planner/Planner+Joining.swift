extension Planner {
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
        let results = children.map { ($0, result(of: $0, in: step, draft)) }
        let winners = results.filter { $0.1.hasSucceeded }.sorted { $0.1.order < $1.1.order }
        switch join {
        case .any where !winners.isEmpty:
            return complete(step, output: aggregate(Array(winners.prefix(1))), draft)
        case .race where !winners.isEmpty:
            let winner = winners[0]
            let index = children.firstIndex { $0.id == winner.0.id } ?? 0
            let output: JSON = [
                "mode": "race", "winner": .integer(Int64(index)),
                "child": .string(winner.0.id), "output": value(of: winner.1),
            ]
            return complete(step, output: output.serialized(), draft)
        case .count(let count) where winners.count >= min(count, children.count):
            return complete(step, output: aggregate(winners), draft)
        case .all where winners.count == children.count:
            return complete(step, output: aggregate(results), draft)
        default:
            return fail(step, failure(of: results), draft)
        }
    }

    /// The output of a graph is that of the children that nobody waits for.
    private func joinGraph(_ step: Step, _ node: Node, _ draft: Draft) -> Transition {
        let children = definition.children(of: node.id)
        let results = children.map { ($0, result(of: $0, in: step, draft)) }
        guard results.allSatisfy({ $0.1.hasSucceeded }) else {
            return fail(step, failure(of: results), draft)
        }
        let last = results.filter { definition.dependents(of: $0.0.id).isEmpty }
        return complete(step, output: aggregate(last), draft)
    }

    private func value(of result: ChildResult) -> JSON {
        guard case .completed(let output, _) = result else { return .null }
        return Projection.parse(output) ?? .null
    }

    /// The outputs of children, by name.
    private func aggregate(_ results: [(Node, ChildResult)]) -> [UInt8] {
        var members: [UInt8] = [UInt8(ascii: "{")]
        for (child, result) in results {
            if members.count > 1 { members.append(UInt8(ascii: ",")) }
            members += JSON.string(child.id).serialized()
            members.append(UInt8(ascii: ":"))
            switch result {
            case .completed(let output?, _), .failed(_, let output?): members += output
            default: members += JSON.null.serialized()
            }
        }
        members.append(UInt8(ascii: "}"))
        return members
    }

    private func failure(of results: [(Node, ChildResult)]) -> Failure {
        let failed = results.compactMap { child, result -> String? in
            guard case .failed(let message, _) = result else { return nil }
            return "Child '\(child.id)' failed: \(message)"
        }
        return Failure(
            .stepFailed,
            failed.isEmpty ? "not enough children succeeded" : failed.joined(separator: "; "),
            isRetryable: false,
            output: aggregate(results.filter { if case .open = $0.1 { false } else { true } })
        )
    }
}
