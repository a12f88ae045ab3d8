import Foundation
import Pawl
import Synchronization

/// A minute of steady load while another session holds a snapshot, so that nothing can be vacuumed.
enum Held {
    static let workload = Workload(
        name: "W5",
        title: "a transaction held open",
        measure: measure
    )

    /// What is enqueued and not executed yet, at most: more than a worker has slots.
    private static let backlog = 3_000
    private static let batch = 1_000

    @Sendable static func measure(_ site: BenchSite, _ effort: Effort) async throws -> [Figure] {
        let seconds = effort.amount(60, quick: 15)
        let part = seconds / 6
        var firsts: [Double] = []
        var ratios: [Double] = []
        var curves: [[Double]] = []
        for _ in 1...effort.rounds {
            // What the round before left would slow this one from its beginning.
            try await site.execute("vacuum analyze pawl.task, pawl.run, pawl.worker")
            let curve = try await curve(site, seconds: seconds)
            let first = curve.prefix(part).reduce(0, +) / Double(part)
            let last = curve.suffix(part).reduce(0, +) / Double(part)
            firsts.append(first)
            ratios.append(last / first)
            curves.append(curve)
        }
        let median = (0..<seconds).map { second in curves.map { $0[second] }.median }
        return [
            Figure(
                "enqueued and drained while a transaction is held open, first \(part) s",
                "runs/s",
                firsts,
                curve: median
            ),
            Figure(
                "the last \(part) s of \(seconds), to the first",
                "of the rate",
                ratios,
                goal: .atLeast(0.9)
            ),
        ]
    }

    /// How many runs are executed in each second.
    ///
    /// They are counted by their handler: to count them in the database would read the very rows
    /// that cannot be vacuumed.
    private static func curve(_ site: BenchSite, seconds: Int) async throws -> [Double] {
        let tally = Tally()
        let handler = Handler.job("bench-held") { (_: JSON, _) in
            tally.done.add(1, ordering: .relaxed)
            return Done()
        }
        return try await site.withWorker([handler]) {
            try await site.wait(until: "select bool_or(asleep) from pawl.worker")
            let feed = Task {
                var sent = 0
                while !Task.isCancelled {
                    if sent - tally.done.load(ordering: .relaxed) <= backlog - batch {
                        try await site.enqueue(batch, of: "bench-held")
                        sent += batch
                    } else {
                        try await Task.sleep(for: .milliseconds(1))
                    }
                }
            }
            defer { feed.cancel() }
            try await Task.sleep(for: .seconds(3))  // Warm.
            let counts = try await site.holding(for: seconds) {
                tally.done.load(ordering: .relaxed)
            }
            feed.cancel()
            _ = await feed.result
            try await site.waitUntilDrained()
            return zip(counts, counts.dropFirst()).map { Double($1 - $0) }
        }
    }

    private final class Tally: Sendable {
        let done = Atomic(0)
    }
}

extension BenchSite {
    /// Reads a counter each second while a session holds a transaction with a snapshot.
    fileprivate func holding(
        for seconds: Int,
        _ counter: @Sendable () -> Int
    ) async throws -> [Int] {
        try await pool.run { session in
            try session.script("begin isolation level repeatable read; select 1")
            let start = ContinuousClock.now
            var counts = [counter()]
            for second in 1...seconds {
                let left = (start + .seconds(second)) - .now
                usleep(UInt32(max(left.inSeconds, 0) * 1e6))
                counts.append(counter())
            }
            try session.script("rollback")
            return counts
        }
    }
}
