import Pawl

/// What identifies the content of a file.
struct FileHash: Codable, Sendable {
    let sha256: String
    let bytes: Int
}

/// `licence.hash`: computes the SHA-256 of the file.
///
/// PostgreSQL does, so that no library for cryptography has to be built. The statement and the
/// settlement of the step are one transaction.
let hashFile = Handler("licence.hash") { (request: AuditRequest, context) in
    let content = try CopyrightFile.content(of: request.path)
    return try await context.transaction { database in
        let rows = try database.query("select encode(sha256(\(content)), 'hex')")
        return FileHash(sha256: try rows[0][0], bytes: content.count)
    }
}
