import ArgumentParser
import PawlCore
import PawlStore
import Postgres
import Schema

extension Session {
    /// Applies the migrations that are missing, unless the schema is newer than this program or
    /// was made by another one: that is nothing to build upon.
    func migrateIfKnown() throws -> [Migration] {
        let status = try schemaStatus()
        if let obstacle = status.obstacle, !status.unknown.isEmpty || !status.changed.isEmpty {
            throw Complaint(obstacle: obstacle)
        }
        return try migrate()
    }
}

/// `pawl migrate`: brings the schema of a database to the one of this program.
struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Create or update Pawl's schema in a database.",
        discussion: """
            Everything is in the schema "pawl"; nothing else is touched. Each migration is a \
            transaction. Any number of programs may migrate at once, and it is safe to repeat.

              pawl migrate                     apply what is missing
              pawl migrate status              print what is applied and what is missing
              pawl migrate sql > pawl.sql      print the SQL, to apply it by other means
            """,
        subcommands: [Up.self, StatusCommand.self, Print.self],
        defaultSubcommand: Up.self
    )

    /// `pawl migrate up`: applies what is missing.
    struct Up: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Apply the migrations that are missing."
        )

        @OptionGroup var output: OutputOptions
        @OptionGroup var database: DatabaseOptions

        func run() async throws {
            let applied = try await database.withConnection(checksSchema: false) { connection in
                try await connection.run { try $0.migrateIfKnown() }
            }
            if output.isJSON {
                Output.document([
                    "applied": .array(applied.map { JSON($0.version) }),
                    "version": JSON(Migrations.all.count),
                ])
                return
            }
            for migration in applied {
                Output.line("applied \(migration.version) \(migration.name)")
            }
            Output.line("the schema has version \(Migrations.all.count)")
        }
    }

    /// `pawl migrate status`: what is applied.
    struct StatusCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "status",
            abstract: "Print which migrations are applied.",
            discussion: "The exit code is 1 unless the schema is the one of this program."
        )

        @OptionGroup var output: OutputOptions
        @OptionGroup var database: DatabaseOptions

        func run() async throws {
            let status = try await database.withConnection(checksSchema: false) {
                try await $0.run { try $0.schemaStatus() }
            }
            if output.isJSON {
                Output.document([
                    "fits": .bool(status.obstacle == nil),
                    "applied": .array(status.applied.map { JSON($0) }),
                    "pending": .array(status.pending.map { JSON($0.version) }),
                    "changed": .array(status.changed.map { JSON($0) }),
                    "unknown": .array(status.unknown.map { JSON($0) }),
                ])
            } else {
                printTable(status)
            }
            if let obstacle = status.obstacle { throw Complaint(obstacle: obstacle) }
        }

        private func printTable(_ status: SchemaStatus) {
            var table = Table([.right("VERSION"), .left("NAME"), .left("")])
            let pending = Set(status.pending.map(\.version))
            for migration in Migrations.all {
                let state: Table.Cell =
                    if pending.contains(migration.version) {
                        Table.Cell("missing", .yellow)
                    } else if status.changed.contains(migration.version) {
                        Table.Cell("applied with another text", .red)
                    } else {
                        Table.Cell("applied", .green)
                    }
                table.add(["\(migration.version)", "\(migration.name)", state])
            }
            for version in status.unknown {
                table.add(["\(version)", "", Table.Cell("not known to this program", .red)])
            }
            Output.raw(table.text(output.paint))
        }
    }

    /// `pawl migrate sql`: the text of it all.
    struct Print: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "sql",
            abstract: "Print the migrations as SQL.",
            discussion: """
                It needs no database. The text is for psql or any other tool, and says itself what \
                it has applied, so that "pawl migrate" goes on from there.

                  pawl migrate sql | psql --set ON_ERROR_STOP=1 app
                  pawl migrate sql --after 3       only what comes after version 3
                """
        )

        @Option(help: ArgumentHelp("Only migrations with a higher version.", valueName: "version"))
        var after = 0

        func run() throws {
            Output.raw(Migrations.script(after: after))
        }
    }
}
