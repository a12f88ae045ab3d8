import LicenceText
import Pawl

/// What the parallel node `read` came to: the outputs of its children, by name.
private struct Reading: Decodable {
    let hash: FileHash
    let find: LicenceFinding
}

/// What a person answered at the node `ask`.
private struct Answer: Decodable {
    let choice: LicenceClass
    let decider: String

    private enum CodingKeys: String, CodingKey {
        case choice
        case decider = "resolved_by"
    }
}

/// `licence.write`: writes what was found, exactly once: the rows and the end of the step are one
/// transaction, which a worker that has lost the step cannot commit.
let writeFinding = Handler("licence.write") { (request: AuditRequest, context) in
    guard let reading = try context.output(of: "read", as: Reading.self) else {
        throw HandlerError.permanent("there is no output of step \"read\"")
    }
    let answer = try context.output(of: "ask", as: Answer.self)
    let (hash, find) = (reading.hash, reading.find)
    let licenceClass = (answer?.choice ?? find.licenceClass).rawValue
    let run = context.runID
    return try await context.transaction { database in
        try database.execute(
            """
            insert into audit.finding (package, revision, path, licences, class, source,
              decided_by, sha256, bytes, modified, audited_at, run_id)
            values (\(request.package), \(Int32(request.revision)), \(request.path),
              \(find.licences), \(licenceClass), \(find.source.rawValue), \(answer?.decider),
              \(hash.sha256), \(hash.bytes), \(request.modified), pawl.now(), \(run))
            on conflict (package) do update
            set revision = excluded.revision, path = excluded.path, licences = excluded.licences,
              class = excluded.class, source = excluded.source, decided_by = excluded.decided_by,
              sha256 = excluded.sha256, bytes = excluded.bytes, modified = excluded.modified,
              audited_at = excluded.audited_at, run_id = excluded.run_id
            """
        )
        try database.execute(
            """
            insert into audit.finding_log (run_id, package, revision, class, at)
            values (\(run), \(request.package), \(Int32(request.revision)), \(licenceClass),
              pawl.now())
            """
        )
        return ["class": licenceClass]
    }
}
