import Pawl

/// What a limit costs runs that it does not hold up, from their INSERT to their end.
enum Limited {
    static let workload = Workload(name: "W8", title: "limits", measure: measure)

    private typealias Workflow = (name: String, limits: JSON)

    /// A concurrency key has as many values as there are runs, so that each holds up nothing; the rate
    /// is higher than what a worker can do.
    private static let limits: [Workflow] = [
        ("with a concurrency key", ["concurrency": ["limit": 1, "key": "input.n"]]),
        ("with a rate limit", ["rate": ["limit": 1_000_000_000, "per": "1m"]]),
    ]

    @Sendable static func measure(_ site: BenchSite, _ effort: Effort) async throws -> [Figure] {
        let runs = effort.amount(100_000, quick: 10_000)
        let plain = "without a limit"
        let workflows = [(plain, JSON.object([:]))] + limits
        for (name, limits) in workflows {
            try await site.define(
                Definition(
                    json: [
                        "id": .string(name), "limits": limits,
                        "nodes": [["id": "bench-job", "type": "bench-job"]], "edges": [],
                    ])
            )
        }
        let rounds = try await Rounds.take(
            effort,
            workflows.map { name, _ in
                (
                    name,
                    {
                        let start = ContinuousClock.now
                        try await site.enqueue(runs, of: name)
                        let enqueued = start.duration(to: .now).inSeconds
                        let drained = Double(runs) / (try await site.drained(runs, effort))
                        return Double(runs) / (enqueued + drained)
                    }
                )
            }
        )
        return workflows.map { name, _ in
            Figure("INSERT to end \(name)", "runs/s", rounds[name])
        }
            + limits.map { name, _ in
                Figure(
                    "INSERT to end \(name), to the one without",
                    "of the rate",
                    rounds.ratios(name, to: plain) { $0 },
                    goal: .atLeast(0.85)
                )
            }
    }
}
