import Foundation
import Pawl
import PawlStore

/// Ten thousand schedules that are due in the same second while other work goes on, and a year of a
/// thousand daily ones.
enum Ticks {
    static let workload = Workload(name: "ticks", title: "schedules", measure: measure)

    @Sendable static func measure(_ site: BenchSite, _ effort: Effort) async throws -> [Figure] {
        let count = effort.amount(10_000, quick: 1_000)
        try await site.define(.job("bench-tick"))
        try await site.define(.job("bench-work"))
        let alone = try await site.rates(of: count, effort, isStorming: false)
        let storm = try await site.rates(of: count, effort, isStorming: true)
        let year = try await site.year(of: max(count / 10, 1))
        return [
            Figure(
                "\(count.grouped) schedules in the same second, the last is fired after",
                "s",
                storm.map(\.delay),
                goal: .atMost(5)
            ),
            Figure(
                "other work meanwhile",
                "times as much as alone",
                zip(storm, alone).map { $0.rate / $1.rate }
            ),
            Figure(
                "a year of \(max(count / 10, 1).grouped) daily schedules, at once",
                "s",
                [year.seconds]
            ),
            Figure("ticks of that year", "runs/s", [year.rate]),
        ]
    }
}

extension BenchSite {
    private func withScheduler<Value: Sendable>(
        _ body: @Sendable () async throws -> Value
    ) async throws -> Value {
        let scheduler = Scheduler(database, logger: .quiet)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await scheduler.run() }
            let value = try await body()
            group.cancelAll()
            return value
        }
    }

    /// How long after their time the last of so many schedules is fired, and how many runs a second
    /// a worker executes meanwhile.
    fileprivate func rates(
        of count: Int,
        _ effort: Effort,
        isStorming: Bool
    ) async throws -> [(delay: Double, rate: Double)] {
        var rounds: [(delay: Double, rate: Double)] = []
        let work = Handler.job("bench-work") { (_: Done, _) in Done() }
        for round in 1...effort.rounds {
            try await execute("delete from pawl.schedule")
            if isStorming {
                try await execute(
                    """
                    insert into pawl.schedule (name, workflow, spec, queue)
                    select 'round ' || \(round) || ' ' || i, 'bench-tick', '0 0 0 1 1 *', 'nobody'
                    from generate_series(1, \(count)) i
                    """
                )
                try await execute(
                    "update pawl.schedule set next_at = date_trunc('second', pawl.now()) + '2 s'"
                )
            }
            let before = try await done()
            let start = ContinuousClock.now
            try await withScheduler {
                try await withWorker([work]) {
                    // Enough to do for as long as it takes.
                    while try await isBusy(isStorming, since: start) {
                        try await execute(
                            """
                            insert into pawl.run (workflow)
                            select 'bench-work' from generate_series(1, 2000)
                            """
                        )
                        while try await backlog() > 1_000 {
                            try await Task.sleep(for: .milliseconds(5))
                        }
                    }
                }
            }
            let took = start.duration(to: .now).inSeconds
            let delay =
                isStorming
                ? try await number(
                    """
                    select extract(epoch from max(at - tick)) from pawl.schedule_fire
                    where schedule like 'round ' || \(round) || ' %'
                    """
                )
                : 0
            rounds.append((delay, Double(try await done() - before) / took))
        }
        return rounds
    }

    private func isBusy(
        _ isStorming: Bool,
        since start: ContinuousClock.Instant
    ) async throws -> Bool {
        guard isStorming else { return start.duration(to: .now) < .seconds(4) }
        return try await count("select count(*) from pawl.schedule where fires = 0") > 0
    }

    private func done() async throws -> Int {
        try await count(
            "select count(*) from pawl.run where workflow = 'bench-work' and status = 'completed'"
        )
    }

    private func backlog() async throws -> Int {
        try await count("select count(*) from pawl.task where queue = 'default'")
    }

    /// How long it takes to fire all of a year, when the clock is a year ahead at once.
    fileprivate func year(of count: Int) async throws -> (seconds: Double, rate: Double) {
        try await execute("delete from pawl.schedule")
        try await execute(
            """
            insert into pawl.schedule (name, workflow, spec, zone, missed, missed_limit, queue)
            select 'year ' || i, 'bench-tick', (i % 60) || ' ' || (i % 24) || ' * * *',
              'Europe/Berlin', 'all', 400, 'nobody'
            from generate_series(1, \(count)) i
            """
        )
        try await execute("update pawl.clock set shift = shift + interval '1 year'")
        let start = ContinuousClock.now
        try await withScheduler {
            while try await self.count(
                """
                select count(*) from pawl.schedule
                where next_at is null or next_at <= pawl.now()
                """
            ) > 0 { try await Task.sleep(for: .milliseconds(50)) }
        }
        let took = start.duration(to: .now).inSeconds
        let fired = try await self.count(
            "select count(*) from pawl.schedule_fire where schedule like 'year %'"
        )
        try await execute("delete from pawl.schedule")
        return (took, Double(fired) / took)
    }
}
