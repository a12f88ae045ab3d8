import Foundation
import Pawl
import PawlStore

/// What a history of ten million events makes of reading a run's page, and of claims.
enum History {
    static let workload = Workload(name: "W9", title: "ten million events", measure: measure)

    private static let eventsOfRun = 100

    private struct Times: Sendable {
        let page: Double
        let claim: Double
    }

    @Sendable static func measure(_ site: BenchSite, _ effort: Effort) async throws -> [Figure] {
        let few = 100
        let many = effort.amount(100_000, quick: 10_000)
        let rounds = try await BenchSite.with("W9_short", on: site.database) { young in
            let runs = (
                short: try await young.age(few, reading: few),
                long: try await site.age(many, reading: few)
            )
            return try await Rounds.take(
                effort,
                [
                    ("short", { try await times(young, runs.short) }),
                    ("long", { try await times(site, runs.long) }),
                ]
            )
        }
        let shorter = "\((few * eventsOfRun).grouped) events"
        let longer = "\((many * eventsOfRun).grouped) events"
        let page = "run page of \(eventsOfRun) events"
        let claim = "claim of 100"
        return [
            Figure("\(page), among \(shorter)", "ms", rounds.samples("short", \.page)),
            Figure("\(page), among \(longer)", "ms", rounds.samples("long", \.page)),
            Figure(
                "run page, the long history to the short one",
                "times",
                rounds.ratios("long", to: "short", \.page),
                goal: .atMost(1.25)
            ),
            Figure("\(claim), after \(shorter)", "ms", rounds.samples("short", \.claim)),
            Figure("\(claim), after \(longer)", "ms", rounds.samples("long", \.claim)),
            Figure(
                "claim, the long history to the short one",
                "times",
                rounds.ratios("long", to: "short", \.claim),
                goal: .atMost(1.25)
            ),
        ]
    }

    /// Reads runs, and claims.
    private static func times(_ site: BenchSite, _ runs: [UUID]) async throws -> Times {
        let pages = try await site.pool.run { session in
            try runs.map { run in
                let start = ContinuousClock.now
                let events = try session.events(of: run)
                let time = start.duration(to: .now).inSeconds * 1_000
                guard events.count == eventsOfRun else {
                    throw BenchError("a run has \(events.count) events")
                }
                return time
            }
        }
        try await site.enqueue(5_000, of: "bench-job")
        let claims = try await site.claims(from: "default")
        try await site.execute("delete from pawl.task")
        return Times(page: pages.median, claim: claims.median)
    }
}

extension BenchSite {
    /// Makes runs that ended long ago, with what they did, and gives some from all over them.
    fileprivate func age(_ runs: Int, reading some: Int) async throws -> [UUID] {
        try await define(.job("bench-job"))
        // In parts that take a few seconds.
        for first in stride(from: 1, through: runs, by: 5_000) {
            try await enqueue(min(5_000, runs - first + 1), of: "bench-job")
            try await script(
                """
                insert into pawl.event (run_id, seq, at, kind, path, visit, attempt, took, data)
                select r.id, seq, r.created_at, 'step_completed', 'main', seq, 1, interval '1 ms',
                  '{"n": 1}'
                from pawl.task t
                join pawl.run r on r.id = t.run_id, generate_series(1, 100) seq
                order by r.id, seq;
                update pawl.run r
                set status = 'completed', ended_at = pawl.now()
                from pawl.task t
                where t.run_id = r.id;
                delete from pawl.task;
                """
            )
        }
        try await execute("vacuum analyze pawl.task")
        try await execute("vacuum analyze pawl.run")
        try await execute("vacuum analyze pawl.event")
        return try await pool.run { session in
            try session.query(
                """
                select id from pawl.run
                where status = 'completed'
                order by md5(id::text)
                limit \(some)
                """
            ).map { try $0.decode(UUID.self, at: 0) }
        }
    }
}
