import Foundation

/// The stretches of time in which the clock of a zone is not put forward or back.
///
/// They are numbered in order and leave nothing out: the first began long ago, and the last lasts.
/// They are found once, from 1900 to 2500, so that to find a tick is arithmetic. It takes 16 bytes
/// and a few more for each change, of which zones with daylight saving have a thousand.
struct Stretches: Sendable {
    /// Where each stretch begins; seconds since 1970.
    private var starts: [Int64] = [-Self.far]
    private var offsets: [Int64]
    /// The latest wall time that was shown before each stretch, plus one second.
    private var passed: [Int64] = [-Self.far]

    /// Further than any instant that is asked for, and not so far that sums overflow.
    static let far: Int64 = 1 << 60

    init(of timeZone: TimeZone) {
        // Some days more, because wall times of those years are asked for.
        var instant = Date(timeIntervalSince1970: Double(Timetable.range.lowerBound - 4 * 86_400))
        let end = Date(timeIntervalSince1970: Double(Timetable.range.upperBound + 4 * 86_400))
        offsets = [Int64(timeZone.secondsFromGMT(for: instant))]
        while let change = timeZone.nextDaylightSavingTimeTransition(after: instant),
            change > instant, change < end
        {
            instant = change
            let offset = Int64(timeZone.secondsFromGMT(for: change))
            guard offset != offsets[offsets.count - 1] else { continue }
            let start = Int64(change.timeIntervalSince1970)
            let last = offsets.count - 1
            passed.append(max(passed[last], start + offsets[last]))
            starts.append(start)
            offsets.append(offset)
        }
    }

    var count: Int { starts.count }

    /// Returns the number of the stretch in which an instant lies.
    func index(at seconds: Int64) -> Int {
        Self.first(of: 1..<count) { starts[$0] > seconds } - 1
    }

    func start(of index: Int) -> Int64 { starts[index] }

    func end(of index: Int) -> Int64 { index + 1 < count ? starts[index + 1] : Self.far }

    func offset(of index: Int) -> Int64 { offsets[index] }

    /// Returns the first wall time that had not been shown before the stretch began.
    func passed(before index: Int) -> Int64 { passed[index] }

    /// Returns the wall time that is shown after the end of the stretch; `far` for the last one.
    func shownAfter(_ index: Int) -> Int64 {
        index + 1 < count ? starts[index + 1] + offsets[index + 1] : Self.far
    }

    /// Returns the first stretch after one, up to whose end a wall time has been shown or left out.
    func first(after index: Int, passing wallTime: Int64) -> Int {
        Self.first(of: index + 1..<count - 1) { passed[$0 + 1] > wallTime }
    }

    /// Returns the first of the numbers for which this is so, or their end; if it is so for one, it
    /// must be for all that follow.
    private static func first(of numbers: Range<Int>, where isSo: (Int) -> Bool) -> Int {
        var (low, high) = (numbers.lowerBound, numbers.upperBound)
        while low < high {
            let middle = low + (high - low) / 2
            if isSo(middle) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
