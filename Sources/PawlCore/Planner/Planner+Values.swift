extension Planner {
    /// A node that only computes: its output follows from what is known.
    func compute(_ step: Step, _ node: Node, _ draft: Draft) -> Transition {
        let known = vantage(step, draft)
        switch node.rule {
        case .log(let log):
            return complete(step, output: logged(log, known).serialized(), draft)
        case .set(let values):
            return complete(step, output: values.serialized(), draft)
        case .transform(let template):
            do {
                let value = try template.resolve(known)
                return complete(step, output: value.serialized(), draft)
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
            return complete(step, output: JSON.object(["value": value]).serialized(), draft)
        default:
            return complete(step, output: nil, draft)
        }
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
    /// The failure of a step whose template names what is not there.
    init(_ error: TemplateError) {
        self.init(.interpolation, "\(error)", isRetryable: false)
    }
}
