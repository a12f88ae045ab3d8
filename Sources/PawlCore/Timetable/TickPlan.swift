/// What a scheduler does about a schedule that is due: which ticks it fires, and which it does not.
///
/// 1. Each tick from `due` to `now` is in one of the two lists of one plan.
/// 2. Plans that are limited say together what one plan without a limit says at the same `now`.
/// 3. No more ticks are fired than remain; when none remains the schedule has ended.
package struct TickPlan: Hashable, Sendable {
    /// A tick that is not fired, and why.
    package struct Skip: Hashable, Sendable {
        package let tick: Int64
        package let reason: String
    }

    /// Ticks that are fired, in order; seconds since 1970.
    package private(set) var fired: [Int64] = []
    /// Ticks that are not fired, in order.
    package private(set) var skipped: [Skip] = []
    /// The tick after them; `nil` if there will be none.
    ///
    /// If it is not after `now` the limit was reached, and the next plan goes on with it.
    package private(set) var next: Int64?
    /// How many ticks may be fired after these; `nil` if there is no limit to that.
    package private(set) var remaining: Int?

    /// Plans the ticks from `due` to `now`; without `due` the schedule is new or was edited, and
    /// waits for its first slot after `now`.
    ///
    /// A `due` that is no tick of the timetable is one nevertheless. At most `limit` ticks are
    /// planned, at least one: as many as one transaction records.
    package init(
        _ timetable: Timetable,
        _ policy: TickPolicy = TickPolicy(),
        due: Int64?,
        now: Int64,
        remaining: Int? = nil,
        limit: Int = 1_000
    ) {
        self.remaining = remaining
        if let remaining, remaining <= 0 { return }
        guard let due else {
            next = timetable.next(after: now)
            return
        }
        next = due
        var newest = NewestTicks(timetable, due: due, now: now)
        while let tick = next, tick <= now, fired.count + skipped.count < max(limit, 1) {
            next = timetable.next(after: tick)
            let isLast = next.map { $0 > now } ?? true
            if let reason = policy.obstacle(to: tick, isLast: isLast, among: &newest, at: now) {
                skipped.append(Skip(tick: tick, reason: reason))
                continue
            }
            fired.append(tick)
            guard let left = self.remaining else { continue }
            self.remaining = left - 1
            if left == 1 { next = nil }
        }
    }
}

extension TickPolicy {
    /// Returns why a tick is not fired, or `nil` if it is.
    fileprivate func obstacle(
        to tick: Int64,
        isLast: Bool,
        among newest: inout NewestTicks,
        at now: Int64
    ) -> String? {
        // The difference of any two integers may not fit one.
        let (difference, isOver) = now.subtractingReportingOverflow(tick)
        let late = isOver ? .max : difference
        if let deadline, late > deadline {
            return "found \(late) s late; it may start up to \(deadline) s after its time"
        }
        guard late > Self.grace else { return nil }
        switch missed {
        case .skip:
            return "missed; found \(late) s late"
        case .latest:
            return isLast ? nil : "missed; a later tick was due"
        case .all(let count):
            let count = min(max(count, 0), Self.mostMissed)
            if let first = newest.first(of: count), tick >= first { return nil }
            return "missed; only the newest \(count) are fired"
        }
    }
}

/// The ticks up to now, counted from the newest.
private struct NewestTicks {
    private let timetable: Timetable
    private let due: Int64
    private let end: Int64
    private var found: Int64?

    init(_ timetable: Timetable, due: Int64, now: Int64) {
        self.timetable = timetable
        self.due = due
        end = now
    }

    /// Returns the oldest of the newest `count` ticks; `nil` if there is none.
    ///
    /// It is sought once, and always asked for with the same count.
    mutating func first(of count: Int) -> Int64? {
        guard count > 0 else { return nil }
        if let found { return found }
        var first = due
        var last = end
        for _ in 0..<count {
            guard let tick = timetable.latest(through: last), tick > due else {
                first = due
                break
            }
            first = tick
            last = tick - 1
        }
        found = first
        return first
    }
}
