import FoundationEssentials
import Logging
import Metrics
import PawlStore
import Postgres
import Synchronization

/// Writes what steps came to, many in one commit.
///
/// While a commit is under way the next settlements gather; they go together into the one after it.
/// A settlement that cannot be written for a reason of its own is found by halving the batch, and one
/// whose run somebody has locked is left for later.
final class Settler: Sendable {
    /// What became of a settlement.
    enum Verdict: Sendable {
        /// It is written; if the holder may go on with the next step, it knows the run's history up
        /// to that event then.
        case written(goesOnFrom: Int?)
        /// The lease was lost: nothing was written, and nothing will be.
        case lost
        /// PostgreSQL refuses it, whenever it is tried.
        case refused(PostgresError)
    }

    /// What became of the settlements of a batch, in order.
    private typealias Attempts = [Attempt]

    private enum Attempt {
        case over(Verdict)
        /// It is to be tried again; perhaps it is written all the same.
        case later(mayBeWritten: Bool)
    }

    /// How long a batch waits for a run that somebody has locked.
    private static let patience = Duration.milliseconds(500)
    /// How long such a run is left alone then.
    private static let rest = Duration.milliseconds(250)

    /// As many as a round trip carries without making the first wait for the last.
    private static let largestBatch = 256
    /// As many must wait for a second batch to be written while the first is committed: fewer cost more
    /// by themselves than they would gain.
    private static let crowd = 128

    private struct Waiting: Sendable {
        let settlement: Settlement
        /// Whether it was sent before, and nobody said what became of it.
        var mayBeWritten = false
        let conclude: @Sendable (Verdict) -> Void
    }

    private let queue = Mutex<[Waiting]>([])
    private let bell = Bell()
    private let crowdBell = Bell()
    private let connections: Pool
    private let logger: Logger
    private let meters: WorkerMeters

    /// Writes over `connections`, of which it uses two.
    init(connections: Pool, logger: Logger, meters: WorkerMeters) {
        self.connections = connections
        self.logger = logger
        self.meters = meters
    }

    /// Writes a settlement, together with others, and tells what became of it.
    func settle(_ settlement: Settlement) async -> Verdict {
        await withCheckedContinuation { resume in
            settle(settlement) { resume.resume(returning: $0) }
        }
    }

    /// Writes a settlement soon, together with others, and calls `conclude` then.
    ///
    /// `conclude` holds up the settlements after it, and may add one itself.
    func settle(_ settlement: Settlement, then conclude: @escaping @Sendable (Verdict) -> Void) {
        let count = queue.withLock { queue in
            queue.append(Waiting(settlement: settlement, conclude: conclude))
            return queue.count
        }
        if count == 1 { bell.ring() }
        if count == Self.crowd { crowdBell.ring() }
    }

    /// Writes until ``finish()``, and what is waiting then.
    func run() async {
        await withTaskGroup { group in
            group.addTask { [self] in for await _ in bell.sounds { await writeWaiting(1) } }
            group.addTask { [self] in
                for await _ in crowdBell.sounds { await writeWaiting(Self.crowd) }
            }
        }
        // One of the two may have put something back when the other had ended.
        await writeWaiting(1)
    }

    /// Writes as long as so many wait.
    private func writeWaiting(_ fewest: Int) async {
        var locked: [UUID: ContinuousClock.Instant] = [:]
        var pause = Backoff()
        while let batch = nextBatch(fewest, without: locked) {
            let now = ContinuousClock.now
            locked = locked.filter { $0.value > now }
            guard !batch.isEmpty else {
                await pause.wait()  // All that there is to write is of such runs.
                continue
            }
            pause.reset()
            let attempts = await write(
                batch.map(\.settlement),
                mayBeWritten: batch.contains(where: \.mayBeWritten)
            )
            var rest: [Waiting] = []
            for (waiting, attempt) in zip(batch, attempts) {
                switch attempt {
                case .over(let verdict):
                    waiting.conclude(verdict)
                case .later(let mayBeWritten):
                    var waiting = waiting
                    waiting.mayBeWritten = mayBeWritten
                    rest.append(waiting)
                    locked[waiting.settlement.run] = .now + Self.rest
                }
            }
            guard !rest.isEmpty else { continue }
            queue.withLock { [rest] in $0 = rest + $0 }
            bell.ring()
        }
    }

    /// Ends ``run()``.
    ///
    /// Nothing may be settled after this.
    func finish() {
        bell.silence()
        crowdBell.silence()
    }

