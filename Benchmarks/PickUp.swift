import Pawl

/// From the return of an INSERT to the start of its handler, with nothing else to do.
enum PickUp {
    @Sendable static func measure(
        _ site: BenchSite,
        _ arguments: Arguments
    ) async throws -> [Figure] {
        let samples = arguments.number("samples", default: 300)
        let (starts, start) = AsyncStream.makeStream(of: ContinuousClock.Instant.self)
        let handler = Handler.job("bench-pickup") { (_: JSON, _) in
            start.yield(.now)
            return Done()
        }
        return try await site.withWorker([handler]) {
            try await Task.sleep(for: .milliseconds(500))  // The worker has started and sleeps.
            var latencies: [Double] = []
            var iterator = starts.makeAsyncIterator()
            for _ in 1...samples {
                try await site.execute("insert into pawl.run (workflow) values ('bench-pickup')")
                let enqueued = ContinuousClock.now
                guard let start = await iterator.next() else { break }
                latencies.append(max(enqueued.duration(to: start).inSeconds, 0) * 1_000)
                try await Task.sleep(for: .milliseconds(30))
            }
            return [
                Figure(
                    name: "idle pick-up p50",
                    value: latencies.percentile(0.5),
                    unit: "ms",
                    goal: 5,
                    wantsMore: false
                ),
                Figure(name: "idle pick-up p99", value: latencies.percentile(0.99), unit: "ms"),
            ]
        }
    }
}
