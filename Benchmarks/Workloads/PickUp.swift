import Foundation
import Pawl
import PawlStore

/// How soon an idle worker picks a run up, and how soon the run is seen to have ended, with
/// notifications and without.
enum PickUp {
    static let workload = Workload(name: "W3", title: "latency when idle", measure: measure)

    struct Sample: Sendable {
        let pickUp: Double
        let whole: Double
    }

    @Sendable static func measure(_ site: BenchSite, _ effort: Effort) async throws -> [Figure] {
        let told = "LISTEN"
        let polling = "polling"
        let poll = Duration.milliseconds(200)
        let rounds = try await Rounds.take(
            effort,
            [
                (told, { try await samples(site, effort.amount(200, quick: 100), poll: nil) }),
                (polling, { try await samples(site, effort.amount(40, quick: 20), poll: poll) }),
            ]
        )
        func figure(
            _ name: String,
            _ contender: String,
            _ share: Double,
            _ goal: Goal? = nil,
            _ value: @escaping (Sample) -> Double
        ) -> Figure {
            let samples = rounds.samples(contender) { $0.map(value).percentile(share) }
            return Figure(name, "ms", samples, goal: goal)
        }
        return [
            figure("idle pick-up, p50", told, 0.5, .atMost(2)) { $0.pickUp },
            figure("idle pick-up, p95", told, 0.95) { $0.pickUp },
            figure("idle pick-up, p99", told, 0.99, .atMost(10)) { $0.pickUp },
            figure("INSERT to the end of the run seen, p50", told, 0.5) { $0.whole },
            figure("INSERT to the end of the run seen, p95", told, 0.95) { $0.whole },
            figure("INSERT to the end of the run seen, p99", told, 0.99) { $0.whole },
            // About half the interval, as a poll knows nothing of the enqueue.
            figure(
                "without LISTEN, polling each 200 ms, p50",
                polling,
                0.5,
                .atMost(poll.inSeconds * 1_000 * 0.6)
            ) { $0.pickUp },
            figure("without LISTEN, p99", polling, 0.99) { $0.pickUp },
        ]
    }

    /// Enqueues one run after the other for a worker that has nothing else to do.
    static func samples(
        _ site: BenchSite,
        _ count: Int,
        poll: Duration?
    ) async throws -> [Sample] {
        let (starts, start) = AsyncStream.makeStream(of: ContinuousClock.Instant.self)
        let handler = Handler.job("bench-pickup") { (_: JSON, _) in
            start.yield(.now)
            return Done()
        }
        var configuration = WorkerConfiguration()
        configuration.listens = poll == nil
        if let poll { configuration.pollInterval = poll }
        return try await site.withWorker([handler], configuration) {
            try await site.wait(until: "select bool_or(asleep) from pawl.worker")
            var samples: [Sample] = []
            var begun = starts.makeAsyncIterator()
            for number in 1...count {
                // Long enough to fall asleep; of a poll interval each time another part.
                let pause =
                    0.03 + (poll?.inSeconds ?? 0)
                    * (Double(number) * 0.618)
                    .truncatingRemainder(dividingBy: 1)
                try await Task.sleep(for: .seconds(pause))
                let asked = ContinuousClock.now
                let run = try await site.pool.run { session in
                    try session.query(
                        "insert into pawl.run (workflow) values ('bench-pickup') returning id"
                    )[0].decode(UUID.self, at: 0)
                }
                let enqueued = ContinuousClock.now
                guard let start = await begun.next() else { break }
                // Looked at only from here on, so that looking delays no pick-up.
                try await site.pool.run { session in
                    while try session.status(of: run) != .completed { usleep(100) }
                }
                samples.append(
                    Sample(
                        pickUp: max(enqueued.duration(to: start).inSeconds, 0) * 1_000,
                        whole: asked.duration(to: .now).inSeconds * 1_000
                    )
                )
            }
            return samples
        }
    }
}
