/// A date of the Gregorian calendar, as far as cron needs it.
struct CalendarDate: Hashable, Sendable {
    var year: Int
    var month: Int
    var day: Int

    init(year: Int, month: Int, day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    /// Counts years from 1 March, so that the leap day is the last one, in eras of 400 years, which
    /// all have the same days.
    init(daysSince1970 days: Int64) {
        let shifted = Int(days) + 719_468  // From 1 March of the year 0.
        let era = Self.floor(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153  // Five months have 153 days.
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    var daysSince1970: Int64 {
        let yearFromMarch = month <= 2 ? year - 1 : year
        let monthFromMarch = month <= 2 ? month + 9 : month - 3
        let era = Self.floor(yearFromMarch, 400)
        let yearOfEra = yearFromMarch - era * 400
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return Int64(era * 146_097 + dayOfEra - 719_468)
    }

    /// The day of the week, from Sunday, 0, to Saturday, 6.
    var dayOfWeek: Int {
        let days = Int(daysSince1970) + 4  // 1 January 1970 was a Thursday.
        return days - Self.floor(days, 7) * 7
    }

    /// Goes to before the first day of the next month.
    mutating func advanceToMonthBefore() {
        day = 0
        month += 1
        if month > 12 {
            month = 1
            year += 1
        }
    }

    static func days(of year: Int, _ month: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Divides rounding down, also below zero.
    static func floor<Number: BinaryInteger>(_ value: Number, _ divisor: Number) -> Number {
        (value >= 0 ? value : value - divisor + 1) / divisor
    }
}
