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

    /// The definition as JSON in Pawl's own form.
    func json(_ database: DatabaseOptions) async throws -> JSON {
        if let file { return try file.definition(name: nil).json }
        let name = text
        let found = try await database.run { session in
            // A name may end like a version.
            if let text = try session.definitionText(of: name) { return text }
            if let version = VersionName(name),
                let text = try session.definitionText(
                    of: version.workflow,
                    version: version.number
                )
            {
                return text
            }
            throw try Complaint.noVersion(name, in: session)
                ?? Complaint(
                    "there is no file \"\(name)\", and no workflow of that name",
                    hint: "pawl workflows prints the defined ones; name@2 is version 2",
                    exit: .notFound
                )
        }
        return JSON(document: found)
    }
}
