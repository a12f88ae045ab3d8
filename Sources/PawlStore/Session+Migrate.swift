package import Postgres
package import Schema

/// How the schema of a database compares with the one that this program was built with.
package struct SchemaStatus: Sendable {
    /// The versions that are applied.
    package let applied: [Int]
    /// The migrations that are not.
    package let pending: [Migration]
    /// Applied versions whose text differs from this program's.
    package let changed: [Int]
    /// Applied versions that this program does not know.
    package let unknown: [Int]

    /// What keeps this program from working with the database, and what to do; `nil` if nothing.
    package var obstacle: String? {
        if applied.isEmpty {
            return "the database has no Pawl schema; run \"pawl migrate\""
        }
        if let newest = unknown.max() {
            return "the schema has version \(newest), newer than this program's "
                + "\(Migrations.all.count); upgrade the program"
        }
        if let version = changed.first {
            return "migration \(version) was applied with another text than this program has; "
                + "use the program that the schema was made with"
        }
        if !pending.isEmpty {
            return "the schema has version \(applied.max() ?? 0), this program needs "
                + "\(Migrations.all.count); run \"pawl migrate\""
        }
        return nil
    }
}

extension Session {
    /// Compares the schema with this program's.
    package func schemaStatus() throws(PostgresError) -> SchemaStatus {
        let exists = try query("select to_regclass('pawl.migration') is not null")
        var fingerprints: [Int: String] = [:]
        if try exists[0].decode(Bool.self, at: 0) {
            for row in try query("select version, fingerprint from pawl.migration") {
                fingerprints[Int(try row.decode(Int32.self, at: 0))] =
                    try row.decode(String.self, at: 1)
            }
        }
        let known = Set(Migrations.all.map(\.version))
        return SchemaStatus(
            applied: fingerprints.keys.sorted(),
            pending: Migrations.all.filter { fingerprints[$0.version] == nil },
            changed: Migrations.all.filter {
                fingerprints[$0.version].map { [own = $0.fingerprint] in $0 != own } ?? false
            }.map(\.version),
            unknown: fingerprints.keys.filter { !known.contains($0) }.sorted()
        )
    }

    /// Applies the migrations that are missing, each in a transaction of its own.
    ///
    /// Several programs may do this at once: a lock lets one at a time apply, the others find
    /// nothing left to do.
    ///
    /// - Returns: The migrations that were applied by this call.
    @discardableResult
    package func migrate() throws -> [Migration] {
        var applied: [Migration] = []
        for migration in Migrations.all where try apply(migration) { applied.append(migration) }
        return applied
    }

    private func apply(_ migration: Migration) throws -> Bool {
        try transaction { session in
            // Any number that is always the same: this one spells "pawl".
            _ = try session.query("select pg_advisory_xact_lock(1885435756)")
            try session.script(Self.bookkeeping)
            let known = try session.query(
                "select from pawl.migration where version = \(Int32(migration.version))"
            )
            guard known.count == 0 else { return false }
            try session.script(migration.sql)
            _ = try session.execute(
                """
                insert into pawl.migration (version, name, fingerprint)
                values (\(Int32(migration.version)), \(migration.name), \(migration.fingerprint))
                """
            )
            return true
        }
    }

    /// What comes before the first migration: the table of migrations.
    package static var bookkeeping: String {
        """
        create schema if not exists pawl;
        create table if not exists pawl.migration (
          version     integer     primary key,
          name        text        not null,
          fingerprint text        not null,
          applied_at  timestamptz not null default clock_timestamp()
        );
        """
    }
}
