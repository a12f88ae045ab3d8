import FoundationEssentials
import LocalPostgres

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// The directory of a test process's server: one of a few for each checkout and user.
///
/// ```
/// /tmp/pawl-tests-<checkout>-<user>/
///   1/        a server's directory
///   1.lock    locked by the process whose directory 1 is
/// ```
///
/// A directory that nobody has locked is what a killed process left, with its server.
struct TestDirectory {
    let path: String
    private let lock: FileLock

    /// Takes a directory for this process, and removes those of processes that were killed.
    static func claim() throws -> TestDirectory {
        // Short, because sockets have short paths, and not below the checkout, because a server
        // that runs as another user may not get there.
        let checkout = PrivateDirectory.hash(of: FileManager.default.currentDirectoryPath)
        let parent = "/tmp/pawl-tests-\(checkout)-\(geteuid())"
        try PrivateDirectory.makePassage(at: parent)
        let known = try FileManager.default.contentsOfDirectory(atPath: parent)
            .filter { $0.hasSuffix(".lock") }
            .compactMap { Int($0.dropLast(".lock".count)) }
        var claimed: TestDirectory?
        for number in known.sorted() {
            guard let free = try TestDirectory(number, in: parent) else { continue }
            try LocalServer.discard(directory: free.path)
            claimed = claimed ?? free
        }
        var next = (known.max() ?? 0) + 1
        while claimed == nil {
            claimed = try TestDirectory(next, in: parent)
            next += 1
        }
        guard let claimed else { preconditionFailure("the loop ends with a directory") }
        return claimed
    }

    private init?(_ number: Int, in parent: String) throws {
        path = "\(parent)/\(number)"
        lock = try FileLock(path: "\(parent)/\(number).lock")
        guard lock.tryExclusive() else { return nil }
    }
}
