import FoundationEssentials
import PawlCore
import PawlStore

/// Which definition is meant: a file, or a workflow in the database, of which `@5` is version 5.
struct DefinitionReference {
    let text: String

    /// The file, if there is one of that name.
    var file: DefinitionFile? {
        text == "-" || FileManager.default.fileExists(atPath: text)
            ? DefinitionFile(path: text) : nil
    }

    /// The workflow and its version, if that is said.
    var workflow: (name: String, version: Int?) {
        guard let at = text.lastIndex(of: "@"), let version = Int(text[text.index(after: at)...])
        else { return (text, nil) }
        return (String(text[..<at]), version)
    }

    /// The definition as JSON in Pawl's own form.
    func json(_ database: DatabaseOptions) async throws -> JSON {
        if let file { return try file.definition(name: nil).json }
        let (name, version) = workflow
        let text = try await database.run { try $0.definitionText(of: name, version: version) }
        guard let text else {
            throw Complaint(
                "there is no file \"\(self.text)\", and no workflow of that name",
                hint: "pawl workflows prints the defined ones; name@2 is version 2",
                exit: .notFound
            )
        }
        return JSON(document: text)
    }
}
