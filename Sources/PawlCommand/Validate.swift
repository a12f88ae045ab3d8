import ArgumentParser
import PawlCore

/// `pawl validate`: checks definitions without a database.
struct Validate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check definitions, and store nothing.",
        discussion: """
            Everything that is wrong is told at once, with its place in the file: errors, for which \
            the definition cannot be used, and warnings. It needs no database. The exit code is 1 if \
            there are errors.

              pawl validate review.json other.yaml
              pawl validate --handlers "pay,mail.send" order.json
              pawl validate --json order.json     one document with all problems
            """
    )

    @Argument(
        help: "Files with a definition each, JSON or YAML; - is standard input.",
        completion: .file()
    )
    var files: [String]

    @Option(
        help: ArgumentHelp(
            "The handlers that there are, separated by commas; a node that needs another is told.",
            valueName: "names"
        )
    )
    var handlers: String?

    @Option(help: ArgumentHelp("The name of a workflow that has none.", valueName: "name"))
    var name: String?

    @OptionGroup var output: OutputOptions

    func run() throws {
        let known = handlers.map { text in
            Set(text.split { $0 == "," || $0.isWhitespace }.map(String.init))
        }
        var documents: [JSON] = []
        var errors = 0
        for file in files {
            let report = try Definition.check(
                DefinitionFile(path: file).json(),
                knownKinds: known,
                name: name
            )
            errors += report.errors.count
            if output.isJSON {
                documents.append(report.document(in: file))
            } else {
                print(report, of: file)
            }
        }
        if output.isJSON { Output.document(.array(documents)) }
        if errors > 0 { throw ExitCode(Complaint.Exit.failed.rawValue) }
    }

    private func print(_ report: Definition.Report, of file: String) {
        let paint = output.paint
        for error in report.errors { Output.line("\(file): \(paint("error:", .red)) \(error)") }
        for warning in report.warnings {
            Output.line("\(file): \(paint("warning:", .yellow)) \(warning)")
        }
        if let definition = report.definition {
            let count = definition.nodes.count.counted("node", "nodes")
            Output.line("\(file): workflow \"\(definition.name)\" is valid, \(count)")
        }
    }
}

extension Definition.Report {
    /// What `--json` prints of a file.
    func document(in file: String) -> JSON {
        [
            "file": .string(file), "workflow": JSON(definition?.name),
            "valid": .bool(definition != nil), "errors": .array(errors.map(\.json)),
            "warnings": .array(warnings.map(\.json)),
        ]
    }
}
