/// When something is due, as a cron spec says it.
///
/// A spec has five fields: minute, hour, day of month, month and day of week. A field is `*` or a
/// list of values, ranges `a-b` and steps `*/n`, `a-b/n` and `a/n` (from `a` to the end); months
/// and days of the week may be given by their English names. Sunday is 0 and 7. Instead of fields
/// there may be `@yearly`, `@annually`, `@monthly`, `@weekly`, `@daily`, `@midnight` or `@hourly`.
///
/// If neither day field starts with `*`, a day that matches one of them is enough: `0 0 13 * fri`
/// is due on every 13th and every Friday. If one starts with `*`, a day must match both:
/// `0 0 */2 * mon` is due on Mondays with an odd date. So it is in Vixie's cron.
///
/// Clocks are put forward and back. A spec whose hour field steps through the whole day (`*`,
/// `*/6`) is an interval: it is due whenever the clock shows a matching time, also the second time,
/// and not due for times that are left out. Any other spec names times of the day: a time that is
/// shown twice is due the first time, and times that are left out are due once, together, when the
/// clock has been put forward.
package struct Cron: Hashable, Sendable, CustomStringConvertible {
    /// The longest spec that is read, in bytes.
    package static let maximumLength = 256

    /// The spec as it was written.
    package let text: String

    let minutes: CronValues
    let hours: CronValues
    let daysOfMonth: CronValues
    let months: CronValues
    let daysOfWeek: CronValues

    /// Reads a spec.
    package init(parsing text: String) throws(CronError) {
        var parser = try CronParser(text)
        let values = try parser.fields()
        self.text = text
        minutes = values[.minute, default: CronValues()]
        hours = values[.hour, default: CronValues()]
        daysOfMonth = values[.dayOfMonth, default: CronValues()]
        months = values[.month, default: CronValues()]
        daysOfWeek = values[.dayOfWeek, default: CronValues()]
    }

    /// The spec as it was written.
    package var description: String { text }
}

/// A text is not a cron spec.
package struct CronError: Error, Hashable, CustomStringConvertible {
    /// The field in which it is wrong, or `nil` if the text as a whole is.
    package let field: CronField?
    /// The place, in bytes from the start of the text.
    package let offset: Int
    /// What is wrong, without field and place.
    package let message: String
    /// What is allowed there.
    package let hint: String

    /// What is wrong, where, and what is allowed, on one line.
    package var description: String {
        let subject = field.map { "\($0.rawValue) of cron spec" } ?? "cron spec"
        return "cannot read \(subject): \(message), at byte \(offset) (\(hint))"
    }
}
