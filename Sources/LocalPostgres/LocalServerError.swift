#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// Why a server of one's own could not be had, in words for the person who asked for it.
package struct LocalServerError: Error, Hashable, CustomStringConvertible {
    package let message: String
    package let hint: String?

    package var description: String {
        hint.map { "\(message)\nhint: \($0)" } ?? message
    }

    init(_ message: String, hint: String? = nil) {
        self.message = message
        self.hint = hint
    }

    /// An operating system call that failed just now, by `errno`.
    static func system(_ message: String, hint: String? = nil) -> LocalServerError {
        LocalServerError("\(message): \(String(cString: strerror(errno)))", hint: hint)
    }
}
