import Pawl

/// What this server could do at most: statements of the same shape as Pawl's without Pawl, sent by
/// pgbench, beside the same work done by Pawl.
enum Limit {
    static let workload = Workload(
        name: "limit",
        title: "raw SQL through pgbench",
        measure: measure
    )

    /// Work that is done in both ways.
    private struct Work {
        let name: String
        let unit: String
        let units: Int
        let shape: RawShape
        var goal: Double?
        let prepare: () async throws -> Void
        /// How many units a second Pawl gets done.
        let rate: () async throws -> Double
    }

    private struct Score: Sendable {
        let rate: Double
        /// Microseconds of PostgreSQL's for a unit.
        let processor: Double
    }

    @Sendable static func measure(_ site: BenchSite, _ effort: Effort) async throws -> [Figure] {
        try await site.define(.job("bench-job"))
        try await site.define(Chain.definition())
        var figures: [Figure] = []
        for work in works(site, effort) {
            let raw = "raw SQL"
            let own = "Pawl"
            let rounds = try await Rounds.take(
                effort,
                [
                    (
                        raw,
                        {
                            try await work.shape.prepare(site)
                            return try await score(work, site) { try work.shape.rate(site) }
                        }
                    ),
                    (
                        own,
                        {
                            try await work.prepare()
                            return try await score(work, site, work.rate)
                        }
                    ),
                ]
            )
            figures += [
                Figure("\(work.name), raw SQL", work.unit, rounds.samples(raw, \.rate)),
                Figure("\(work.name), Pawl", work.unit, rounds.samples(own, \.rate)),
                Figure(
                    "\(work.name), Pawl's share of raw SQL",
                    "%",
                    rounds.ratios(own, to: raw, \.rate).map { 100 * $0 },
                    goal: work.goal.map { .atLeast($0) }
                ),
                Figure(
                    "\(work.name), PostgreSQL's time, Pawl's to raw SQL's",
                    "times",
                    rounds.ratios(own, to: raw, \.processor)
                ),
            ]
        }
        return figures
    }

    private static func works(_ site: BenchSite, _ effort: Effort) -> [Work] {
        let runs = effort.amount(60_000, quick: 16_000)
        // So many that each client has whole groups.
        let flows = effort.amount(16_000, quick: 4_000)
        let steps = Chain.steps * flows
        return [
            Work(
                name: "one-step runs",
                unit: "runs/s",
                units: runs,
                shape: .drain(runs),
                goal: 60,
                prepare: { try await site.enqueue(runs, of: "bench-job") },
                rate: { try await site.drained(runs, effort) }
            ),
            Work(
                name: "five-step workflows",
                unit: "steps/s",
                units: steps,
                shape: .chain(flows),
                prepare: { try await site.enqueue(flows, of: "bench-chain") },
                rate: { try await site.drained(steps, effort) }
            ),
            Work(
                name: "bulk insert",
                unit: "runs/s",
                units: runs,
                shape: .insert(runs),
                prepare: { try await site.execute("truncate pawl.task") },
                rate: {
                    let start = ContinuousClock.now
                    try await site.enqueue(runs, of: "bench-job")
                    return Double(runs) / start.duration(to: .now).inSeconds
                }
            ),
        ]
    }

    private static func score(
        _ work: Work,
        _ site: BenchSite,
        _ rate: () async throws -> Double
    ) async throws -> Score {
        let before = try await ServerMeter.read(site)
        let rate = try await rate()
        let used = try await ServerMeter.read(site) - before
        return Score(rate: rate, processor: used.processor * 1e6 / Double(work.units))
    }
}
