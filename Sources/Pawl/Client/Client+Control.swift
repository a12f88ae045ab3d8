public import FoundationEssentials
public import PawlCore
import PawlStore
import Postgres

// What people and programs do to a run that is under way. Each is one transaction, and one event of
// the run's history that names who did it.
extension Client {
    /// Answers an open decision.
    ///
    /// The first answer counts.
    public func decide(
        _ decision: Int64,
        _ choice: String,
        reasoning: String? = nil,
        by decider: String
    ) async throws {
        try await pool.run { session in
            _ = try session.decide(
                decision,
                choice: choice,
                reasoning: reasoning,
                data: nil,
                by: decider
            )
        }
    }

    /// Ends a step that waits for an answer with an output of one's own.
    ///
    /// `step` is the step's path, or its node.
    ///
    /// - Throws: A `Failure` if no edge leads on from the step with that output, and a
    ///   `PostgresError` if the run does not wait there; nothing is written then, and the run waits
    ///   on.
    public func answer(
        _ step: String,
        of run: UUID,
        with output: some Encodable & Sendable,
        by who: String
    ) async throws {
        let output = try JSON(encoding: output).serialized()
        try await pool.transaction { session in
            try session.lock(run)
            if let question = try session.openQuestion(of: run, at: step),
                let (definition, known) = try session.knowledge(of: run)
            {
                let transition = Planner(definition).plan(
                    Step(question.step, kind: question.kind, hops: question.hops),
                    .resumed(answer: output),
                    in: known.projection
                )
                if let refusal = transition.deadEnd { throw refusal }
            }
            try session.answer(step, of: run, output: output, by: who)
        }
    }

    /// Cancels a run: steps at work are told, and what they still return is not recorded.
    ///
    /// - Returns: False if it had ended already.
    @discardableResult
    public func cancel(_ run: UUID, reason: String? = nil, by who: String) async throws -> Bool {
        try await pool.run { try $0.cancel(run, reason: reason, by: who) }
    }

    /// Takes a failed run up again at the steps that failed.
    ///
    /// What had ended well stays, inside containers too.
    public func retry(_ run: UUID, by who: String) async throws {
        try await pool.run { try $0.retry(run, by: who) }
    }

    /// Stops a run: steps at work end, and nothing follows them until ``resume(_:by:)``.
    public func pause(_ run: UUID, reason: String? = nil, by who: String) async throws {
        try await pool.run { try $0.pause(run, reason: reason, by: who) }
    }

    /// Lets a paused run go on.
    public func resume(_ run: UUID, by who: String) async throws {
        try await pool.run { try $0.resume(run, by: who) }
    }

    /// Passes a live step over, or the one at which the run failed; `step` is its path.
    public func skip(_ step: String, of run: UUID, by who: String) async throws {
        try await pool.run { try $0.skip(step, of: run, by: who) }
    }

    /// Sends a run a signal, which is kept until a step takes it.
    public func signal(
        _ name: String,
        to run: UUID,
        payload: some Encodable & Sendable = JSON.null,
        by who: String
    ) async throws {
        let payload = try JSON(encoding: payload).serialized()
        try await pool.run { try $0.signal(name, to: run, payload: payload, by: who) }
    }

    /// Sets a variable, which templates and conditions read as `context.name`.
    public func setVariable(
        _ name: String,
        of run: UUID,
        to value: some Encodable & Sendable,
        by who: String
    ) async throws {
        let value = try JSON(encoding: value).serialized()
        try await pool.run { try $0.setVariable(name, of: run, to: value, by: who) }
    }
}
