import Pawl

/// What the schedule says: the folders to look through.
private struct RescanRequest: Codable, Sendable {
    var roots: [String]?
}

/// What a rescan came to.
private struct Rescan: Codable, Sendable {
    /// The files that are there.
    let files: Int
    /// The packages whose file is another than the one that was audited last, or never was.
    let due: [String]
}

/// `licence-rescan`: enqueues an audit of each file that is not as it was when it was audited last.
///
/// The audits are enqueued in the transaction that ends the job: all, or none. One that is under way
/// already, or waits for a person, has its key already and is not enqueued again.
let rescan = Handler.job("licence-rescan") { (request: RescanRequest, context) in
    let files = try (request.roots ?? ["/usr/share/doc"]).flatMap(CopyrightFile.all)
    return try await context.transaction { database in
        let rows = try database.query("select package, revision, path, modified from audit.finding")
        var audited: [String: (revision: Int, path: String, modified: Instant)] = [:]
        for row in rows {
            audited[try row["package"]] = (
                Int(try row.decode(Int32.self, named: "revision")), try row["path"],
                try row["modified"]
            )
        }
        var due: [String] = []
        for file in files {
            let last = audited[file.package]
            if let last, last.path == file.path, last.modified == file.modified { continue }
            let audit = AuditRequest(
                package: file.package,
                revision: (last?.revision ?? 0) + 1,
                path: file.path,
                modified: file.modified
            )
            try database.enqueue("licence-audit", audit, options: EnqueueOptions(key: audit.key))
            due.append(file.package)
        }
        return Rescan(files: files.count, due: due.sorted())
    }
}
