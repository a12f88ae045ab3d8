import ArgumentParser
import PawlCore

/// `pawl diff`: what is different between two definitions.
struct Diff: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compare two definitions.",
        discussion: """
            Each is a file, or a workflow in the database: its current version, or another one after \
            an @. What is compared is what they say: the order of members, spaces, and what is left \
            out because it is the default make no difference.

              pawl diff review.json review        what a file would change
              pawl diff review@3 review           what happened since version 3
              pawl diff old.yaml new.json --json
            """
    )

    @Argument(help: "The old one: a file, or WORKFLOW[@VERSION].", completion: .file())
    var old: String

    @Argument(help: "The new one.", completion: .file())
    var new: String

    @OptionGroup var output: OutputOptions
    @OptionGroup var database: DatabaseOptions

    func run() async throws {
        let before = try await DefinitionReference(text: old).json(database)
        let after = try await DefinitionReference(text: new).json(database)
        let difference = Definition.Difference(from: before, to: after)
        if output.isJSON {
            Output.document(difference.json)
        } else {
            Output.raw(difference.text(output.paint))
        }
    }
}

extension Definition.Difference {
    /// The lines, coloured.
    func text(_ paint: Paint, indent: String = "") -> String {
        lines.map { line in
            let style: Paint.Style =
                line.hasPrefix("+") ? .green : line.hasPrefix("-") ? .red : .yellow
            return indent + paint(line, style) + "\n"
        }
        .joined()
    }
}
