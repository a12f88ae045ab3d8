public import Logging
import Metrics
import PawlCore
import PawlStore
public import Postgres
public import ServiceLifecycle
import Synchronization

/// Fires schedules: each tick enqueues one run, or is recorded as skipped.
///
/// Beside that it looks after storage, every hour: partitions are made ahead, and what has expired is
/// removed.
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
    /// As many ticks as a transaction plans, about, and as many of a schedule at least: a fraction of a
    /// second's work.
    private static let (mostTicks, fewestTicks) = (20_000, 100)
    /// How long it waits before it looks again at what others have locked.
    private static let shortestPause = Duration.milliseconds(200)
    /// As many ticks of a backfill wait at a time.
    private static let backfillLine = 100
    /// Partitions are days wide, and made weeks ahead.
    private static let timeBetweenCares = Duration.seconds(3_600)
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
        let pool = Pool(database, configuration: PoolConfiguration(maximumConnections: 2))
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
            async let care: Void = lookAfterStorage(with: pool)
            await fire(with: pool)
            await care
        }
        await pool.close()
    }

    /// Fires schedules until it is cancelled.
    private func fire(with pool: Pool) async {
        var backoff = Backoff()
        var batch = Self.largestBatch
        while !Task.isCancelled {
            do {
                let isProgress = try await doWhatIsDue(with: pool, batch)
                backoff.reset()
                batch = min(batch * 2, Self.largestBatch)
                let pause = try await pool.run { try $0.timeToNextTick() }
                // What is due and could not be locked is in somebody else's hands.
                let shortest = isProgress ? Duration.zero : Self.shortestPause
                try await Task.sleep(
                    for: min(max(pause ?? Self.longestPause, shortest), Self.longestPause)
                )
            } catch is CancellationError {
                return
            } catch {
                logger.warning("could not fire schedules", metadata: ["error": "\(error)"])
                batch = max(batch / 2, 1)  // It may have been too much for one transaction.
                await backoff.wait()
            }
        }
    }

    private func lookAfterStorage(with pool: Pool) async {
        let caretaker = Caretaker(pool, logger: logger)
        while !Task.isCancelled {
            do {
                _ = try await caretaker.turn()
            } catch is CancellationError {
                return
            } catch {
                logger.warning("could not look after storage", metadata: ["error": "\(error)"])
            }
            do { try await Task.sleep(for: Self.timeBetweenCares) } catch { return }
        }
    }

    /// Fires what is due, what waits and may go, and what is to be filled, by turns, until nothing
    /// is left of it.
    ///
    /// What is due just now goes before what was missed, and each has its turn.
    ///
    /// - Returns: Whether there was anything.
    private func doWhatIsDue(with pool: Pool, _ batch: Int) async throws -> Bool {
        var isProgress = false
        var isMore = true
        while isMore, !Task.isCancelled {
            isMore = false
            for order in [Session.DueOrder.newest, .oldest, .unknown] {
                if try await fire(with: pool, { try $0.lockDueSchedules(batch, order) }).didAny {
                    isMore = true
                }
            }
            var last: String? = ""
            while let name = last {
                last = try await fire(with: pool) {
                    try $0.lockWaitingSchedules(after: name, batch)
                }
                .last
            }
            if try await fill(with: pool) { isMore = true }
            isProgress = isProgress || isMore
        }
        return isProgress
    }

    /// Does what is due of some schedules.
    ///
    /// - Returns: The last one's name in the order in which they were locked, and whether anything
    ///   became of them.
    private func fire(
        with pool: Pool,
        _ lock: @escaping @Sendable (Session) throws -> LockedSchedules
    ) async throws -> (last: String?, didAny: Bool) {
        let (last, firings) = try await pool.transaction { [self] session in
            try session.endTransactionIfIdle(for: Self.longestSilence)
            let locked = try lock(session)
            guard let last = locked.last else { return (String?.none, [Firing]()) }
            observe(.locked)
            let firings = try plan(locked, session)
            observe(.planned)
            let written = try write(firings, session)
            observe(.written)
            return (last, written)
        }
        guard last != nil else { return (nil, false) }
        observe(.committed)
        fired.increment(by: firings.reduce(0) { $0 + $1.starts.count })
        skipped.increment(by: firings.reduce(0) { $0 + $1.skipped.count })
        return (last, !firings.isEmpty)
    }

    /// What is wrong with a schedule is noted, and keeps no other one from firing.
    private func plan(_ locked: LockedSchedules, _ session: Session) throws -> [Firing] {
        for (name, problem) in locked.unreadable { try note(problem, of: name, session) }
        let records = locked.schedules
        let calendars = try calendars(of: records, session)
        let names = records.filter { $0.waiting > 0 }.map(\.name)
        let waiting = names.isEmpty ? [:] : try session.waitingTicks(of: names)
        // So that a transaction is not long, however much was missed.
        let limit = max(Self.mostTicks / max(records.count, 1), Self.fewestTicks)
        var firings: [Firing] = []
        for record in records {
            do {
                firings.append(
                    try planner.withLock { planner in
                        try planner.plan(
                            record,
                            waiting: waiting[record.name] ?? [],
                            now: locked.now,
                            limit: min(limit, Self.fewestTicks * 10),
                            calendars
                        )
                    }
                )
            } catch {
                try note("\(error)", of: record.name, session)
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

    private func note(_ problem: String, of name: String, _ session: Session) throws {
        logger.error(
            "cannot follow a schedule",
            metadata: ["schedule": "\(name)", "problem": "\(problem)"]
        )
        try session.noteProblem(problem, of: name)
    }

    /// Writes what was planned, and returns what was written.
    ///
    /// If the run of a tick is refused, that tick is skipped: a schedule with a bad input must not keep
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
            do {
                return [try session.transaction { try writeApart(firings[0], $0) }]
            } catch let error as PostgresError where error.remedy == .bug {
                try note(error.message, of: firings[0].schedule, session)
                return []
            }
        }
    }

    /// Starts the runs of a schedule's ticks one by one, because one of them is refused.
    private func writeApart(_ firing: Firing, _ session: Session) throws -> Firing {
        var refused: [(start: Firing.Start, reason: String)] = []
        // Once for what ends and waits; the schedule moves on with the last writing.
        for start in firing.starts {
            do {
                try session.transaction { try $0.start(start, of: firing.schedule) }
            } catch let error as PostgresError where error.remedy == .bug {
                logger.error(
                    "a tick's run was refused",
                    metadata: ["schedule": "\(firing.schedule)", "error": "\(error.message)"]
                )
                refused.append((start, error.message))
            }
        }
        var rest = firing.settled(refusing: refused)
        if refused.count == firing.starts.count { rest.ended = nil }
        try session.fire([rest])
        return rest
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
                let places = min(Self.backfillLine - record.waiting, backfill.most)
                let ticks = timetable.ticks(in: range).prefix(places + 1)
                    .map(Instant.init(seconds:))
                let isMore = ticks.count > places && places < backfill.most
                try session.fill(
                    backfill,
                    with: Array(ticks.prefix(places)),
                    rest: isMore ? ticks.last : nil
                )
            } catch let error as TimetableError {
                try note("\(error)", of: record.name, session)
            }
            return true
        }
    }
}
