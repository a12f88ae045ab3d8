extension Timetable {
    /// The timetable in words, on one line: when, by which clock, what becomes of times that the
    /// clock leaves out or repeats, and where it is restricted.
    package var explanation: String {
        var parts = [spec.explanation]
        if isByClock { parts.append("by the clock of \(zone.name)") }
        if isByClock, zone.stretches.count > 1 { parts += clockPhrases }
        if !only.isEmpty { parts.append("only on \(only.entries.joined("and"))") }
        if !except.isEmpty { parts.append("not on \(except.entries.joined("and"))") }
        if let start { parts.append("from \(Self.text(start)) on") }
        if let end { parts.append("until before \(Self.text(end))") }
        return parts.joined(separator: "; ")
    }

    /// Whether the clock of the zone has a say, other than for calendars.
    private var isByClock: Bool {
        switch spec.kind {
        case .cron: true
        case .every: !only.isEmpty || !except.isEmpty
        case .at(let occasions): occasions.hasWallTimes || !only.isEmpty || !except.isEmpty
        }
    }

    private var clockPhrases: [String] {
        switch spec.kind {
        case .cron(let cron) where cron.hours.isInterval:
            return ["whenever the clock shows it"]
        case .at(let occasions) where !occasions.hasWallTimes:
            return []
        case .every:
            return []
        case .cron, .at:
            let missing =
                switch missing {
                case .after: "a time that the clock leaves out comes right after the gap"
                case .skip: "a time that the clock leaves out is skipped"
                }
            let repeated =
                switch repeated {
                case .first: "one that it shows twice counts the first time"
                case .second: "one that it shows twice counts the second time"
                case .both: "one that it shows twice counts both times"
                }
            return [missing, repeated]
        }
    }

    /// Writes an instant that may be any integer.
    private static func text(_ instant: Int64) -> String {
        range.contains(instant) ? wallText(instant) + "Z" : "\(instant) s since 1970"
    }
}

extension TickSpec {
    /// The spec in words, such as `every 5 minutes between 09:00 and 17:59`.
    package var explanation: String {
        switch kind {
        case .cron(let cron):
            return cron.explanation
        case .every(let interval):
            let amount =
                switch interval.length {
                case 1: "second"
                case 60: "minute"
                case 3_600: "hour"
                // A day of the calendar may be longer or shorter.
                case 86_400: "24 hours"
                default: "\(Amount(interval.length))"
                }
            return "every \(amount), counted from \(wallText(interval.anchor))Z"
        case .at(let occasions):
            let times = occasions.times.map { time in
                switch time {
                case .instant(let instant): wallText(instant) + "Z"
                case .wallTime(let wallTime): wallText(wallTime)
                }
            }
            return "at " + times.joined("and")
        }
    }
}

extension Occasions {
    /// Whether the clock of a zone decides about some of the times.
    var hasWallTimes: Bool {
        times.contains { if case .wallTime = $0 { true } else { false } }
    }
}
