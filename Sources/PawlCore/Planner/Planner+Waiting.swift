extension Planner {
    /// A wait node was reached.
    func wait(_ step: Step, _ node: Node, _ draft: Draft) -> Transition {
        guard case .wait(let rule) = node.rule else { return complete(step, output: nil, draft) }
        switch rule {
        case .duration(let span): return sleep(step, for: span, draft)
        case .until(let template): return sleep(step, until: template, draft)
        case .signal(let signal):
            if let taken = take(signal, step, draft) { return taken }
            do {
                let limit = try signal.timeout?.resolve(vantage(step, draft))
                return listen(for: signal, step, limit, draft)
            } catch {
                return fail(step, error, draft)
            }
        }
    }

    private func listen(
        for signal: Node.Signal,
        _ step: Step,
        _ limit: (duration: Duration, text: String)?,
        _ draft: Draft
    ) -> Transition {
        var data: [String: JSON] = ["for": "signal", "signal": .string(signal.name)]
        data["timeout"] = limit.map { .string($0.text) }
        var transition = draft.appending(
            Event(.stepWaiting, step.id, data: JSON.object(data).serialized())
        ).transition(
            .park(at: position(of: step), due: limit.map { .after($0.duration) })
        )
        transition.wait = Transition.Wait(
            kind: .signal,
            subject: JSON.object(["name": .string(signal.name)]).serialized()
        )
        return transition
    }

    /// The first signal in the mailbox that the step waits for ends it.
    private func take(_ signal: Node.Signal, _ step: Step, _ draft: Draft) -> Transition? {
        let around = vantage(step, draft)
        let found = draft.known.mailbox.first { message in
            guard message.name == signal.name else { return false }
            return signal.filter?.holds(in: Sight(payload: message.payload, around: around)) ?? true
        }
        guard let found else { return nil }
        let draft = draft.appending(
            Event(
                .signalTaken,
                step.id,
                data: JSON.object(["number": .integer(Int64(found.number))]).serialized()
            )
        )
        let output: JSON = ["signal": .string(found.name), "payload": found.payload]
        return complete(step, output: output.serialized(), draft)
    }

    /// What a waiting step waited for came: a signal, which its filter may refuse, or the answer to a
    /// question that a handler asked.
    func takeSignal(_ step: Step, _ answer: [UInt8], _ draft: Draft) -> Transition {
        let record = draft.known.record(of: step.id.path)
        guard record?.visit == step.id.visit, record?.waitsFor == "signal",
            case .wait(.signal(let signal))? = definition.node(step.id.node)?.rule
        else { return complete(step, output: answer, draft) }
        guard var taken = take(signal, step, draft) else {
            // It waits on, with the wait that is open already, until the time that was set.
            return draft.transition(.park(at: position(of: step), due: .unchanged))
        }
        taken.resolvesWait = true
        return taken
    }

    /// A question was reached: it is asked, and the task waits for the answer.
    func ask(_ step: Step, _ node: Node, _ draft: Draft) -> Transition {
        guard case .question(let question) = node.rule else {
            return complete(step, output: nil, draft)
        }
        let known = vantage(step, draft)
        do {
            var subject = try question.subject.resolve(known)
            if !question.data.isEmpty, case .object(var members) = subject {
                members["data"] = .object(
                    Dictionary(
                        question.data.map { datum in (datum.name, datum.value(in: known)) },
                        uniquingKeysWith: { first, _ in first }
                    )
                )
                subject = .object(members)
            }
            let assignee = try question.assignee?.resolve(known)
            let limit: Duration?
            do { limit = try question.timeout?.resolve(known).duration } catch {
                return fail(step, error, draft)
            }
            return ask(
                step,
                subject: subject.serialized(),
                due: limit,
                assignee: assignee?.stringValue,
                fallback: question.fallback,
                draft
            )
        } catch {
            return fail(step, Failure(error), draft)
        }
    }

    /// A handler asked something.
    func ask(_ step: Step, subject: [UInt8], output: [UInt8]?, _ draft: Draft) -> Transition {
        var draft = draft
        if let output {
            let data: JSON = ["for": "decision", "output": Projection.parse(output) ?? .null]
            draft.append(Event(.stepWaiting, step.id, data: data.serialized()))
        }
        return ask(step, subject: subject, due: nil, assignee: nil, fallback: nil, draft)
    }

    private func ask(
        _ step: Step,
        subject: [UInt8],
        due: Duration?,
        assignee: String?,
        fallback: String?,
        _ draft: Draft
    ) -> Transition {
        var transition = draft.appending(Event(.decisionRequested, step.id, data: subject))
            .transition(
                .park(at: position(of: step), due: due.map(Transition.Due.after))
            )
        transition.wait = Transition.Wait(
            subject: subject,
            assignee: assignee,
            fallback: fallback
        )
        return transition
    }

    /// What the step waited for did not come in time; for a timer, this is what it waited for.
    func expire(_ step: Step, _ draft: Draft) -> Transition {
        switch definition.node(step.id.node)?.rule {
        case .delay(let span), .wait(.duration(let span)): return awake(step, span, draft)
        case .wait(.until): return awake(step, nil, draft)
        case .wait(.signal(let signal)):
            return expire(signal, step, draft)
        case .question(let question):
            return expire(question, step, draft)
        default:
            let failure = Failure(.timeout, missed(step, draft), isRetryable: false)
            var transition = failInVain(step, failure, draft)
            transition.expiresWait = true
            return transition
        }
    }

    /// What did not come in time, and how long was waited for it.
    private func missed(_ step: Step, _ draft: Draft) -> String {
        let node = definition.node(step.id.node)
        let record = draft.known.record(of: step.id.path)
        let limit = node?.timeout.map { " within \($0.text)" } ?? " in time"
        guard let workflow = record?.awaited else {
            return "step \(step.id): what it waited for did not come\(limit)"
        }
        return "step \(step.id): the run of workflow '\(workflow)' that it waited for did not end"
            + limit
    }

    private func expire(_ signal: Node.Signal, _ step: Step, _ draft: Draft) -> Transition {
        var transition: Transition
        if let fallback = signal.fallback {
            let output: JSON = [
                "signal": .string(signal.name), "payload": fallback, "timed_out": true,
            ]
            transition = complete(step, output: output.serialized(), draft)
        } else {
            let limit =
                draft.known.record(of: step.id.path)?.waitsUntil
                ?? signal.timeout?.duration?.text ?? "its time"
            let failure = Failure(
                .timeout,
                "no signal \"\(signal.name)\" came within \(limit)",
                isRetryable: false
            )
            transition = fail(step, failure, draft)
        }
        transition.expiresWait = true
        return transition
    }

    /// Nobody answered in time: the fallback is taken, or the step fails.
    private func expire(_ question: Node.Question, _ step: Step, _ draft: Draft) -> Transition {
        let expired = Event(
            .decisionExpired,
            step.id,
            data: JSON.object(["fallback": question.fallback.map(JSON.string) ?? .null])
                .serialized()
        )
        var transition: Transition
        if let fallback = question.fallback {
            let answer: JSON = [
                "choice": .string(fallback), "reasoning": "nobody answered in time",
                "data": nil, "resolved_by": "pawl",
            ]
            transition = complete(step, output: answer.serialized(), draft.appending(expired))
        } else {
            let failure = Failure(
                .timeout,
                "decision timeout for step \(step.id): no fallback option configured",
                isRetryable: false
            )
            transition = fail(step, failure, draft.appending(expired))
        }
        transition.expiresWait = true
        return transition
    }

    /// A workflow node was reached: another run begins.
    func spawn(_ step: Step, _ node: Node, _ draft: Draft) -> Transition {
        guard case .workflow(let child) = node.rule else {
            return complete(step, output: nil, draft)
        }
        let known = vantage(step, draft)
        do {
            let workflow = try child.workflow.resolve(known)
            let input = try child.input.resolve(known)
            let key = try child.key?.resolve(known)
            // Another run for another attempt.
            let retries =
                draft.known.record(of: step.id.path)
                .map { $0.visit == step.id.visit ? $0.retries : 0 } ?? 0
            let attempt = retries > 0 ? "/\(retries + 1)" : ""
            let spawn = Transition.Spawn(
                workflow: workflow.text,
                input: input.serialized(),
                key: key?.text ?? "\(draft.known.run)/\(step.id.path)/\(step.id.visit)\(attempt)",
                isAwaited: child.isAwaited,
                isRepeated: retries > 0
            )
            var transition: Transition
            if child.isAwaited {
                let data: JSON = ["for": "run", "workflow": workflow, "key": .string(spawn.key)]
                transition = draft.appending(
                    Event(.stepWaiting, step.id, data: data.serialized())
                ).transition(
                    .park(at: position(of: step), due: node.timeout.map(Transition.Due.after))
                )
            } else {
                let output: JSON = ["workflow": workflow, "key": .string(spawn.key)]
                transition = complete(step, output: output.serialized(), draft)
            }
            transition.spawns.insert(spawn, at: 0)
            return transition
        } catch {
            return fail(step, Failure(error), draft)
        }
    }

    /// The run that belongs to the step has ended.
    func takeResult(_ step: Step, _ answer: [UInt8], _ draft: Draft) -> Transition {
        let result = Projection.parse(answer)
        var transition: Transition
        if result?["status"] == "completed" {
            let output = result?["output"].flatMap { $0.isNull ? nil : $0.serialized() }
            transition = complete(step, output: output, draft)
        } else {
            let run = result?["run_id"]?.stringValue ?? ""
            let status = result?["status"]?.stringValue ?? "gone"
            let message = result?["error"]?["message"]?.stringValue
            let failure = Failure(
                .stepFailed,
                "run \(run) of workflow '\(result?["workflow"]?.stringValue ?? "")' is \(status)"
                    + (message.map { ": \($0)" } ?? ""),
                isRetryable: false
            )
            transition = failInVain(step, failure, draft)
        }
        transition.resolvesWait = true
        return transition
    }

    /// The run that the step waited for did not do: another one is started if its policy allows.
    ///
    /// The task does not know how often that was, because it was parked in between.
    private func failInVain(_ step: Step, _ failure: Failure, _ draft: Draft) -> Transition {
        let failures = (draft.known.record(of: step.id.path)?.retries ?? 0) + 1
        guard step.kind == .workflow, let policy = definition.node(step.id.node)?.retry,
            let delay = policy.delay(afterFailure: failures, jitter: 1)
        else {
            return fail(step, failures > 1 ? failure.after(attempts: failures) : failure, draft)
        }
        let pause = pause(of: delay)
        let data: JSON = ["error": failure.json, "delay": .string(pause.text)]
        return draft.appending(
            Event(.stepRetrying, step.id, attempt: failures, data: data.serialized())
        ).transition(.again(after: pause, charged: false))
    }
}

extension Node.Question.Datum {
    fileprivate func value(in known: Vantage) -> JSON {
        switch value {
        case .path(let path, let text): known.value(at: path) ?? .string(text)
        case .template(let template): template.resolveLeniently(known)
        }
    }
}

extension JSON {
    /// A string as it is, everything else as JSON.
    var text: String { stringValue ?? String(decoding: serialized(), as: UTF8.self) }
}

/// What the filter of a signal can refer to: what the signal says, as `payload` and by its members'
/// names, and what the run knows.
private struct Sight: Knowledge {
    let payload: JSON
    let around: Vantage

    func value(at path: Path) -> JSON? {
        guard case .name(let first)? = path.segments.first else { return payload.value(at: path) }
        if payload[first] != nil { return payload.value(at: path) }
        guard first == "payload" else { return around.value(at: path) }
        return Path(Array(path.segments.dropFirst())).value(in: payload)
    }

    var names: [String] { ["payload"] + payload.names + around.names }
}
