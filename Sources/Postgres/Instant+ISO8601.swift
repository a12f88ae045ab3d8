// What fulfils a protocol is documented there.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

extension Instant: CustomStringConvertible, LosslessStringConvertible {
    /// The instant in ISO 8601, always UTC and with six decimals: `2026-03-01T12:30:00.250000Z`.
    public var description: String {
        if self == .infinity { return "infinity" }
        if self == .negativeInfinity { return "-infinity" }
        let (days, time) = microsecondsSince1970.flooredQuotientAndRemainder(by: Self.day)
        let (year, month, dayOfMonth) = Self.civil(fromDays: days)
        let seconds = time / 1_000_000
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(dayOfMonth, 2))"
            + "T\(padded(seconds / 3_600, 2)):\(padded(seconds / 60 % 60, 2))"
            + ":\(padded(seconds % 60, 2)).\(padded(time % 1_000_000, 6))Z"
    }

    /// Reads ISO 8601 with a zone: `Z` or an offset such as `+01:00`.
    ///
    /// Seconds may have decimals; those after the sixth are cut off.
    public init?(_ description: String) {
        if description == "infinity" {
            self = .infinity
            return
        }
        if description == "-infinity" {
            self = .negativeInfinity
            return
        }
        var reader = Reader(rest: Substring(description).utf8)
        guard let microseconds = reader.instant(), reader.rest.isEmpty else { return nil }
        self.init(microsecondsSince1970: microseconds)
    }
}

extension Instant: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let instant = Instant(text) else {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription: "\"\(text)\" is no instant in ISO 8601"
            )
        }
        self = instant
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension Instant {
    private static let day: Int64 = 86_400_000_000

    /// Returns the date in the proleptic Gregorian calendar, `days` after 1970-01-01.
    ///
    /// It counts in eras of 400 years, each of 146,097 days, and in years that begin in March, so
    /// that a leap day is the last of its year.
    private static func civil(fromDays days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468  // from 0000-03-01 to 1970-01-01
        let (era, dayOfEra) = shifted.flooredQuotientAndRemainder(by: 146_097)
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
    }

    /// The reverse of `civil(fromDays:)`.
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = shifted.flooredQuotientAndRemainder(by: 400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    private struct Reader {
        var rest: Substring.UTF8View

        mutating func instant() -> Int64? {
            guard
                let year = number(4), skip("-"),
                let month = number(2), (1...12).contains(month), skip("-"),
                let day = number(2), day >= 1, skip("T") || skip("t") || skip(" "),
                let hour = number(2), hour < 24, skip(":"),
                let minute = number(2), minute < 60
            else { return nil }
            let days = Instant.days(year: year, month: month, day: day)
            // A date that does not exist comes back as another one.
            guard Instant.civil(fromDays: days) == (year, month, day) else { return nil }
            var seconds = (days * 24 + hour) * 3_600 + minute * 60
            var fraction: Int64 = 0
            if skip(":") {
                guard let second = number(2), second < 60 else { return nil }
                seconds += second
                if skip(".") || skip(",") {
                    guard let decimals = decimals() else { return nil }
                    fraction = decimals
                }
            }
            guard let offset = zone() else { return nil }
            return (seconds - offset) * 1_000_000 + fraction
        }

        private mutating func zone() -> Int64? {
            if skip("Z") || skip("z") { return 0 }
            let isWest = skip("-")
            guard isWest || skip("+"), let hours = number(2), hours < 24 else { return nil }
            var offset = hours * 3_600
            if !rest.isEmpty {
                _ = skip(":")
                guard let minutes = number(2), minutes < 60 else { return nil }
                offset += minutes * 60
            }
            return isWest ? -offset : offset
        }

        /// Reads digits as a fraction of a second, in microseconds.
        private mutating func decimals() -> Int64? {
            var value: Int64 = 0
            var count = 0
            while let digit = digit() {
                if count < 6 { value = value * 10 + digit }
                count += 1
            }
            guard count > 0 else { return nil }
            while count < 6 {
                value *= 10
                count += 1
            }
            return value
        }

        private mutating func number(_ digits: Int) -> Int64? {
            var value: Int64 = 0
            for _ in 0..<digits {
                guard let digit = digit() else { return nil }
                value = value * 10 + digit
            }
            return value
        }

        private mutating func digit() -> Int64? {
            guard let byte = rest.first, (48...57).contains(byte) else { return nil }
            rest.removeFirst()
            return Int64(byte) - 48
        }

        private mutating func skip(_ character: Unicode.Scalar) -> Bool {
            guard let byte = rest.first, UInt32(byte) == character.value else { return false }
            rest.removeFirst()
            return true
        }
    }
}

extension Int64 {
    fileprivate func flooredQuotientAndRemainder(by divisor: Int64) -> (Int64, Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}

private func padded(_ value: Int64, _ width: Int) -> String {
    let digits = String(value.magnitude)
    let zeros = String(repeating: "0", count: max(0, width - digits.count))
    return (value < 0 ? "-" : "") + zeros + digits
}
