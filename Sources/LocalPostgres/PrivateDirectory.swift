import FoundationEssentials

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// A directory that only the user of a server, and root, may enter.
package struct PrivateDirectory {
    let path: String

    /// Makes the directory for the caller, with passage for others into what is inside.
    package static func makePassage(at path: String) throws(LocalServerError) {
        if mkdir(path, 0o711) != 0, errno != EEXIST {
            throw .system("could not make directory \"\(path)\"")
        }
        guard let status = FileStatus(of: path, followingLinks: false), status.isDirectory,
            status.owner == geteuid()
        else { throw LocalServerError("\"\(path)\" is not a directory of one's own") }
    }

    /// Makes the directory for `account`, or checks that it is one already.
    ///
    /// A directory that somebody else made, or may enter, is refused: who owns the directory of a
    /// socket can stand in for the server.
    init(at path: String, for account: ServerAccount) throws(LocalServerError) {
        self.path = path
        if mkdir(path, 0o700) != 0, errno != EEXIST {
            throw .system("could not make directory \"\(path)\"")
        }
        // The link itself, because a link that somebody put here leads where they like.
        guard let status = FileStatus(of: path, followingLinks: false), status.isDirectory else {
            throw LocalServerError("\"\(path)\" is not a directory")
        }
        guard status.owner == account.userID || status.owner == geteuid() else {
            throw LocalServerError(
                "directory \"\(path)\" belongs to another user",
                hint: "Remove it, or name another directory."
            )
        }
        guard status.owner == geteuid() || geteuid() == 0 else { return }
        if status.owner != account.userID, chown(path, account.userID, account.groupID) != 0 {
            throw .system("could not give directory \"\(path)\" to user \"\(account.name)\"")
        }
        if status.permissions != 0o700, chmod(path, 0o700) != 0 {
            throw .system("could not make directory \"\(path)\" private")
        }
    }

    /// Makes the directory where the server in `dataDirectory` has its socket.
    ///
    /// It is short, because the path of a socket must fit into 107 bytes (103 on macOS), and always
    /// the same for the same cluster.
    static func forSocket(
        of dataDirectory: String,
        account: ServerAccount
    ) throws(LocalServerError) -> PrivateDirectory {
        try PrivateDirectory(at: socketPath(of: dataDirectory), for: account)
    }

    static func socketPath(of dataDirectory: String) -> String {
        "/tmp/pawl-" + hash(of: dataDirectory)
    }

    /// Gives 16 digits for a path.
    ///
    /// Two clusters with the same digits would only disturb one another.
    package static func hash(of path: String) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325  // FNV-1a with 64 bits
        for byte in path.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// Makes the folders above `directory`, and gives its path, absolute and without links.
    static func resolve(_ directory: String) throws(LocalServerError) -> String {
        let path = URL(filePath: directory).standardizedFileURL.path
        var parent = ""
        for component in path.split(separator: "/").dropLast() {
            parent += "/" + component
            if mkdir(parent, 0o755) != 0, errno != EEXIST, FileStatus(of: parent) == nil {
                throw .system("could not make directory \"\(parent)\"")
            }
        }
        if let real = resolved(path) { return real }
        guard let real = resolved(parent) else {
            throw .system("could not enter directory \"\(parent)\"")
        }
        return real + path.dropFirst(parent.count)
    }

    /// Checks that a directory, if it is there, is empty or was made for a server.
    static func checkContents(of path: String) throws {
        guard let status = FileStatus(of: path) else { return }
        guard status.isDirectory else { throw LocalServerError("\"\(path)\" is not a directory") }
        guard access(path, R_OK | X_OK) == 0 else {
            throw LocalServerError.system(
                "could not read directory \"\(path)\"",
                hint: "Run this as the directory's owner, or name another directory."
            )
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: path)
        guard names.isEmpty || names.contains("starting") else {
            throw LocalServerError(
                "directory \"\(path)\" holds something else than a server",
                hint: "Name a directory that is empty or does not exist."
            )
        }
    }
}
