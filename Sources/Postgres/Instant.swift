// What fulfils a protocol is documented there.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

import Glibc

/// A point in time, to the microsecond: what PostgreSQL calls `timestamp with time zone`.
public struct Instant: Sendable, Hashable {
    /// Microseconds since 1970, leap seconds not counted.
    public let microsecondsSince1970: Int64

    /// Creates an instant from the microseconds since 1970.
    @inlinable
    public init(microsecondsSince1970: Int64) {
        self.microsecondsSince1970 = microsecondsSince1970
    }

    /// PostgreSQL's `infinity`: later than all others.
    public static let infinity = Instant(microsecondsSince1970: .max)
    /// PostgreSQL's `-infinity`: earlier than all others.
    public static let negativeInfinity = Instant(microsecondsSince1970: .min)

    /// Reads this machine's clock.
    ///
    /// What is compared with stored instants should come from the database's `now()` instead.
    public static func now() -> Instant {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Instant(
            microsecondsSince1970: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
        )
    }

    var isFinite: Bool { self != .infinity && self != .negativeInfinity }
}

extension Instant: Comparable {
    @inlinable
    public static func < (earlier: Instant, later: Instant) -> Bool {
        earlier.microsecondsSince1970 < later.microsecondsSince1970
    }
}

extension Instant {
    /// Returns the instant that is `duration` later; an infinite one stays what it is.
    public static func + (instant: Instant, duration: Duration) -> Instant {
        guard instant.isFinite else { return instant }
        guard let microseconds = duration.wholeMicroseconds else {
            return duration < .zero ? .negativeInfinity : .infinity
        }
        let (sum, overflow) =
            instant.microsecondsSince1970.addingReportingOverflow(microseconds)
        if overflow { return microseconds < 0 ? .negativeInfinity : .infinity }
        return Instant(microsecondsSince1970: sum)
    }

    /// Returns the instant that is `duration` earlier; an infinite one stays what it is.
    public static func - (instant: Instant, duration: Duration) -> Instant {
        instant + (.zero - duration)
    }

    /// Returns how much later `later` is than `earlier`.
    public static func - (later: Instant, earlier: Instant) -> Duration {
        .microseconds(later.microsecondsSince1970) - .microseconds(earlier.microsecondsSince1970)
    }
}

extension Instant: PostgresEncodable, PostgresDecodable {
    /// From 1970 to 2000, where PostgreSQL counts from.
    static let epochOffset: Int64 = 946_684_800_000_000

    public static var postgresType: PostgresType { .timestamptz }

    public func encode(into writer: inout PostgresWriter) {
        guard isFinite else {
            writer.write(microsecondsSince1970)
            return
        }
        let (value, overflow) =
            microsecondsSince1970.subtractingReportingOverflow(Self.epochOffset)
        if overflow { writer.refuse("an instant before the year 290,000 BC") }
        writer.write(value)
    }

    public init(cell: PostgresCell) throws(PostgresError) {
        guard cell.type == .timestamptz else { throw cell.mismatch(Instant.self) }
        let value = try cell.integer(Int64.self, for: Instant.self)
        if value == .max || value == .min {
            self.init(microsecondsSince1970: value)
        } else {
            // The latest time that PostgreSQL has is far from overflowing here.
            self.init(microsecondsSince1970: value &+ Self.epochOffset)
        }
    }
}
