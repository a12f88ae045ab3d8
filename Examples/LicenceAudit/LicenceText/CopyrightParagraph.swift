/// A paragraph of a machine-readable copyright file: fields, each with a first line and a text.
///
/// The format is <https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/>.
struct CopyrightParagraph {
    /// A field's value.
    struct Field {
        /// What follows the colon.
        var synopsis: String
        /// The lines after that.
        var text: [UInt8]
    }

    /// By name, in lower case.
    private(set) var fields: [String: Field] = [:]

    var licence: Field? { fields["license"] }

    /// Whether it is about the packaging only, of which nothing is installed.
    var isAboutPackaging: Bool {
        guard let files = fields["files"] else { return false }
        let patterns =
            (files.synopsis + " " + String(decoding: files.text, as: UTF8.self))
            .split(whereSeparator: { $0.isWhitespace || $0 == "," })
        return !patterns.isEmpty
            && patterns.allSatisfy { $0.hasPrefix("debian/") || $0.hasPrefix("./debian/") }
    }

    /// The paragraphs of a file; `nil` if its first one names no format.
    static func paragraphs(of file: [UInt8]) -> [CopyrightParagraph]? {
        var paragraphs: [CopyrightParagraph] = []
        var paragraph = CopyrightParagraph()
        var current: String?
        for line in file.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            guard let first = line.first(where: { $0 != UInt8(ascii: "\r") }) else {
                if !paragraph.fields.isEmpty { paragraphs.append(paragraph) }
                paragraph = CopyrightParagraph()
                current = nil
                continue
            }
            if first == UInt8(ascii: " ") || first == UInt8(ascii: "\t") {
                if let current { paragraph.fields[current]?.text += line + [UInt8(ascii: "\n")] }
            } else if let colon = line.firstIndex(of: UInt8(ascii: ":")) {
                let name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
                let value = String(decoding: line[(colon + 1)...], as: UTF8.self)
                paragraph.fields[name] = Field(synopsis: trimmed(value), text: [])
                current = name
            }
        }
        if !paragraph.fields.isEmpty { paragraphs.append(paragraph) }
        let isFormat = ["format", "format-specification"]
            .contains { paragraphs.first?.fields[$0] != nil }
        return isFormat ? paragraphs : nil
    }

    private static func trimmed(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
