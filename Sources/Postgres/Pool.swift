import Dispatch
import Synchronization

/// A bounded number of connections that tasks take turns in using.
///
/// Connections are opened when they are needed. Who asks first is served first. A connection that
/// was lost while nobody used it is replaced unnoticed; one that is lost in use fails that use
/// alone.
public final class Pool: Sendable {
    private struct State {
        var pool: PoolState<Connection>
        /// Continued when the last connection is back.
        var closers: [CheckedContinuation<Void, Never>] = []
        var isReaping = false
    }

    private struct Loan {
        let connection: Connection
        let opened: ContinuousClock.Instant
    }

    private let connectionConfiguration: PostgresConfiguration
    private let configuration: PoolConfiguration
    private let state: Mutex<State>

    /// Makes a pool; nothing is opened yet.
    public init(
        _ connection: PostgresConfiguration,
        configuration: PoolConfiguration = PoolConfiguration()
    ) {
        self.connectionConfiguration = connection
        self.configuration = configuration
        self.state = Mutex(State(pool: PoolState(configuration)))
    }

    /// Runs `body` with a session, on that session's thread.
    ///
    /// A transaction that `body` began and did not end is rolled back.
    ///
    /// - Throws: `CancellationError` if the task was cancelled while it waited; a
    ///   ``PostgresError`` if no connection could be opened; or what `body` throws.
    @discardableResult
    public func run<Output: Sendable>(
        _ body: @Sendable (Session) throws -> Output
    ) async throws -> Output {
        while true {
            let loan = try await borrow()
            do {
                let output = try await loan.connection.runUnlessLost { session in
                    try session.endingTransactions(body)
                }
                await giveBack(loan)
                if let output { return output }
            } catch {
                await giveBack(loan)
                throw error
            }
        }
    }

    /// Runs `body` in a transaction, which is committed when it returns and rolled back when it
    /// throws.
    ///
    /// - Throws: As ``run(_:)`` and ``Session/transaction(_:)``.
    @discardableResult
    public func transaction<Output: Sendable>(
        _ body: @Sendable (Session) throws -> Output
    ) async throws -> Output {
        try await run { session in try session.transaction(body) }
    }

    /// Turns away who waits or asks later, and returns when all connections are closed.
    ///
    /// Work under way is waited for.
    public func close() async {
        let (waiters, idle) = state.withLock { $0.pool.close() }
        for waiter in waiters { waiter(.failure(PostgresError.closed("pool"))) }
        for connection in idle { await connection.close() }
        await withCheckedContinuation { continuation in
            let isEmpty = state.withLock { state in
                if state.pool.size > 0 { state.closers.append(continuation) }
                return state.pool.size == 0
            }
            if isEmpty { continuation.resume() }
        }
    }

    /// How many connections are open or being opened.
    public var size: Int { state.withLock { $0.pool.size } }

    /// How many tasks wait for a connection.
    public var waiting: Int { state.withLock { $0.pool.waiting } }
}

extension Pool {
    private func borrow() async throws -> Loan {
        switch try await grant() {
        case .item(let connection, let opened):
            return Loan(connection: connection, opened: opened)
        case .vacancy:
            do {
                let connection = try Connection(connectionConfiguration)
                try await connection.open()
                return Loan(connection: connection, opened: .now)
            } catch {
                vacate()
                throw error
            }
        }
    }

    private func grant() async throws -> PoolState<Connection>.Grant {
        let (grant, expired, number) = try state.withLock { state in
            guard !state.pool.isClosed else { throw PostgresError.closed("pool") }
            let (grant, expired) = state.pool.take(now: .now)
            return (grant, expired, state.pool.newNumber())
        }
        withExtendedLifetime(expired) {}  // Connections close as they are let go.
        if let grant { return grant }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                enlist(number) { continuation.resume(with: $0) }
            }
        } onCancel: {
            let waiter = state.withLock { $0.pool.stopWaiting(number) }
            waiter?(.failure(CancellationError()))
        }
    }

    /// Puts a waiter in the queue, unless by now there is an answer for it.
    private func enlist(_ number: UInt64, _ waiter: @escaping PoolState<Connection>.Waiter) {
        let answer: Result<PoolState<Connection>.Grant, any Error>? = state.withLock { state in
            // A cancellation from here on finds the waiter in the queue.
            if Task.isCancelled { return .failure(CancellationError()) }
            if state.pool.isClosed { return .failure(PostgresError.closed("pool")) }
            if let grant = state.pool.take(now: .now).grant { return .success(grant) }
            state.pool.wait(number, waiter)
            return nil
        }
        if let answer { waiter(answer) }
    }

    private func giveBack(_ loan: Loan) async {
        let result =
            loan.connection.isLost
            ? .refused
            : state.withLock { state in
                state.pool.giveBack(loan.connection, opened: loan.opened, now: .now)
            }
        switch result {
        case .kept: reapLater()
        case .next(let waiter): waiter(.success(.item(loan.connection, since: loan.opened)))
        case .refused:
            await loan.connection.close()
            vacate()
        }
    }

    private func vacate() {
        let next = state.withLock { $0.pool.vacate() }
        if let (waiter, grant) = next { waiter(.success(grant)) }
        continueClosers()
    }

    private func continueClosers() {
        let closers = state.withLock { state in
            guard state.pool.size == 0 else { return [CheckedContinuation<Void, Never>]() }
            defer { state.closers.removeAll() }
            return state.closers
        }
        for closer in closers { closer.resume() }
    }

    /// Sees to it that connections are closed which nobody needs, also if nobody comes any more.
    private func reapLater() {
        let isDue = state.withLock { state in
            guard state.pool.hasSpare, !state.isReaping else { return false }
            state.isReaping = true
            return true
        }
        guard isDue else { return }
        let (seconds, attoseconds) = configuration.idleTimeout.components
        let nanoseconds = seconds * 1_000_000_000 + attoseconds / 1_000_000_000
        DispatchQueue.global().asyncAfter(deadline: .now() + .nanoseconds(Int(nanoseconds))) {
            [weak self] in self?.reap()
        }
    }

    private func reap() {
        let expired = state.withLock { state in
            state.isReaping = false
            return state.pool.removeExpired(now: .now)
        }
        withExtendedLifetime(expired) {}  // Connections close as they are let go.
        reapLater()
    }
}

extension Session {
    /// Runs `body`, and does not hand on a transaction that it left open.
    fileprivate func endingTransactions<Output>(
        _ body: (Session) throws -> Output
    ) throws -> Output {
        let output: Output
        do {
            output = try body(self)
        } catch {
            if isInTransaction { rollBackOrClose() }
            throw error
        }
        guard isInTransaction else { return output }
        rollBackOrClose()
        throw PostgresError(
            "the transaction was left open",
            remedy: .bug,
            hint: "use transaction { }, which ends what it begins"
        )
    }
}
