/// Days of a calendar, such as holidays or working days, as a list of entries names them.
///
/// An entry is a date `2026-12-25`, a date of each year `12-25`, a day of the week `sat`, or a range
/// of two such: `2026-12-24..2027-01-01`, `12-24..01-06`, `mon..fri`. Both ends belong to a range.
/// One of dates of the year may go over New Year, and one of days of the week over Sunday.
package struct DaySet: Hashable, Sendable {
    /// The most entries: twenty holidays for fifty years.
    package static let mostEntries = 10_000

    /// The entries as they were written.
    package private(set) var entries: [String] = []
    /// Ranges of dates in days since 1970, in order and apart from each other.
    private var dates: [ClosedRange<Int64>] = []
    /// For each month, a bit for each day; that of the 1st is the second bit.
    private var yearly = [UInt32](repeating: 0, count: 12)
    /// A bit for each day of the week from Sunday on.
    private var weekdays: UInt64 = 0

    /// Creates a set without any day.
    package init() {}

    /// Reads entries.
    package init(reading entries: [String]) throws(DaySetError) {
        guard entries.count <= Self.mostEntries else {
            throw DaySetError(
                entry: "",
                index: Self.mostEntries,
                message: "there are more than \(Self.mostEntries) entries",
                hint: "write successive days as ranges"
            )
        }
        self.entries = entries
        for (index, entry) in entries.enumerated() {
            do {
                try add(entry)
            } catch {
                throw DaySetError(
                    entry: DaySetError.excerpt(entry),
                    index: index,
                    message: error.message,
                    hint: error.hint
                )
            }
        }
        join()
    }

    /// Whether it has no day.
    package var isEmpty: Bool { entries.isEmpty }

    /// Returns a bit for each day of a month that belongs to it.
    func days(of month: MonthLayout) -> UInt32 {
        var days = yearly[month.month - 1] & month.all
        if weekdays != 0 { days |= month.days(on: weekdays) }
        guard !dates.isEmpty else { return days }
        let end = month.start + Int64(month.count) - 1
        for range in dates[firstRange(endingFrom: month.start)...] {
            guard range.lowerBound <= end else { break }
            let low = UInt32(max(range.lowerBound, month.start) - month.start + 1)
            let high = UInt32(min(range.upperBound, end) - month.start + 1)
            days |= (UInt32.max >> (31 - high)) & (UInt32.max << low)
        }
        return days
    }

    private func firstRange(endingFrom day: Int64) -> Int {
        var (low, high) = (0, dates.count)
        while low < high {
            let middle = low + (high - low) / 2
            if dates[middle].upperBound >= day { high = middle } else { low = middle + 1 }
        }
        return low
    }

    private mutating func add(_ entry: String) throws(DayEntry.Fault) {
        switch try DayEntry(entry) {
        case .dates(let range): dates.append(range)
        case .yearly(let first, let last):
            var date = first
            add(date)
            // A year has 366 such dates at most.
            while date != last {
                date = date.following
                add(date)
            }
        case .weekdays(let first, let last):
            for step in 0...(last - first + 7) % 7 {
                weekdays |= 1 << UInt64((first + step) % 7)
            }
        }
    }

    private mutating func add(_ date: DayEntry.YearlyDate) {
        yearly[date.month - 1] |= 1 << UInt32(date.day)
    }

    private mutating func join() {
        var joined: [ClosedRange<Int64>] = []
        for range in dates.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            guard let last = joined.last, range.lowerBound <= last.upperBound + 1 else {
                joined.append(range)
                continue
            }
            joined[joined.count - 1] =
                last.lowerBound...max(last.upperBound, range.upperBound)
        }
        dates = joined
    }
}

/// A list is not one of days.
package struct DaySetError: Error, Hashable, CustomStringConvertible {
    /// The start of the entry that is wrong.
    package let entry: String
    /// Which one it is, from 0.
    package let index: Int
    /// What is wrong with it.
    package let message: String
    /// What is allowed.
    package let hint: String

    /// What is wrong, where, and what is allowed, on one line.
    package var description: String {
        "cannot read entry \(index + 1), \"\(entry)\": \(message) (\(hint))"
    }

    /// An entry is at most 24 bytes long; of a longer one the start will do.
    fileprivate static func excerpt(_ entry: String) -> String {
        String(entry.prefix(32).map { $0.isASCII && $0 >= " " && $0 <= "~" ? $0 : "?" })
    }
}
