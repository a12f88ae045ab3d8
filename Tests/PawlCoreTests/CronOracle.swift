@testable import PawlCore

/// A cron spec that was made from its values, so that nothing has to read it.
struct RandomSpec {
    private(set) var text = ""
    private(set) var isInterval = false
    private var values: [Set<Int>] = []
    private var isStar: [Bool] = []

    init(using random: inout SeededGenerator) {
        var fields: [String] = []
        for (index, range) in [0...59, 0...23, 1...31, 1...12, 0...6].enumerated() {
            // Mostly open dates, so that the specs are due within a few days.
            let isOpen = Int.random(in: 0..<10, using: &random) < [2, 4, 6, 8, 6][index]
            let (text, chosen) = isOpen ? ("*", Set(range)) : Self.field(range, using: &random)
            fields.append(text)
            values.append(chosen)
            isStar.append(text.hasPrefix("*"))
            // The lists and ranges that `field` makes never go through everything.
            if index == 1 { isInterval = text.hasPrefix("*") }
        }
        text = fields.joined(separator: " ")
    }

    private static func field(
        _ range: ClosedRange<Int>,
        using random: inout SeededGenerator
    ) -> (String, Set<Int>) {
        let some = (0..<3).map { _ in Int.random(in: range, using: &random) }.sorted()
        let step = Int.random(in: 2...range.upperBound, using: &random)
        switch Int.random(in: 0..<6, using: &random) {
        case 0, 1:
            return (
                "*/\(step)",
                Set(stride(from: range.lowerBound, through: range.upperBound, by: step))
            )
        case 2 where some[2] < range.upperBound:
            return ("\(some[0])-\(some[2])", Set(some[0]...some[2]))
        case 3 where some[2] < range.upperBound:
            return ("\(some[0])-\(some[2])/2", Set(stride(from: some[0], through: some[2], by: 2)))
        default:
            return (some.map(String.init).joined(separator: ","), Set(some))
        }
    }

    /// Whether the start of a minute matches, given as a wall time.
    func matches(_ minute: Walk.Minute) -> Bool {
        guard values[0].contains(minute.minute), values[1].contains(minute.hour),
            values[3].contains(minute.month)
        else { return false }
        let byDate = values[2].contains(minute.day)
        let byWeekday = values[4].contains(minute.dayOfWeek)
        return isStar[2] || isStar[4] ? byDate && byWeekday : byDate || byWeekday
    }
}

/// Every minute of some days, and what the clock on the wall shows then.
struct Walk {
    struct Minute {
        let wallTime: Int64
        let minute: Int
        let hour: Int
        let day: Int
        let month: Int
        let dayOfWeek: Int

        init(_ wallTime: Int64) {
            let date = CalendarDate(daysSince1970: CalendarDate.floor(wallTime, 86_400))
            self.wallTime = wallTime
            minute = Int(wallTime / 60 % 60)
            hour = Int(wallTime / 3_600 % 24)
            day = date.day
            month = date.month
            dayOfWeek = date.dayOfWeek
        }
    }

    let start: Int64
    let end: Int64
    private var shown: [(instant: Int64, minute: Minute)] = []
    /// The wall times that the clock passed for the first time, those of a gap with the instant
    /// after it.
    private var passed: [(instant: Int64, minute: Minute)] = []

    init(from start: Int64, days: Int64, in zone: Zone) {
        self.start = start
        end = start + days * 86_400
        // Two days before, so that a clock that was put back is known.
        var latest = start - 2 * 86_400 + zone.offset(at: start - 2 * 86_400) - 60
        for instant in stride(from: start - 2 * 86_400, to: end, by: 60) {
            let wallTime = instant + zone.offset(at: instant)
            if instant >= start { shown.append((instant, Minute(wallTime))) }
            while latest < wallTime {
                latest += 60
                if instant >= start { passed.append((instant, Minute(latest))) }
            }
        }
    }

    /// Returns the instants at which a spec is due, in order.
    func due(_ spec: RandomSpec) -> [Int64] {
        var instants: [Int64] = []
        for (instant, minute) in spec.isInterval ? shown : passed
        where instants.last != instant && spec.matches(minute) {
            instants.append(instant)
        }
        return instants
    }
}
