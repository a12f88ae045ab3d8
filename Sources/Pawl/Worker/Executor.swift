import FoundationEssentials
import Logging
import Metrics
import PawlCore
import PawlStore
import Tracing

/// Takes a claimed task as far as this worker can: execute, plan, settle, and on with the next step.
///
/// A step that this worker goes on from waits for its settlement. Every other one is handed over to be
/// settled, and another step takes its slot meanwhile.
final class Executor: Sendable {
    private let crew: Crew
    private let flights: Flights
    private let settler: Settler
    private let histories: HistoryCache
    private let bell: Bell

    init(crew: Crew, flights: Flights, settler: Settler, histories: HistoryCache, bell: Bell) {
        self.crew = crew
        self.flights = flights
        self.settler = settler
        self.histories = histories
        self.bell = bell
    }

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
            guard let outcome else { return letGo(of: claim) }
            if flight.revocation == .released, case .snoozed = outcome {
                // The handler's task may be cancelled, and giving back must not be.
                await Task { [crew] in
                    await crew.giveBack([Release(flight.claim, delay: .zero)])
                }.value
                return
            }
            let settlement = flight.settlement(for: outcome, mayKeep: !flight.isRevoked)
            guard settlement.isKept else { return settle(settlement, of: flight) }
            let verdict = await settler.settle(settlement)
            guard case .written(let seq?) = verdict,
                case .move(let position) = settlement.transition.disposition
            else {
                crew.holdings.handOver()
                return conclude(settlement, of: flight, verdict)
            }
            for event in settlement.transition.events { known.projection.apply(event) }
            known.seq = seq
            claim = claim.moved(to: position)
            isMoved = true
        }
    }

    private func letGo(of claim: Claim) {
        crew.holdings.drop(claim.task)
        bell.ring()
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
            // Also of an attempt that was cancelled.
            try await Task { [crew] in
                try await crew.pool.run { try $0.note(note, through: breaker) }
            }.value
        } catch {
            flight.logger.warning("breaker not told", metadata: ["error": "\(error)"])
        }
        return outcome
    }

    private func call(_ handler: Handler, _ flight: Flight) async -> Outcome? {
        let outcome: Outcome
        do {
            let output = try await flight.run {
                guard crew.isTracing else { return try await handler.run(StepContext(flight)) }
                return try await withSpan("pawl.step \(handler.kind)", ofKind: .consumer) { span in
                    span.attributes["pawl.run.id"] = flight.claim.run.text
                    span.attributes["pawl.workflow"] = flight.claim.workflow
                    span.attributes["pawl.step"] = "\(flight.claim.step)"
                    span.attributes["pawl.attempt"] = flight.claim.attempt
                    return try await handler.run(StepContext(flight))
                }
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

    /// Has what follows written; the task is out of this worker's hands then.
    ///
    /// `retreats` are the outcomes that take its place, in turn, if PostgreSQL will not store it.
    private func settle(
        _ settlement: Settlement,
        of flight: Flight,
        retreats: [@Sendable (Failure) -> Outcome] = [{ .failed($0) }, { .refused($0) }]
    ) {
        crew.holdings.handOver()
        bell.ring()
        settler.settle(settlement) { [self] verdict in
            conclude(settlement, of: flight, verdict, retreats: retreats)
        }
    }

    private func conclude(
        _ settlement: Settlement,
        of flight: Flight,
        _ verdict: Settler.Verdict,
        retreats: [@Sendable (Failure) -> Outcome] = [{ .failed($0) }, { .refused($0) }]
    ) {
        switch verdict {
        case .written:
            if settlement.transition.ending != nil { histories.forget(flight.claim.run) }
        case .lost:
            noteLost(flight)
        case .refused(let error):
            // Trying again would give it again. If its own failure cannot be stored either, nothing
            // but the end of the run can.
            flight.logger.error("outcome refused", metadata: ["error": "\(error)"])
            flight.takeBack(settlement.transition.events)
            guard let retreat = retreats.first else {
                flight.logger.critical(
                    "could not store a failure; the step stays claimed until this worker stops"
                )
                break
            }
            let failure = Failure(
                .validation,
                "could not store the outcome of the step: \(error.message)"
                    + (error.hint.map { " (\($0))" } ?? ""),
                isRetryable: false
            )
            crew.holdings.take([settlement.task])  // until the next settlement is written
            settle(
                flight.settlement(for: retreat(failure), mayKeep: false),
                of: flight,
                retreats: Array(retreats.dropFirst())
            )
        }
        crew.holdings.dropSettled(settlement.task)
        bell.ring()
    }

    private func noteLost(_ flight: Flight) {
        crew.meters.leasesLost.increment()
        flight.logger.warning(
            "lease lost; what the attempt came to is not recorded",
            metadata: ["event": "lease_lost", "fence": "\(flight.claim.fence)"]
        )
    }
}
