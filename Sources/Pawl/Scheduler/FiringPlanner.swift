import FoundationEssentials
import PawlCore
import PawlStore
import Postgres

/// Plans what becomes of the ticks of schedules; keeps the timetables that it has read.
struct FiringPlanner {
    private var timetables: [TimetableText: Timetable] = [:]

    /// A timetable takes some kilobytes if it has many days, and microseconds to read.
    private static let mostTimetables = 2_000

    /// Reads when a schedule is due, or remembers it.
    ///
    /// - Throws: ``TimetableError``.
    mutating func timetable(
        of schedule: Schedule,
        _ calendars: [String: [String]]
    ) throws -> Timetable {
        let text = try schedule.timetable.resolved(with: calendars)
        if let known = timetables[text] { return known }
        if timetables.count >= Self.mostTimetables { timetables = [:] }
        let read = try Timetable(reading: text)
        timetables[text] = read
        return read
    }

    /// Returns the first tick of a schedule that is new or was edited; `infinity` if it has none.
    mutating func firstTick(
        of record: ScheduleRecord,
        _ calendars: [String: [String]]
    ) throws -> Instant {
        try timetable(of: record.schedule, calendars).next(after: record.since.seconds)
            .map(Instant.init(seconds:)) ?? .infinity
    }

    /// Plans a schedule that is due, or has ticks that wait, in order.
    ///
    /// Of ticks that are due `limit` are planned at most; the rest follows with the next plan.
    ///
    /// - Throws: What is wrong with the schedule.
    mutating func plan(
        _ record: ScheduleRecord,
        waiting: [(tick: Instant, cause: TickCause)],
        now: Instant,
        limit: Int,
        _ calendars: [String: [String]]
    ) throws -> Firing {
        let timetable = try timetable(of: record.schedule, calendars)
        var firing = Firing(of: record)
        if record.isEnabled, firing.next == nil {
            firing.next = try firstTick(of: record, calendars)
        }
        var causes = Dictionary(uniqueKeysWithValues: waiting.map { ($0.tick, $0.cause) })
        var ticks: [Int64] = []
        let deadline = record.schedule.startDeadline
        if record.isEnabled, let due = firing.next, due <= now {
            let plan = TickPlan(
                timetable,
                TickPolicy(
                    missed: record.schedule.missed,
                    deadline: deadline.map { Int64($0 / .seconds(1)) }
                ),
                due: due.seconds,
                now: now.seconds,
                remaining: record.remaining,
                limit: limit
            )
            // A tick that waits is dealt with already, should it be due again.
            ticks = plan.fired.filter { causes[Instant(seconds: $0)] == nil }
            firing.skipped = plan.skipped.map { (Instant(seconds: $0.tick), $0.reason) }
                .filter { causes[$0.0] == nil }
            for tick in ticks { causes[Instant(seconds: tick)] = .tick }
            firing.next = plan.next.map(Instant.init(seconds:)) ?? .infinity
            let last = [plan.fired.last, plan.skipped.last?.tick].compactMap(\.self).max()
            firing.lastTick = last.map(Instant.init(seconds:))
            if plan.remaining == 0, let last {
                firing.continuation =
                    timetable.next(after: last).map(Instant.init(seconds:)) ?? .infinity
            }
        }
        // While it is paused only what somebody wants now is fired.
        let held = record.isEnabled ? [:] : causes.filter { $0.value != .manual }
        for tick in held.keys { causes[tick] = nil }
        if let deadline {
            // What is due just now was judged by its plan.
            for (tick, cause) in waiting
            where cause == .tick && tick + deadline < now && causes[tick] != nil {
                causes[tick] = nil
                firing.skipped.append((tick, "it waited longer than it may start late"))
            }
        }
        try decide(&firing, causes, record, timetable)
        firing.waiting = (firing.waiting + held.map { ($0.key, $0.value) })
            .sorted { $0.tick < $1.tick }
        firing.counted = ticks.count - firing.skipped(among: ticks)
        if firing.counted < ticks.count, let continuation = firing.continuation {
            firing.next = continuation  // It is not over if its last ticks do not count.
        }
        return firing
    }

    private func decide(
        _ firing: inout Firing,
        _ causes: [Instant: TickCause],
        _ record: ScheduleRecord,
        _ timetable: Timetable
    ) throws {
        let before = record.lastRun
        let plan = OverlapPlan(
            record.schedule.overlap,
            causes.sorted { $0.key < $1.key }.map { tick, cause in
                OverlapPlan.Arrival(
                    tick: tick.microsecondsSince1970,
                    isBackfill: cause == .backfill
                )
            },
            isLive: before?.isLive ?? false,
            isIdle: before?.isIdle ?? true
        )
        func cause(_ tick: Int64) -> (tick: Instant, cause: TickCause) {
            let tick = Instant(microsecondsSince1970: tick)
            return (tick, causes[tick] ?? .tick)
        }
        firing.waiting = plan.waiting.map(cause)
        firing.skipped += plan.skipped.map {
            (Instant(microsecondsSince1970: $0.tick), $0.reason)
        }
        firing.starts = try plan.fired.map(cause).map { tick, cause in
            let input = try ScheduledInput(record, tick: tick, cause, timetable).text()
            return Firing.Start(tick, cause, of: record.schedule, input: input)
        }
        if let ending = plan.ending, let before { firing.ended = (before.id, ending) }
    }
}

extension Firing {
    fileprivate func skipped(among ticks: [Int64]) -> Int {
        let skipped = Set(skipped.map(\.tick))
        return ticks.count { skipped.contains(Instant(seconds: $0)) }
    }
}

extension Instant {
    /// The nearest instant there is, if that many microseconds are too many.
    init(seconds: Int64) {
        let (product, overflows) = seconds.multipliedReportingOverflow(by: 1_000_000)
        guard overflows else {
            self.init(microsecondsSince1970: product)
            return
        }
        self = seconds < 0 ? .negativeInfinity : .infinity
    }

    /// Whole seconds since 1970; what is between two is the earlier one's.
    var seconds: Int64 {
        let (quotient, remainder) = microsecondsSince1970.quotientAndRemainder(
            dividingBy: 1_000_000
        )
        return remainder < 0 ? quotient - 1 : quotient
    }

    /// The first whole second that is not before it.
    var secondsRoundedUp: Int64 {
        seconds + (microsecondsSince1970 % 1_000_000 == 0 ? 0 : 1)
    }
}
