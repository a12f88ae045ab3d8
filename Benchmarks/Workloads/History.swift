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
        try await site.define(.job("bench-old"))
        try await site.define(.job("bench-new"))
        try await site.age(few)
        let young = try await times(site, effort)
        try await site.age(many - few)
        let old = try await times(site, effort)
        let events = (many * eventsOfRun).grouped
        return [
            Figure("run page of \(eventsOfRun) events, few others", "ms", young.map(\.page)),
            Figure("run page of \(eventsOfRun) events, \(events) others", "ms", old.map(\.page)),
            Figure(
                "run page, the long history to the short one",
                "times",
                zip(old, young).map { $0.page / $1.page },
                goal: .atMost(1.25)
            ),
            Figure("claim of 100, short history", "ms", young.map(\.claim)),
            Figure("claim of 100, long history", "ms", old.map(\.claim)),
            Figure(
                "claim, the long history to the short one",
                "times",
                zip(old, young).map { $0.claim / $1.claim },
                goal: .atMost(1.25)
            ),
        ]
    }

    /// Reads runs from all over the history, and claims; the first round only warms up.
    private static func times(_ site: BenchSite, _ effort: Effort) async throws -> [Times] {
        let runs = try await site.pool.run { session in
            try session.query(
                """
                select id from pawl.run where workflow = 'bench-old'
                order by md5(id::text)
                limit 100
                """
            ).map { try $0.decode(UUID.self, at: 0) }
        }
        var rounds: [Times] = []
        for _ in 0...effort.rounds {
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
            try await site.enqueue(5_000, of: "bench-new")
            let claims = try await site.claims(from: "default")
            try await site.execute("delete from pawl.task")
            rounds.append(Times(page: pages.median, claim: claims.median))
        }
        return Array(rounds.dropFirst())
    }
}

extension BenchSite {
    /// Makes runs that ended long ago, with what they did, in parts that take a few seconds.
    fileprivate func age(_ runs: Int) async throws {
        for first in stride(from: 1, through: runs, by: 5_000) {
            try await enqueue(min(5_000, runs - first + 1), of: "bench-old")
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
    }
}
