/// A month of some year: how many days it has, and with which day of the week it begins.
struct MonthLayout: Hashable, Sendable {
    let month: Int
    let count: Int
    /// The day of the week of the 1st, from Sunday, 0.
    let first: Int
    /// The days from 1970 to the 1st.
    let start: Int64

    init(year: Int, month: Int) {
        let date = CalendarDate(year: year, month: month, day: 1)
        self.month = month
        count = CalendarDate.days(of: year, month)
        first = date.dayOfWeek
        start = date.daysSince1970
    }

    /// A bit for each day; that of the 1st is the second bit.
    var all: UInt32 { UInt32(truncatingIfNeeded: (UInt64(2) << UInt64(count)) - 2) }

    /// Returns a bit for each day of the month that falls on one of these days of the week.
    func days(on weekdays: UInt64) -> UInt32 {
        // The week from the 1st on, written five times in a row.
        let week = (weekdays | weekdays << 7) >> UInt64(first) & 0x7f
        return UInt32(truncatingIfNeeded: (week &* 0x1020_4081) << 1) & all
    }

    /// Returns the day of the week, from Sunday, 0.
    func weekday(of day: Int) -> Int {
        (first + day - 1) % 7
    }

    /// Returns the weekday, Monday to Friday, that is nearest to the day within the month.
    func nearestWeekday(to day: Int) -> Int {
        switch weekday(of: day) {
        case 0: day == count ? day - 2 : day + 1
        case 6: day == 1 ? day + 2 : day - 1
        default: day
        }
    }
}
