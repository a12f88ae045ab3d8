import ArgumentParser
import FoundationEssentials
import PawlCore
import PawlStore
import Postgres

/// `pawl define`: stores workflows, and shows those that are stored.
struct Define: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Store workflows, list them, or print one.",
        discussion: """
            A definition is JSON or YAML: an id, nodes, and edges between them. It is checked before \
            it is stored, and every problem is told, not only the first.

              {"id": "review",
               "nodes": [{"id": "start", "type": "start"},
                         {"id": "ask", "type": "human",
                          "config": {"prompt": "Ship it?", "options": ["yes", "no"]}},
                         {"id": "end", "type": "end"}],
               "edges": [{"source": "start", "target": "ask"},
                         {"source": "ask", "target": "end"}]}

            It is safe to repeat: the same text is the same version. Another text becomes a new \
            version, which new runs use; runs that have begun keep theirs. What it changes is told. With \
            --json problems are told as pawl validate --json does.

              pawl define review.json        store what a file defines
              generate | pawl define -       store what another program writes
              pawl define --list             print all workflows and their versions
              pawl define --show review      print the definition that new runs use
            """
    )

    @Argument(help: "Files with a definition each; - is standard input.", completion: .file())
    var files: [String] = []

    @Option(help: ArgumentHelp("The name of a workflow that has none.", valueName: "name"))
    var name: String?

    @Flag(help: "List the workflows.")
    var list = false

    @Option(help: ArgumentHelp("Print the definition of a workflow.", valueName: "name"))
    var show: String?

    @Option(
        name: .customLong("version"),
        help: ArgumentHelp("With --show: which version, if not the current one.", valueName: "n")
    )
    var number: Int?

    @OptionGroup var output: OutputOptions
    @OptionGroup var database: DatabaseOptions

    func validate() throws {
        let wishes = (files.isEmpty ? 0 : 1) + (list ? 1 : 0) + (show == nil ? 0 : 1)
        guard wishes == 1 else {
            throw ValidationError("name files to define, or use either --list or --show")
        }
        if number != nil, show == nil { throw ValidationError("--version goes with --show") }
        if name != nil, files.count != 1 { throw ValidationError("--name goes with one file") }
    }

    func run() async throws {
        if list {
            try await printList()
        } else if let show {
            try await printDefinition(of: show)
        } else {
            try await define()
        }
    }

    private func define() async throws {
        // All are read and checked before any is stored.
        let definitions =
            try output.isJSON
            ? checked() : files.map { try DefinitionFile(path: $0).definition(name: name) }
        try await database.withConnection { connection in
            for definition in definitions {
                try await store(definition, on: connection)
            }
        }
    }

    /// The definitions in the files; if one of them has errors, what is to be said of all is printed
    /// as `pawl validate --json` does.
    private func checked() throws -> [Definition] {
        let reports = try files.map {
            (file: $0, report: try DefinitionFile(path: $0).report(name: name))
        }
        let definitions = reports.compactMap(\.report.definition)
        guard definitions.count == files.count else {
            Output.document(.array(reports.map { $0.report.document(in: $0.file) }))
            throw Complaint.Exit.failed.code
        }
        return definitions
    }

    private func store(_ definition: Definition, on connection: Connection) async throws {
        let (before, replaced, version, isNew) = try await connection.run { session in
            let before = try session.definitionText(of: definition.name)
            let replaced = try session.workflows(named: definition.name).first(where: \.isCurrent)
            let (version, isNew) = try session.define(definition, makesCurrent: true)
            return (before, replaced?.version, version, isNew)
        }
        let difference = before.map {
            Definition.Difference(from: JSON(document: $0), to: definition.json)
        }
        if output.isJSON {
            Output.document([
                "workflow": .string(definition.name), "version": JSON(version),
                "is_new": .bool(isNew), "previous_version": JSON(replaced),
                "changes": difference?.json ?? [],
            ])
            return
        }
        let remark =
            if isNew {
                ""
            } else if let replaced, replaced != version {
                " is current again, instead of \(replaced)"
            } else {
                " (as before)"
            }
        Output.line("\(definition.name) version \(version)\(remark)")
        Output.raw(difference?.text(output.paint, indent: "  ") ?? "")
    }

    private func printList() async throws {
        let workflows = try await database.run { try $0.workflows() }
        if output.isJSON {
            Output.document(
                .array(
                    workflows.map {
                        [
                            "workflow": .string($0.name), "version": JSON($0.version),
                            "is_current": .bool($0.isCurrent), "defined_at": JSON($0.at),
                        ]
                    }
                )
            )
            return
        }
        var table = Table([.left("WORKFLOW"), .right("VERSION"), .left("DEFINED"), .left("")])
        for workflow in workflows {
            table.add([
                Table.Cell(workflow.name, .bold), "\(workflow.version)", "\(workflow.at.local)",
                Table.Cell(workflow.isCurrent ? "current" : "", .green),
            ])
        }
        Output.raw(table.text(output.paint))
    }

    private func printDefinition(of name: String) async throws {
        let number = number
        let text = try await database.run { session in
            if let text = try session.definitionText(of: name, version: number) { return text }
            throw try Complaint.notDefined(name, version: number, in: session)
        }
        Output.document(JSON(document: text))
    }
}
