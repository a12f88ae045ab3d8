public import FoundationEssentials
public import PawlCore
import PawlStore
public import Postgres

/// An open database transaction, for statements of your own beside Pawl's.
///
/// Valid inside the closure that it was given to.
public struct Transaction: ~Copyable {
    private let session: Session

    init(_ session: Session) {
        self.session = session
    }

    /// Runs a statement, and returns its rows.
    ///
    /// Interpolated values are bound, never spliced.
    public borrowing func query(_ statement: SQL) throws -> Rows {
        try session.query(statement)
    }

    /// Runs a statement, and returns the number of rows that it wrote.
    @discardableResult
    public borrowing func execute(_ statement: SQL) throws -> Int {
        try session.execute(statement)
    }

    /// Enqueues a run, which exists only if the transaction commits.
    @discardableResult
    public borrowing func enqueue(
        _ workflow: String,
        _ input: some Encodable,
        options: EnqueueOptions = EnqueueOptions()
    ) throws -> UUID {
        try session.enqueue(workflow, JSON(encoding: input).serialized(), options)
    }
}
