extension Cron {
    /// The fields in words: `at 08:30 on Monday to Friday`.
    var explanation: String {
        let months = monthNames.joined("and")
        var days = days.explanation(in: months.isEmpty ? "the month" : months)
        if days.isEmpty, namesTimes { days = "every day" }
        if !months.isEmpty, !days.hasSuffix(months) {
            days += days.isEmpty ? "in \(months)" : " in \(months)"
        }
        return days.isEmpty ? times : "\(times) \(days)"
    }

    /// As many times of the day as are named one by one.
    private static let mostTimes = 6

    private var namesTimes: Bool {
        let count = seconds.bits.nonzeroBitCount * minutes.bits.nonzeroBitCount
        return !hours.isInterval && count * hours.bits.nonzeroBitCount <= Self.mostTimes
    }

    private var times: String {
        if namesTimes { return "at " + timesOfDay.joined("and") }
        if seconds.bits == 1, minutes.bits.nonzeroBitCount == 1 {
            return hourly(at: minutes.bits.trailingZeroBitCount)
        }
        return frequency + hourPhrase
    }

    private var timesOfDay: [String] {
        Bits(hours.bits).flatMap { hour in
            Bits(minutes.bits).flatMap { minute in
                Bits(seconds.bits).map { second in
                    let time = "\(padded(hour, 2)):\(padded(minute, 2))"
                    return seconds.bits == 1 ? time : time + ":\(padded(second, 2))"
                }
            }
        }
    }

    /// Once in each of some hours.
    private func hourly(at minute: Int) -> String {
        switch CronShape(hours, of: .hour) {
        case .all:
            return minute == 0 ? "every hour" : "at minute \(minute) of every hour"
        case .step(let step):
            let rest = 24 % step == 0 ? "" : " from 00:00"
            return minute == 0
                ? "every \(step) hours" + rest
                : "at minute \(minute) of every \(step.ordinal) hour" + rest
        case .range(let low, let high):
            let time = padded(minute, 2)
            return "every hour from \(padded(low, 2)):\(time) to \(padded(high, 2)):\(time)"
        case .list:
            return "at minute \(minute)" + hourPhrase
        }
    }

    /// What is due within an hour.
    private var frequency: String {
        let minutePhrase = Self.frequency(CronShape(minutes, of: .minute), "minute", per: "hour")
        guard seconds.bits != 1 else { return minutePhrase }
        let second = CronShape(seconds, of: .second)
        let secondPhrase = Self.frequency(second, "second", per: "minute")
        switch CronShape(minutes, of: .minute) {
        case .all:
            switch second {
            case .all, .step: return secondPhrase
            case .range, .list: return secondPhrase + " of every minute"
            }
        case .step(let step):
            return secondPhrase + " of every \(step.ordinal) minute"
        case .range, .list:
            // Instead of `at minutes`, which is for what is due once in each.
            return secondPhrase + " of" + minutePhrase.dropFirst(2)
        }
    }

    private static func frequency(_ shape: CronShape, _ unit: String, per whole: String) -> String {
        switch shape {
        case .all:
            "every \(unit)"
        case .step(let step):
            "every \(step) \(unit)s" + (60 % step == 0 ? "" : " from the start of each \(whole)")
        case .range(let low, let high):
            "at \(unit)s \(low) to \(high)"
        case .list(let list):
            "at \(unit)\(list.count == 1 ? "" : "s") " + list.runs { "\($0)" }.joined("and")
        }
    }

    private var hourPhrase: String {
        switch CronShape(hours, of: .hour) {
        case .all:
            if case .all = CronShape(minutes, of: .minute) { return "" }
            if case .step = CronShape(minutes, of: .minute) { return "" }
            return " of every hour"
        case .step(let step):
            return " of every \(step.ordinal) hour" + (24 % step == 0 ? "" : " from 00:00")
        case .range(let low, let high):
            return " between \(padded(low, 2)):00 and \(padded(high, 2)):59"
        case .list(let list):
            let names = list.runs { padded($0, 2) }
            return " of \(list.count == 1 ? "hour" : "hours") " + names.joined("and")
        }
    }

    /// Months to which it is restricted.
    private var monthNames: [String] {
        if case .all = CronShape(months, of: .month) { return [] }
        return Array(Bits(months.bits)).runs { CronField.month.names[$0 - 1].capitalized }
    }
}
