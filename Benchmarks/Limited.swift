import Pawl
import PawlStore

/// What limits cost: runs of one step from their INSERT to their end, each with a key of its own, and under
/// a rate, against runs without limits; rounds take turns, medians of five.
enum Limited {
    @Sendable static func measure(
        _ site: BenchSite,
        _ arguments: Arguments
    ) async throws -> [Figure] {
        let runs = arguments.number("runs", default: 20_000)
        let kinds: [(name: String, limits: RunLimits)] = [
            ("bench-free", RunLimits()),
            ("bench-keyed", RunLimits(concurrency: .init(1, of: "input.n"))),
            ("bench-rated", RunLimits(rate: .init(1e9, per: .seconds(60)))),
        ]
        let handlers = kinds.map { kind in
            Handler.job(kind.name, limits: kind.limits) { (_: JSON, _) in Done() }
        }
        for kind in kinds {
            try await site.pool.run { session in
                _ = try session.define(.job(kind.name, limits: kind.limits), makesCurrent: true)
            }
        }
        var seconds: [String: [Double]] = [:]
        for _ in 1...5 {
            for kind in kinds {
                try await site.execute("vacuum analyze pawl.task")
                let start = ContinuousClock.now
                try await site.execute(
                    """
                    insert into pawl.run (workflow, input)
                    select \(kind.name), jsonb_build_object('n', n) from generate_series(1, \(runs)) n
                    """
                )
                try await site.withWorker(handlers) { try await site.waitUntilDrained() }
                seconds[kind.name, default: []].append(start.duration(to: .now).inSeconds)
            }
        }
        let free = seconds["bench-free", default: []].percentile(0.5)
        return kinds.dropFirst().map { kind in
            Figure(
                name: "\(kind.name): time of a run, as a share of one without limits",
                value: seconds[kind.name, default: []].percentile(0.5) / free,
                unit: "",
                goal: 1.15,
                wantsMore: false
            )
        } + [Figure(name: "bench-free: INSERT to end", value: Double(runs) / free, unit: "runs/s")]
    }
}
