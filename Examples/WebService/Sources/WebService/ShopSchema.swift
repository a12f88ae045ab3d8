import Pawl

/// The service's own tables, made when the service starts.
enum ShopSchema {
    /// Makes what is missing.
    ///
    /// Several processes may do so at once.
    static func migrate(_ pool: Pool) async throws {
        let text = String(decoding: PackageResources.schema_sql, as: UTF8.self)
        try await pool.transaction { session in
            // "if not exists" does not keep two sessions from making the same thing at the same
            // time. Any number that is always the same: this one spells "shop".
            _ = try session.query("select pg_advisory_xact_lock(1936224112)")
            try session.script(text)
        }
    }
}
