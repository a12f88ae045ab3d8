// Steps that wait for a time, which they reach by themselves.
extension Planner {
    /// The step goes on after a duration; at once, if that is none.
    func sleep(_ step: Step, for span: Span, _ draft: Draft) -> Transition {
        do {
            let (duration, text) = try span.resolve(vantage(step, draft))
            guard duration > .zero else {
                return complete(step, output: waited(text, step), draft)
            }
            let data: JSON = ["for": "timer", "duration": .string(text)]
            return sleep(step, until: .after(duration), data, draft)
        } catch {
            return fail(step, error, draft)
        }
    }

    /// The step goes on at an instant.
    func sleep(_ step: Step, until template: Template, _ draft: Draft) -> Transition {
        do {
            let text = try template.resolve(vantage(step, draft))
            guard let moment = text.stringValue.flatMap(Moment.init(text:)) else {
                let failure = Failure(
                    .validation,
                    "\(text.excerpt) is not an instant; write 2026-01-31T09:00:00Z, for example",
                    isRetryable: false
                )
                return fail(step, failure, draft)
            }
            let data: JSON = ["for": "timer", "until": text]
            return sleep(step, until: .at(moment.microseconds), data, draft)
        } catch {
            return fail(step, Failure(error), draft)
        }
    }

    private func sleep(
        _ step: Step,
        until due: Transition.Due,
        _ data: JSON,
        _ draft: Draft
    ) -> Transition {
        draft.appending(Event(.stepWaiting, step.id, data: data.serialized()))
            .transition(.park(at: position(of: step), due: due))
    }

    /// The time has come that the step waited for.
    func awake(_ step: Step, _ span: Span?, _ draft: Draft) -> Transition {
        // What it was when the step was entered; by now the same template may give something else.
        var text = draft.known.record(of: step.id.path)?.waitsUntil
        if text == nil, case .fixed(_, let written) = span { text = written }
        return complete(step, output: waited(text ?? "", step), draft)
    }

    /// The output of a step that has waited for what is written so.
    private func waited(_ text: String, _ step: Step) -> [UInt8] {
        let output: JSON
        switch definition.node(step.id.node)?.rule {
        case .delay: output = ["delayed": .string(text)]
        case .wait(.until): output = ["until": .string(text)]
        default:
            var waited = Duration.zero
            do { waited = try Duration(text: text) } catch {
                // It was one when the step was entered.
            }
            output = ["waited": .integer(Int64(waited / .milliseconds(1)))]
        }
        return output.serialized()
    }
}
