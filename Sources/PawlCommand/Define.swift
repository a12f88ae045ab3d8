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
            version, which new runs use; runs that have begun keep theirs. What it changes is told.

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
        let definitions = try files.map { try DefinitionFile(path: $0).definition(name: name) }
        try await database.withConnection { connection in
            for definition in definitions {
                let (before, version, isNew) = try await connection.run { session in
                    let before = try session.definitionText(of: definition.name)
                    let (version, isNew) = try session.define(definition, makesCurrent: true)
                    return (before, version, isNew)
                }
                let difference = before.map {
                    Definition.Difference(from: JSON(document: $0), to: definition.json)
                }
                if output.isJSON {
                    Output.document([
                        "workflow": .string(definition.name), "version": JSON(version),
                        "is_new": .bool(isNew), "changes": difference?.json ?? [],
                    ])
                } else {
                    let remark = isNew ? "" : " (as before)"
                    Output.line("\(definition.name) version \(version)\(remark)")
                    Output.raw(difference?.text(output.paint, indent: "  ") ?? "")
                }
            }
        }
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
        let text = try await database.run { try $0.definitionText(of: name, version: number) }
        guard let text else {
            throw Complaint(
                "workflow \"\(name)\"\(number.map { " version \($0)" } ?? "") is not defined",
                hint: "pawl workflows prints the defined ones",
                exit: .notFound
            )
        }
        Output.document(JSON(document: text))
    }
}
