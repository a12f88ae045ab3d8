import Foundation

/// A time zone: which time a clock on the wall shows at an instant.
///
/// Instants are seconds since 1970 in UTC. A wall time is held as if it were UTC: the seconds from
/// 1970-01-01 00:00 to what the clock shows. The rules of zones are those that come with Foundation.
package struct Zone: Hashable, Sendable {
    /// Coordinated Universal Time.
    package static let utc = Zone(name: "UTC", timeZone: .gmt)

    /// The name that the zone was made from.
    package let name: String
    private let timeZone: TimeZone

    private init(name: String, timeZone: TimeZone) {
        self.name = name
        self.timeZone = timeZone
    }

    /// Creates the zone with an IANA name of the form Area/Location, or `UTC`.
    ///
    /// Abbreviations are refused: `BST` would be a time of Bangladesh here, and `EST` a time that
    /// nobody in New York sees in summer.
    package init(named name: String) throws(UnknownZone) {
        if name == "UTC" {
            self = .utc
            return
        }
        // Foundation cuts a name at a NUL, and takes letters without a slash for abbreviations.
        let isPlain = name.utf8.count <= 64 && name.utf8.allSatisfy { (0x21..<0x7f).contains($0) }
        guard isPlain, name.contains("/"), let timeZone = TimeZone(identifier: name) else {
            throw UnknownZone(name: name)
        }
        self.init(name: name, timeZone: timeZone)
    }

    /// Returns what is to be added to the instant to have the wall time.
    func offset(at seconds: Int64) -> Int64 {
        Int64(timeZone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds))))
    }
}

/// No time zone has this name.
package struct UnknownZone: Error, Hashable, CustomStringConvertible {
    /// The name.
    package let name: String

    /// What to do about it.
    package var hint: String {
        let lowercased = name.prefix(64).lowercased()
        let similar = TimeZone.knownTimeZoneIdentifiers.first { $0.lowercased() == lowercased }
        return similar.map { "the name is spelled \($0)" }
            ?? "use a name of the IANA time zone database, such as Europe/Berlin, or UTC"
    }

    /// The name and the hint, on one line.
    package var description: String {
        "unknown time zone \"\(name.prefix(64))\" (\(hint))"
    }
}

extension Zone {
    /// How far apart a wall time and an instant may be, with room to spare; in no zone did the
    /// offset ever change twice within thrice this time since 1970.
    static let reach: Int64 = 2 * 86_400

    /// Returns the first instant of `start + 1 ... end` with another offset than at `start`, or
    /// `nil` if the offsets at `start` and `end` are the same.
    ///
    /// The instants must be so close that there is at most one change between them.
    func change(after start: Int64, through end: Int64) -> Int64? {
        let before = offset(at: start)
        guard offset(at: end) != before else { return nil }
        var last = start
        var first = end
        while first - last > 1 {
            let middle = last + (first - last) / 2
            if offset(at: middle) == before { last = middle } else { first = middle }
        }
        return first
    }

    /// Returns the latest wall time that was shown at the instant or before it.
    ///
    /// This is what the clock shows, except while it repeats times after it was put back.
    func latestWallTime(through seconds: Int64) -> Int64 {
        let shown = seconds + offset(at: seconds)
        let earlier = seconds - Self.reach
        guard let change = change(after: earlier, through: seconds) else { return shown }
        return max(shown, change - 1 + offset(at: earlier))
    }

    /// Returns the first instant at which the clock shows the wall time or has passed it.
    ///
    /// A wall time that is left out when the clock is put forward gives the first instant after
    /// the gap; one that is shown twice gives the first time.
    func instant(showing wallTime: Int64) -> Int64 {
        let earlier = wallTime - Self.reach
        let later = wallTime + Self.reach
        let first = wallTime - offset(at: earlier)
        guard let change = change(after: earlier, through: later), first >= change else {
            return first
        }
        return max(change, wallTime - offset(at: later))
    }
}
