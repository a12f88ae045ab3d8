import FoundationEssentials
package import Postgres

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// A PostgreSQL server of one's own, in a directory.
///
/// ```
/// directory/        open to the server's user only
///   data/           the cluster
///   log             what the server says
///   starting        locked while a process starts or stops the server
///   users           locked, together, by the processes that use the server
/// /tmp/pawl-…/      its socket: there is no other way in, and no password
/// ```
///
/// The server outlives the process that started it. Whoever comes next finds it running, and the
/// last one that calls ``stop()`` stops it. Nothing here counts on a process to end well.
package struct LocalServer: Sendable {
    package struct Options: Hashable, Sendable {
        /// Whether a commit survives a crash of the machine.
        ///
        /// Defaults to true.
        package var isDurable: Bool
        /// Further settings of the server, by name.
        package var settings: [String: String]

        package init(isDurable: Bool = true, settings: [String: String] = [:]) {
            self.isDurable = isDurable
            self.settings = settings
        }
    }

    /// The directory that the server was given.
    package let directory: String
    /// Whether the server ran already, for another process or one that was killed.
    package let wasRunning: Bool
    /// How to connect to database `postgres` as the owner of everything.
    package let configuration: PostgresConfiguration

    /// What it was asked to be; see ``wasRunning``.
    package let options: Options

    let cluster: Cluster
    let programs: ServerPrograms
    let starting: FileLock
    let users: FileLock

    /// Starts the server in `directory`, or finds it running there.
    ///
    /// The cluster is made if there is none, and otherwise used as it is. The caller may be root;
    /// the server then runs as the owner of the cluster, or as user `postgres`, or `nobody`.
    ///
    /// A server that runs already keeps the options that it was started with.
    package static func start(
        in directory: String,
        options: Options = Options()
    ) async throws -> LocalServer {
        let directory = try PrivateDirectory.resolve(directory)
        try PrivateDirectory.checkContents(of: directory)
        let data = directory + "/data"
        let account = try ServerAccount(forDataDirectory: data)
        if let obstacle = account.obstacle(on: directory) {
            throw LocalServerError(
                """
                cannot keep a server in "\(directory)": it runs as user "\(account.name)", who \
                may not enter "\(obstacle)"
                """,
                hint: "Name a directory outside, such as /var/lib/pawl, or do not run this as root."
            )
        }
        _ = try PrivateDirectory(at: directory, for: account)
        let starting = try FileLock(path: directory + "/starting")
        let users = try FileLock(path: directory + "/users")
        try await starting.wait(directory: directory)
        defer { starting.release() }

        let cluster = Cluster(directory: directory, account: account)
        try cluster.removeLeftovers()
        let version = try cluster.majorVersion
        let programs = try await ServerPrograms.find(majorVersion: version, dataDirectory: data)
        if version == nil {
            try await cluster.initialize(with: programs, isDurable: options.isDurable)
        }
        let running = try await cluster.runningServer()
        if running == nil { try await cluster.launch(with: programs, options: options) }
        guard let postmaster = running ?? PostmasterFile(in: data) else {
            throw LocalServerError("could not find the server in \"\(data)\" that was just started")
        }
        guard users.tryShared() else {
            throw LocalServerError("could not lock \"\(directory)/users\"")
        }
        return LocalServer(
            directory: directory,
            wasRunning: running != nil,
            configuration: PostgresConfiguration(keywords: [
                "host": postmaster.socketDirectory, "port": "\(postmaster.port)",
                "user": "postgres", "dbname": "postgres",
            ]),
            options: options,
            cluster: cluster,
            programs: programs,
            starting: starting,
            users: users
        )
    }

    /// The server's process, or `nil` if it does not run.
    package var processID: Int32? {
        PostmasterFile(in: cluster.data).flatMap { $0.isAlive ? $0.processID : nil }
    }

    /// Stops the server, unless another process uses it, and returns whether it did.
    ///
    /// Work that is under way is rolled back; what was committed is on disk.
    @discardableResult
    package func stop() async throws -> Bool {
        // A task of its own, because a cancelled one is the usual reason to stop, and could
        // neither run a program nor wait.
        try await Task {
            try await starting.wait(directory: directory)
            defer { starting.release() }
            guard users.tryExclusive() else {
                users.release()
                return false
            }
            defer { users.release() }
            try await cluster.stop(with: programs, mode: "fast")
            return true
        }.value
    }

    /// Stops the server as a crash would: at once, and with recovery at its next start.
    package func crash() async throws {
        try await cluster.stop(with: programs, mode: "immediate")
    }

    /// Starts the server again, whether it runs or not, with the options of ``start(in:options:)``.
    package func restart() async throws {
        try await starting.wait(directory: directory)
        defer { starting.release() }
        try await cluster.stop(with: programs, mode: "fast")
        try await cluster.launch(with: programs, options: options)
    }

    /// Kills the server and removes all that it had, where nothing else may run any more.
    ///
    /// It blocks its thread until the server is gone: for use at the exit of a process, and for
    /// what a killed process left in `directory`.
    package static func discard(directory: String) throws {
        let data = (resolved(directory) ?? directory) + "/data"
        if let postmaster = PostmasterFile(in: data), postmaster.isAlive {
            kill(postmaster.processID, SIGQUIT)
            // The server kills what does not end within 5 seconds by itself.
            let deadline = ContinuousClock.now + .seconds(6)
            while postmaster.isAlive, .now < deadline { usleep(2_000) }
        }
        for path in [directory, PrivateDirectory.socketPath(of: data)]
        where FileStatus(of: path, followingLinks: false) != nil {
            try FileManager.default.removeItem(atPath: path)
        }
    }

    /// Gives `directory`, or one in its stead where the server's user cannot get there.
    ///
    /// That is so for root, if the directory lies in a home: PostgreSQL refuses to run as root, and
    /// others may not enter the home.
    package static func reachable(_ directory: String) throws -> String {
        let path = URL(filePath: directory).standardizedFileURL.path
        let account = try ServerAccount(forDataDirectory: path + "/data")
        guard account.obstacle(on: path) != nil else { return directory }
        return "/var/lib/pawl/\(PrivateDirectory.hash(of: path))"
    }
}
