import Pawl

/// Workflows of five steps one after the other.
enum Chain {
    static let workload = Workload(
        name: "W4",
        title: "five steps one after the other",
        measure: measure
    )

    static let steps = 5

    @Sendable static func measure(_ site: BenchSite, _ effort: Effort) async throws -> [Figure] {
        let runs = effort.amount(15_000, quick: 4_000)
        try await site.define(definition())
        let rounds = try await Rounds.take(
            effort,
            [
                (
                    "chain",
                    {
                        try await site.enqueue(runs, of: "bench-chain")
                        return try await site.drained(steps * runs, effort)
                    }
                )
            ]
        )
        return [
            Figure("five-step workflows", "steps/s", rounds["chain"], goal: .atLeast(50_000))
        ]
    }

    static func definition() throws -> Definition {
        let names = ["start"] + (1...steps).map { "step\($0)" } + ["end"]
        return try Definition(
            json: [
                "id": "bench-chain",
                "nodes": .array(
                    names.map { name in
                        let isOwn = ["start", "end"].contains(name)
                        return ["id": .string(name), "type": isOwn ? .string(name) : "bench-step"]
                    }
                ),
                "edges": .array(
                    zip(names, names.dropFirst()).map {
                        ["source": .string($0), "target": .string($1)]
                    }
                ),
            ])
    }
}

/// Workflows of one step, then a hundred at the same time, then one.
enum FanIn {
    static let workload = Workload(
        name: "W4-fan",
        title: "one step, a hundred, one",
        measure: measure
    )

    @Sendable static func measure(_ site: BenchSite, _ effort: Effort) async throws -> [Figure] {
        let runs = effort.amount(200, quick: 50)
        try await site.define(
            Definition(
                json: JSON(
                    parsing: """
                        {"id": "bench-fan-in",
                         "nodes": [
                           {"id": "start", "type": "start"}, {"id": "split", "type": "bench-split"},
                           {"id": "all", "type": "loop",
                            "config": {"over": "split.output", "concurrency": 100}},
                           {"id": "one", "parent": "all", "type": "bench-step"},
                           {"id": "join", "type": "bench-step"}, {"id": "end", "type": "end"}],
                         "edges": [
                           {"source": "start", "target": "split"},
                           {"source": "split", "target": "all"},
                           {"source": "all", "target": "join"}, {"source": "join", "target": "end"}]}
                        """.utf8
                )
            )
        )
        let rounds = try await Rounds.take(
            effort,
            [
                (
                    "fan",
                    {
                        try await site.enqueue(runs, of: "bench-fan-in")
                        return try await site.drained(102 * runs, effort)
                    }
                )
            ]
        )
        return [Figure("1 → 100 → 1", "steps/s", rounds["fan"])]
    }
}
