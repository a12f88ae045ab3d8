import FoundationEssentials
import Glibc
import PawlCore

/// Files without a name that hold the standard input of a program.
///
/// Not a pipe: a program that does not read its input would break it, and the Unix signal for that
/// ends the worker.
enum InputFile {
    /// In memory if that can be had: an input may be a secret.
    private static let folders = ["/dev/shm", "/tmp"]

    /// Makes a file with these bytes, to be read from its beginning; the caller closes it.
    static func make(_ bytes: [UInt8]) throws(Failure) -> Int32 {
        let file = try open()
        guard write(bytes, to: file), lseek(file, 0, SEEK_SET) == 0 else {
            let failure = failure()
            close(file)
            throw failure
        }
        return file
    }

    private static func open() throws(Failure) -> Int32 {
        for folder in folders {
            let path = "\(folder)/pawl-input-\(UUID().uuidString)"
            let file = Glibc.open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
            guard file >= 0 else { continue }
            unlink(path)
            return file
        }
        throw failure()
    }

    private static func write(_ bytes: [UInt8], to file: Int32) -> Bool {
        bytes.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let part = UnsafeRawBufferPointer(rebasing: rest)
                let count = Glibc.write(file, part.baseAddress, part.count)
                if count > 0 {
                    rest = rest.dropFirst(count)
                } else if errno != EINTR {
                    return false
                }
            }
            return true
        }
    }

    private static func failure() -> Failure {
        let reason = strerror(errno).map { String(cString: $0) } ?? "unknown"
        return Failure(
            .execution,
            "could not write the input of a program: \(reason); "
                + "it needs room in \(folders.joined(separator: " or "))"
        )
    }
}
