import FoundationEssentials
import Logging
import Metrics
import PawlCore
import PawlStore
import Tracing

/// Takes a claimed task as far as this worker can: execute, plan, settle, and on with the next step.
struct Executor: Sendable {
    let crew: Crew
    let flights: Flights
    let settler: Settler
    let histories: HistoryCache

    /// What is known about a claim when its execution starts.
    struct Assignment: Sendable {
        let claim: Claim
        let definition: Definition
        let known: KnownRun
        /// What it waited for, if that came.
        let answer: [UInt8]?
    }

    /// Executes the assigned step, and those that follow it as long as this worker may go on.
    func execute(_ assignment: Assignment) async {
        var claim = assignment.claim
        var known = assignment.known
        var isMoved = false
        while true {
            let flight = Flight(
                claim,
                definition: assignment.definition,
                known: known,
                isFirstTry: isMoved || claim.fence == 1,
                crew: crew
            )
            flights.begin(flight)
            let outcome = await outcome(of: flight, answer: isMoved ? nil : assignment.answer)
            flights.end(flight)
            guard let outcome, let (transition, seq) = await settle(flight, outcome),
                case .move(let position) = transition.disposition
            else { return }
            for event in transition.events { known.projection.apply(event) }
            known.seq = seq
            claim = claim.moved(to: position)
            isMoved = true
        }
    }

    /// How the attempt went, or `nil` if there is nothing to settle.
    private func outcome(of flight: Flight, answer: [UInt8]?) async -> Outcome? {
        let claim = flight.claim
        guard
            claim.crashes < crew.limits.crashes || claim.kind == .deadline
                || claim.kind == .cancellation
        else {
            let failure = Failure(
                .quarantined,
                "the step's worker died \(claim.crashes) times while it was executed",
                isRetryable: false
            )
            // What kills a worker without a handler is the plan of what follows.
            return claim.kind.needsHandler ? .failed(failure) : .refused(failure)
        }
        switch claim.phase {
        case .skip: return .skipped
        case .wait: return claim.kind == .deadline ? .entered : .expired
        case .resume: return .resumed(answer: answer ?? JSON.null.serialized())
        case .enter: break
        }
        if claim.hops == 0, let failure = flight.planner.misfit(input: claim.input) {
            return .refused(failure)
        }
        guard let handler = crew.handlers[claim.kind.rawValue] else {
            guard claim.kind.needsHandler else { return .entered }
            return crew.failsStrangers ? .failed(flight.missingHandler) : nil
        }
        guard flight.isWanted else { return .entered }
        guard let breaker = flight.breaker else { return await call(handler, flight) }
        return await call(handler, flight, through: breaker)
    }

    /// Makes an attempt if the breaker admits it, and tells the breaker how it went.
    private func call(
        _ handler: Handler,
        _ flight: Flight,
        through breaker: Node.Breaker
    ) async -> Outcome? {
        do {
            if let pause = try await crew.pool.run({ try $0.admit(through: breaker) }) {
                return .failed(
                    Failure(
                        .circuitOpen,
                        "breaker \"\(breaker.name)\" is open for another \(pause.text)",
                        isRetryable: false
                    )
                )
            }
        } catch {
            // A breaker that cannot be asked stops nobody.
            flight.logger.warning("breaker unknown", metadata: ["error": "\(error)"])
        }
        let outcome = await call(handler, flight)
        let note: BreakerNote
        switch outcome {
        case .failed: note = .failure
        case .completed, .asked: note = .success
        default: return outcome
        }
        do {
            try await crew.pool.run { try $0.note(note, through: breaker) }
        } catch {
            flight.logger.warning("breaker not told", metadata: ["error": "\(error)"])
        }
        return outcome
    }

    private func call(_ handler: Handler, _ flight: Flight) async -> Outcome? {
        let outcome: Outcome
        do {
            let output = try await withSpan("pawl.step \(handler.kind)", ofKind: .consumer) {
                span in
                span.attributes["pawl.run.id"] = flight.claim.run.uuidString.lowercased()
                span.attributes["pawl.workflow"] = flight.claim.workflow
                span.attributes["pawl.step"] = "\(flight.claim.step)"
                span.attributes["pawl.attempt"] = flight.claim.attempt
                return try await flight.run { try await handler.run(StepContext(flight)) }
            }
            outcome = .completed(output: output)
        } catch HandlerError.snooze(let delay) {
            outcome = .snoozed(for: max(delay, .zero))
        } catch HandlerError.waiting(let question, let output) {
            outcome = .asked(subject: question.serialized(), output: output?.serialized())
        } catch {
            outcome = .failed(Failure(thrown: error))
        }
        crew.meters.stepTime.record(duration: flight.took)
        if flight.isSettled || flight.isAbandoned { return nil }
        return judged(outcome, flight)
    }

    /// What counts of an outcome, given why the attempt was told to stop.
    private func judged(_ outcome: Outcome, _ flight: Flight) -> Outcome? {
        switch (flight.revocation, outcome) {
        case (.lost, _):
            noteLost(flight)
            return nil
        case (.timedOut, .failed): return flight.timeoutOutcome
        // A worker that shuts down takes the step back, whatever the handler made of it.
        case (.released, .failed): return .snoozed(for: .zero)
        default: break
        }
        if case .failed(let failure) = outcome {
            crew.meters.failed.increment()
            flight.logger.info("step failed", metadata: ["error": "\(failure.message)"])
        }
        return outcome
    }

    /// Writes what follows, and returns it with the number of the run's last event if this worker
    /// goes on with the next step.
    private func settle(_ flight: Flight, _ outcome: Outcome) async -> (Transition, seq: Int)? {
        if flight.revocation == .released, case .snoozed = outcome {
            await crew.giveBack([Release(flight.claim, delay: .zero)])
            return nil
        }
        let settlement = flight.settlement(for: outcome, mayKeep: true)
        switch await settler.settle(settlement) {
        case .written(let seq):
            if settlement.transition.ending != nil { histories.forget(flight.claim.run) }
            return seq.map { (settlement.transition, $0) }
        case .lost:
            noteLost(flight)
            return nil
        case .refused(let error):
            // PostgreSQL will not store what the step gave. Trying again would give it again.
            let failure = Failure(
                .validation,
                "could not store the outcome of the step: \(error.message)"
                    + (error.hint.map { " (\($0))" } ?? ""),
                isRetryable: false
            )
            flight.logger.error("outcome refused", metadata: ["error": "\(error)"])
            flight.takeBack(settlement.transition.events)
            // If its own failure cannot be stored either, nothing but the end of the run can.
            for outcome in [Outcome.failed(failure), .refused(failure)] {
                let settlement = flight.settlement(for: outcome, mayKeep: false)
                guard case .refused(let error) = await settler.settle(settlement) else {
                    return nil
                }
                flight.takeBack(settlement.transition.events)
                flight.logger.error("failure refused", metadata: ["error": "\(error)"])
            }
            flight.logger.critical(
                "could not store a failure; the step stays claimed until this worker stops"
            )
            return nil
        }
    }

    private func noteLost(_ flight: Flight) {
        crew.meters.leasesLost.increment()
        flight.logger.warning(
            "lease lost; what the attempt came to is not recorded",
            metadata: ["event": "lease_lost", "fence": "\(flight.claim.fence)"]
        )
    }
}
