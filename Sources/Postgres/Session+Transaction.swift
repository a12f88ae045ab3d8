import CLibPQ

extension Session {
    /// Runs `body` in a transaction, which is committed when it returns and rolled back when it
    /// throws.
    ///
    /// The session that `body` is given must be used only within it. Inside a transaction this
    /// makes a savepoint, so that `body` is undone alone.
    ///
    /// - Throws: What `body` throws; or a ``PostgresError``, whose remedy is
    ///   ``Remedy/unknownCommit`` if the connection was lost while committing.
    @discardableResult
    public func transaction<Output>(_ body: (Session) throws -> Output) throws -> Output {
        try checkUsable()
        try begin()
        let transaction = Session(wire: wire, depth: depth + 1)
        let output: Output
        do {
            defer { transaction.ending = .transactionEnded }
            output = try body(transaction)
        } catch {
            rollBackOrClose()
            throw error
        }
        try commit()
        return output
    }

    /// Begins a transaction, or a savepoint inside one.
    package func begin() throws(PostgresError) {
        try checkUsable()
        try wire.script(depth == 0 ? "begin" : "savepoint \(savepoint)", effect: .reads)
    }

    /// Commits what ``begin()`` began.
    ///
    /// If a statement of it failed, it is rolled back, and an error says so.
    package func commit() throws(PostgresError) {
        try checkUsable()
        // The server answers `commit` after a failure with a rollback that looks like success.
        guard wire.transactionStatus != PQTRANS_INERROR else {
            rollBackOrClose()
            throw PostgresError(
                "could not commit: a statement in the transaction failed",
                remedy: .bug,
                sqlState: .inFailedTransaction,
                hint: "do not go on in a transaction after an error; use a nested one"
            )
        }
        do {
            if depth == 0 {
                try wire.script("commit", effect: .commits)
            } else {
                try wire.script("release savepoint \(savepoint)", effect: .reads)
            }
        } catch {
            if !wire.isLost, wire.transactionStatus != PQTRANS_IDLE { rollBackOrClose() }
            throw error
        }
    }

    /// Rolls back what ``begin()`` began, also in a task that is cancelled.
    package func rollback() throws(PostgresError) {
        try checkUsable()
        let text =
            depth == 0
            ? "rollback" : "rollback to savepoint \(savepoint); release savepoint \(savepoint)"
        try wire.script(text, effect: .reads, isShielded: true)
    }

    /// True if a transaction was begun and is not ended.
    package var isInTransaction: Bool { !isLost && wire.transactionStatus != PQTRANS_IDLE }

    /// Rolls back on the way out with an error, which matters more than one of this.
    ///
    /// Where that fails the connection ends, and the server rolls back by itself.
    func rollBackOrClose() {
        guard !wire.isLost else { return }
        do { try rollback() } catch { wire.close() }
    }

    private var savepoint: String { "s\(depth)" }
}
