/// A text with placeholders.
struct TemplateText: Hashable, Sendable {
    /// A part of the text.
    enum Piece: Hashable, Sendable {
        case literal(String)
        case reference(Reference)
    }

    let pieces: [Piece]

    /// The only placeholder, if there is nothing else but whitespace.
    var onlyReference: Reference? {
        var only: Reference?
        for piece in pieces {
            switch piece {
            case .literal(let text):
                guard text.unicodeScalars.allSatisfy(\.properties.isWhitespace) else { return nil }
            case .reference(let reference):
                guard only == nil else { return nil }
                only = reference
            }
        }
        return only
    }

    /// Reads a text.
    ///
    /// A placeholder is `{{`, at least one character, and the first `}}` after it, all on one line,
    /// with or without a `$` before it. What is not one stays as it is.
    init(_ text: String) throws(TemplateError) {
        var parser = TemplateTextParser(text)
        pieces = try parser.read()
    }
}

/// Reads a text with placeholders from its bytes.
private struct TemplateTextParser {
    private let bytes: [UInt8]
    private var pieces: [TemplateText.Piece] = []
    /// Where the literal text that is not in a piece yet begins.
    private var literal = 0
    private var position = 0

    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    mutating func read() throws(TemplateError) -> [TemplateText.Piece] {
        while position + 1 < bytes.count {
            guard isPair(UInt8(ascii: "{"), at: position) else {
                position += 1
                continue
            }
            var end = position + 2
            // At least one character is inside, even a brace.
            while end < bytes.count, bytes[end] != UInt8(ascii: "\n"),
                end == position + 2 || !isPair(UInt8(ascii: "}"), at: end)
            {
                end += 1
            }
            if end > position + 2, isPair(UInt8(ascii: "}"), at: end) {
                try reference(to: end)
            } else {
                // No placeholder that begins later ends on this line either.
                position = end
            }
        }
        addLiteral(to: bytes.count)
        return pieces
    }

    /// Adds the placeholder that begins here and ends at `end`, or later if it has a default.
    private mutating func reference(to end: Int) throws(TemplateError) {
        let start = position
        var path = start + 2..<end
        var fallback: JSON?
        position = end
        if let bar = bytes[path].firstIndex(of: UInt8(ascii: "|")), let open = opening(after: bar) {
            path = path.lowerBound..<bar
            position = open
            fallback = try value(of: text(path))
        }
        position += 2
        let hasDollar = start > literal && bytes[start - 1] == UInt8(ascii: "$")
        let source = hasDollar ? start - 1 : start
        addLiteral(to: source)
        literal = position
        pieces.append(
            .reference(
                Reference(path: text(path), fallback: fallback, source: decoded(source..<position))
            )
        )
    }

    /// Where the value of a default begins, if `default(` follows a bar.
    private func opening(after bar: Int) -> Int? {
        var place = skippingSpace(from: bar + 1)
        let word = "default".utf8
        guard bytes[place...].starts(with: word) else { return nil }
        place = skippingSpace(from: place + word.count)
        guard place < bytes.count, bytes[place] == UInt8(ascii: "(") else { return nil }
        return place + 1
    }

    /// Reads the value of a default, up to the braces that end the placeholder.
    private mutating func value(of path: String) throws(TemplateError) -> JSON {
        let start = position
        var depth = 0
        var isQuoted = false
        while position < bytes.count, bytes[position] != UInt8(ascii: "\n") {
            switch bytes[position] {
            case UInt8(ascii: "\\") where isQuoted: position += 1
            case UInt8(ascii: "\""): isQuoted.toggle()
            case _ where isQuoted: break
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            case UInt8(ascii: ")") where depth == 0:
                let value = try json(start..<position, of: path)
                position = skippingSpace(from: position + 1)
                if isPair(UInt8(ascii: "}"), at: position) { return value }
                throw fault(of: path, "is not followed by }}")
            default: break
            }
            position += 1
        }
        throw fault(of: path, "does not end")
    }

    private func json(_ range: Range<Int>, of path: String) throws(TemplateError) -> JSON {
        do {
            return try JSON(parsing: bytes[range])
        } catch {
            throw fault(of: path, "is not JSON: \(error.message)")
        }
    }

    private func fault(of path: String, _ message: String) -> TemplateError {
        TemplateError(
            "the default of \"\(path.shortened)\" \(message)",
            hint: #"write {{path | default("text")}}, with any JSON between ( and )"#
        )
    }
}

extension TemplateTextParser {
    private mutating func addLiteral(to end: Int) {
        if literal < end { pieces.append(.literal(decoded(literal..<end))) }
    }

    private func isPair(_ byte: UInt8, at place: Int) -> Bool {
        place + 1 < bytes.count && bytes[place] == byte && bytes[place + 1] == byte
    }

    private func skippingSpace(from place: Int) -> Int {
        bytes[place...].firstIndex { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }
            ?? bytes.count
    }

    private func decoded(_ range: Range<Int>) -> String {
        String(decoding: bytes[range], as: UTF8.self)
    }

    /// A part of the text without the whitespace around it.
    private func text(_ range: Range<Int>) -> String {
        let scalars = decoded(range).unicodeScalars
        guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return "" }
        return String(scalars[first...last])
    }
}
