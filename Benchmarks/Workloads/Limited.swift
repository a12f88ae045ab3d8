import Pawl

/// What a limit on runs costs those that it does not hold up.
enum Limited {
    /// A workflow that is limited, and how its runs are enqueued.
    struct Contender: Sendable {
        let name: String
        let define: @Sendable (BenchSite) async throws -> Void
        let enqueue: @Sendable (BenchSite, _ runs: Int) async throws -> Void
    }

    /// The limits that there are to measure; there is no workload while there are none.
    ///
    /// A concurrency key has 100,000 values, so that each holds up nothing; a rate limit is higher
    /// than what a worker can do.
    static let contenders = [
        contender("bench-keyed", RunLimits(concurrency: .init(1, of: "input.n"))),
        contender("bench-rated", RunLimits(rate: .init(1e9, per: .seconds(60)))),
    ]

    /// A workflow of one step that the handler of `bench-job` executes.
    private static func contender(_ name: String, _ limits: RunLimits) -> Contender {
        Contender(
            name: name,
            define: { site in
                let job = Definition.job("bench-job", limits: limits).json
                guard case .object(var members) = job else { return }
                members["id"] = .string(name)
                try await site.define(Definition(json: .object(members)))
            },
            enqueue: { try await $0.enqueue($1, of: name) }
        )
    }

    static var workload: Workload? {
        contenders.isEmpty ? nil : Workload(name: "W8", title: "limits", measure: measure)
    }

    @Sendable static func measure(_ site: BenchSite, _ effort: Effort) async throws -> [Figure] {
        let runs = effort.amount(40_000, quick: 10_000)
        let plain = Contender(
            name: "without a limit",
            define: { try await $0.define(.job("bench-job")) },
            enqueue: { try await $0.enqueue($1, of: "bench-job") }
        )
        for contender in contenders + [plain] { try await contender.define(site) }
        let rounds = try await Rounds.take(
            effort,
            ([plain] + contenders).map { contender in
                (
                    contender.name,
                    {
                        try await contender.enqueue(site, runs)
                        return try await site.drained(runs, effort)
                    }
                )
            }
        )
        return ([plain] + contenders).map { contender in
            Figure("drain \(contender.name)", "runs/s", rounds[contender.name])
        }
            + contenders.map { contender in
                Figure(
                    "drain \(contender.name), to the one without",
                    "of the rate",
                    rounds.ratios(contender.name, to: plain.name) { $0 },
                    goal: .atLeast(0.85)
                )
            }
    }
}
