import FoundationEssentials
package import Logging
import Metrics
package import PawlStore
package import Postgres

/// Looks after storage: makes partitions ahead, drops those in which all has expired, and deletes what
/// else has.
///
/// Any number of them may share a database: an advisory lock lets one at a time work, transaction by
/// transaction. No transaction is long, none waits long for a lock, and what is locked by others is
/// left for the next turn.
package struct Caretaker: Sendable {
    private let pool: Pool
    private let logger: Logger
    private let isGentle: Bool

    /// How long it waits for a lock of a whole table: meanwhile all others wait behind it.
    private static let patience = Duration.milliseconds(100)
    /// As many events, waits, keys or ticks as a transaction deletes: some tens of milliseconds' work.
    private static let largestBatch = 10_000
    /// As many runs as a transaction looks at.
    private static let examined = 5_000

    /// Creates one; it pauses between transactions if it `isGentle`.
    package init(_ pool: Pool, logger: Logger, isGentle: Bool = true) {
        self.pool = pool
        self.logger = logger
        self.isGentle = isGentle
    }

    /// Does what there is to do once, to its end.
    ///
    /// - Returns: What was done; it ends early when another caretaker is at work.
    package func turn() async throws -> Upkeep {
        var upkeep = Upkeep()
        do {
            try await makePartitions(&upkeep)
            try await dropPartitions(&upkeep)
            try await sweepRuns(&upkeep)
            try await repeatedly {
                try $0.sweepKeys(limit: $1)
            } add: {
                upkeep.keys += $0
            }
            try await repeatedly {
                try $0.sweepTicks(limit: $1)
            } add: {
                upkeep.ticks += $0
            }
        } catch is Occupied {
            logger.debug("storage is looked after by another process")
        }
        report(upkeep)
        return upkeep
    }

    /// Another caretaker is at work.
    private struct Occupied: Error {}

    private func makePartitions(_ upkeep: inout Upkeep) async throws {
        upkeep.partitionsMade =
            try await unlessLocked(&upkeep) {
                try $0.addPartitions(patience: Self.patience)
            } ?? 0
    }

    private func dropPartitions(_ upkeep: inout Upkeep) async throws {
        for partition in try await alone({ try $0.spentPartitions() }) {
            try await repeatedly {
                try $0.clearWaits(of: partition, limit: $1)
            } add: { _ in
            }
            do {
                let isDropped = try await unlessLocked(&upkeep) {
                    try $0.drop(partition, patience: Self.patience)
                }
                guard isDropped == true else { continue }
                upkeep.partitionsDropped.append(partition)
                logger.info("dropped a partition", metadata: ["partition": "\(partition)"])
            } catch let error as PostgresError where error.sqlState == .dependentObjectsStillExist {
                // Its rows can be deleted one by one.
                logger.warning(
                    "a partition cannot be dropped: a table or view refers to pawl.run",
                    metadata: ["partition": "\(partition)", "detail": "\(error.detail ?? "")"]
                )
            }
        }
    }

    private func sweepRuns(_ upkeep: inout Upkeep) async throws {
        var last: UUID?
        repeat {
            let start = ContinuousClock.now
            let sweep = try await alone { [last] in
                try $0.sweep(after: last, examined: Self.examined, events: Self.largestBatch)
            }
            upkeep.runs += sweep.runs
            upkeep.events += sweep.events
            last = sweep.last
            try await rest(since: start)
        } while last != nil
    }

    /// Deletes a batch after the other, until one is not full.
    private func repeatedly(
        _ delete: @escaping @Sendable (Session, Int) throws -> Int,
        add: (Int) -> Void
    ) async throws {
        var count: Int
        repeat {
            let start = ContinuousClock.now
            count = try await alone { try delete($0, Self.largestBatch) }
            add(count)
            try await rest(since: start)
        } while count == Self.largestBatch
    }

    private func unlessLocked<Value: Sendable>(
        _ upkeep: inout Upkeep,
        _ body: @escaping @Sendable (Session) throws -> Value
    ) async throws -> Value? {
        do {
            return try await alone(body)
        } catch let error as PostgresError where error.sqlState == .lockNotAvailable {
            upkeep.postponed += 1
            return nil
        }
    }

    private func alone<Value: Sendable>(
        _ body: @escaping @Sendable (Session) throws -> Value
    ) async throws -> Value {
        try await pool.transaction { session in
            guard try session.takeUpkeep() else { throw Occupied() }
            return try body(session)
        }
    }

    /// Leaves the server to others for as long as it was at work for this.
    private func rest(since start: ContinuousClock.Instant) async throws {
        guard isGentle else { return }
        try await Task.sleep(for: start.duration(to: .now))
    }

    private func report(_ upkeep: Upkeep) {
        Counter(label: "pawl.storage.runs.deleted").increment(by: upkeep.runs)
        Counter(label: "pawl.storage.partitions.dropped").increment(
            by: upkeep.partitionsDropped.count
        )
        if upkeep.postponed > 0 {
            logger.info(
                "somebody's locks were in the way of partitions",
                metadata: ["times": "\(upkeep.postponed)"]
            )
        }
        guard upkeep.didAny else { return }
        logger.info(
            "looked after storage",
            metadata: [
                "partitions.made": "\(upkeep.partitionsMade)",
                "partitions.dropped": "\(upkeep.partitionsDropped.count)",
                "runs.deleted": "\(upkeep.runs)", "events.deleted": "\(upkeep.events)",
                "keys.deleted": "\(upkeep.keys)", "ticks.deleted": "\(upkeep.ticks)",
            ]
        )
    }
}
