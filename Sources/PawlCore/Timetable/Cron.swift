/// Fields of time and date, as cron has them.
///
/// There are five: minute, hour, day of month, month and day of week; or six, with the second before
/// them. A field is `*` or a list of values, ranges `a-b` and steps `*/n`, `a-b/n` and `a/n` (from
/// `a` to the end); months and days of the week may be given by their English names. Sunday is 0
/// and 7.
///
/// The day of month may also be `L`, the last day; `L-3`, three days before it; `15W`, the weekday
/// (Monday to Friday) nearest to the 15th within the month; and `LW`, the last weekday. The day of
/// week may be `friL`, the last Friday of the month, or `mon#2`, the second Monday. What a month does
/// not have, such as its 31st or its fifth Friday, is not due in it. `?` in a day field leaves the
/// days to the other one, as `*` does.
///
/// If neither day field starts with `*` or is `?`, a day that matches one of them is enough:
/// `0 0 13 * fri` is due on every 13th and every Friday. Otherwise a day must match both:
/// `0 0 */2 * mon` is due on Mondays with an odd date. So it is in Vixie's cron.
///
/// A spec whose hour field steps through the whole day (`*`, `*/6`) is an interval: it is due
/// whenever the clock shows a matching time, also the second time, and not due for times that the
/// clock leaves out. Any other spec names times of the day; ``MissingTime`` and ``RepeatedTime`` say
/// what becomes of those when the clock is put forward or back.
struct Cron: Hashable, Sendable {
    /// Without a field of seconds, the start of the minute.
    var seconds = CronValues(bits: 1, isInterval: false)
    var minutes = CronValues()
    var hours = CronValues()
    var days = CronDays()
    var months = CronValues()

    /// Returns the first second of a day that matches and is at least `time`.
    func firstTime(from time: Int) -> Int? {
        let (hour, minute, second) = (time / 3_600, time / 60 % 60, time % 60)
        let start = seconds.bits.trailingZeroBitCount
        if hours.contains(hour) {
            if minutes.contains(minute), let second = seconds.first(from: second) {
                return (hour * 60 + minute) * 60 + second
            }
            if let minute = minutes.first(from: minute + 1) {
                return (hour * 60 + minute) * 60 + start
            }
        }
        guard let hour = hours.first(from: hour + 1) else { return nil }
        return (hour * 60 + minutes.bits.trailingZeroBitCount) * 60 + start
    }

    /// Returns a bit for each day of the month that matches; that of the 1st is the second bit.
    func days(of month: MonthLayout) -> UInt32 {
        months.contains(month.month) ? days.days(of: month) : 0
    }
}
