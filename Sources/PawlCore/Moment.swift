/// An instant, as definitions write it: `2026-01-31T09:00:00Z`.
package struct Moment {
    /// Since the beginning of 1970 in UTC.
    package let microseconds: Int64

    /// Reads a date and a time of day with its offset from UTC, or a date alone, which begins in UTC.
    package init?(text: String) {
        let bytes = Array(text.utf8)
        func number(_ range: Range<Int>) -> Int? {
            guard range.upperBound <= bytes.count else { return nil }
            var value = 0
            for byte in bytes[range] {
                guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
                value = value * 10 + Int(byte - UInt8(ascii: "0"))
            }
            return value
        }
        func has(_ character: Unicode.Scalar, at index: Int) -> Bool {
            index < bytes.count && bytes[index] == UInt8(ascii: character)
        }
        guard let year = number(0..<4), has("-", at: 4), let month = number(5..<7), has("-", at: 7),
            let day = number(8..<10), year >= 1, (1...12).contains(month), day >= 1,
            day <= CalendarDate.days(of: year, month)
        else { return nil }
        let days = CalendarDate(year: year, month: month, day: day).daysSince1970
        guard bytes.count > 10 else {
            microseconds = days * 86_400_000_000
            return
        }
        guard has("T", at: 10) || has(" ", at: 10), let hour = number(11..<13), has(":", at: 13),
            let minute = number(14..<16), hour < 24, minute < 60
        else { return nil }
        var index = 16
        var second = 0
        var fraction = 0
        if has(":", at: index) {
            guard let value = number((index + 1)..<(index + 3)), value < 60 else { return nil }
            second = value
            index += 3
            if has(".", at: index) {
                index += 1
                var unit = 100_000
                let first = index
                while let digit = number(index..<(index + 1)) {
                    fraction += digit * unit
                    unit /= 10
                    index += 1
                }
                guard index > first else { return nil }
            }
        }
        var offset = 0
        if has("Z", at: index), index + 1 == bytes.count {
            offset = 0
        } else if has("+", at: index) || has("-", at: index), has(":", at: index + 3),
            index + 6 == bytes.count, let hours = number((index + 1)..<(index + 3)),
            let minutes = number((index + 4)..<(index + 6)), hours < 24, minutes < 60
        {
            offset = (hours * 60 + minutes) * (has("-", at: index) ? -1 : 1)
        } else {
            return nil
        }
        let seconds = Int64(hour * 3_600 + minute * 60 + second - offset * 60)
        microseconds = (days * 86_400 + seconds) * 1_000_000 + Int64(fraction)
    }
}
