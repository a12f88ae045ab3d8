package import FoundationEssentials
package import PawlCore
package import Postgres

/// What became of a tick.
package struct TickRecord: Sendable {
    package let tick: Instant
    package let outcome: TickOutcome
    package let cause: TickCause
    package let run: UUID?
    /// The status of its run, if that is there still.
    package let status: RunStatus?
    package let reason: String?
    /// When that was recorded.
    package let at: Instant

    init(row: Row) throws(PostgresError) {
        tick = try row.decode(Instant.self, at: 0)
        outcome = TickOutcome(rawValue: try row.decode(String.self, at: 1)) ?? .skipped
        cause = TickCause(rawValue: try row.decode(String.self, at: 2)) ?? .tick
        run = try row.decode(UUID?.self, at: 3)
        status = try row.decode(String?.self, at: 4).flatMap(RunStatus.init)
        reason = try row.decode(String?.self, at: 5)
        at = try row.decode(Instant.self, at: 6)
    }
}

/// What becomes of a tick.
package enum TickOutcome: String, Sendable {
    case fired
    case skipped
    /// Its run starts when the run before has ended.
    case waiting
}

/// Why there is a tick.
package enum TickCause: String, Sendable {
    /// The timetable names it.
    case tick
    /// It was asked for afterwards.
    case backfill
    /// Somebody wanted a run now.
    case manual
}
