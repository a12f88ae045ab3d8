import Pawl
import PawlStore

/// Ten thousand iterations one after the other, the last thousand against the first.
enum Loop {
    static let workload = Workload(name: "loop", title: "a loop of many steps", measure: measure)

    @Sendable static func measure(_ site: BenchSite, _ effort: Effort) async throws -> [Figure] {
        let count = effort.amount(10_000, quick: 2_000)
        try await site.define(
            "bench-loop",
            #"{"over": "split.output", "collect": false}"#,
            #""type": "bench-step""#
        )
        try await site.define(
            "bench-control",
            #"{"mode": "while", "condition": "loop.index < \#(count)", "collect": false}"#,
            #""type": "function", "config": {"action": "set_context", "values": {"x": 1}}"#
        )
        return try await site.flatness(of: "bench-loop", count, effort, "sequential loop")
            + site.flatness(of: "bench-control", count, effort, "loop of control nodes")
    }
}

/// Ten thousand children of one step, all at once or fifty at a time.
enum FanOut {
    static let workload = Workload(name: "fan-out", title: "many children", measure: measure)

    @Sendable static func measure(_ site: BenchSite, _ effort: Effort) async throws -> [Figure] {
        let count = effort.amount(10_000, quick: 2_000)
        var figures: [Figure] = []
        for (name, limit) in [("all at once", count), ("50 at a time", 50)] {
            try await site.define(
                "bench-fan-\(limit)",
                #"{"over": "split.output", "concurrency": \#(limit), "collect": false}"#,
                #""type": "bench-step""#
            )
            figures += try await site.flatness(
                of: "bench-fan-\(limit)",
                count,
                effort,
                "fan-out, \(name)"
            )
        }
        return figures
    }
}

extension BenchSite {
    /// Defines a workflow of one loop around one node, after a step that gives a list.
    fileprivate func define(_ name: String, _ loop: String, _ node: String) async throws {
        let text = """
            {"id": "\(name)",
             "nodes": [{"id": "start", "type": "start"}, {"id": "split", "type": "bench-split"},
                       {"id": "all", "type": "loop", "config": \(loop)},
                       {"id": "one", "parent": "all", \(node)}, {"id": "end", "type": "end"}],
             "edges": [{"source": "start", "target": "split"},
                       {"source": "split", "target": "all"}, {"source": "all", "target": "end"}]}
            """
        try await define(Definition(json: JSON(parsing: text.utf8)))
    }

    /// How long a step takes at the beginning of a run of many steps, and at its end.
    ///
    /// A run a round. A step's time is told by when its end was recorded.
    fileprivate func flatness(
        of workflow: String,
        _ count: Int,
        _ effort: Effort,
        _ name: String
    ) async throws -> [Figure] {
        let split = Handler("bench-split") { (_: Done, _) in Array(0..<count) }
        let step = Handler("bench-step") { (_: Done, _) in Done() }
        let part = max(count / 10, 1)
        var firsts: [Double] = []
        var lasts: [Double] = []
        var rates: [Double] = []
        for _ in 1...effort.rounds {
            try await withWorker([split, step]) {
                try await execute("insert into pawl.run (workflow) values (\(workflow))")
                try await waitUntilDrained()
            }
            let times = try await pool.run { session in
                try session.query(
                    """
                    select extract(epoch from e.at)::float8
                    from pawl.event e
                    where e.path like 'all.%' and e.kind = 'step_completed'
                      and e.run_id = (
                        select id from pawl.run where workflow = \(workflow) and status = 'completed'
                        order by created_at desc limit 1)
                    order by e.seq
                    """
                ).map { try $0.decode(Double.self, at: 0) }
            }
            precondition(times.count == count, "\(workflow) has made \(times.count) steps")
            let first = (times[part] - times[0]) / Double(part) * 1e6
            let last = (times[count - 1] - times[count - 1 - part]) / Double(part) * 1e6
            firsts.append(first)
            lasts.append(last)
            rates.append(Double(count - 1) / (times[count - 1] - times[0]))
        }
        return [
            Figure(name, "steps/s", rates),
            Figure("\(name), first tenth", "µs/step", firsts),
            Figure("\(name), last tenth", "µs/step", lasts),
            Figure(
                "\(name), last to first",
                "times",
                zip(firsts, lasts).map { $1 / $0 },
                goal: .atMost(1.2)
            ),
        ]
    }
}
