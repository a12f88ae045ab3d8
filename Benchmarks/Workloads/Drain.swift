import Pawl

/// Runs of one step, all enqueued before the workers begin, which are processes of their own.
enum Drain {
    static let workload = Workload(name: "W1", title: "drain of one-step runs", measure: measure)

    @Sendable static func measure(_ site: BenchSite, _ effort: Effort) async throws -> [Figure] {
        let runs = effort.amount(60_000, quick: 15_000)
        try await site.define(.job("bench-job"))
        let rounds = try await Rounds.take(
            effort,
            [1, 2, 4].map { count in
                (
                    name(count),
                    {
                        try await site.enqueue(runs, of: "bench-job")
                        return try await site.drained(runs, effort, workers: count)
                    }
                )
            }
        )
        return [1, 2, 4].map { count in
            Figure(
                name(count),
                "runs/s",
                rounds[name(count)],
                // What two cores, of which PostgreSQL has its share, are to come to.
                goal: count == 1 ? .atLeast(30_000) : nil
            )
        }
    }

    private static func name(_ workers: Int) -> String {
        "drain, \(workers) worker process\(workers == 1 ? "" : "es")"
    }
}

extension BenchSite {
    /// How many of so many units a second worker processes get done, until nothing is left.
    func drained(_ units: Int, _ effort: Effort, workers: Int = 1) async throws -> Double {
        try await withProcesses(workers, effort) { start, _ in
            try await Span(of: self, since: start).rate(of: units)
        }
    }

    /// Lets worker processes do all there is to do, and then, before they end, reads what came of
    /// it since the time that `body` is given, and of the processes.
    func withProcesses<Value>(
        _ count: Int,
        _ effort: Effort,
        _ body: (Instant, [WorkerProcess]) async throws -> Value
    ) async throws -> Value {
        try await execute("vacuum analyze pawl.task")
        let processes = try (0..<count).map { _ in try WorkerProcess(self, effort) }
        let start = try await now()
        for process in processes { try process.go() }
        try await waitUntilDrained()
        let value = try await body(start, processes)
        for process in processes { try process.stop() }
        return value
    }
}
