import Logging
import Metrics
import PawlStore
import Postgres

/// Takes the tasks of dead workers and makes them due again.
///
/// Every worker does this; whoever comes first does it. It looks often, which costs one read of a
/// small table when nobody died.
struct Rescuer: Sendable {
    let pool: Pool
    let interval: Duration
    let logger: Logger
    let meters: WorkerMeters

    /// As many as a transaction locks runs for.
    private static let batch = 200
    /// After that many looks, also for tasks whose worker's row is gone, lines that
    /// were forgotten, and rows to forget.
    private static let thoroughEvery = 30

    /// Looks until the task is cancelled.
    func run() async {
        var looks = 0
        while !Task.isCancelled {
            // Not all workers at the same moment.
            do { try await Task.sleep(for: interval * Double.random(in: 0.75...1.25)) } catch {
                return
            }
            looks += 1
            do {
                try await rescue(isThorough: looks % Self.thoroughEvery == 1)
            } catch {
                logger.warning("could not look for dead workers", metadata: ["error": "\(error)"])
            }
        }
    }

    private func rescue(isThorough: Bool) async throws {
        var lost = try await pool.run { session in
            var lost = try session.giveUpDeadWorkers()
            if isThorough {
                try session.forgetLostWorkers()
                try session.tendLanes()
                lost += try session.adoptOrphans()
            }
            return lost
        }
        lost = Array(Set(lost)).sorted()
        guard !lost.isEmpty else { return }
        while true {
            let workers = lost
            let count = try await pool.run { try $0.rescue(from: workers, limit: Self.batch) }
            guard count > 0 else { return }
            meters.rescued.increment(by: count)
            logger.warning(
                "rescued tasks of dead workers",
                metadata: ["tasks": "\(count)", "workers": "\(workers)"]
            )
        }
    }
}
