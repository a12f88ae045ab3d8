extension Planner {
    /// A node that only computes: its output follows from what is known.
    func compute(_ step: Step, _ node: Node, _ draft: Draft) -> Transition {
        let known = vantage(step, draft)
        switch node.rule {
        case .log(let log):
            let record = logged(log, known)
            // What is logged keeps no run from going on.
            let cut: JSON = [
                "message": record["message"] ?? .null, "values": nil, "truncated": true,
            ]
            return complete(step, output: (fitting(record) ?? cut.serialized()), draft)
        case .set(let values):
            return give(values, step, draft)
        case .transform(let template):
            do {
                let value = try template.resolve(known)
                return give(value, step, draft)
            } catch {
                return fail(step, Failure(error), draft)
            }
        case .delay(let span):
            return sleep(step, for: span, draft)
        case .unknownFunction(let action):
            let failure = Failure(
                .unavailable,
                "Unknown function action: \(action)",
                isRetryable: false
            )
            return fail(step, failure, draft)
        case .condition(let condition):
            let result = condition.holds(in: known)
            return complete(
                step,
                output: JSON.object(["result": .bool(result)]).serialized(),
                draft
            )
        case .value(let path):
            let value = path.flatMap { known.value(at: $0) } ?? .null
            return give(["value": value], step, draft)
        default:
            return complete(step, output: nil, draft)
        }
    }

    /// The node gives a value, unless it is too large to be kept.
    private func give(_ value: JSON, _ step: Step, _ draft: Draft) -> Transition {
        guard let output = fitting(value) else { return fail(step, .tooLarge, draft) }
        return complete(step, output: output, draft)
    }

    /// Returns a value as a JSON text, or `nil` if it is larger than a handler's may be: templates
    /// double what they stand for with every round of a loop.
    func fitting(_ value: JSON) -> [UInt8]? {
        let text = value.serialized()
        return text.count <= 1 << 20 ? text : nil
    }

    private func logged(_ log: Node.Log, _ known: Vantage) -> JSON {
        let values = log.paths.map { paths in
            JSON.object(
                Dictionary(
                    paths.map { ("\($0)", known.value(at: $0) ?? .null) },
                    uniquingKeysWith: { first, _ in first }
                )
            )
        }
        return [
            "message": log.message?.resolveLeniently(known) ?? "",
            "values": values ?? known.everything,
        ]
    }
}

extension Failure {
    /// The failure of a step whose output is larger than what is kept.
    static let tooLarge = Failure(
        .guardrail,
        "the output is larger than 1 MiB; store large data elsewhere and pass a reference to it",
        isRetryable: false
    )

    /// The failure of a step whose template names what is not there.
    init(_ error: TemplateError) {
        self.init(.interpolation, "\(error)", isRetryable: false)
    }
}
