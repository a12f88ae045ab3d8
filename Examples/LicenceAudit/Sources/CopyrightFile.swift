import FoundationEssentials
import Glibc
import Pawl

/// A file `copyright` under a folder with a folder for each package, such as `/usr/share/doc`.
struct CopyrightFile {
    let package: String
    let path: String
    let modified: Instant

    /// The files under `root`; those of packages that have none are left out.
    static func all(under root: String) throws -> [CopyrightFile] {
        try FileManager.default.contentsOfDirectory(atPath: root).compactMap { package in
            CopyrightFile(package: package, path: "\(root)/\(package)/copyright")
        }
    }

    /// Reads a whole file.
    static func content(of path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(filePath: path)))
    }

    private init?(package: String, path: String) {
        var status = stat()
        // Follows links: packages made from one source share a folder.
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        self.package = package
        self.path = path
        modified = Instant(
            microsecondsSince1970: Int64(status.st_mtim.tv_sec) * 1_000_000
                + Int64(status.st_mtim.tv_nsec) / 1_000
        )
    }
}
