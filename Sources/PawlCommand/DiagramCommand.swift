import ArgumentParser
import FoundationEssentials
import PawlCore
import PawlStore
import Postgres

/// `pawl diagram`: draws a workflow, or a run of it.
struct DiagramCommand: AsyncParsableCommand {
    /// What is written.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text, mermaid, dot, svg

        /// The format that files with such a name are in.
        init?(file: String) {
            switch file.split(separator: ".").last?.lowercased() {
            case "svg": self = .svg
            case "dot", "gv": self = .dot
            case "mmd", "mermaid": self = .mermaid
            case "txt": self = .text
            default: return nil
            }
        }
    }

    static let configuration = CommandConfiguration(
        commandName: "diagram",
        abstract: "Draw a workflow, or a run and where its steps stand.",
        discussion: """
            It draws what a file defines, what is defined in the database, or a run.

              pawl diagram review.json                   a file; it needs no database
              pawl diagram review                        the version that new runs use
              pawl diagram review@3 --format mermaid     for Markdown and wikis
              pawl diagram 01998f3e-6c1a-7 --output run.svg
              pawl diagram review --format dot | dot -Tpdf > review.pdf

            Without --format it writes what the name of the output says (.svg, .dot, .gv, .mmd, \
            .txt), else text.
            """
    )

    @Argument(
        help: ArgumentHelp(
            "A file (- is standard input), a workflow, one of its versions, or a run's id.",
            valueName: "what"
        ),
        completion: .file()
    )
    var subject: String

    @Option(help: "text, mermaid, dot or svg.")
    var format: Format?

    @Option(
        help: ArgumentHelp("Write to a file instead of standard output.", valueName: "file"),
        completion: .file()
    )
    var output: String?

    @OptionGroup var database: DatabaseOptions

    func run() async throws {
        let diagram = try await diagram()
        let text =
            switch format ?? output.flatMap(Format.init(file:)) ?? .text {
            case .text: diagram.text
            case .mermaid: diagram.mermaid
            case .dot: diagram.dot
            case .svg: diagram.svg
            }
        guard let output else {
            Output.raw(text)
            return
        }
        do {
            try Data(text.utf8).write(to: URL(filePath: output), options: .atomic)
        } catch {
            throw Complaint("could not write \"\(output)\": \(error)")
        }
    }

    private func diagram() async throws -> Diagram {
        if isFile {
            return Diagram(definition: try DefinitionFile(path: subject).definition(name: nil))
        }
        let subject = subject
        return try await database.run { session in
            if let text = try Self.definitionText(subject, in: session) {
                return Diagram(definition: try Self.definition(subject, text))
            }
            guard let reference = RunReference(argument: subject) else {
                throw try Complaint.noVersion(subject, in: session) ?? Self.missing(subject)
            }
            guard let head = try session.run(try reference.find(in: session)),
                let text = try session.definitionText(of: head.workflow, version: head.version)
            else { throw Complaint.noRun(subject) }
            return Diagram(
                definition: try Self.definition("\(head.workflow)@\(head.version)", text),
                statuses: try Self.statuses(of: head, in: session)
            )
        }
    }

    /// Whether a file is meant: what looks like one is not looked for among workflows, where nobody
    /// would expect it.
    private var isFile: Bool {
        var isDirectory = false
        let exists = FileManager.default.fileExists(atPath: subject, isDirectory: &isDirectory)
        return subject == "-" || subject.contains("/") || subject.hasSuffix(".json")
            || (exists && !isDirectory)
    }

    /// The text of the workflow that is named so, or of a version: `name@version`.
    private static func definitionText(_ name: String, in session: Session) throws -> [UInt8]? {
        if let text = try session.definitionText(of: name) { return text }
        guard let version = VersionName(name) else { return nil }
        return try session.definitionText(of: version.workflow, version: version.number)
    }

    private static func definition(_ name: String, _ text: [UInt8]) throws -> Definition {
        do {
            return try Definition(json: JSON(parsing: text))
        } catch {
            throw Complaint("the definition of \"\(name)\" cannot be read: \(error)")
        }
    }

    /// Where the steps stand, by path and by node; of several steps of a node the latest counts.
    private static func statuses(
        of head: RunHead,
        in session: Session
    ) throws -> [String: StepStatus] {
        try session.stepStatuses(of: head).reduce(into: [:]) { statuses, step in
            statuses[step.path] = step.status
            statuses[StepID(path: step.path).node] = step.status
        }
    }

    private static func missing(_ subject: String) -> Complaint {
        Complaint(
            "there is no file, workflow or run \"\(subject)\"",
            hint: "pawl define --list prints the workflows, pawl runs the runs",
            exit: .notFound
        )
    }
}
