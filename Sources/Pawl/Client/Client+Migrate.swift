import PawlStore
import Postgres

extension Client {
    /// Creates Pawl's schema in the database, or brings it to the version of this library.
    ///
    /// Everything is in the schema `pawl`; nothing else is touched. Each migration is a transaction.
    /// Any number of programs may do this at once, and it is safe to repeat: call it before the
    /// worker and the scheduler start, or run `pawl migrate` when you deploy.
    ///
    /// - Returns: How many migrations were applied by this call.
    /// - Throws: ``SchemaMismatch`` if the schema is newer than this library, or was made by another
    ///   one; nothing was changed then.
    @discardableResult
    public func migrate() async throws -> Int {
        try await pool.run { session in
            let status = try session.schemaStatus()
            if !status.unknown.isEmpty || !status.changed.isEmpty, let problem = status.obstacle {
                throw SchemaMismatch(description: problem)
            }
            return try session.migrate().count
        }
    }
}
