public import FoundationEssentials
public import PawlCore
import PawlStore
import Postgres

extension Client {
    /// The states of a run's steps, read from its history alone.
    ///
    /// - Throws: A `HistoryGap` if the history is not whole.
    public func steps(of run: UUID) async throws -> [StepState] {
        try await pool.run { try $0.stepStates(of: run) }
    }

    /// How the steps of one run differ from those of another.
    public func difference(from first: UUID, to second: UUID) async throws -> RunDifference {
        RunDifference(from: try await steps(of: first), to: try await steps(of: second))
    }

    /// Makes a run from another one: the same up to a step, which begins again.
    ///
    /// The history up to the step is copied, and nothing of it is executed anew; a step inside a
    /// container begins again with its siblings that had not ended. With `output` the step is not
    /// executed, as if it had given that. With `input` the new run has another input than the first,
    /// from this step on. Without a step the run begins anew.
    ///
    /// - Returns: The new run, pinned to the same version.
    /// - Throws: ``RunNotFound`` if there is no such run, or it has not come to the step.
    public func fork(
        _ run: UUID,
        at step: StepID? = nil,
        input: JSON? = nil,
        output: JSON? = nil,
        by who: String
    ) async throws -> UUID {
        let (input, output) = (input?.serialized(), output?.serialized())
        let made = try await pool.run { session in
            try session.fork(run, at: step, input: input, output: output, by: who)
        }
        guard let made else { throw RunNotFound(run: run) }
        return made
    }
}
