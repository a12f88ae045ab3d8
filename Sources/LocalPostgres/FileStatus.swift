#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// Whose a file is, and who may do what with it.
package struct FileStatus {
    package let owner: UInt32
    package let group: UInt32
    package let permissions: UInt32
    package let isDirectory: Bool
    package let size: Int

    /// Gives `nil` if there is no such file, or none that the caller may see.
    ///
    /// A symbolic link is followed unless `followingLinks` is false.
    package init?(of path: String, followingLinks: Bool = true) {
        var status = stat()
        guard (followingLinks ? stat(path, &status) : lstat(path, &status)) == 0 else { return nil }
        owner = status.st_uid
        group = status.st_gid
        permissions = UInt32(status.st_mode & 0o7777)
        isDirectory = status.st_mode & S_IFMT == S_IFDIR
        size = Int(status.st_size)
    }
}
