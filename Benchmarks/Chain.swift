import Pawl
import PawlStore

/// Workflows of five steps one after the other, moved in place.
enum Chain {
    @Sendable static func measure(
        _ site: BenchSite,
        _ arguments: Arguments
    ) async throws -> [Figure] {
        let runs = arguments.number("runs", default: 20_000) / 4
        let step = Handler("bench-step") { (_: JSON, _) in Done() }
        let names = ["start"] + (1...5).map { "s\($0)" } + ["end"]
        let definition = try Definition(
            json: [
                "id": "bench-chain",
                "nodes": .array(
                    names.map { name in
                        [
                            "id": .string(name),
                            "type": name.hasPrefix("s") && name != "start"
                                ? "bench-step" : .string(name),
                        ]
                    }
                ),
                "edges": .array(
                    zip(names, names.dropFirst()).map {
                        ["source": .string($0), "target": .string($1)]
                    }
                ),
            ])
        try await site.pool.run { session in
            _ = try session.define(definition, makesCurrent: true)
        }
        var rates: [Double] = []
        for _ in 1...5 {
            try await site.execute(
                """
                insert into pawl.run (workflow, input)
                select 'bench-chain', jsonb_build_object('n', n) from generate_series(1, \(runs)) n
                """
            )
            let begin = ContinuousClock.now
            try await site.withWorker([step]) { try await site.waitUntilDrained() }
            rates.append(Double(5 * runs) / begin.duration(to: .now).inSeconds)
        }
        return [Figure(name: "five-step workflow", value: rates.percentile(0.5), unit: "steps/s")]
    }
}
