import Pawl
import PawlStore

/// Runs of one step, all enqueued before one worker process starts: five rounds, the median.
enum Drain {
    @Sendable static func measure(
        _ site: BenchSite,
        _ arguments: Arguments
    ) async throws -> [Figure] {
        let runs = arguments.number("runs", default: 20_000)
        let noop = Handler.job("bench-noop") { (_: JSON, _) in Done() }
        try await site.pool.run { session in
            _ = try session.define(.job("bench-noop"), makesCurrent: true)
        }
        var enqueued: [Double] = []
        var drained: [Double] = []
        for _ in 1...5 {
            let start = ContinuousClock.now
            try await site.execute(
                """
                insert into pawl.run (workflow, input)
                select 'bench-noop', jsonb_build_object('n', n) from generate_series(1, \(runs)) n
                """
            )
            enqueued.append(Double(runs) / start.duration(to: .now).inSeconds)
            try await site.execute("vacuum analyze pawl.task")
            let begin = ContinuousClock.now
            try await site.withWorker([noop]) { try await site.waitUntilDrained() }
            drained.append(Double(runs) / begin.duration(to: .now).inSeconds)
        }
        return [
            Figure(name: "bulk enqueue", value: enqueued.percentile(0.5), unit: "runs/s"),
            Figure(
                name: "drain, one worker process",
                value: drained.percentile(0.5),
                unit: "runs/s",
                goal: 5_000
            ),
        ]
    }
}
