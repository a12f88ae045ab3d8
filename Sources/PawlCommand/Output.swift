import Glibc
import PawlCore

/// Where results and remarks go.
///
/// Each call writes at once, so that what one command prints another one reads without delay.
enum Output {
    /// Writes a line of results to standard output.
    static func line(_ text: String) {
        write(text + "\n", to: STDOUT_FILENO)
    }

    /// Writes results to standard output as they are.
    static func raw(_ text: String) {
        write(text, to: STDOUT_FILENO)
    }

    /// Writes a JSON document to standard output, on one line.
    static func document(_ json: JSON) {
        line(json.description)
    }

    /// Writes a remark, lines as they are, to standard error.
    static func note(_ text: String) {
        write(text, to: STDERR_FILENO)
    }

    /// A reader that goes away ends the program, silently: see `SIGPIPE`.
    private static func write(_ text: String, to descriptor: Int32) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                var writable = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&writable, 1, -1)
            } else if errno != EINTR {
                return  // There is nobody left to tell.
            }
        }
    }
}
