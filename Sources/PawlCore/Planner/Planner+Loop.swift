extension Planner {
    /// The bytes that the results of a loop may have together.
    ///
    /// They are one event; a page of the history should stay readable.
    private static let largestResult = 8 << 20

    /// A loop was reached: its first iterations begin, or there is nothing to do.
    func openLoop(_ step: Step, _ node: Node, _ draft: Draft) -> Transition {
        guard case .loop(let rule) = node.rule, let first = definition.entry(of: node) else {
            return complete(step, output: Self.results(0, []), draft)
        }
        switch rule.mode {
        case .forEach(let operand):
            return go(through: operand, step, node, rule, first, draft)
        case .while, .until:
            let opened = draft.appending(
                Event(
                    .stepOpened,
                    step.id,
                    data: JSON.object(["first": .string(first.id)]).serialized()
                )
            )
            guard goesOn(rule, step, at: 0, opened) else {
                return complete(step, output: Self.results(0, []), opened)
            }
            return begin(0, of: step, at: first, opened)
        }
    }

    private func go(
        through operand: Node.Loop.List,
        _ step: Step,
        _ node: Node,
        _ rule: Node.Loop,
        _ first: Node,
        _ draft: Draft
    ) -> Transition {
        let known = vantage(step, draft)
        let list: JSON?
        switch operand {
        case .operand(let operand): list = operand.value { known.value(at: $0) }
        case .template(let template):
            do { list = try template.resolve(known) } catch {
                return fail(step, Failure(error), draft)
            }
        }
        guard let elements = list?.arrayValue else {
            var found = list.map(\.typeName) ?? "nothing"
            if list == nil, case .operand(.path(let path)) = operand {
                found += " at \("\(path)".shortened) (\(known.hint(for: path)))"
            }
            let failure = Failure(
                .validation,
                "a loop goes through a list, and found \(found)",
                isRetryable: false
            )
            return fail(step, failure, draft)
        }
        let items = Array(elements.prefix(rule.maximum ?? .max))
        guard items.count <= Self.mostItems else {
            let failure = Failure(
                .guardrail,
                "a loop goes through at most \(Self.mostItems) items, not \(items.count)",
                isRetryable: false
            )
            return fail(step, failure, draft)
        }
        let data: JSON = ["items": .array(items)]
        guard rule.concurrency > 1, !items.isEmpty else {
            let opened = draft.appending(Event(.stepOpened, step.id, data: data.serialized()))
            guard !items.isEmpty else {
                return complete(step, output: Self.results(0, []), opened)
            }
            return begin(0, of: step, at: first, opened)
        }
        let opening = Transition.Opening(
            children: items.indices.map { index in
                child(
                    first,
                    at: "\(step.id.path).\(index).\(first.id)",
                    step,
                    draft,
                    isHeld: index >= rule.concurrency
                )
            }
        )
        return open(step, node, opening, data, draft)
    }

    /// The iterations that a list may ask for.
    private static let mostItems = 100_000

    private func begin(_ index: Int, of step: Step, at first: Node, _ draft: Draft) -> Transition {
        reach(first, at: "\(step.id.path).\(index).\(first.id)", hops: step.hops + 1, draft)
    }

    /// An iteration ended, and the next one begins, or the loop is over.
    func turn(
        _ step: Step,
        _ container: Place.Container,
        _ rule: Node.Loop,
        _ draft: Draft
    ) -> Transition {
        let next = (container.index ?? 0) + 1
        guard goesOn(rule, step, at: next, draft), let first = definition.entry(of: container.node)
        else {
            return endLoop(step, container.node, rule, iterations: next, draft)
        }
        return begin(next, of: step, at: first, draft)
    }

    /// Whether there is an iteration of that number.
    private func goesOn(_ rule: Node.Loop, _ step: Step, at index: Int, _ draft: Draft) -> Bool {
        guard index < rule.maximum ?? .max else { return false }
        switch rule.mode {
        case .forEach:
            let items = draft.known.record(of: step.id.path)?.opening?["items"]?.arrayValue
            return index < items?.count ?? 0
        case .while(let condition):
            return condition.holds(in: vantage(inside: step, after: index, turn: index, draft))
        case .until(let condition):
            let turn = index - 1
            return turn < 0
                || !condition.holds(in: vantage(inside: step, after: index, turn: turn, draft))
        }
    }

    /// What is known between two iterations: what the last one gave comes first.
    private func vantage(
        inside step: Step,
        after iterations: Int,
        turn: Int,
        _ draft: Draft
    ) -> Vantage {
        let path = iterations == 0 ? step.id.path : "\(step.id.path).\(iterations - 1)"
        return Vantage(definition, draft.known, at: path, turn: turn)
    }

    private func endLoop(
        _ step: Step,
        _ node: Node,
        _ rule: Node.Loop,
        iterations: Int,
        _ draft: Draft
    ) -> Transition {
        guard rule.collects else {
            return complete(
                step,
                output: JSON.object(["iterations": .integer(Int64(iterations))]).serialized(),
                draft
            )
        }
        let results = (0..<iterations).map { index in result(of: index, step, node, draft) }
        guard results.reduce(0, { $0 + $1.count }) <= Self.largestResult else {
            let failure = Failure(
                .guardrail,
                "the results of the loop have more than \(Self.largestResult) bytes together; give it \"collect\": false",
                isRetryable: false
            )
            return fail(step, failure, draft)
        }
        return complete(step, output: Self.results(iterations, results), draft)
    }

    /// All iterations of a loop have ended that were at work side by side.
    func joinLoop(_ step: Step, _ node: Node, _ rule: Node.Loop, _ draft: Draft) -> Transition {
        let record = draft.known.record(of: step.id.path)
        let count = record?.opening?["items"]?.arrayValue?.count ?? 0
        for index in 0..<count {
            let standing = standing(
                of: node,
                at: "\(step.id.path).\(index)",
                since: record?.openedAt ?? 0,
                draft
            )
            guard case .failed(let child) = standing else { continue }
            let recorded = Projection.parse(draft.known.record(of: child.path)?.failure)
            let failure = Failure(
                .stepFailed,
                "Child '\(child.node)' failed: \(Failure(recorded: recorded).message)",
                isRetryable: false
            )
            return fail(step, failure, draft)
        }
        return endLoop(step, node, rule, iterations: count, draft)
    }

    /// The output of the step of an iteration that ended last.
    private func result(of index: Int, _ step: Step, _ node: Node, _ draft: Draft) -> [UInt8] {
        let opened = draft.known.record(of: step.id.path)?.openedAt ?? 0
        let prefix = "\(step.id.path).\(index)"
        guard case .ended(let last) = standing(of: node, at: prefix, since: opened, draft) else {
            return JSON.null.serialized()
        }
        return draft.known.record(of: last.path)?.ownOutput ?? JSON.null.serialized()
    }

    private static func results(_ iterations: Int, _ results: [[UInt8]]) -> [UInt8] {
        var text = Array("{\"iterations\":\(iterations),\"results\":[".utf8)
        for (index, result) in results.enumerated() {
            if index > 0 { text.append(UInt8(ascii: ",")) }
            text += result
        }
        return text + Array("]}".utf8)
    }
}

extension JSON {
    /// What the value is, for messages.
    var typeName: String {
        switch self {
        case .null: "null"
        case .bool: "a truth value"
        case .integer, .number: "a number"
        case .string: "a string"
        case .array: "a list"
        case .object: "an object"
        }
    }
}
