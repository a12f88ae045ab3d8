/// Reads one JSON text (RFC 8259) from its bytes.
///
/// Foundation's decoder is not used here: it takes `[1,]`, keeps the first of two members with the
/// same key where PostgreSQL's jsonb keeps the last, cannot name the place of an error, and needs
/// six times as long for a value whose type is not known beforehand.
struct JSONParser {
    /// How deep arrays and objects may nest; reading one level costs stack.
    static let maximumDepth = 512

    private let bytes: [UInt8]
    private var position = 0
    private var depth = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func document() throws(JSONError) -> JSON {
        let value = try value()
        skipSpace()
        guard position == bytes.count else { throw unexpected("the end of the text") }
        return value
    }

    private mutating func value() throws(JSONError) -> JSON {
        skipSpace()
        guard let byte = next else { throw unexpected("a value") }
        switch byte {
        case UInt8(ascii: "{"):
            return try nested { parser throws(JSONError) in try parser.object() }
        case UInt8(ascii: "["): return try nested { parser throws(JSONError) in try parser.array() }
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: throw unexpected("a value")
        }
    }

    private mutating func nested(
        _ body: (inout JSONParser) throws(JSONError) -> JSON
    ) throws(JSONError) -> JSON {
        guard depth < Self.maximumDepth else {
            throw JSONError(
                "arrays and objects nest deeper than \(Self.maximumDepth) levels",
                at: position
            )
        }
        depth += 1
        position += 1
        skipSpace()
        let value = try body(&self)
        depth -= 1
        return value
    }

    private mutating func array() throws(JSONError) -> JSON {
        var values: [JSON] = []
        if take("]") { return .array(values) }
        while true {
            values.append(try value())
            skipSpace()
            if take("]") { return .array(values) }
            guard take(",") else { throw unexpected("\",\" or \"]\"") }
        }
    }

    private mutating func object() throws(JSONError) -> JSON {
        var members: [String: JSON] = [:]
        if take("}") { return .object(members) }
        while true {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw unexpected("a key in double quotes") }
            let key = try string()
            skipSpace()
            guard take(":") else { throw unexpected("\":\"") }
            members[key] = try value()
            skipSpace()
            if take("}") { return .object(members) }
            guard take(",") else { throw unexpected("\",\" or \"}\"") }
        }
    }

    private mutating func number() throws(JSONError) -> JSON {
        let start = position
        _ = take("-")
        if !take("0") { try digits() }
        let isWhole = next != UInt8(ascii: ".") && !isExponent
        if take(".") { try digits() }
        if isExponent {
            position += 1
            if !take("+") { _ = take("-") }
            try digits()
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isWhole, let integer = Int64(text) { return .integer(integer) }
        guard let number = Double(text), number.isFinite else {
            throw JSONError("a number is too large", at: start)
        }
        return .number(number)
    }

    private mutating func digits() throws(JSONError) {
        let start = position
        while let byte = next, isDigit(byte) { position += 1 }
        guard position > start else { throw unexpected("a digit") }
    }

    private mutating func word(_ text: StaticString, _ value: JSON) throws(JSONError) -> JSON {
        let end = position + text.utf8CodeUnitCount
        let expected = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        guard end <= bytes.count, bytes[position..<end].elementsEqual(expected) else {
            throw unexpected("a value")
        }
        position = end
        return value
    }
}

extension JSONParser {
    private mutating func string() throws(JSONError) -> String {
        let start = position
        position += 1
        var run = position
        var unescaped: [UInt8] = []
        while let byte = next {
            switch byte {
            case UInt8(ascii: "\""):
                unescaped += bytes[run..<position]
                position += 1
                guard let string = String(validating: unescaped, as: UTF8.self) else {
                    throw JSONError("a string is not valid UTF-8", at: start)
                }
                return string
            case UInt8(ascii: "\\"):
                unescaped += bytes[run..<position]
                position += 1
                unescaped += UTF8.encode(try escaped()).map(Array.init) ?? []
                run = position
            case 0..<0x20:
                throw JSONError(
                    "a string contains a control character that is not escaped",
                    at: position
                )
            default:
                position += 1
            }
        }
        throw JSONError("a string does not end", at: start)
    }

    private mutating func escaped() throws(JSONError) -> Unicode.Scalar {
        let letter = next
        guard letter != UInt8(ascii: "u") else { return try escapedScalar() }
        let scalar: Unicode.Scalar? =
            switch letter {
            case UInt8(ascii: "\""): "\""
            case UInt8(ascii: "\\"): "\\"
            case UInt8(ascii: "/"): "/"
            case UInt8(ascii: "b"): "\u{8}"
            case UInt8(ascii: "f"): "\u{c}"
            case UInt8(ascii: "n"): "\n"
            case UInt8(ascii: "r"): "\r"
            case UInt8(ascii: "t"): "\t"
            default: nil
            }
        guard let scalar else { throw unexpected("one of \" \\ / b f n r t u after \"\\\"") }
        position += 1
        return scalar
    }

    /// Reads `uXXXX`, or two of them that together are one character beyond 16 bits.
    private mutating func escapedScalar() throws(JSONError) -> Unicode.Scalar {
        let start = position - 1
        let unit = try codeUnit()
        if let scalar = Unicode.Scalar(unit) { return scalar }
        if UTF16.isLeadSurrogate(unit), take("\\"), next == UInt8(ascii: "u") {
            let trail = try codeUnit()
            if UTF16.isTrailSurrogate(trail) { return UTF16.decode(.init([unit, trail])) }
        }
        throw JSONError("a \\u escape is half of a surrogate pair", at: start)
    }

    private mutating func codeUnit() throws(JSONError) -> UInt16 {
        position += 1
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw unexpected("four hexadecimal digits after \"\\u\"")
            }
            unit = unit << 4 | UInt16(digit)
            position += 1
        }
        return unit
    }
}

extension JSONParser {
    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private var isExponent: Bool { next == UInt8(ascii: "e") || next == UInt8(ascii: "E") }

    private func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 {
            position += 1
        }
    }

    private func unexpected(_ expected: String) -> JSONError {
        guard let byte = next else {
            return JSONError("the text ends where \(expected) is expected", at: position)
        }
        // Only what can be shown: the byte may be part of a character, or of none.
        let found = (0x20..<0x7f).contains(byte) ? "\"\(Unicode.Scalar(byte))\"" : "byte \(byte)"
        return JSONError("found \(found) where \(expected) is expected", at: position)
    }
}
