extension Timetable {
    /// Returns the last tick at or before an instant, or `nil` if there is none.
    ///
    /// It takes some dozens of ``next(after:)``.
    package func latest(through seconds: Int64) -> Int64? {
        let seconds = min(seconds, Self.range.upperBound)
        guard seconds >= Self.range.lowerBound else { return nil }
        var reach: Int64 = 60
        while true {
            let after = max(seconds - reach, Self.range.lowerBound - 1)
            if let tick = next(after: after), tick <= seconds {
                return latest(from: tick, through: seconds)
            }
            guard after >= Self.range.lowerBound else { return nil }
            reach *= 4
        }
    }

    /// Halves the time in which the latest tick can be.
    private func latest(from tick: Int64, through seconds: Int64) -> Int64 {
        var (found, end) = (tick, seconds)
        while found < end {
            let middle = found + (end - found) / 2
            if let tick = next(after: middle), tick <= seconds {
                found = tick
            } else {
                end = middle
            }
        }
        return found
    }

    /// Returns the ticks of a range in order; each is found when it is asked for.
    package func ticks(in range: Range<Int64>) -> some Sequence<Int64> {
        // Nothing is before the least integer.
        let before = range.lowerBound == .min ? .min : range.lowerBound - 1
        return sequence(state: before) { (last: inout Int64) -> Int64? in
            guard let tick = next(after: last), tick < range.upperBound else { return nil }
            last = tick
            return tick
        }
    }
}
