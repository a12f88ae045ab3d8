import Logging
import Pawl
import PawlStore
import PawlTesting
import Testing

/// Schedules fire each tick once, however many schedulers there are and however long they were away.
@Suite(.database, .timeLimit(.minutes(20)))
struct SchedulerTests {
    let shop = Workshop()

    @Test func `a tick is fired once by any number of schedulers`() async throws {
        try await shop.client.define(.job("report"))
        try await put("hourly", "0 * * * *")
        try await withSchedulers(3) {
            try await eventually("the schedule waits for its first slot") {
                try await shop.count(
                    "select count(*) from pawl.schedule where next_at > pawl.now()"
                ) == 1
            }
            for hour in 1...5 {
                try await shop.database.advanceClock(by: .seconds(3_600))
                try await eventually("hour \(hour) has fired") {
                    try await shop.count(
                        "select count(*) from pawl.schedule_fire where outcome = 'fired'"
                    ) == hour
                }
            }
        }
        #expect(try await shop.count("select count(*) from pawl.run") == 5)
        #expect(
            try await shop.count(
                """
                select count(*) from pawl.schedule_fire f join pawl.run r on r.id = f.run_id
                where extract(minute from f.tick) = 0 and extract(second from f.tick) = 0
                  and r.created_at >= f.tick and r.input = '{"scheduled": true}'
                """
            ) == 5
        )
    }

    @Test func `of missed ticks the latest is fired and the others are recorded`() async throws {
        try await shop.client.define(.job("report"))
        try await put("minutely", "* * * * *")
        try await withSchedulers(1) {
            try await eventually("it waits for its first slot") {
                try await shop.count(
                    "select count(*) from pawl.schedule where next_at is not null"
                ) == 1
            }
        }
        try await shop.database.advanceClock(by: .seconds(3 * 86_400))
        try await withSchedulers(2) {
            try await eventually("the missed ticks are accounted for") {
                try await shop.count("select count(*) from pawl.schedule_fire") >= 4_320
            }
            try await eventually("it is up to date") {
                try await shop.count(
                    "select count(*) from pawl.schedule where next_at > pawl.now()"
                ) == 1
            }
        }
        let fired = try await shop.count(
            "select count(*) from pawl.schedule_fire where outcome = 'fired'"
        )
        #expect((1...2).contains(fired))  // A minute may pass while the test looks.
        #expect(
            try await shop.count(
                """
                select count(*) from (
                  select tick - lag(tick) over (order by tick) as gap from pawl.schedule_fire
                ) g where gap <> interval '1 minute'
                """
            ) == 0
        )
    }

    @Test func `a schedule whose run is refused skips its ticks and keeps nobody from firing`()
        async throws
    {
        try await shop.client.define(.job("report"))
        try await put("bad", "0 * * * *")
        try await shop.execute(
            """
            update pawl.schedule
            set input = jsonb_build_object('x', repeat('x', 1200000)) where name = 'bad'
            """
        )
        try await put("good", "0 * * * *")
        try await withSchedulers(1) {
            try await eventually("both wait for their first slot") {
                try await shop.count(
                    "select count(*) from pawl.schedule where next_at is not null"
                ) == 2
            }
            try await shop.database.advanceClock(by: .seconds(3_600))
            try await eventually("both ticks are accounted for") {
                try await shop.count("select count(*) from pawl.schedule_fire") == 2
            }
        }
        #expect(
            try await shop.count(
                """
                select count(*) from pawl.schedule_fire
                where schedule = 'bad' and outcome = 'skipped' and reason like '%larger than 1 MiB%'
                """
            ) == 1
        )
    }

    @Test func `a spec that cannot be read rests until it is mended`() async throws {
        try await shop.client.define(.job("report"))
        try await put("typo", "0 25 * * *")
        try await withSchedulers(1) {
            try await eventually("the problem is noted") {
                try await shop.count(
                    "select count(*) from pawl.schedule where problem like '%hour%'"
                ) == 1
            }
            try await shop.execute("update pawl.schedule set spec = '0 5 * * *'")
            try await eventually("it waits for its first slot") {
                try await shop.count(
                    """
                    select count(*) from pawl.schedule where problem is null and next_at is not null
                    """
                ) == 1
            }
        }
    }

    private func put(_ name: String, _ spec: String) async throws {
        try await shop.database.pool.run { session in
            try session.putSchedule(
                name,
                workflow: "report",
                spec: spec,
                zone: "Europe/Berlin",
                input: Array(#"{"scheduled": true}"#.utf8)
            )
        }
    }

    private func withSchedulers(_ count: Int, _ body: () async throws -> Void) async throws {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let scheduler = Scheduler(shop.database.configuration, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 1...count {
                group.addTask {
                    do { try await scheduler.run() } catch { Issue.record(error) }
                }
            }
            try await body()
            group.cancelAll()
        }
    }
}
