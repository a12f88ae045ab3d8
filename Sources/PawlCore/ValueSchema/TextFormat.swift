/// A format of text that a schema may name and that is cheap to check.
///
/// Other names of formats are notes for people.
enum TextFormat: String, Hashable, Sendable {
    case date, uuid, email, uri
    case dateTime = "date-time"

    /// The format in words, after "not".
    var words: String {
        switch self {
        case .date: "a date such as 2026-01-31"
        case .dateTime: "a date and time such as 2026-01-31T12:00:00Z"
        case .uuid: "a UUID"
        case .email: "an email address"
        case .uri: "a URI"
        }
    }

    /// Whether a text has the format.
    func matches(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return switch self {
        case .date: Self.isDate(bytes[...])
        case .dateTime: Self.isDateTime(bytes)
        case .uuid: Self.isUUID(bytes)
        case .email: Self.isEmail(bytes)
        case .uri: Self.isURI(bytes)
        }
    }

    private static func isDate(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard hasShape(bytes, "dddd-dd-dd") else { return false }
        let year = number(bytes.prefix(4))
        let month = number(bytes.dropFirst(5).prefix(2))
        let day = number(bytes.dropFirst(8))
        return (1...12).contains(month) && day >= 1 && day <= CalendarDate.days(of: year, month)
    }

    /// As RFC 3339 has it, with a zone; a minute may have a 60th second.
    private static func isDateTime(_ bytes: [UInt8]) -> Bool {
        guard bytes.count >= 20, isDate(bytes[..<10]), bytes[10] | 0x20 == UInt8(ascii: "t"),
            hasShape(bytes[11..<19], "dd:dd:dd")
        else { return false }
        guard number(bytes[11..<13]) < 24, number(bytes[14..<16]) < 60, number(bytes[17..<19]) <= 60
        else { return false }
        var zone = bytes[19...]
        if zone.first == UInt8(ascii: ".") {
            let decimals = zone.dropFirst().prefix(while: isDigit)
            guard !decimals.isEmpty else { return false }
            zone = zone[decimals.endIndex...]
        }
        guard let sign = zone.first else { return false }
        if zone.count == 1 { return sign | 0x20 == UInt8(ascii: "z") }
        zone.removeFirst()
        return (sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-")) && hasShape(zone, "dd:dd")
            && number(zone.prefix(2)) < 24 && number(zone.suffix(2)) < 60
    }

    private static func isUUID(_ bytes: [UInt8]) -> Bool {
        hasShape(bytes[...], "hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh")
    }

    /// Something, an at sign, and something that may be a host: mail servers know the rest.
    private static func isEmail(_ bytes: [UInt8]) -> Bool {
        guard let at = bytes.lastIndex(of: UInt8(ascii: "@")), bytes.allSatisfy({ $0 > 0x20 })
        else {
            return false
        }
        let host = bytes[(at + 1)...].split(
            separator: UInt8(ascii: "."),
            omittingEmptySubsequences: false
        )
        return at > 0 && host.allSatisfy { !$0.isEmpty }
    }

    /// A scheme and the characters that RFC 3986 allows after it.
    private static func isURI(_ bytes: [UInt8]) -> Bool {
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), let first = bytes.first,
            isLetter(first)
        else { return false }
        let scheme = bytes[..<colon].allSatisfy {
            isLetter($0) || isDigit($0) || "+-.".utf8.contains($0)
        }
        var rest = bytes[(colon + 1)...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%") {
                guard rest.count >= 2, rest.prefix(2).allSatisfy(isHexadecimal) else {
                    return false
                }
            } else if !isLetter(byte), !isDigit(byte), !"-._~:/?#[]@!$&'()*+,;=".utf8.contains(byte)
            {
                return false
            }
        }
        return scheme
    }

    /// Compares with a shape, in which `d` stands for a digit and `h` for a hexadecimal one.
    private static func hasShape(_ bytes: ArraySlice<UInt8>, _ shape: String) -> Bool {
        bytes.count == shape.utf8.count
            && zip(bytes, shape.utf8).allSatisfy { byte, sign in
                switch sign {
                case UInt8(ascii: "d"): isDigit(byte)
                case UInt8(ascii: "h"): isHexadecimal(byte)
                default: byte == sign
                }
            }
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int {
        digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
    }
}
