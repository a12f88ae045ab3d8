import FoundationEssentials
import Glibc
import LocalPostgres
import Postgres

/// What `pawl dev` keeps in a directory.
///
/// ```
/// .pawl/
///   .gitignore         so that nothing of it is committed
///   postgres/          the private server; elsewhere where its user cannot get here
///   dev-4711.lock      locked by process 4711 while it lives
///   dev-4711.children  the processes that it started: number and start time, a line each
/// ```
///
/// A `dev-….children` whose lock is free is what a killed `pawl dev` left; see ``endOrphans()``.
struct DevDirectory {
    let path: String

    static let name = ".pawl"

    /// Takes a directory, and makes it if need be.
    init(making path: String) throws {
        self.path = path
        let files = FileManager.default
        try files.createDirectory(atPath: path, withIntermediateDirectories: true)
        let ignore = path + "/.gitignore"
        if !files.fileExists(atPath: ignore) {
            guard files.createFile(atPath: ignore, contents: Data("*\n".utf8)) else {
                throw Complaint("could not write to directory \"\(path)\"")
            }
        }
    }

    /// Where the private server of a directory is.
    static func server(of path: String) throws -> String {
        try LocalServer.reachable(path + "/postgres")
    }

    /// How to connect to the server of a `pawl dev` that runs here or in a directory above.
    static func runningServer() -> PostgresConfiguration? {
        var directory = FileManager.default.currentDirectoryPath
        while true {
            let path = (directory == "/" ? "" : directory) + "/" + name
            if FileManager.default.fileExists(atPath: path) {
                do {
                    if let found = LocalServer.running(in: try server(of: path)) { return found }
                } catch {
                    return nil  // A server that may not be looked at is not one's own.
                }
            }
            guard directory != "/", let end = directory.lastIndex(of: "/") else { return nil }
            directory = end == directory.startIndex ? "/" : String(directory[..<end])
        }
    }

    /// Ends what killed processes left running here, and returns how many processes that were.
    func endOrphans() async throws -> Int {
        var orphans: [RunningProcess] = []
        for name in try FileManager.default.contentsOfDirectory(atPath: path)
        where name.hasPrefix("dev-") && name.hasSuffix(".children") {
            let ledger = path + "/" + name.dropLast(".children".count)
            let lock = try FileLock(path: ledger + ".lock")
            guard lock.tryExclusive() else { continue }  // Its owner lives.
            let text = String(
                decoding: FileManager.default.contents(atPath: ledger + ".children") ?? Data(),
                as: UTF8.self
            )
            orphans += text.split(separator: "\n").compactMap(RunningProcess.init(line:))
            for suffix in [".children", ".lock"] {
                try FileManager.default.removeItem(atPath: ledger + suffix)
            }
        }
        orphans.removeAll { !$0.isAlive }
        for orphan in orphans { orphan.signalGroup(SIGTERM) }
        let deadline = ContinuousClock.now + .seconds(5)
        while orphans.contains(where: \.isAlive), .now < deadline {
            try await Task.sleep(for: .milliseconds(20))
        }
        for orphan in orphans where orphan.isAlive { orphan.signalGroup(SIGKILL) }
        return orphans.count
    }
}

/// The children of this process, written down for the case that it is killed.
struct DevLedger: Sendable {
    private let path: String
    private let lock: FileLock

    init(in directory: DevDirectory) throws {
        path = directory.path + "/dev-\(getpid())"
        lock = try FileLock(path: path + ".lock")
        guard lock.tryExclusive() else { throw Complaint("could not lock \"\(path).lock\"") }
    }

    func write(_ children: [RunningProcess]) throws {
        let text = children.map { $0.line + "\n" }.joined()
        try Data(text.utf8).write(to: URL(filePath: path + ".children"), options: .atomic)
    }

    func remove() throws {
        for suffix in [".children", ".lock"]
        where FileManager.default.fileExists(atPath: path + suffix) {
            try FileManager.default.removeItem(atPath: path + suffix)
        }
    }
}
