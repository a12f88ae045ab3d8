public import Logging
import Metrics
import PawlCore
import PawlStore
public import Postgres
public import ServiceLifecycle

/// Fires schedules: each tick enqueues one run, or is recorded as skipped.
///
/// Any number of schedulers may share a database, and none of them leads. A tick is fired in one
/// transaction that records the tick, enqueues its run and moves the schedule on; whoever locks the
/// schedule first does it. All times are the database's.
public final class Scheduler: Service {
    private let database: PostgresConfiguration
    private let logger: Logger
    private let fired = Counter(label: "pawl.ticks.fired")
    private let skipped = Counter(label: "pawl.ticks.skipped")

    /// Schedules may be edited, and the clock moved, behind its back: it looks at least this often.
    private static let longestPause = Duration.seconds(1)

    /// Creates a scheduler; nothing happens until ``run()``.
    public init(_ database: PostgresConfiguration, logger: Logger) {
        self.database = database
        self.logger = logger
    }

    /// Fires schedules until graceful shutdown or cancellation.
    ///
    /// - Throws: ``SchemaMismatch`` if the database's schema does not fit, or a `PostgresError` if it
    ///   cannot be reached at the start. Later failures are waited out.
    public func run() async throws {
        let pool = Pool(database, configuration: PoolConfiguration(maximumConnections: 1))
        do {
            if let problem = try await pool.run({ try $0.obstacleToWork() }) {
                throw SchemaMismatch(description: problem)
            }
        } catch {
            await pool.close()
            throw error
        }
        logger.info("scheduler started")
        await cancelWhenGracefulShutdown { [self] in
            var backoff = Backoff()
            while !Task.isCancelled {
                do {
                    while try await fireOne(with: pool) {}
                    backoff.reset()
                    let pause = try await pool.run { try $0.timeToNextTick() }
                    try await Task.sleep(for: min(pause ?? Self.longestPause, Self.longestPause))
                } catch is CancellationError {
                    return
                } catch {
                    logger.warning("could not fire schedules", metadata: ["error": "\(error)"])
                    await backoff.wait()
                }
            }
        }
        await pool.close()
    }

    /// Does what is due of one schedule.
    ///
    /// - Returns: False if none is due.
    private func fireOne(with pool: Pool) async throws -> Bool {
        try await pool.transaction { [self] session in
            guard let (schedule, now) = try session.lockDueSchedule() else { return false }
            let plan: TickPlan
            do {
                plan = TickPlan(
                    try Timetable(
                        reading: TimetableText(spec: schedule.spec, zone: schedule.zone)
                    ),
                    due: schedule.nextAt?.seconds,
                    now: now.seconds
                )
            } catch {
                logger.error(
                    "cannot follow a schedule",
                    metadata: ["schedule": "\(schedule.name)", "problem": "\(error)"]
                )
                try session.noteProblem("\(error)", of: schedule.name)
                return true
            }
            for (reason, skips) in Dictionary(grouping: plan.skipped, by: \.reason) {
                let missed = skips.map { Instant(seconds: $0.tick) }
                try session.skip(missed, of: schedule.name, because: reason)
            }
            skipped.increment(by: plan.skipped.count)
            for tick in plan.fired {
                try fire(Instant(seconds: tick), of: schedule, in: session)
            }
            try session.advance(
                schedule.name,
                to: plan.next.map(Instant.init(seconds:)),
                last: (plan.fired.last ?? plan.skipped.last?.tick).map(Instant.init(seconds:))
            )
            return true
        }
    }

    /// Fires a tick.
    ///
    /// If its run is refused the tick is skipped: a schedule with a bad input must not keep others
    /// from firing.
    private func fire(_ tick: Instant, of schedule: ScheduleRecord, in session: Session) throws {
        do {
            try session.transaction { try $0.fire(tick, of: schedule) }
            fired.increment()
        } catch let error as PostgresError where error.remedy == .bug {
            logger.error(
                "a tick's run was refused",
                metadata: ["schedule": "\(schedule.name)", "error": "\(error.message)"]
            )
            try session.skip([tick], of: schedule.name, because: error.message)
            skipped.increment()
        }
    }
}

extension Instant {
    fileprivate init(seconds: Int64) {
        self.init(microsecondsSince1970: seconds * 1_000_000)
    }

    /// Whole seconds since 1970; what is between two is the earlier one's.
    fileprivate var seconds: Int64 {
        let (quotient, remainder) = microsecondsSince1970.quotientAndRemainder(
            dividingBy: 1_000_000
        )
        return remainder < 0 ? quotient - 1 : quotient
    }
}