    /// Takes what waits, and leaves what needs its run for itself beside others of that run.
    ///
    /// - Returns: `nil` if fewer wait; nothing if that is all of runs that are locked.
    private func nextBatch(
        _ fewest: Int,
        without locked: [UUID: ContinuousClock.Instant]
    ) -> [Waiting]? {
        queue.withLock { queue in
            guard queue.count >= fewest else { return nil }
            var batch: [Waiting] = []
            var rest: [Waiting] = []
            var runs: Set<UUID> = []
            var closed = Set(locked.keys)
            for (index, waiting) in queue.enumerated() {
                guard batch.count < Self.largestBatch else {
                    rest += queue[index...]
                    break
                }
                let run = waiting.settlement.run
                let isAlone = waiting.settlement.needsRunForItself
                guard !closed.contains(run), !(isAlone && runs.contains(run)) else {
                    closed.insert(run)  // What came later does not overtake it.
                    rest.append(waiting)
                    continue
                }
                runs.insert(run)
                if isAlone { closed.insert(run) }
                batch.append(waiting)
            }
            queue = rest
            return batch
        }
    }

    /// Writes a batch; `mayBeWritten` says that some of it was sent before, without an answer.
    private func write(_ batch: [Settlement], mayBeWritten: Bool) async -> Attempts {
        let start = ContinuousClock.now
        // After a failure the commit may have happened all the same; then the second writing finds
        // the fences moved, and what was moved is still ours.
        var mayBeWritten = mayBeWritten
        var pause = Backoff()
        while true {
            do {
                let isRepeat = mayBeWritten
                let settled = try await connections.run { session in
                    var settled = try session.settle(batch, patience: Self.patience)
                    guard isRepeat else { return settled }
                    let kept = try session.kept(batch)
                    settled.tasks.formUnion(kept)
                    settled.kept.formUnion(kept)
                    return settled
                }
                meters.batches.record(batch.count)
                meters.settled.increment(by: settled.tasks.count)
                meters.settleTime.record(duration: start.duration(to: .now))
                return batch.map { settlement in
                    .over(
                        settled.tasks.contains(settlement.task)
                            ? .written(goesOnFrom: settled.seq(for: settlement)) : .lost
                    )
                }
            } catch let error as PostgresError where error.sqlState == .lockNotAvailable {
                if let attempts = await writeFree(batch, mayBeWritten) { return attempts }
                // It is not a run that is locked, but what one of the settlements touches besides.
                if batch.count == 1 { return [.later(mayBeWritten: mayBeWritten)] }
                return await writeHalves(of: batch, mayBeWritten)
            } catch let error as PostgresError where error.remedy == .bug {
                if batch.count == 1 { return [.over(.refused(error))] }
                return await writeHalves(of: batch, mayBeWritten)
            } catch {
                mayBeWritten = true
                logger.warning(
                    "could not settle, trying again",
                    metadata: ["error": "\(error)", "settlements": "\(batch.count)"]
                )
                await pause.wait()
            }
        }
    }

    private func writeHalves(of batch: [Settlement], _ mayBeWritten: Bool) async -> Attempts {
        let half = batch.count / 2
        return await write(Array(batch[..<half]), mayBeWritten: mayBeWritten)
            + write(Array(batch[half...]), mayBeWritten: mayBeWritten)
    }

    /// Writes the settlements of runs that nobody has locked; `nil` if there is no other.
    private func writeFree(_ batch: [Settlement], _ mayBeWritten: Bool) async -> Attempts? {
        let runs = Array(Set(batch.map(\.run)))
        let free: Set<UUID>
        do {
            free = try await connections.run { try $0.unlocked(runs) }
        } catch {
            return nil  // The next attempt to write has the same trouble, and says so.
        }
        guard free.count < runs.count else { return nil }
        logger.info(
            "runs are locked by others; their steps are settled later",
            metadata: ["runs": "\(runs.count - free.count)"]
        )
        let ready = batch.filter { free.contains($0.run) }
        var written = (ready.isEmpty ? [] : await write(ready, mayBeWritten: mayBeWritten))[...]
        let later = Attempt.later(mayBeWritten: mayBeWritten)
        return batch.map { free.contains($0.run) ? written.popFirst() ?? later : later }
    }
}

extension Settled {
    /// The last event that the holder of a task knows when it goes on, if it does.
    fileprivate func seq(for settlement: Settlement) -> Int? {
        guard kept.contains(settlement.task) else { return nil }
        // Without an answer it knows as much as before, at least.
        return lastSeqs[settlement.run] ?? settlement.knownSeq
    }
}
