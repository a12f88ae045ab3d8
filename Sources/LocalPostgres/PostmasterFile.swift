import FoundationEssentials

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// What the server of a cluster wrote about itself into `postmaster.pid`.
struct PostmasterFile {
    let processID: pid_t
    let port: Int
    let socketDirectory: String
    /// One of `starting`, `ready`, `standby` and `stopping`; empty before the first.
    let status: String
    let dataDirectory: String

    /// Reads the file, or gives `nil` if there is none, or one that is being written just now.
    init?(in dataDirectory: String) {
        guard let bytes = FileManager.default.contents(atPath: dataDirectory + "/postmaster.pid")
        else { return nil }
        let lines = String(decoding: bytes, as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count >= 5, let processID = pid_t(lines[0]), let port = Int(lines[3]) else {
            return nil
        }
        self.processID = processID
        self.port = port
        self.socketDirectory = String(lines[4])
        self.status = lines.count >= 8 ? String(lines[7].prefix { $0 != " " }) : ""
        self.dataDirectory = dataDirectory
    }

    /// Whether the process that wrote the file still runs.
    ///
    /// The number alone does not tell: after a crash of the machine, or in another container, some
    /// other program has it.
    var isAlive: Bool {
        guard kill(processID, 0) == 0 || errno == EPERM else { return false }
        #if os(Linux)
        // A server works in its data directory. A dead one that nobody waited for has no `cwd`.
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = readlink("/proc/\(processID)/cwd", &buffer, buffer.count)
        guard length > 0 else { return false }
        let working = String(
            decoding: buffer[..<length].map(UInt8.init(bitPattern:)),
            as: UTF8.self
        )
        return working == dataDirectory
        #else
        return true
        #endif
    }

    /// Whether some process has the number, without being this server.
    var isMistaken: Bool {
        (kill(processID, 0) == 0 || errno == EPERM) && !isAlive
    }

    var socketExists: Bool {
        FileStatus(of: "\(socketDirectory)/.s.PGSQL.\(port)") != nil
    }
}
