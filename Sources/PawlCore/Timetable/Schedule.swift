public import FoundationEssentials

/// A rule that starts runs of a workflow, as a program declares it.
public struct Schedule: Hashable, Sendable {
    /// The name, by which it is changed and removed.
    public var name: String
    /// The workflow that it starts.
    public var workflow: String
    /// When: five or six fields as in cron, `@hourly` and the like, `@every 90s`, or
    /// `@at 2026-05-01T08:00`.
    public var spec: String
    /// The time zone of the spec, an IANA name such as `Europe/Berlin`.
    public var zone: String
    /// The input of its runs; texts in it may refer to `tick.at`, `tick.local`, `tick.date`,
    /// `last.status`, `last.run_id`, `last.tick`, `next.at` and `schedule.name` as templates do.
    public var input: JSON
    /// What becomes of a time that clocks leave out.
    public var missingTime = MissingTime.after
    /// What becomes of a time that clocks show twice.
    public var repeatedTime = RepeatedTime.first
    /// The days to which it is restricted, if there are any: `2026-12-25`, `2026-12-24..2027-01-01`,
    /// `12-25`, `sat`, `mon..fri`, or `@name` for the calendar of that name.
    public var onlyDays: [String] = []
    /// The days on which it is not due.
    public var exceptDays: [String] = []
    /// From when on it is due, that instant included.
    public var starts: Date?
    /// Until when it is due, that instant excluded.
    public var ends: Date?
    /// What becomes of ticks that no scheduler was there for.
    public var missed = TickPolicy.Missed.latest
    /// How late a tick may be fired; `nil` means any.
    public var startDeadline: Duration?
    /// What becomes of a tick while the run before has not ended.
    public var overlap = Overlap.allow
    /// Runs are due up to that much after their tick; how much depends on the tick alone.
    public var jitter = Duration.zero
    /// After so many ticks that were not skipped it ends; `nil` means never.
    public var maximumFires: Int?
    /// The queue of its runs; `nil` means the workflow's.
    public var queue: String?
    /// The priority of its runs, from 0 to 9; `nil` means the workflow's.
    public var priority: Int?
    /// The tenant of its runs.
    public var tenant = "default"
    /// How long its runs may take; `nil` means as long as the workflow says.
    public var timeout: Duration?
    /// What people should know of it.
    public var note: String?

    /// Creates a schedule that is due at the times of `spec` in `zone`.
    public init(
        _ name: String,
        workflow: String,
        spec: String,
        zone: String = "UTC",
        input: JSON = [:]
    ) {
        self.name = name
        self.workflow = workflow
        self.spec = spec
        self.zone = zone
        self.input = input
    }
}

extension Schedule {
    /// What is written of its times.
    package var timetable: TimetableText {
        TimetableText(
            spec: spec,
            zone: zone,
            missing: missingTime,
            repeated: repeatedTime,
            only: onlyDays,
            except: exceptDays,
            start: starts.map(Self.seconds),
            end: ends.map(Self.seconds)
        )
    }

    /// The first whole second that is not before a date; the last one there is for one far away.
    private static func seconds(of date: Date) -> Int64 {
        let seconds = date.timeIntervalSince1970.rounded(.up)
        return Int64(exactly: seconds) ?? (seconds < 0 ? .min : .max)
    }
}

extension TimetableText {
    /// The names of the calendars among its days.
    package var calendars: Set<String> {
        Set((only + except).filter { $0.hasPrefix("@") }.map { String($0.dropFirst()) })
    }

    /// Returns it with the days of calendars instead of their names.
    ///
    /// - Throws: ``TimetableError`` if there is no calendar of a name.
    package func resolved(
        with calendars: [String: [String]]
    ) throws(TimetableError) -> TimetableText {
        guard !self.calendars.isEmpty else { return self }
        var text = self
        text.only = try Self.days(only, "only", calendars)
        text.except = try Self.days(except, "except", calendars)
        return text
    }

    private static func days(
        _ entries: [String],
        _ part: String,
        _ calendars: [String: [String]]
    ) throws(TimetableError) -> [String] {
        var days: [String] = []
        for entry in entries {
            guard entry.hasPrefix("@") else {
                days.append(entry)
                continue
            }
            guard let named = calendars[String(entry.dropFirst())] else {
                throw TimetableError(
                    part: part,
                    message: "there is no calendar \"\(entry.dropFirst())\"",
                    hint: "pawl schedule calendar --list prints them"
                )
            }
            days += named
        }
        return days
    }
}
