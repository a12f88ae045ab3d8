import FoundationEssentials

/// A migration as it lies in the repository.
struct MigrationFile {
    let path: String
    let version: Int
    let name: String
    let text: String

    var fileName: Substring { Self.fileName(of: path) }

    init(path: String) throws(Unusable) {
        let parts = Self.fileName(of: path).dropLast(".sql".count)
            .split(separator: "_", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].utf8.count == 4, parts[0].allSatisfy(\.isDigit),
            let version = Int(parts[0]), version >= 1,
            let first = parts[1].first, first.isLowercaseLetter,
            parts[1].allSatisfy({ $0.isLowercaseLetter || $0.isDigit || $0 == "_" })
        else {
            throw Unusable(description: "a migration is named like \"0001_noun.sql\"")
        }
        let bytes: Data
        do {
            bytes = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw Unusable(description: "could not read the migration: \(error)")
        }
        guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
            throw Unusable(description: "a migration is text in UTF-8")
        }
        self.path = path
        self.version = version
        self.name = String(parts[1])
        self.text = text
    }

    /// The migration as Swift, with as many number signs as keep its text a raw string.
    var literal: String {
        var signs = "#"
        while text.contains("\"\"\"" + signs) || text.contains("\\" + signs) { signs += "#" }
        return """
                    Migration(version: \(version), name: "\(name)", sql: \(signs)\"""
            \(text)
            \"""\(signs)),
            """
    }

    struct Unusable: Error, CustomStringConvertible {
        let description: String
    }

    private static func fileName(of path: String) -> Substring {
        path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...]
    }
}

extension Character {
    fileprivate var isDigit: Bool { ("0"..."9").contains(self) }
    fileprivate var isLowercaseLetter: Bool { ("a"..."z").contains(self) }
}
