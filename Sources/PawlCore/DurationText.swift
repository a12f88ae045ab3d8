/// The units of durations in text, from large to small, in nanoseconds.
///
/// The first spelling of a unit is the one that is written.
private let units: [(spellings: [String], nanoseconds: Int128)] = [
    (["d"], 86_400_000_000_000),
    (["h"], 3_600_000_000_000),
    (["m"], 60_000_000_000),
    (["s"], 1_000_000_000),
    (["ms"], 1_000_000),
    (["us", "\u{b5}s", "\u{3bc}s"], 1_000),  // Unicode has a micro sign and a Greek letter.
    (["ns"], 1),
]

extension Duration {
    /// The longest duration that may be written: 1,000 years.
    ///
    /// A time of our age plus this much fits every clock and column.
    package static let longestText = Duration.seconds(365_000 * 86_400)

    /// Reads a duration such as `250ms`, `1.5s`, `7d` or `1h30m`.
    ///
    /// Each unit of `d h m s ms us ns` (also `µs`) may occur once, from large to small, after a
    /// whole or decimal amount with up to nine decimals. Zero is written with a unit too.
    package init(text: String) throws(DurationTextError) {
        var parser = DurationParser(text)
        self = try parser.duration()
    }

    /// The duration as ``init(text:)`` reads it, rounded towards zero to a nanosecond.
    ///
    /// What is negative starts with `-` and is for people only.
    package var text: String {
        var rest = (attoseconds / 1_000_000_000).magnitude
        guard rest > 0 else { return "0s" }
        var text = attoseconds < 0 ? "-" : ""
        for (spellings, nanoseconds) in units {
            let unit = nanoseconds.magnitude
            guard rest >= unit else { continue }
            text += String(rest / unit)
            rest %= unit
            if unit <= 1_000_000_000 {  // From seconds down, the rest is written as decimals.
                text += Self.decimals(rest, of: unit)
                rest = 0
            }
            text += spellings[0]
        }
        return text
    }

    private static func decimals(_ rest: UInt128, of unit: UInt128) -> String {
        guard rest > 0 else { return "" }
        var digits = String((unit + rest).description.dropFirst())
        while digits.last == "0" { digits.removeLast() }
        return "." + digits
    }
}

/// A text is not a duration.
package struct DurationTextError: Error, Hashable, CustomStringConvertible {
    /// What is wrong, without the place.
    package let message: String
    /// The place, in bytes from the start of the text.
    package let offset: Int
    /// What is allowed there.
    package let hint: String

    fileprivate init(_ message: String, at offset: Int, hint: String) {
        self.message = message
        self.offset = offset
        self.hint = hint
    }

    /// What is wrong, where, and what is allowed, on one line.
    package var description: String {
        "cannot read duration: \(message), at byte \(offset) (\(hint))"
    }
}

private struct DurationParser {
    /// Seven amounts of all digits that count fit well.
    static let maximumLength = 128

    let text: Substring.UTF8View
    let length: Int
    var rest: Substring.UTF8View

    var offset: Int { length - rest.count }

    init(_ text: String) {
        length = text.utf8.count
        self.text = text[...].utf8
        rest = self.text
    }

    mutating func duration() throws(DurationTextError) -> Duration {
        guard length <= Self.maximumLength else {
            throw fault("the text is longer than \(Self.maximumLength) bytes")
        }
        guard length > 0 else { throw fault("the text is empty") }
        let longest = Duration.longestText.attoseconds
        var total: Int128 = 0
        var allowed = units[...]
        while !rest.isEmpty {
            let start = offset
            let amount = try amount()
            let unit = try unit(of: &allowed)
            // Compared before it is multiplied, because that could overflow.
            guard let amount, amount <= longest / unit, total + amount * unit <= longest else {
                throw DurationTextError(
                    "the duration is too long",
                    at: start,
                    hint: "the longest is \(Duration.longestText.text)"
                )
            }
            total += amount * unit
        }
        return Duration(attoseconds: total)
    }

    /// Reads an amount, in billionths, or gives `nil` if it is too large for any unit.
    private mutating func amount() throws(DurationTextError) -> Int128? {
        if rest.first == UInt8(ascii: "-") { throw fault("a duration is never negative") }
        let whole = digits()
        guard !whole.isEmpty else { throw fault("a number is expected") }
        var decimals = ""
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            decimals = digits()
            guard !decimals.isEmpty else { throw fault("a digit is expected after the point") }
            guard decimals.count <= 9 else { throw fault("there are more than 9 decimals") }
        }
        return Int128(whole + decimals + String(repeating: "0", count: 9 - decimals.count))
    }

    private mutating func unit(
        of allowed: inout ArraySlice<(spellings: [String], nanoseconds: Int128)>
    ) throws(DurationTextError) -> Int128 {
        let word = rest.prefix { byte in
            byte > 0x7f || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        }
        guard let spelling = String(word), !spelling.isEmpty else {
            throw fault("a unit is expected")
        }
        guard let index = units.firstIndex(where: { $0.spellings.contains(spelling) }) else {
            throw fault("unknown unit \"\(spelling)\"")
        }
        guard allowed.indices.contains(index) else {
            throw fault("units go from large to small, each once")
        }
        rest.removeFirst(word.count)
        allowed = units[(index + 1)...]
        return units[index].nanoseconds
    }

    private mutating func digits() -> String {
        let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        rest.removeFirst(digits.count)
        return String(Substring(digits))
    }

    private func fault(_ message: String) -> DurationTextError {
        DurationTextError(
            message,
            at: offset,
            hint: "write amounts with units of d, h, m, s, ms, us or ns, such as 30s or 1h30m"
        )
    }
}
