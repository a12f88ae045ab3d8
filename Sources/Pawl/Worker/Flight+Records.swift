import Metrics
import PawlCore
import PawlStore
import Postgres
import Synchronization

// What a handler records while it runs. Each write names the claim, so an attempt that lost its lease
// writes nothing; it learns of that here and is revoked.

extension Flight {
    /// Returns a checkpoint of the step, if an attempt recorded it.
    func checkpoint(_ name: String) async throws -> [UInt8]? {
        if let known = state.withLock({ $0.checkpoints }) { return known[name] }
        guard !isFirstTry else { return nil }
        let claim = claim
        let loaded = try await crew.pool.run { session in
            try session.checkpoints(of: claim.step, in: claim.run)
        }
        state.withLock { $0.checkpoints = loaded }
        return loaded[name]
    }

    func saveCheckpoint(_ name: String, _ value: [UInt8]) async throws {
        let claim = claim
        state.withLock { $0.hasCheckpoints = true }
        let isHeld = try await crew.pool.run { session in
            try session.saveCheckpoint(name, value, of: claim)
        }
        guard isHeld else { throw lost() }
        state.withLock { $0.checkpoints = ($0.checkpoints ?? [:]).merging([name: value]) { $1 } }
    }

    /// How long a pause lasts that began when an attempt first asked for it.
    func remainingPause(_ name: String, _ pause: Duration) async throws -> Duration {
        let claim = claim
        state.withLock { $0.hasCheckpoints = true }
        let remaining = try await crew.pool.run { session in
            try session.remainingPause(name, pause, of: claim)
        }
        guard let remaining else { throw lost() }
        return remaining
    }

    /// Runs `body` and settles the step with the output it gives, in one transaction.
    ///
    /// The next step is left to whoever claims it. So a commit whose answer is lost leaves nothing
    /// in doubt: if it happened the fence has moved, and this attempt can write nothing more.
    func settleInTransaction<Value: Sendable>(
        _ body: @escaping @Sendable (Session) throws -> (Value, [UInt8]?)
    ) async throws -> Value {
        guard !isSettled else {
            throw HandlerError.permanent("a step is settled by one transaction, and was already")
        }
        var turn = 1
        while true {
            do {
                let value = try await crew.pool.run { session in
                    try session.transaction { session in
                        try session.endTransactionIfIdle(for: self.crew.lease)
                        let (value, output) = try body(session)
                        let settlement = self.settlement(
                            for: .completed(output: output),
                            mayKeep: false
                        )
                        guard try session.settle([settlement]).tasks.contains(self.claim.task)
                        else {
                            throw LeaseLost()  // Rolls back what `body` wrote.
                        }
                        return value
                    }
                }
                state.withLock { $0.isSettled = true }
                crew.meters.settled.increment()
                return value
            } catch let error as PostgresError
                where error.remedy == .retryTransaction && turn < Self.transactionTurns
            {
                turn += 1
            } catch is LeaseLost {
                // If it is held after all, what it was planned from had changed; this does nothing
                // to a lease that was lost.
                await crew.giveBack([Release(claim, delay: .zero)])
                throw lost()
            }
        }
    }

    /// As often as a transaction is repeated that lost against another one, before the attempt
    /// fails and its policy takes over.
    private static let transactionTurns = 5

    private func lost() -> CancellationError {
        revoke(because: .lost)
        return CancellationError()
    }
}

/// The lease was lost, as a transaction found out at its end.
private struct LeaseLost: Error {}
