import FoundationEssentials
import Glibc

/// A process that leads a group of its own, known by its number and by when it started: the number
/// alone may be another process's by now.
struct RunningProcess: Hashable, Sendable {
    let id: pid_t
    private let start: String

    /// The process of that number, if there is one.
    init?(_ id: pid_t) {
        guard let start = Self.startTime(of: id) else { return nil }
        self.id = id
        self.start = start
    }

    init?(line: Substring) {
        let words = line.split(separator: " ")
        guard words.count == 2, let id = pid_t(words[0]), id > 1 else { return nil }
        self.id = id
        start = String(words[1])
    }

    var line: String { "\(id) \(start)" }

    var isAlive: Bool { Self.startTime(of: id) == start }

    /// Sends a Unix signal to the process and to what it has started.
    func signalGroup(_ signal: Int32) {
        if isAlive { kill(-id, signal) }
    }

    /// When a process started, in ticks since the machine did; `nil` if it has ended.
    private static func startTime(of id: pid_t) -> String? {
        guard let bytes = FileManager.default.contents(atPath: "/proc/\(id)/stat") else {
            return nil
        }
        // The second field is a name in parentheses, which may hold anything.
        let text = String(decoding: bytes, as: UTF8.self)
        guard let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        // The third field of the file is the first here: the state. The start is its field 22.
        guard fields.count > 19, fields[0] != "Z" else { return nil }
        return String(fields[19])
    }

    /// The path of this program.
    static var ownPath: String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = readlink("/proc/self/exe", &buffer, buffer.count)
        let path = String(
            decoding: buffer[..<max(0, length)].map { UInt8(bitPattern: $0) },
            as: UTF8.self
        )
        // A program that was built anew while it runs has lost its file.
        return FileManager.default.isExecutableFile(atPath: path) ? path : CommandLine.arguments[0]
    }
}
