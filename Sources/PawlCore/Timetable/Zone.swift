import Foundation
import Synchronization

/// A time zone: which time a clock on the wall shows at an instant.
///
/// Instants are seconds since 1970 in UTC. A wall time is held as if it were UTC: the seconds from
/// 1970-01-01 00:00 to what the clock shows. The rules of zones are those that come with Foundation.
package struct Zone: Hashable, Sendable {
    /// Coordinated Universal Time.
    package static let utc = Zone(name: "UTC", stretches: Stretches(of: .gmt))

    /// The name that the zone was made from.
    package let name: String
    /// All of its changes.
    let stretches: Stretches

    private init(name: String, stretches: Stretches) {
        self.name = name
        self.stretches = stretches
    }

    /// Zones that were asked for before, because finding all changes of one takes half a
    /// millisecond; there are about 600 names.
    private static let known = Mutex<[String: Stretches]>([:])

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
        guard isPlain, name.contains("/") else { throw UnknownZone(name: name) }
        if let stretches = Self.known.withLock({ $0[name] }) {
            self.init(name: name, stretches: stretches)
            return
        }
        guard let timeZone = TimeZone(identifier: name) else { throw UnknownZone(name: name) }
        let stretches = Stretches(of: timeZone)
        Self.known.withLock { $0[name] = stretches }
        self.init(name: name, stretches: stretches)
    }

    /// Returns what is to be added to the instant to have the wall time.
    package func offset(at seconds: Int64) -> Int64 {
        stretches.offset(of: stretches.index(at: seconds))
    }

    package static func == (one: Zone, other: Zone) -> Bool { one.name == other.name }

    package func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

/// No time zone has this name.
package struct UnknownZone: Error, Hashable, CustomStringConvertible {
    /// The name.
    package let name: String

    /// What to do about it.
    package var hint: String {
        let lowercased = name.prefix(64).lowercased()
        let similar = TimeZone.knownTimeZoneIdentifiers.first {
            $0.contains("/") && $0.lowercased() == lowercased
        }
        return similar.map { "the name is spelled \($0)" }
            ?? "use a name of the IANA time zone database, such as Europe/Berlin, or UTC"
    }

    /// The name and the hint, on one line.
    package var description: String {
        "unknown time zone \"\(name.prefix(64))\" (\(hint))"
    }
}
