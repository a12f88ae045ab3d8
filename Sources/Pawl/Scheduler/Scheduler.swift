public import Logging
import Metrics
import PawlCore
import PawlStore
public import Postgres
public import ServiceLifecycle
import Synchronization

/// Fires schedules: each tick enqueues one run, or is recorded as skipped.
///
///     lock ─▶ plan ─▶ write ─▶ commit      one transaction, many schedules
///
/// Any number of schedulers may share a database, and none of them leads. A tick is fired in one
/// transaction that records the tick, enqueues its run and moves the schedule on; whoever locks the
/// schedule first does it. All times are the database's.
public final class Scheduler: Service {
    private let database: PostgresConfiguration
    private let logger: Logger
    private let observe: @Sendable (Milestone) -> Void
    private let planner = Mutex(FiringPlanner())
    private let fired = Counter(label: "pawl.ticks.fired")
    private let skipped = Counter(label: "pawl.ticks.skipped")

    /// How far it has come with a transaction: where a test may stop it.
    package enum Milestone: String, CaseIterable, Sendable {
        case locked, planned, written, committed
    }

    /// Schedules may be edited, and the clock moved, behind its back: it looks at least this often.
    private static let longestPause = Duration.seconds(1)
    /// As many schedules as a transaction holds: enough for one commit to cost little, few enough for
    /// other schedulers to have their part.
    private static let largestBatch = 200
    /// As many ticks of a backfill wait at a time.
    private static let backfillLine = 100
    /// A scheduler that was stopped in a transaction would keep its schedules locked.
    private static let longestSilence = Duration.seconds(10)

    /// Creates a scheduler; nothing happens until ``run()``.
    public convenience init(_ database: PostgresConfiguration, logger: Logger) {
        self.init(database, logger: logger, observe: { _ in })
    }

    /// Creates a scheduler that tells how far it has come.
    package init(
        _ database: PostgresConfiguration,
        logger: Logger,
        observe: @escaping @Sendable (Milestone) -> Void
    ) {
        self.database = database
        self.logger = logger
        self.observe = observe
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
                    try await doWhatIsDue(with: pool)
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

    /// Fires what is due, then what waits and may go, then what is to be filled, piece by piece.
    private func doWhatIsDue(with pool: Pool) async throws {
        repeat {
            while try await fire(with: pool, { try $0.lockDueSchedules(Self.largestBatch) }) != nil
            {
            }
            var name: String? = ""
            while let last = name {
                name = try await fire(with: pool) {
                    try $0.lockWaitingSchedules(after: last, Self.largestBatch)
                }
            }
        } while try await fill(with: pool)
    }

    /// Does what is due of some schedules.
    ///
    /// - Returns: The last one's name; `nil` if there is none.
    private func fire(
        with pool: Pool,
        _ lock: @escaping @Sendable (Session) throws -> (schedules: [ScheduleRecord], now: Instant)
    ) async throws -> String? {
        let done = try await pool.transaction { [self] session -> (String, [Firing])? in
            try session.endTransactionIfIdle(for: Self.longestSilence)
            let (records, now) = try lock(session)
            guard let last = records.last else { return nil }
            observe(.locked)
            let firings = try plan(records, now, session)
            observe(.planned)
            let written = try write(firings, session)
            observe(.written)
            return (last.name, written)
        }
        guard let (name, firings) = done else { return nil }
        observe(.committed)
        fired.increment(by: firings.reduce(0) { $0 + $1.starts.count })
        skipped.increment(by: firings.reduce(0) { $0 + $1.skipped.count })
        return name
    }

    /// What is wrong with a schedule is noted, and keeps no other one from firing.
    private func plan(
        _ records: [ScheduleRecord],
        _ now: Instant,
        _ session: Session
    ) throws -> [Firing] {
        let calendars = try calendars(of: records, session)
        let names = records.filter { $0.waiting > 0 }.map(\.name)
        let waiting = names.isEmpty ? [:] : try session.waitingTicks(of: names)
        var firings: [Firing] = []
        for record in records {
            do {
                firings.append(
                    try planner.withLock { planner in
                        try planner.plan(
                            record,
                            waiting: waiting[record.name] ?? [],
                            now: now,
                            calendars
                        )
                    }
                )
            } catch {
                try note("\(error)", of: record, session)
            }
        }
        return firings
    }

    private func calendars(
        of records: [ScheduleRecord],
        _ session: Session
    ) throws -> [String: [String]] {
        records.allSatisfy { $0.schedule.timetable.calendars.isEmpty }
            ? [:] : try session.calendars()
    }

    private func note(_ problem: String, of record: ScheduleRecord, _ session: Session) throws {
        logger.error(
            "cannot follow a schedule",
            metadata: ["schedule": "\(record.name)", "problem": "\(problem)"]
        )
        try session.noteProblem(problem, of: record.name)
    }

    /// Writes what was planned, and returns what was written.
    ///
    /// If the run of a tick is refused, the tick is skipped: a schedule with a bad input must not keep
    /// others from firing.
    private func write(_ firings: [Firing], _ session: Session) throws -> [Firing] {
        guard !firings.isEmpty else { return [] }
        do {
            try session.transaction { try $0.fire(firings) }
            return firings
        } catch let error as PostgresError where error.remedy == .bug {
            guard firings.count == 1 else {
                let half = firings.count / 2
                return try write(Array(firings[..<half]), session)
                    + write(Array(firings[half...]), session)
            }
            logger.error(
                "a tick's run was refused",
                metadata: ["schedule": "\(firings[0].schedule)", "error": "\(error.message)"]
            )
            let refused = firings[0].refused(because: error.message)
            try session.fire([refused])
            return [refused]
        }
    }

    /// Lets the next ticks of a range wait that somebody wants to be filled.
    ///
    /// - Returns: False if there is none, or enough of its ticks wait already.
    private func fill(with pool: Pool) async throws -> Bool {
        try await pool.transaction { [self] session in
            try session.endTransactionIfIdle(for: Self.longestSilence)
            guard let backfill = try session.lockBackfill(longestLine: Self.backfillLine) else {
                return false
            }
            let record = backfill.record
            do {
                let calendars = try calendars(of: [record], session)
                let timetable = try planner.withLock {
                    try $0.timetable(of: record.schedule, calendars)
                }
                let range = backfill.start.secondsRoundedUp..<backfill.end.secondsRoundedUp
                let places = Self.backfillLine - record.waiting
                let ticks = timetable.ticks(in: range).prefix(places + 1)
                    .map(Instant.init(seconds:))
                let rest = ticks.count > places ? ticks.last : nil
                try session.fill(backfill, with: Array(ticks.prefix(places)), rest: rest)
            } catch let error as TimetableError {
                try note("\(error)", of: record, session)
            }
            return true
        }
    }
}
