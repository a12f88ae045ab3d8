public import FoundationEssentials
public import PawlCore
import PawlStore
public import Postgres

/// Enqueues runs, and does what people do to them.
///
/// Everything here is also one SQL statement, so that any language can do it: see the documentation
/// of the INSERT contract. To enqueue in a transaction of your own, see
/// `Session.enqueue(_:_:options:)`.
public struct Client: Sendable {
    let pool: Pool

    /// Creates a client that uses connections of a pool.
    public init(_ pool: Pool) {
        self.pool = pool
    }

    /// Enqueues a run, and returns its id.
    ///
    /// With a key it is safe to repeat: the run that has the key is returned. Without one, an error
    /// with remedy `unknownCommit` leaves open whether the run exists.
    @discardableResult
    public func enqueue(
        _ workflow: String,
        _ input: some Encodable,
        options: EnqueueOptions = EnqueueOptions()
    ) async throws -> UUID {
        let input = try JSON(encoding: input).serialized()
        return try await pool.run { try $0.enqueue(workflow, input, options) }
    }

    /// Defines a workflow, and makes it the one that new runs are pinned to.
    ///
    /// - Returns: The version, and whether it is new: the same text is the same version.
    @discardableResult
    public func define(_ definition: Definition) async throws -> (version: Int, isNew: Bool) {
        try await pool.run { try $0.define(definition, makesCurrent: true) }
    }

    /// Where a run stands; `nil` if there is no such run.
    public func status(of run: UUID) async throws -> RunStatus? {
        try await pool.run { try $0.status(of: run) }
    }

    /// The output of a run that completed with one, else of its last step that had one.
    ///
    /// - Returns: `nil` if no step of it has an output yet.
    public func output<Value: Decodable & Sendable>(
        of run: UUID,
        as type: Value.Type = Value.self
    ) async throws -> Value? {
        let text = try await pool.run { try $0.lastOutput(of: run) }
        return try text.map { try JSON(parsing: $0).decode(as: type) }
    }
}

extension Session {
    /// Enqueues a run as part of whatever transaction this session is in.
    @discardableResult
    public func enqueue(
        _ workflow: String,
        _ input: some Encodable,
        options: EnqueueOptions = EnqueueOptions()
    ) throws -> UUID {
        try enqueue(workflow, JSON(encoding: input).serialized(), options)
    }
}
