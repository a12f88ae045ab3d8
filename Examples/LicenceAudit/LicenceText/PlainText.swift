import Glibc

/// A text in which licences are looked for: lower case, one space between words, no decoration.
///
/// Line breaks, comment signs, quotation marks, and how `licence` is spelled make no difference.
struct PlainText {
    /// As C likes it: with a zero at the end, and no other.
    private let bytes: [UInt8]

    init(_ text: some Sequence<UInt8>) {
        var plain: [UInt8] = []
        plain.reserveCapacity(text.underestimatedCount)
        for byte in text {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"):
                Self.append(byte | 0x20, to: &plain)
            case 0...UInt8(ascii: " "), UInt8(ascii: "*"), UInt8(ascii: "#"), UInt8(ascii: "|"),
                UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"), UInt8(ascii: "~"):
                Self.appendSpace(to: &plain)
            default:
                Self.append(byte, to: &plain)
            }
        }
        bytes = plain + [0]
    }

    private static let americanised = Array("licen".utf8)

    private static func append(_ byte: UInt8, to plain: inout [UInt8]) {
        if byte == UInt8(ascii: "c"), plain.suffix(5).elementsEqual(americanised) {
            plain.append(UInt8(ascii: "s"))
        } else {
            plain.append(byte)
        }
    }

    private static func appendSpace(to plain: inout [UInt8]) {
        guard let last = plain.last, last != UInt8(ascii: " ") else { return }
        // A full stop alone stands for an empty line in machine-readable files.
        if last == UInt8(ascii: "."), plain.count >= 2, plain[plain.count - 2] == UInt8(ascii: " ")
        {
            plain.removeLast()
            return
        }
        plain.append(UInt8(ascii: " "))
    }

    /// Whether `phrase`, itself plain, is in the text.
    func contains(_ phrase: String) -> Bool { position(of: phrase, from: 0) != nil }

    /// What stands around each place where `phrase` is: `before` bytes before it, `after` bytes after.
    func surroundings(
        of phrase: String,
        before: Int,
        after: Int
    ) -> [(before: String, after: String)] {
        var found: [(before: String, after: String)] = []
        var start = 0
        while let position = position(of: phrase, from: start) {
            let end = position + phrase.utf8.count
            found.append(
                (
                    String(decoding: bytes[max(0, position - before)..<position], as: UTF8.self),
                    String(decoding: bytes[end..<min(bytes.count - 1, end + after)], as: UTF8.self)
                )
            )
            start = end
        }
        return found
    }

    private func position(of phrase: String, from start: Int) -> Int? {
        bytes.withUnsafeBytes { bytes in
            guard let text = bytes.baseAddress?.assumingMemoryBound(to: CChar.self),
                let found = strstr(text + start, phrase)
            else { return nil }
            return UnsafePointer(found) - text
        }
    }
}
