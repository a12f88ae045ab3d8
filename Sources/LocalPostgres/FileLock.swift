#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// A lock on a file, which the kernel releases when the process ends, however it ends.
package final class FileLock: Sendable {
    private let descriptor: Int32

    /// Opens the file at `path`, and makes it if need be; it is not locked yet.
    package init(path: String) throws(LocalServerError) {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .system("could not open lock file \"\(path)\"") }
    }

    deinit { close(descriptor) }

    /// Takes the lock for this holder alone, unless another one has it.
    package func tryExclusive() -> Bool { flock(descriptor, LOCK_EX | LOCK_NB) == 0 }

    /// Takes the lock together with others that share it, unless one has it alone.
    package func tryShared() -> Bool { flock(descriptor, LOCK_SH | LOCK_NB) == 0 }

    package func release() { flock(descriptor, LOCK_UN) }
}
