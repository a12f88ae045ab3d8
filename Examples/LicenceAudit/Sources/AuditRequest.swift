import Pawl

/// The input of an audit: a package's copyright file, as it was when the audit was enqueued.
struct AuditRequest: Codable, Sendable {
    let package: String
    /// The how-manieth audit of the package, from 1.
    let revision: Int
    let path: String
    let modified: Instant

    /// At most one audit of a package is under way: the next one has the next number, which is known
    /// only when the finding of this one is written.
    var key: String { "\(package)#\(revision)" }
}
