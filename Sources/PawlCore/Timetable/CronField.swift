/// A field of a cron spec, in the order in which they are written.
enum CronField: String, CaseIterable, Sendable {
    case second
    case minute
    case hour
    case dayOfMonth = "day of month"
    case month
    case dayOfWeek = "day of week"

    /// What may be written.
    var bounds: ClosedRange<Int> {
        switch self {
        case .second, .minute: 0...59
        case .hour: 0...23
        case .dayOfMonth: 1...31
        case .month: 1...12
        case .dayOfWeek: 0...7  // Both ends are Sunday.
        }
    }

    /// What `*` stands for.
    var all: ClosedRange<Int> {
        self == .dayOfWeek ? 0...6 : bounds
    }

    /// Whether it selects days, so that `?` may leave that to the other such field.
    var isOfDays: Bool { self == .dayOfMonth || self == .dayOfWeek }

    /// What may be written instead of the numbers from the lower bound on; the first three letters
    /// are enough.
    var names: [String] {
        switch self {
        case .second, .minute, .hour, .dayOfMonth:
            []
        case .month:
            [
                "january", "february", "march", "april", "may", "june", "july", "august",
                "september", "october", "november", "december",
            ]
        case .dayOfWeek:
            ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]
        }
    }

    /// What may be written, for people.
    var allowed: String {
        switch self {
        case .second, .minute, .hour, .dayOfMonth: "\(bounds.lowerBound) to \(bounds.upperBound)"
        case .month: "1 to 12 or jan to dec"
        case .dayOfWeek: "0 to 7 or sun to sat"
        }
    }

    /// What may be written besides lists, ranges and steps, for people.
    var special: String {
        switch self {
        case .second, .minute, .hour, .month: ""
        case .dayOfMonth: ", L, L-3, LW, 15W, ?"
        case .dayOfWeek: ", friL, mon#2, ?"
        }
    }
}

/// What one field of a cron spec selects.
struct CronValues: Hashable, Sendable {
    /// A bit for each value.
    var bits: UInt64 = 0
    /// Whether the field starts with `*` or is `?`; of two day fields such a one does not add days.
    var isStar = false
    /// Whether all of the field are steps through everything: `*`, `*/5`, `0/5` or `0-23/5`.
    var isInterval = true

    func contains(_ value: Int) -> Bool {
        bits & (1 << UInt64(value)) != 0
    }

    /// Returns the smallest value that is at least `lowest`.
    func first(from lowest: Int) -> Int? {
        let rest = (bits >> UInt64(lowest)) << UInt64(lowest)
        return rest == 0 ? nil : rest.trailingZeroBitCount
    }
}
