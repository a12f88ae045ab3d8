/// What a scheduler does about a schedule that is due: which ticks it lets pass, and which it fires.
///
/// Of several ticks that were missed the latest is fired and the others are skipped.
package struct TickPlan: Hashable, Sendable {
    /// Ticks that are not fired, in order; seconds since 1970.
    package private(set) var skipped: [Int64] = []
    /// The tick that is fired.
    package private(set) var fired: Int64?
    /// The tick after them; `nil` if there will be none.
    package private(set) var next: Int64?

    /// As many ticks as one transaction records.
    ///
    /// Of a longer absence the rest comes with the next.
    static let most = 1_000

    /// Plans the ticks from `due` to `now`; without `due` the schedule is new and waits for its
    /// first slot after `now`.
    package init(_ cron: Cron, in zone: Zone, due: Int64?, now: Int64) {
        guard let due else {
            next = cron.next(after: now, in: zone)
            return
        }
        var tick: Int64? = due
        while let current = tick, current <= now, skipped.count < Self.most {
            skipped.append(current)
            tick = cron.next(after: current, in: zone)
        }
        next = tick
        let isUpToDate = tick.map { $0 > now } ?? true
        if isUpToDate { fired = skipped.popLast() }
    }
}
