/// One entry of a list of days.
enum DayEntry: Hashable, Sendable {
    /// Days since 1970, from the first to the last.
    case dates(ClosedRange<Int64>)
    /// Dates of each year, from the first to the last, over New Year if that is earlier.
    case yearly(YearlyDate, YearlyDate)
    /// Days of the week from Sunday, 0, from the first to the last, over Sunday if that is earlier.
    case weekdays(Int, Int)

    /// A date of each year; 29 February is one of leap years.
    struct YearlyDate: Hashable, Sendable {
        let month: Int
        let day: Int

        /// The day after it in a leap year.
        var following: YearlyDate {
            if day < CalendarDate.days(of: 2_000, month) {
                return YearlyDate(month: month, day: day + 1)
            }
            return YearlyDate(month: month % 12 + 1, day: 1)
        }
    }

    /// Why a text is none.
    struct Fault: Error {
        let message: String
        let hint: String
    }

    private enum End {
        case date(CalendarDate)
        case yearly(YearlyDate)
        case weekday(Int)
    }

    /// Reads an entry.
    init(_ text: String) throws(Fault) {
        // `2026-12-24..2027-01-01` has 22; names of days are longer.
        guard text.utf8.count <= 24 else { throw Self.unknown }
        var scanner = SpecScanner(text)
        let first = try Self.end(&scanner)
        var last = first
        if scanner.take(".") {
            guard scanner.take(".") else { throw Self.unknown }
            last = try Self.end(&scanner)
        }
        guard scanner.next == nil else { throw Self.unknown }
        switch (first, last) {
        case (.date(let first), .date(let last)):
            guard first.daysSince1970 <= last.daysSince1970 else {
                throw Fault(
                    message: "the range runs backwards",
                    hint: "write the earlier date first"
                )
            }
            self = .dates(first.daysSince1970...last.daysSince1970)
        case (.yearly(let first), .yearly(let last)):
            self = .yearly(first, last)
        case (.weekday(let first), .weekday(let last)):
            self = .weekdays(first, last)
        default:
            throw Fault(
                message: "the ends of the range are of different kinds",
                hint: "write two dates, two dates of the year or two days of the week"
            )
        }
    }

    private static let unknown = Fault(
        message: "it is not a day",
        hint: "allowed: 2026-12-25, 12-25, sat, and ranges of two such, such as mon..fri"
    )

    private static func end(_ scanner: inout SpecScanner) throws(Fault) -> End {
        let word = scanner.takeLetters()
        if !word.isEmpty {
            guard let weekday = CronField.dayOfWeek.value(of: word) else {
                throw Fault(
                    message: "\"\(word)\" is not a day of the week",
                    hint: "allowed: sun to sat or sunday to saturday"
                )
            }
            return .weekday(weekday)
        }
        var dated = scanner
        if let date = CalendarDate(scanning: &dated) {
            scanner = dated
            return .date(date)
        }
        var yearly = scanner
        // The year 2000 has all dates.
        guard let month = yearly.takeNumber(digits: 2), (1...12).contains(month),
            yearly.take("-"), let day = yearly.takeNumber(digits: 2), day >= 1,
            day <= CalendarDate.days(of: 2_000, month)
        else {
            throw Fault(
                message: "it is not a date",
                hint: "allowed: YYYY-MM-DD or MM-DD, and no date that no year has"
            )
        }
        scanner = yearly
        return .yearly(YearlyDate(month: month, day: day))
    }
}
