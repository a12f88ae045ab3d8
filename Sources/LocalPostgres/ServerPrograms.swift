import FoundationEssentials
import Subprocess

#if canImport(System)
import System
#else
import SystemPackage
#endif

/// The programs of one installation of the PostgreSQL server.
struct ServerPrograms: Sendable {
    let directory: String
    let majorVersion: Int

    /// Finds the programs that can run a cluster of `majorVersion`, or the first of any version.
    ///
    /// It looks along `PATH` first, then asks `pg_config`, then where packages put the programs,
    /// newest version first.
    static func find(
        majorVersion: Int? = nil,
        dataDirectory: String
    ) async throws -> ServerPrograms {
        var found: [Int] = []
        for directory in try await candidates() {
            guard let version = try await version(in: directory) else { continue }
            if majorVersion == nil || majorVersion == version {
                return ServerPrograms(directory: directory, majorVersion: version)
            }
            found.append(version)
        }
        guard let majorVersion, let other = found.first else {
            throw LocalServerError(
                "could not find the PostgreSQL server programs initdb, pg_ctl and postgres",
                hint: """
                    Install them (Debian: apt-get install postgresql; macOS: brew install \
                    postgresql@17), or add their directory to PATH.
                    """
            )
        }
        throw LocalServerError(
            """
            data directory "\(dataDirectory)" was made by PostgreSQL \(majorVersion), but the \
            programs found are of version \(other)
            """,
            hint: """
                Install PostgreSQL \(majorVersion), or move the directory away to start with an \
                empty one.
                """
        )
    }

    /// Runs one of the programs as `account` to its end.
    ///
    /// - Returns: Whether it succeeded, and what it had to say.
    func run(
        _ program: String,
        _ arguments: [String],
        as account: ServerAccount
    ) async throws -> (succeeded: Bool, output: String) {
        let command = account.command("\(directory)/\(program)", arguments)
        do {
            let result = try await Subprocess.run(
                command.executable,
                arguments: command.arguments,
                environment: .inherit.updating([
                    "LC_ALL": "C",
                    // They would be taken for the server's own settings.
                    "PGDATA": nil, "PGPORT": nil, "PGOPTIONS": nil,
                ]),
                workingDirectory: "/",  // the caller's may be closed to the account
                platformOptions: command.options,
                output: .string(limit: 1 << 20),
                error: .combinedWithOutput
            )
            return (
                result.terminationStatus.isSuccess,
                result.standardOutput.trimmingWhitespace()
            )
        } catch let error as SubprocessError where error.code == .executableNotFound {
            throw LocalServerError(
                "could not run \(program) as user \"\(account.name)\": \(error)",
                hint: "As root this needs setpriv (package util-linux); other users need nothing."
            )
        }
    }

    private static func candidates() async throws -> [String] {
        let files = FileManager.default
        var directories = (ProcessInfo.processInfo.environment["PATH"] ?? "")
            .split(separator: ":").map(String.init)
            .filter { $0.hasPrefix("/") }
        if directories.contains(where: { files.isExecutableFile(atPath: $0 + "/pg_config") }) {
            let result = try await Subprocess.run(
                .name("pg_config"),
                arguments: ["--bindir"],
                output: .string(limit: 1 << 16)
            )
            directories.append(result.standardOutput.trimmingWhitespace())
        }
        let homes = [
            ("/usr/lib/postgresql", "", "/bin"),  // Debian
            ("/usr", "pgsql-", "/bin"),  // Red Hat
            ("/opt/homebrew/opt", "postgresql@", "/bin"),
            ("/usr/local/opt", "postgresql@", "/bin"),
            ("/Applications/Postgres.app/Contents/Versions", "", "/bin"),
        ]
        for (home, prefix, suffix) in homes where files.fileExists(atPath: home) {
            let versions = try files.contentsOfDirectory(atPath: home)
                .filter { $0.hasPrefix(prefix) }
                .compactMap { Int($0.dropFirst(prefix.count)) }
            directories += versions.sorted(by: >).map { "\(home)/\(prefix)\($0)\(suffix)" }
        }
        // The real directory, because a link on PATH may stand for one program only.
        let programs = directories.compactMap { resolved($0 + "/initdb") }
        var seen: Set<String> = []
        return programs.map { String($0.dropLast("/initdb".count)) }.filter { directory in
            ["pg_ctl", "postgres"].allSatisfy {
                files.isExecutableFile(atPath: "\(directory)/\($0)")
            } && seen.insert(directory).inserted
        }
    }

    /// Gives the 15 of "postgres (PostgreSQL) 15.18", or `nil` if the program does not run.
    private static func version(in directory: String) async throws -> Int? {
        let result = try await Subprocess.run(
            .path(FilePath(directory + "/postgres")),
            arguments: ["--version"],
            output: .string(limit: 1 << 16)
        )
        let words = result.standardOutput.split(separator: " ")
        guard result.terminationStatus.isSuccess, words.count >= 3 else { return nil }
        return Int(words[2].prefix { $0.isNumber })
    }
}
