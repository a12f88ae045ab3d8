/// A point in time as it is written in ISO 8601: an instant, or a time on the wall of some zone.
enum WrittenTime: Hashable, Sendable {
    /// Seconds since 1970 in UTC; it was written with `Z` or an offset.
    case instant(Int64)
    /// The seconds from 1970-01-01 00:00 to what the clock shows.
    case wallTime(Int64)

    /// What is read, for people.
    static let form = "YYYY-MM-DDThh:mm, if need be :ss, then Z or an offset such as +02:00"

    /// Reads a time; gives `nil`, somewhere behind the start, if there is none.
    init?(scanning scanner: inout SpecScanner) {
        guard let date = CalendarDate(scanning: &scanner),
            scanner.takeLetter("t"),
            let hour = scanner.takeNumber(digits: 2), hour < 24, scanner.take(":"),
            let minute = scanner.takeNumber(digits: 2), minute < 60
        else { return nil }
        var second = 0
        if scanner.take(":") {
            guard let written = scanner.takeNumber(digits: 2), written < 60 else { return nil }
            second = written
        }
        let time = Int64((hour * 60 + minute) * 60 + second)
        let wallTime = date.daysSince1970 * 86_400 + time
        if scanner.takeLetter("z") {
            self = .instant(wallTime)
            return
        }
        let isAhead = scanner.take("+")
        guard isAhead || scanner.take("-") else {
            self = .wallTime(wallTime)
            return
        }
        guard let hours = scanner.takeNumber(digits: 2), hours < 24, scanner.take(":"),
            let minutes = scanner.takeNumber(digits: 2), minutes < 60
        else { return nil }
        let offset = Int64((hours * 60 + minutes) * 60)
        self = .instant(isAhead ? wallTime - offset : wallTime + offset)
    }
}

extension CalendarDate {
    /// Reads `YYYY-MM-DD`; gives `nil`, somewhere behind the start, if that is no date.
    init?(scanning scanner: inout SpecScanner) {
        guard let year = scanner.takeNumber(digits: 4), scanner.take("-"),
            let month = scanner.takeNumber(digits: 2), (1...12).contains(month),
            scanner.take("-"),
            let day = scanner.takeNumber(digits: 2), day >= 1, day <= Self.days(of: year, month)
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// The date as `YYYY-MM-DD`.
    var text: String { "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))" }
}

/// Writes what is held like a wall time as `YYYY-MM-DDThh:mm:ss`.
func wallText(_ wallTime: Int64) -> String {
    let day = CalendarDate.floor(wallTime, 86_400)
    let time = Int(wallTime - day * 86_400)
    return "\(CalendarDate(daysSince1970: day).text)T\(padded(time / 3_600, 2))"
        + ":\(padded(time / 60 % 60, 2)):\(padded(time % 60, 2))"
}

/// Writes a number with at least so many digits.
func padded(_ number: Int, _ digits: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
}
