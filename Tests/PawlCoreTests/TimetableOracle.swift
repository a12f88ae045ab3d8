import Foundation

@testable import PawlCore

/// A date, with what is to be known of its month, found by counting.
struct OracleDay {
    let month: Int
    let day: Int
    let weekday: Int
    let count: Int
    let number: Int64
    let yearly: String

    init(_ number: Int64) {
        let date = CalendarDate(daysSince1970: number)
        self.number = number
        (month, day) = (date.month, date.day)
        weekday = Int((number % 7 + 11) % 7)  // 1 January 1970 was a Thursday.
        var count = 28
        while CalendarDate(daysSince1970: number - Int64(date.day) + Int64(count) + 1).day != 1 {
            count += 1
        }
        self.count = count
        yearly = String(format: "%02d-%02d", date.month, date.day)
    }

    /// The days of the month from Monday to Friday.
    var workdays: [Int] {
        (1...count).filter { (1...5).contains((weekday + $0 - day + 70) % 7) }
    }
}

/// A spec, calendars and what they mean, made together so that nothing has to read them.
struct RandomSpec {
    private(set) var text = ""
    private(set) var only: [String] = []
    private(set) var except: [String] = []
    private(set) var isInterval = false
    /// Seconds of the day.
    private(set) var times: Set<Int> = []
    private var isDue: (OracleDay) -> Bool = { _ in true }

    /// Makes a spec that is due at multiples of `grain` seconds, which divides an hour.
    init(grain: Int, using random: inout SeededGenerator) {
        let seconds: Field =
            grain < 60 ? Self.field(0...59, by: grain, open: 3, &random) : ("0", [0])
        let minutes = Self.field(0...59, by: max(1, grain / 60), open: 2, &random)
        let hours = Self.field(0...23, by: 1, open: 4, &random)
        isInterval = hours.text.hasPrefix("*")
        for hour in hours.values {
            for minute in minutes.values {
                for second in seconds.values { times.insert((hour * 60 + minute) * 60 + second) }
            }
        }
        let dates = Self.dates(&random)
        let weekdays = Self.weekdays(&random)
        let months = Self.field(1...12, by: 1, open: 8, &random)
        text = "\(minutes.text) \(hours.text) \(dates.text) \(months.text) \(weekdays.text)"
        if grain < 60 || Bool.random(using: &random) { text = "\(seconds.text) " + text }
        let isBoth = (dates.text + " " + weekdays.text).contains { $0 == "*" || $0 == "?" }
        let only = Self.days(&random)
        let except = Self.days(&random)
        if let only { self.only = [only.text] }
        if let except { self.except = [except.text] }
        isDue = { day in
            guard months.values.contains(day.month), only?.isDue(day) ?? true,
                !(except?.isDue(day) ?? false)
            else { return false }
            let isDate = dates.isDue(day)
            let isWeekday = weekdays.isDue(day)
            return isBoth ? isDate && isWeekday : isDate || isWeekday
        }
    }

    func isDue(on day: Int64) -> Bool { isDue(OracleDay(day)) }

    private typealias Field = (text: String, values: Set<Int>)
    private typealias Days = (text: String, isDue: (OracleDay) -> Bool)

    private static func field(
        _ range: ClosedRange<Int>,
        by grain: Int,
        open: Int,
        _ random: inout SeededGenerator
    ) -> Field {
        let all = Array(stride(from: range.lowerBound, through: range.upperBound, by: grain))
        if Int.random(in: 0..<10, using: &random) < open {
            return (grain == 1 ? "*" : "*/\(grain)", Set(all))
        }
        let some = (0..<3).map { _ in Int.random(in: 0..<all.count, using: &random) }.sorted()
        let (low, high) = (all[some[0]], all[some[2]])
        switch Int.random(in: 0..<5, using: &random) {
        case 0:
            let step = grain * Int.random(in: 1...all.count, using: &random)
            return (
                "*/\(step)",
                Set(stride(from: range.lowerBound, through: range.upperBound, by: step))
            )
        // Ranges that go through everything would be intervals too.
        case 1 where grain == 1 && high < range.upperBound:
            return ("\(low)-\(high)", Set(low...high))
        case 2 where high < range.upperBound:
            let step = 2 * grain
            return ("\(low)-\(high)/\(step)", Set(stride(from: low, through: high, by: step)))
        default:
            let values = some.map { all[$0] }
            return (values.map(String.init).joined(separator: ","), Set(values))
        }
    }

