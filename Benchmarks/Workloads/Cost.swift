import Pawl

/// What a run costs the processors, the log and the tables, whatever the machine's speed.
enum Cost {
    static let workload = Workload(name: "W6", title: "what a run costs", measure: measure)

    private struct Bill: Sendable {
        let enqueuing: ServerMeter
        let draining: ServerMeter
        let worker: Double
    }

    @Sendable static func measure(_ site: BenchSite, _ effort: Effort) async throws -> [Figure] {
        let runs = effort.amount(40_000, quick: 10_000)
        try await site.define(.job("bench-job"))
        try await site.define(Chain.definition())
        let rounds = try await Rounds.take(
            effort,
            [
                ("job", { try await bill(site, effort, "bench-job", runs) }),
                ("chain", { try await bill(site, effort, "bench-chain", runs / 4) }),
            ]
        )
        func ofRun(_ value: @escaping (Bill) -> Double) -> [Double] {
            rounds.samples("job") { value($0) / Double(runs) }
        }
        /// What the steps after the first add.
        func ofStep(_ value: (Bill) -> Double) -> [Double] {
            let more = Double(Chain.steps - 1)
            return zip(rounds["chain"], rounds["job"]).map { chain, job in
                (value(chain) / Double(runs / 4) - value(job) / Double(runs)) / more
            }
        }
        return [
            Figure(
                "WAL of a one-step run, INSERT to completed",
                "B",
                ofRun { $0.enqueuing.walBytes + $0.draining.walBytes },
                goal: .atMost(1_536)
            ),
            Figure("of that, the INSERT", "B", ofRun(\.enqueuing.walBytes)),
            Figure(
                "WAL of each further step",
                "B",
                ofStep { $0.enqueuing.walBytes + $0.draining.walBytes },
                goal: .atMost(650)
            ),
            Figure(
                "PostgreSQL's time for the INSERT",
                "µs",
                ofRun { $0.enqueuing.processor * 1e6 }
            ),
            Figure(
                "PostgreSQL's time to execute the run",
                "µs",
                ofRun { $0.draining.processor * 1e6 }
            ),
            Figure("the worker's time for it", "µs", ofRun { $0.worker * 1e6 }),
            Figure(
                "the worker's time, to PostgreSQL's",
                "times",
                rounds.samples("job") { $0.worker / $0.draining.processor },
                goal: .atMost(1)
            ),
            Figure(
                "PostgreSQL's time for each further step",
                "µs",
                ofStep { $0.draining.processor * 1e6 }
            ),
            Figure("the worker's time for each further step", "µs", ofStep { $0.worker * 1e6 }),
            Figure(
                "dead rows of a one-step run",
                "rows",
                ofRun { $0.enqueuing.deadRows + $0.draining.deadRows }
            ),
            Figure("dead rows of each further step", "rows", ofStep(\.draining.deadRows)),
            Figure(
                "commits for 1,000 one-step runs",
                "commits",
                ofRun { $0.draining.commits * 1_000 }
            ),
            Figure(
                "fsyncs of the log for 1,000 one-step runs",
                "fsyncs",
                ofRun { $0.draining.walSyncs * 1_000 }
            ),
        ]
    }

    private static func bill(
        _ site: BenchSite,
        _ effort: Effort,
        _ workflow: String,
        _ runs: Int
    ) async throws -> Bill {
        // What a page's first change after a checkpoint adds to the log is not the run's.
        try await site.execute("checkpoint")
        let start = try await ServerMeter.read(site)
        try await site.enqueue(runs, of: workflow)
        let enqueued = try await ServerMeter.read(site)
        let worker = try await site.withProcesses(1, effort) { _, processes in
            try processes[0].processorTime
        }
        let drained = try await ServerMeter.read(site)
        return Bill(enqueuing: enqueued - start, draining: drained - enqueued, worker: worker)
    }
}
