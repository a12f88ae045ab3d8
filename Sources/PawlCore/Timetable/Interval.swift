/// An interval of elapsed time: `@every 90s`, `@every 1h30m from 2026-01-01T00:00:00Z`.
///
/// Units are `d`, `h`, `m` and `s`, each at most once, from large to small, after a whole number;
/// `PT90S` in ISO 8601 is read too. A day is 24 hours. Ticks are counted from the instant after
/// `from`, which is the first of them; without it from 1970-01-01T00:00:00Z, so that all
/// schedulers agree. The clocks of a zone do not matter.
struct Interval: Hashable, Sendable {
    /// Seconds between two ticks.
    let length: Int64
    /// The first tick; seconds since 1970.
    let anchor: Int64

    /// The longest interval: ten years, as far as anybody plans.
    private static let longest: Int64 = 3_650 * 86_400

    private static let units: [(letter: Unicode.Scalar, seconds: Int64)] = [
        ("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1),
    ]

    /// Reads what follows `@every`.
    init(scanning scanner: inout SpecScanner) throws(SpecError) {
        scanner.skipSpace()
        length = try Self.length(&scanner)
        scanner.skipSpace()
        guard scanner.next != nil else {
            anchor = 0
            return
        }
        let start = scanner.position
        guard scanner.takeLetters().lowercased() == "from", scanner.isSpace else {
            throw SpecError(
                field: nil,
                offset: start,
                message: "something other than \"from\" follows the interval",
                hint: "write @every 90s or @every 90s from 2026-01-01T00:00:00Z"
            )
        }
        scanner.skipSpace()
        let place = scanner.position
        let time = WrittenTime(scanning: &scanner)
        scanner.skipSpace()
        guard case .instant(let anchor) = time, scanner.next == nil else {
            throw SpecError(
                field: "anchor",
                offset: place,
                message: "it is not one instant",
                hint: "allowed: \(WrittenTime.form), which an interval needs"
            )
        }
        self.anchor = try Timetable.checked(anchor, "anchor", at: place)
    }

    private static func length(_ scanner: inout SpecScanner) throws(SpecError) -> Int64 {
        let start = scanner.position
        let isISO = scanner.takeLetter("p")
        var isTime = !isISO
        var length: Int64 = 0
        var rest = units[...]
        while !scanner.isWordEnd {
            if isISO, !isTime, scanner.takeLetter("t") { isTime = true }
            let place = scanner.position
            let digits = scanner.takeDigits()
            let unit = rest.firstIndex { scanner.takeLetter($0.letter) }
            // In ISO 8601 days come before the T and all else after it.
            guard !digits.isEmpty, let unit, !isISO || (unit == 0) != isTime else {
                throw fault("a whole number and a unit are expected", at: place)
            }
            rest = units[(unit + 1)...]
            // What does not fit an integer is too long too.
            let (part, isOver) = (Int64(digits) ?? .max).multipliedReportingOverflow(
                by: units[unit].seconds
            )
            guard !isOver, part <= longest - length else {
                throw fault("the interval is longer than 3650 days", at: place)
            }
            length += part
        }
        guard length > 0 else { throw fault("the interval is missing or zero", at: start) }
        return length
    }

    private static func fault(_ message: String, at offset: Int) -> SpecError {
        SpecError(
            field: "interval",
            offset: offset,
            message: message,
            hint: "allowed: 1s to 3650d in whole d, h, m and s, such as 90s or 1h30m"
        )
    }

    /// Returns the first tick at or after an instant.
    func next(from seconds: Int64) -> Int64 {
        guard seconds > anchor else { return anchor }
        return anchor + (seconds - anchor + length - 1) / length * length
    }
}
