import Pawl
import PawlStore

/// Claims out of a million ready runs, against claims out of a few.
enum Backlog {
    static let workload = Workload(name: "W7", title: "a backlog of a million", measure: measure)

    @Sendable static func measure(_ site: BenchSite, _ effort: Effort) async throws -> [Figure] {
        let few = 5_000
        let many = effort.amount(1_000_000, quick: 100_000)
        try await site.define(.job("bench-job"))
        for _ in 0..<(many / 50_000) { try await site.enqueue(50_000, in: "many") }
        try await site.execute("vacuum analyze pawl.task")
        let small = "claim of 100 of \(few.grouped)"
        let large = "claim of 100 of \(many.grouped)"
        let rounds = try await Rounds.take(
            effort,
            [
                (
                    small,
                    {
                        try await site.enqueue(few, in: "few")
                        let times = try await site.claims(from: "few")
                        try await site.execute("delete from pawl.task where queue = 'few'")
                        return times.median
                    }
                ),
                (large, { try await site.claims(from: "many").median }),
            ]
        )
        return [
            Figure(small, "ms", rounds[small]),
            Figure(large, "ms", rounds[large]),
            Figure(
                "the large backlog, to the small one",
                "times",
                rounds.ratios(large, to: small) { $0 },
                goal: .atMost(1.25)
            ),
        ]
    }
}

extension BenchSite {
    /// Enqueues in a queue of their own: what else is in the table must not matter either.
    fileprivate func enqueue(_ runs: Int, in queue: String) async throws {
        try await execute(
            """
            insert into pawl.run (workflow, queue)
            select 'bench-job', \(queue) from generate_series(1, \(runs))
            """
        )
    }

    /// How long claims take that follow on each other, in milliseconds.
    func claims(from queue: String, _ count: Int = 20) async throws -> [Double] {
        try await pool.run { session in
            let worker = try session.register(
                WorkerRecord(
                    host: "bench",
                    processID: 0,
                    version: "bench",
                    queues: [queue],
                    kinds: [],
                    slots: 100,
                    lease: .seconds(3_600)
                )
            )
            var times: [Double] = []
            for _ in 1...count {
                let start = ContinuousClock.now
                let claims = try session.claim(100, from: queue, for: worker)
                times.append(start.duration(to: .now).inSeconds * 1_000)
                // As a settlement would, so that no more are held than a worker has slots.
                try session.execute(
                    "delete from pawl.task where id = any(\(claims.map(\.task)))"
                )
                guard claims.count == 100 else {
                    throw BenchError("a claim of 100 from queue \"\(queue)\" gave \(claims.count)")
                }
            }
            return times
        }
    }
}
