import FoundationEssentials

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// The data directory of a server: `data` in the directory that it was given.
struct Cluster: Sendable {
    let directory: String
    let account: ServerAccount

    var data: String { directory + "/data" }
    var log: String { directory + "/log" }

    /// Gives the version that made the cluster, or `nil` if there is no cluster yet.
    var majorVersion: Int? {
        get throws(LocalServerError) {
            let path = data + "/PG_VERSION"
            guard let bytes = FileManager.default.contents(atPath: path) else {
                guard FileStatus(of: data) == nil else {
                    throw LocalServerError(
                        "directory \"\(data)\" is not a PostgreSQL cluster",
                        hint: "Move it away to start with an empty one."
                    )
                }
                return nil
            }
            return Int(String(decoding: bytes, as: UTF8.self).prefix { $0.isNumber })
        }
    }

    /// Makes the cluster, whole or not at all.
    ///
    /// It is made beside its place and moved there in one step, so a process that is killed midway
    /// leaves nothing that looks like a cluster.
    func initialize(with programs: ServerPrograms, isDurable: Bool) async throws {
        let fresh = "\(directory)/data.new-\(getpid())"
        var arguments = [
            "-D", fresh, "-U", "postgres", "-E", "UTF8", "--no-locale", "--no-instructions",
            // The socket's directory is closed to all others, and there is no other way in.
            "--auth-local=trust", "--auth-host=reject",
        ]
        if !isDurable { arguments.append("--no-sync") }
        let (succeeded, output) = try await programs.run("initdb", arguments, as: account)
        guard succeeded else {
            throw LocalServerError("could not make a PostgreSQL cluster in \"\(data)\": \(output)")
        }
        guard rename(fresh, data) == 0 else {
            throw LocalServerError.system("could not move \"\(fresh)\" to \"\(data)\"")
        }
    }

    /// Removes what processes that were killed while they made the cluster have left.
    func removeLeftovers() throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: directory)
        where name.hasPrefix("data.new-") {
            try FileManager.default.removeItem(atPath: "\(directory)/\(name)")
        }
    }

    /// Gives the last lines that the server wrote after byte `start` of its log.
    func logTail(from start: Int, lines: Int = 20) -> String {
        let bytes = FileManager.default.contents(atPath: log) ?? Data()
        return String(decoding: bytes.dropFirst(start), as: UTF8.self)
            .split(separator: "\n").suffix(lines).joined(separator: "\n")
    }

    var logSize: Int { FileStatus(of: log)?.size ?? 0 }
}

/// Gives the path without links, or `nil` if there is no such file.
func resolved(_ path: String) -> String? {
    guard let real = realpath(path, nil) else { return nil }
    defer { free(real) }
    return String(cString: real)
}

extension String {
    func trimmingWhitespace() -> String {
        let rest = drop { $0.isWhitespace }
        return String(rest.reversed().drop { $0.isWhitespace }.reversed())
    }
}
