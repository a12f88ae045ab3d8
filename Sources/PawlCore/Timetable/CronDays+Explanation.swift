extension CronDays {
    /// The days in words, `on the last weekday of the month`; empty if they are all days.
    ///
    /// `month` is the month or some months by name.
    func explanation(in month: String) -> String {
        let isBoth = dates.isStar || weekdays.isStar
        let isAllDates = CronShape(dates, of: .dayOfMonth) == .all
        let isAllWeekdays = CronShape(weekdays, of: .dayOfWeek) == .all
        if isBoth ? isAllDates && isAllWeekdays : isAllDates || isAllWeekdays { return "" }
        let byDate = "\(dateNames.joined("and")) of \(month)"
        let byWeekday = [
            weekdayNames.joined("and"),
            placedNames.isEmpty ? "" : "\(placedNames.joined("and")) of \(month)",
        ].filter { !$0.isEmpty }.joined("and")
        if isAllDates { return "on \(byWeekday)" }
        if isAllWeekdays { return "on \(byDate)" }
        return isBoth ? "on \(byDate) if it is \(byWeekday)" : "on \(byDate) or on \(byWeekday)"
    }

    private var dateNames: [String] {
        var names: [String] = []
        if dates.isStar, case .step(let step) = CronShape(dates, of: .dayOfMonth) {
            names.append("every \(step.ordinal) day from the 1st")
        } else {
            names += Array(Bits(dates.bits)).runs { "the \($0.ordinal)" }
        }
        names += Bits(UInt64(nearest)).map { "the weekday nearest the \($0.ordinal)" }
        for before in Array(Bits(UInt64(beforeLast))).reversed() {
            switch before {
            case 0: names.append("the last day")
            case 1: names.append("the day before the last")
            default: names.append("\(before) days before the last day")
            }
        }
        if hasLastWeekday { names.append("the last weekday") }
        return names
    }

    /// Days of each week, from Monday on.
    private var weekdayNames: [String] {
        let sunday = weekdays.bits & 1
        return Array(Bits(weekdays.bits & ~1 | sunday << 7)).runs(naming: Self.name)
    }

    /// Days of some week of the month.
    private var placedNames: [String] {
        let words = ["first", "second", "third", "fourth", "fifth"]
        var names = Bits(ordinal).map { "the \(words[$0 / 7]) \(Self.name($0 % 7))" }
        names += Bits(UInt64(last)).map { "the last \(Self.name($0))" }
        return names
    }

    private static func name(_ weekday: Int) -> String {
        CronField.dayOfWeek.names[weekday % 7].capitalized
    }
}

extension String {
    /// The word with its first letter in upper case.
    var capitalized: String { prefix(1).uppercased() + dropFirst() }
}
