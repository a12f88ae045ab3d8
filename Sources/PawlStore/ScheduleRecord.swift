package import FoundationEssentials
package import PawlCore
package import Postgres

/// A schedule as it stands in the database.
package struct ScheduleRecord: Sendable {
    package let schedule: Schedule
    /// The input as it is stored, a JSON text.
    package let input: [UInt8]
    package let service: String
    package let isEnabled: Bool
    /// When it is due; `nil` if that is to be computed, `infinity` if it has ended.
    package let nextAt: Instant?
    /// Since when it is as it is: its first tick is after this.
    package let since: Instant
    package let lastTick: Instant?
    package let lastRun: LastRun?
    package let waiting: Int
    /// How many ticks may be fired still; `nil` if there is no limit.
    package let remaining: Int?
    package let problem: String?

    package var name: String { schedule.name }

    /// The run that it started last.
    package struct LastRun: Sendable {
        package let id: UUID
        /// `nil` if the run was removed since.
        package let status: RunStatus?
        /// Whether no step of it is at work.
        package let isIdle: Bool

        package var isLive: Bool { status.map { !$0.isFinal } ?? false }
    }

    /// Reads a row of the columns in ``columns``.
    init(row: Row) throws(PostgresError) {
        var next = 0
        func value<Value: PostgresDecodable>(_ type: Value.Type) throws(PostgresError) -> Value {
            defer { next += 1 }
            return try row.decode(type, at: next)
        }
        var schedule = Schedule(
            try value(String.self),
            workflow: try value(String.self),
            spec: try value(String.self),
            zone: try value(String.self)
        )
        input = try value(JSONText.self).bytes
        do {
            schedule.input = try JSON(parsing: input)
        } catch {
            schedule.input = .null  // Such as a number that no Double holds; its runs are refused.
        }
        schedule.missingTime = MissingTime(rawValue: try value(String.self)) ?? .after
        schedule.repeatedTime = RepeatedTime(rawValue: try value(String.self)) ?? .first
        schedule.onlyDays = try value([String].self)
        schedule.exceptDays = try value([String].self)
        schedule.starts = try value(Instant?.self).map(Date.init)
        schedule.ends = try value(Instant?.self).map(Date.init)
        let missed = try value(String.self)
        let limit = Int(try value(Int32.self))
        schedule.missed =
            switch missed {
            case "skip": .skip
            case "all": .all(limit)
            default: .latest
            }
        schedule.startDeadline = try value(Duration?.self)
        schedule.overlap = Overlap(rawValue: try value(String.self)) ?? .allow
        schedule.jitter = try value(Duration.self)
        schedule.maximumFires = try value(Int32?.self).map(Int.init)
        schedule.queue = try value(String?.self)
        schedule.priority = try value(Int16?.self).map(Int.init)
        schedule.tenant = try value(String.self)
        schedule.timeout = try value(Duration?.self)
        schedule.note = try value(String?.self)
        let fires = Int(try value(Int32.self))
        remaining = schedule.maximumFires.map { max($0 - fires, 0) }
        self.schedule = schedule
        service = try value(String.self)
        isEnabled = try value(Bool.self)
        nextAt = try value(Instant?.self)
        since = try value(Instant.self)
        lastTick = try value(Instant?.self)
        waiting = Int(try value(Int32.self))
        problem = try value(String?.self)
        let id = try value(UUID?.self)
        let status = try value(String?.self).flatMap(RunStatus.init)
        let isIdle = try value(Bool.self)
        lastRun = id.map { LastRun(id: $0, status: status, isIdle: isIdle) }
    }

    /// How many columns ``init(row:)`` reads.
    static let width = 33

    /// What ``init(row:)`` reads, of `pawl.schedule s` and its last run `r`.
    static let columns = SQL(
        verbatim: """
            s.name, s.workflow, s.spec, s.zone, s.input, s.missing_time, s.repeated_time,
            s.only_days, s.except_days, s.starts_at, s.ends_at, s.missed, s.missed_limit,
            s.start_deadline, s.overlap, s.jitter, s.max_fires, s.queue, s.priority, s.tenant,
            s.timeout, s.note, s.fires, s.service, s.enabled, s.next_at, s.since, s.last_tick,
            s.waiting, s.problem, s.last_run, r.status,
            r.ended_at is null and not exists (
              select from pawl.task t where t.run_id = s.last_run and t.worker is not null)
            """
    )
}

extension Date {
    package init(_ instant: Instant) {
        self.init(timeIntervalSince1970: Double(instant.microsecondsSince1970) / 1_000_000)
    }
}

extension Instant {
    package init(_ date: Date) {
        // Whoever says "for ever" with a date far away means it.
        let microseconds = (date.timeIntervalSince1970 * 1_000_000).rounded()
        guard let exact = Int64(exactly: microseconds) else {
            self = microseconds < 0 ? .negativeInfinity : .infinity
            return
        }
        self.init(microsecondsSince1970: exact)
    }
}
