/// A tick as it is shown to people before it comes.
package struct TickPreview: Hashable, Sendable {
    /// What clocks have to do with a tick.
    package enum Remark: Hashable, Sendable, CustomStringConvertible {
        /// Its time is left out; it comes so many seconds later by the clock.
        case moved(Int64)
        /// Its time will be shown again.
        case firstShowing
        /// Its time was shown before.
        case secondShowing
        /// The clock was put forward, or back if that is negative, by so many seconds since the tick
        /// before.
        case clockChange(Int64)

        /// The remark in words.
        package var description: String {
            switch self {
            case .moved(let seconds):
                "its time is left out; moved by \(Amount(seconds))"
            case .firstShowing:
                "first showing of a repeated time"
            case .secondShowing:
                "second showing of a repeated time"
            case .clockChange(let seconds):
                "the clock was put \(seconds < 0 ? "back" : "forward") by "
                    + "\(Amount(abs(seconds))) since the tick before"
            }
        }
    }

    /// The instant; seconds since 1970.
    package let tick: Int64
    /// What is added to the instant to have the wall time, in seconds.
    package let offset: Int64
    package let remark: Remark?

    /// What the clock shows, with the offset: `2026-03-29T08:30:00+02:00`.
    package var text: String {
        let minutes = Int(abs(offset) / 60)
        return wallText(tick + offset) + (offset < 0 ? "-" : "+")
            + "\(padded(minutes / 60, 2)):\(padded(minutes % 60, 2))"
    }
}

extension Timetable {
    /// Returns what the clock shows at an instant, with the offset.
    package func localText(_ seconds: Int64) -> String {
        TickPreview(tick: seconds, offset: zone.offset(at: seconds), remark: nil).text
    }

    /// Returns the first ticks after an instant, so many at most.
    package func preview(after seconds: Int64, count: Int) -> [TickPreview] {
        var previews: [TickPreview] = []
        var before = latest(through: seconds)
        var last = seconds
        while previews.count < count, let tick = next(after: last) {
            previews.append(
                TickPreview(
                    tick: tick,
                    offset: zone.offset(at: tick),
                    remark: remark(on: tick, before: before)
                )
            )
            before = tick
            last = tick
        }
        return previews
    }

    private func remark(on tick: Int64, before: Int64?) -> TickPreview.Remark? {
        let stretches = zone.stretches
        let index = stretches.index(at: tick)
        let wallTime = tick + stretches.offset(of: index)
        if let named = namedTime(of: tick), named < wallTime { return .moved(wallTime - named) }
        if wallTime < stretches.passed(before: index) { return .secondShowing }
        if wallTime >= stretches.shownAfter(index) { return .firstShowing }
        guard let before else { return nil }
        let change = stretches.offset(of: index) - zone.offset(at: before)
        return change == 0 ? nil : .clockChange(change)
    }

    /// Returns the wall time for which a tick was named, if it may be another than is shown.
    private func namedTime(of tick: Int64) -> Int64? {
        let stretches = zone.stretches
        let index = stretches.index(at: tick)
        guard missing == .after, tick == stretches.start(of: index) else { return nil }
        let passed = stretches.passed(before: index)
        switch spec.kind {
        case .cron(let cron) where !cron.hours.isInterval:
            return firstWallTime(of: cron, from: passed)
        case .at(let occasions):
            return occasions.times.lazy.compactMap {
                if case .wallTime(let wallTime) = $0, wallTime >= passed { wallTime } else { nil }
            }.min()
        case .cron, .every:
            return nil
        }
    }
}
