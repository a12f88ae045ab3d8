import FoundationEssentials
import Logging
import Metrics
import PawlStore
import Postgres
import Synchronization

/// Writes what steps came to, many in one commit.
///
/// While a commit is under way the next settlements gather; they go together into the one after it.
/// A settlement that cannot be written for a reason of its own is found by halving the batch.
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

    /// As many as a round trip carries without making the first wait for the last.
    private static let largestBatch = 256

    private struct Waiting: Sendable {
        let settlement: Settlement
        let resume: CheckedContinuation<Verdict, Never>
    }

    private let queue = Mutex<[Waiting]>([])
    private let bell = Bell()
    private let connection: Pool
    private let logger: Logger
    private let meters: WorkerMeters

    init(connection: Pool, logger: Logger, meters: WorkerMeters) {
        self.connection = connection
        self.logger = logger
        self.meters = meters
    }

    /// Writes a settlement, together with others, and tells what became of it.
    func settle(_ settlement: Settlement) async -> Verdict {
        await withCheckedContinuation { resume in
            let isFirst = queue.withLock { queue in
                queue.append(Waiting(settlement: settlement, resume: resume))
                return queue.count == 1
            }
            if isFirst { bell.ring() }
        }
    }

    /// Writes until ``finish()``, and what is waiting then.
    func run() async {
        for await _ in bell.sounds {
            while let batch = nextBatch() {
                let verdicts = await write(batch.map(\.settlement))
                for (waiting, verdict) in zip(batch, verdicts) {
                    waiting.resume.resume(returning: verdict)
                }
            }
        }
    }

    /// Ends ``run()``.
    ///
    /// Nothing may be settled after this.
    func finish() { bell.silence() }

    /// Takes what waits, and leaves what needs its run for itself beside others of that run.
    private func nextBatch() -> [Waiting]? {
        queue.withLock { queue in
            guard !queue.isEmpty else { return nil }
            var batch: [Waiting] = []
            var rest: [Waiting] = []
            var runs: Set<UUID> = []
            var closed: Set<UUID> = []
            for waiting in queue {
                let run = waiting.settlement.run
                let isAlone = waiting.settlement.needsRunForItself
                guard batch.count < Self.largestBatch, !closed.contains(run),
                    !(isAlone && runs.contains(run))
                else {
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

    private func write(_ batch: [Settlement]) async -> [Verdict] {
        let start = ContinuousClock.now
        // After a failure the commit may have happened all the same; then the second writing finds
        // the fences moved, and what was moved is still ours.
        var mayBeWritten = false
        var pause = Backoff()
        while true {
            do {
                let isRepeat = mayBeWritten
                let settled = try await connection.run { session in
                    var settled = try session.settle(batch)
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
                    settled.tasks.contains(settlement.task)
                        ? .written(goesOnFrom: settled.seq(for: settlement)) : .lost
                }
            } catch let error as PostgresError where error.remedy == .bug {
                if batch.count == 1 { return [.refused(error)] }
                let half = batch.count / 2
                return await write(Array(batch[..<half])) + write(Array(batch[half...]))
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
}

extension Settled {
    /// The last event that the holder of a task knows when it goes on, if it does.
    fileprivate func seq(for settlement: Settlement) -> Int? {
        guard kept.contains(settlement.task) else { return nil }
        // Without an answer it knows as much as before, at least.
        return lastSeqs[settlement.run] ?? settlement.knownSeq
    }
}
