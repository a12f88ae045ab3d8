extension Planner {
    /// A parallel node was reached: its children become due, and its task waits for them.
    func open(_ step: Step, after events: [Event], _ projection: Projection) -> Transition {
        let children = definition.children(of: step.id.node)
        guard !children.isEmpty else {
            return complete(step, output: JSON.object([:]).serialized(), after: events, projection)
        }
        var transition = Transition(
            .park(
                at: Transition.Position(step.id, kind: step.kind, hops: step.hops),
                due: nil
            )
        )
        let names = JSON.array(children.map { .string($0.id) })
        transition.events =
            events
            + [
                Event(
                    .parallelStarted,
                    step.id,
                    data: JSON.object(["children": names]).serialized()
                )
            ]
        transition.children = children.map { child in
            // A child's visit is its container's, so that the two tell one story.
            Transition.Position(
                StepID(path: "\(step.id.path).\(child.id)", visit: step.id.visit),
                kind: child.kind,
                hops: step.hops + 1
            )
        }
        return transition
    }

    /// All children have ended: the node's output is theirs, by name, or it fails with them.
    func join(_ step: Step, _ projection: Projection) -> Transition {
        let children = definition.children(of: step.id.node)
        var failed: [String] = []
        var members: [UInt8] = [UInt8(ascii: "{")]
        for child in children {
            let record = projection.record(of: "\(step.id.path).\(child.id)")
            if let failure = record?.failure {
                failed.append("Child '\(child.id)' failed: \(message(of: failure))")
            }
            if members.count > 1 { members.append(UInt8(ascii: ",")) }
            members += JSON.string(child.id).serialized()
            members.append(UInt8(ascii: ":"))
            members += record?.output ?? JSON.null.serialized()
        }
        members.append(UInt8(ascii: "}"))
        if failed.isEmpty {
            return complete(step, output: members, after: [], projection)
        }
        let failure = Failure(
            .stepFailed,
            failed.joined(separator: "; "),
            isRetryable: false
        )
        return fail(step, failure, projection)
    }

    private func message(of failure: [UInt8]) -> String {
        do {
            return try JSON(parsing: failure)["message"]?.stringValue ?? "unknown error"
        } catch {
            return "unknown error"
        }
    }
}
