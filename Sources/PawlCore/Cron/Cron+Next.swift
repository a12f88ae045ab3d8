extension Cron {
    /// Returns the first instant after `seconds` at which the spec is due, or `nil` if there is
    /// none before the year 9999.
    ///
    /// Instants are seconds since 1970 in UTC. What is due on no day at all, such as on 31
    /// February, gives `nil` at once.
    package func next(after seconds: Int64, in zone: Zone) -> Int64? {
        guard seconds < Self.latest else { return nil }
        let seconds = max(seconds, Self.earliest)
        return hours.isInterval
            ? nextOfInterval(from: seconds + 1, in: zone)
            : nextOfTimes(after: seconds, in: zone)
    }

    /// The years 1 to 9999, less some days for offsets.
    private static let earliest: Int64 = -62_135_000_000
    private static let latest: Int64 = 253_402_000_000

    private func nextOfTimes(after seconds: Int64, in zone: Zone) -> Int64? {
        let passed = zone.latestWallTime(through: seconds)
        return firstWallTime(from: passed + 1).map(zone.instant(showing:))
    }

    private func nextOfInterval(from seconds: Int64, in zone: Zone) -> Int64? {
        var start = seconds
        while true {
            let offset = zone.offset(at: start)
            guard let wallTime = firstWallTime(from: start + offset) else { return nil }
            let due = wallTime - offset
            let near = start + Zone.reach
            if let change = zone.change(after: start, through: min(due, near)) {
                start = change
            } else if due <= near {
                return due
            } else {
                // Until then the clock shows only times between those two, however it is put.
                start = due - Zone.reach
            }
        }
    }

    /// Returns the first wall time from `wallTime` on that matches, or `nil` if none ever does.
    func firstWallTime(from wallTime: Int64) -> Int64? {
        // Rounded up to a minute, because what matches is the start of a minute.
        let start = wallTime + 59
        let today = CalendarDate.floor(start, 86_400)
        var date = CalendarDate(daysSince1970: today)
        if days(of: date.year, date.month) & (1 << UInt32(date.day)) != 0,
            let minute = firstMinute(from: Int(start - today * 86_400) / 60)
        {
            return today * 86_400 + Int64(minute) * 60
        }
        guard let minute = firstMinute(from: 0) else { return nil }
        // Within 40 years every date falls on every day of the week: 29 February falls on the same
        // one after 28 years, or after 40 if a year such as 2100 lies between.
        for _ in 0...(40 * 12) {
            let later = days(of: date.year, date.month) & ~((2 << UInt32(date.day)) &- 1)
            if later != 0 {
                date.day = later.trailingZeroBitCount
                return date.daysSince1970 * 86_400 + Int64(minute) * 60
            }
            date.advanceToMonthBefore()
        }
        return nil
    }

    /// Returns the first minute of a day that matches and is at least `minute`.
    private func firstMinute(from minute: Int) -> Int? {
        let (hour, past) = minute.quotientAndRemainder(dividingBy: 60)
        if hours.contains(hour), let found = minutes.first(from: past) { return hour * 60 + found }
        guard let later = hours.first(from: hour + 1), let found = minutes.first(from: 0) else {
            return nil
        }
        return later * 60 + found
    }

    /// Returns a bit for each day of the month that matches.
    private func days(of year: Int, _ month: Int) -> UInt32 {
        guard months.contains(month) else { return 0 }
        let dates = UInt32(truncatingIfNeeded: daysOfMonth.bits)
        // The week from the 1st on, written five times in a row.
        let first = CalendarDate(year: year, month: month, day: 1).dayOfWeek
        let week = (daysOfWeek.bits | daysOfWeek.bits << 7) >> UInt64(first) & 0x7f
        let weekdays = UInt32(truncatingIfNeeded: (week &* 0x1020_4081) << 1)
        let isBoth = daysOfMonth.isStar || daysOfWeek.isStar
        let days = isBoth ? dates & weekdays : dates | weekdays
        let count = CalendarDate.days(of: year, month)
        return days & UInt32(truncatingIfNeeded: (UInt64(2) << UInt64(count)) - 2)
    }
}
