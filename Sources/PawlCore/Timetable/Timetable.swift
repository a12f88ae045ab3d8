/// When a schedule is due: a spec in a zone, what becomes of times that clocks leave out or repeat,
/// and on which days and in which time it holds.
///
/// A tick's key is its instant, in seconds since 1970 in UTC. There are ticks from 1900 to 2499;
/// nobody knows what clocks will show later. All that is asked of a timetable is answered in bounded
/// time for any instant.
///
/// Calendars look at the date of a tick in the zone. A tick that a clock put forward has moved out
/// of its time keeps the date for which it was named.
package struct Timetable: Hashable, Sendable {
    /// The years 1900 to 2499.
    static let range: Range<Int64> = -2_208_988_800..<16_725_225_600

    package let spec: TickSpec
    package let zone: Zone
    package let missing: MissingTime
    package let repeated: RepeatedTime
    /// The days to which it is restricted; none means that it is not.
    package let only: DaySet
    /// The days on which it is not due.
    package let except: DaySet
    /// From when on it is due, that instant included.
    package let start: Int64?
    /// Until when it is due, that instant excluded.
    package let end: Int64?
    /// The ticks of `@at` in order.
    let occasions: [Int64]

    package init(
        _ spec: TickSpec,
        in zone: Zone = .utc,
        missing: MissingTime = .after,
        repeated: RepeatedTime = .first,
        only: DaySet = DaySet(),
        except: DaySet = DaySet(),
        start: Int64? = nil,
        end: Int64? = nil
    ) {
        self.spec = spec
        self.zone = zone
        self.missing = missing
        self.repeated = repeated
        self.only = only
        self.except = except
        self.start = start
        self.end = end
        var instants: Set<Int64> = []
        if case .at(let occasions) = spec.kind {
            for time in occasions.times {
                switch time {
                case .instant(let instant): instants.insert(instant)
                case .wallTime(let wallTime):
                    instants.formUnion(zone.instants(showing: wallTime, missing, repeated))
                }
            }
        }
        occasions = instants.sorted()
    }

    /// Returns the days of a month that the calendars leave.
    func days(of month: MonthLayout) -> UInt32 {
        var days = only.isEmpty ? month.all : only.days(of: month)
        if !except.isEmpty { days &= ~except.days(of: month) }
        return days
    }
}

extension Timetable {
    /// Returns the instant, or throws that it lies in a year in which there are no ticks.
    static func checked(
        _ instant: Int64,
        _ field: String,
        at offset: Int
    ) throws(SpecError) -> Int64 {
        guard range.contains(instant) else {
            throw SpecError(
                field: field,
                offset: offset,
                message: "the year is out of range",
                hint: "allowed: 1900 to 2499"
            )
        }
        return instant
    }
}
