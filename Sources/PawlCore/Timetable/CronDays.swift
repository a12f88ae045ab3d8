/// What the two day fields of a cron spec select.
struct CronDays: Hashable, Sendable {
    var dates = CronValues()
    var weekdays = CronValues()
    /// A bit for each number of days before the last of the month.
    var beforeLast: UInt32 = 0
    /// A bit for each date whose nearest weekday is meant.
    var nearest: UInt32 = 0
    var hasLastWeekday = false
    /// A bit for each day of the week whose last one in the month is meant.
    var last: UInt8 = 0
    /// Seven bits for the first of each day of the week in the month, then seven for the second, and
    /// so on to the fifth.
    var ordinal: UInt64 = 0

    /// Returns a bit for each day of the month that matches; that of the 1st is the second bit.
    func days(of month: MonthLayout) -> UInt32 {
        let byDate = datesSelected(in: month)
        let byWeekday = weekdaysSelected(in: month)
        let isBoth = dates.isStar || weekdays.isStar
        return (isBoth ? byDate & byWeekday : byDate | byWeekday) & month.all
    }

    private func datesSelected(in month: MonthLayout) -> UInt32 {
        var days = UInt32(truncatingIfNeeded: dates.bits)
        for before in Bits(UInt64(beforeLast)) where before < month.count {
            days |= 1 << UInt32(month.count - before)
        }
        for date in Bits(UInt64(nearest & month.all)) {
            days |= 1 << UInt32(month.nearestWeekday(to: date))
        }
        if hasLastWeekday { days |= 1 << UInt32(month.nearestWeekday(to: month.count)) }
        return days
    }

    private func weekdaysSelected(in month: MonthLayout) -> UInt32 {
        var days = month.days(on: weekdays.bits)
        for weekday in Bits(UInt64(last)) {
            let back = (month.weekday(of: month.count) - weekday + 7) % 7
            days |= 1 << UInt32(month.count - back)
        }
        for place in Bits(ordinal) {
            let (week, weekday) = place.quotientAndRemainder(dividingBy: 7)
            let day = 1 + (weekday - month.first + 7) % 7 + week * 7
            days |= 1 << UInt32(day)
        }
        return days
    }
}

/// The places of the bits that are set, in order.
struct Bits: Sequence, IteratorProtocol {
    private var rest: UInt64

    init(_ bits: UInt64) {
        rest = bits
    }

    mutating func next() -> Int? {
        guard rest != 0 else { return nil }
        defer { rest &= rest - 1 }
        return rest.trailingZeroBitCount
    }
}
