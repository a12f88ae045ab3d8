import Postgres
package import Schema

extension Migrations {
    /// The migrations after a version as one text, for tools that apply SQL.
    ///
    /// Each is a transaction, and records itself like ``Postgres/Session/migrate()``.
    package static func script(after version: Int = 0) -> String {
        var text = "begin;\n" + Session.bookkeeping + "\ncommit;\n"
        for migration in all where migration.version > version {
            text += """

                begin;
                \(migration.sql)
                insert into pawl.migration (version, name, fingerprint)
                values (\(migration.version), '\(migration.name)', '\(migration.fingerprint)');
                commit;

                """
        }
        return text
    }
}
