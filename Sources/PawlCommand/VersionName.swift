import PawlStore
import Postgres

/// A version of a workflow, as people name it: `review@3`.
struct VersionName {
    let workflow: String
    let number: Int

    /// Reads a text; `nil` if it does not end like a version.
    init?(_ text: String) {
        guard let sign = text.lastIndex(of: "@"), let number = Int(text[sign...].dropFirst()) else {
            return nil
        }
        workflow = String(text[..<sign])
        self.number = number
    }
}

extension Complaint {
    /// A workflow is not defined, or only in other versions.
    static func notDefined(
        _ workflow: String,
        version: Int?,
        in session: Session
    ) throws(PostgresError) -> Complaint {
        let versions = try session.workflows(named: workflow)
        guard let version, !versions.isEmpty else {
            return Complaint(
                "workflow \"\(workflow)\" is not defined",
                hint: "pawl workflows prints the defined ones",
                exit: .notFound
            )
        }
        // Of very many the latest ones are enough to see how far the numbers go.
        let numbers = versions.prefix(10).map { "\($0.version)\($0.isCurrent ? " (current)" : "")" }
        let more = versions.count > numbers.count ? ", …" : ""
        return Complaint(
            "workflow \"\(workflow)\" has no version \(version)",
            hint: "it has \(numbers.joined(separator: ", "))\(more)",
            exit: .notFound
        )
    }

    /// A text names a version that there is not of a workflow that there is; `nil` if it does not.
    static func noVersion(_ text: String, in session: Session) throws(PostgresError) -> Complaint? {
        guard let name = VersionName(text), try !session.workflows(named: name.workflow).isEmpty
        else { return nil }
        return try notDefined(name.workflow, version: name.number, in: session)
    }
}