    private static func dates(_ random: inout SeededGenerator) -> Days {
        let date = Int.random(in: 1...31, using: &random)
        let before = Int.random(in: 1...30, using: &random)
        switch Int.random(in: 0..<12, using: &random) {
        case 0: return ("L", { $0.day == $0.count })
        case 1: return ("L-\(before)", { $0.day + before == $0.count })
        case 2: return ("LW", { $0.day == $0.workdays.last })
        case 3:
            return (
                "\(date)W,\(before)",
                { day in
                    let nearest = day.workdays.min { abs($0 - date) < abs($1 - date) }
                    return day.day == before || date <= day.count && day.day == nearest
                }
            )
        case 4: return ("?", { _ in true })
        case 5:
            let (text, values) = field(1...31, by: 1, open: 0, &random)
            return (text, { values.contains($0.day) })
        default: return ("*", { _ in true })
        }
    }

    private static func weekdays(_ random: inout SeededGenerator) -> Days {
        let name = Int.random(in: 0...6, using: &random)
        let names = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
        let week = Int.random(in: 1...5, using: &random)
        switch Int.random(in: 0..<12, using: &random) {
        case 0: return ("\(names[name])L", { $0.weekday == name && $0.day + 7 > $0.count })
        case 1:
            return ("\(name)#\(week)", { $0.weekday == name && ($0.day + 6) / 7 == week })
        case 2: return ("?", { _ in true })
        case 3, 4:
            let (text, values) = field(0...6, by: 1, open: 0, &random)
            return (text, { values.contains($0.weekday) })
        default: return ("*", { _ in true })
        }
    }

    /// An entry of a calendar, in a quarter of cases.
    private static func days(_ random: inout SeededGenerator) -> Days? {
        let names = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
        let low = Int.random(in: 0...6, using: &random)
        let high = Int.random(in: 0...6, using: &random)
        let first = OracleDay(.random(in: 0...365, using: &random)).yearly
        let last = OracleDay(.random(in: 0...365, using: &random)).yearly
        switch Int.random(in: 0..<12, using: &random) {
        case 0: return (names[low], { $0.weekday == low })
        case 1:
            return (
                "\(names[low])..\(names[high])",
                { ($0.weekday - low + 7) % 7 <= (high - low + 7) % 7 }
            )
        case 2:
            return (
                "\(first)..\(last)",
                { day in
                    first <= last
                        ? (first...last).contains(day.yearly)
                        : day.yearly >= first || day.yearly <= last
                }
            )
        default: return nil
        }
    }
}

/// What the clock on the wall shows during some time, looked at again and again.
struct Walk {
    let start: Int64
    let end: Int64
    private var shown: [(instant: Int64, wallTime: Int64)] = []
    /// Wall times that are left out, with the instant after the gap.
    private var leftOut: [(instant: Int64, wallTime: Int64)] = []

    /// Looks each `grain` seconds, from some time before the start to some time after the end; in
    /// that margin what is repeated must be shown.
    init(
        from start: Int64,
        to end: Int64,
        grain: Int,
        margin: Int64 = 86_400,
        in zone: String
    ) throws {
        self.start = start
        self.end = end
        guard let timeZone = TimeZone(identifier: zone) else { throw UnknownZone(name: zone) }
        let grain = Int64(grain)
        var expected = Int64.max
        for instant in stride(from: start - margin, to: end + margin, by: Int(grain)) {
            let date = Date(timeIntervalSince1970: Double(instant))
            let wallTime = instant + Int64(timeZone.secondsFromGMT(for: date))
            while expected < wallTime {
                leftOut.append((instant, expected))
                expected += grain
            }
            shown.append((instant, wallTime))
            expected = wallTime + grain
        }
    }

    /// Returns the instants at which a spec is due, in order.
    func due(_ spec: RandomSpec, _ missing: MissingTime, _ repeated: RepeatedTime) -> [Int64] {
        var days: [Int64: Bool] = [:]
        func isDue(_ wallTime: Int64) -> Bool {
            let time = Int(wallTime % 86_400)
            guard spec.times.contains(time) else { return false }
            let day = (wallTime - Int64(time)) / 86_400
            if let known = days[day] { return known }
            let isDue = spec.isDue(on: day)
            days[day] = isDue
            return isDue
        }
        let matching = shown.filter { isDue($0.wallTime) }
        var instants: [Int64]
        if spec.isInterval || repeated == .both {
            instants = matching.map(\.instant)
        } else {
            let pairs = matching.map { ($0.wallTime, $0.instant) }
            let chosen = Dictionary(pairs) { repeated == .first ? min($0, $1) : max($0, $1) }
            instants = Array(chosen.values)
        }
        if !spec.isInterval, missing == .after {
            instants += leftOut.filter { isDue($0.wallTime) }.map(\.instant)
        }
        return Set(instants).filter { (start..<end).contains($0) }.sorted()
    }
}
