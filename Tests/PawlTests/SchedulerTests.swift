import Foundation
import Pawl
import PawlCore
import PawlTesting
import Testing

/// Schedules fire each tick once, however many schedulers there are and however long they were away.
@Suite(.database, .timeLimit(.minutes(20)))
struct SchedulerTests {
    let site = SchedulerSite()
    var shop: Workshop { site.shop }

    @Test func `a tick is fired once by any number of schedulers`() async throws {
        try await site.open()
        try await site.put { $0.input = ["scheduled": true] }
        try await site.withSchedulers(3) {
            for hour in 1...5 {
                try await site.advance(.seconds(3_600))
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

    @Test(
        arguments: [
            (.skip, ["01:00 skipped", "02:00 skipped", "03:00 skipped"]),
            (.latest, ["01:00 skipped", "02:00 skipped", "03:00 fired"]),
            (.all(2), ["01:00 skipped", "02:00 fired", "03:00 fired"]),
            (.all(9), ["01:00 fired", "02:00 fired", "03:00 fired"]),
        ] as [(TickPolicy.Missed, [String])]
    )
    func `what was missed is fired or recorded`(
        missed: TickPolicy.Missed,
        ticks: [String]
    ) async throws {
        try await site.open()
        try await site.put { $0.missed = missed }
        try await site.advance(.seconds(3 * 3_600 + 60))
        try await site.withSchedulers(2) { try await site.settled() }
        #expect(
            try await site.ticks().map { $0.split(separator: " ").prefix(2).joined(separator: " ") }
                == ticks
        )
    }

    @Test func `a month of minutes is accounted for, whoever counts it`() async throws {
        try await site.open()
        try await site.put { $0.spec = "* * * * *" }
        try await site.advance(.seconds(30 * 86_400))
        try await site.withSchedulers(2) { try await site.settled() }
        #expect(try await shop.count("select count(*) from pawl.schedule_fire") == 43_200)
        #expect(
            try await shop.count(
                """
                select count(*) from (
                  select tick - lag(tick) over (order by tick) as gap from pawl.schedule_fire
                ) g where gap <> interval '1 minute'
                """
            ) == 0
        )
        #expect(try await shop.count("select count(*) from pawl.run") == 1)
    }

    @Test func `a tick that is too late is skipped`() async throws {
        try await site.open()
        try await site.put {
            $0.missed = .all(9)
            $0.startDeadline = .seconds(3_900)
        }
        try await site.advance(.seconds(2 * 3_600 + 600))
        try await site.withSchedulers { try await site.settled() }
        #expect(try await site.ticks().last == "02:00 fired")
        #expect(try await site.ticks().first?.hasPrefix("01:00 skipped found") == true)
    }

    @Test func `a schedule whose run is refused skips its ticks and keeps nobody from firing`()
        async throws
    {
        try await site.open()
        try await site.put("bad")
        for number in 1...20 { try await site.put("good\(number)") }
        try await shop.execute(
            """
            update pawl.schedule
            set input = jsonb_build_object('x', repeat('x', 1200000)) where name = 'bad'
            """
        )
        try await site.advance(.seconds(3_600))
        try await site.withSchedulers { try await site.settled() }
        #expect(
            try await site.ticks(of: "bad")
                == ["01:00 skipped the input of workflow \"report\" is larger than 1 MiB"]
        )
        #expect(try await shop.count("select count(*) from pawl.run") == 20)
    }

    @Test func `a tick whose run is refused does not count`() async throws {
        try await site.open()
        try await site.put {
            $0.maximumFires = 2
            $0.missed = .all(9)
        }
        try await shop.execute(
            "update pawl.schedule set input = jsonb_build_object('x', repeat('x', 1200000))"
        )
        try await site.advance(.seconds(2 * 3_600))
        try await site.withSchedulers { try await site.settled() }
        try await shop.execute("update pawl.schedule set input = '{}'")
        try await site.advance(.seconds(3 * 3_600))
        try await site.withSchedulers { try await site.settled() }
        #expect(
            try await site.ticks().map { $0.split(separator: " ").prefix(2).joined(separator: " ") }
                == ["01:00 skipped", "02:00 skipped", "03:00 fired", "04:00 fired"]
        )
    }

    @Test func `a run that starts late has all of its time`() async throws {
        try await site.open()
        try await site.put { $0.timeout = .seconds(60) }
        try await site.advance(.seconds(3 * 3_600 + 1_800))
        try await site.withSchedulers { try await site.settled() }
        #expect(
            try await shop.count(
                """
                select count(*) from pawl.run
                where deadline - created_at between interval '59 s' and interval '61 s'
                """
            ) == 1
        )
    }

    @Test func `a clock that is put back fires nothing twice`() async throws {
        try await site.open()
        try await site.put()
        for shift in [7_200, -3_600, 3_700] {
            try await site.advance(.seconds(shift))
            try await site.withSchedulers(2) { try await site.settled() }
        }
        #expect(try await shop.count("select count(*) from pawl.schedule_fire") == 2)
        #expect(try await shop.count("select count(*) from pawl.run") == 1)
    }

    @Test func `what is due now does not wait for what was missed`() async throws {
        try await site.open()
        // More than a scheduler takes at a time, each with two hours of seconds.
        try await shop.execute(
            """
            insert into pawl.schedule (name, workflow, spec)
            select 'behind ' || i, 'report', '* * * * * *' from generate_series(1, 250) i
            """
        )
        try await site.advance(.seconds(2 * 3_600))
        try await site.put("fresh") { $0.spec = "@every 1s" }
        try await site.withSchedulers {
            try await eventually("the fresh one has fired") {
                try await shop.count(
                    "select count(*) from pawl.schedule_fire where schedule = 'fresh'"
                ) > 0
            }
            #expect(
                try await shop.count(
                    """
                    select count(*) from pawl.schedule
                    where name <> 'fresh' and (next_at is null or next_at < pawl.now() - interval '1 h')
                    """
                ) == 250
            )
        }
    }

    @Test func `a spec that cannot be read rests until it is mended`() async throws {
        try await site.open()
        try await shop.execute(
            """
            insert into pawl.schedule (name, workflow, spec, only_days) values
              ('typo', 'report', '0 25 * * *', '{}'), ('off', 'report', '@daily', '{@no}')
            """
        )
        try await site.withSchedulers {
            try await eventually("the problems are noted") {
                try await shop.count(
                    """
                    select count(*) from pawl.schedule
                    where problem like '%hour%' or problem like '%no calendar "no"%'
                    """
                ) == 2
            }
            try await shop.execute("update pawl.schedule set spec = '0 5 * * *'")
            try await shop.execute("insert into pawl.calendar values ('no', '{mon..sun}')")
            try await site.settled()
            #expect(
                try await shop.count(
                    "select count(*) from pawl.schedule where problem is null and next_at is not null"
                ) == 2
            )
        }
    }

    @Test func `a row waits for the first slot after it was made, however late it is seen`()
        async throws
    {
        try await site.open()
        try await shop.execute(
            """
            insert into pawl.schedule (name, workflow, spec) values
              ('hourly', 'report', '0 * * * *')
            """
        )
        try await site.advance(.seconds(3_600))
        try await site.withSchedulers { try await site.settled() }
        #expect(try await site.ticks() == ["01:00 fired"])
        // So it is with an edit: the slot before it is no slot of the new rule.
        try await shop.execute("update pawl.schedule set spec = '30 * * * *'")
        try await site.advance(.seconds(3_600))
        try await site.withSchedulers { try await site.settled() }
        #expect(try await site.ticks() == ["01:00 fired", "01:30 fired"])
    }

    @Test func `a client computes the next tick in the same transaction`() async throws {
        try await site.open()
        try await site.put()
        func next() async throws -> Int {
            try await shop.count(
                "select extract(epoch from next_at)::bigint from pawl.schedule"
            )
        }
        let midnight = 2_208_988_800
        #expect(try await next() == midnight + 3_600)
        try await site.put { $0.spec = "30 * * * *" }
        #expect(try await next() == midnight + 1_800)
        await #expect(throws: ScheduleProblem.self) {
            try await site.put { $0.zone = "Europe/Atlantis" }
        }
        #expect(try await next() == midnight + 1_800)
    }

    @Test func `it ends after so many, at its end, or with its only time`() async throws {
        try await site.open()
        let midnight = Date(timeIntervalSince1970: 2_208_988_800)
        try await site.put("thrice") {
            $0.maximumFires = 3
            $0.missed = .all(9)
        }
        try await site.put("between") {
            $0.starts = midnight + 7_200
            $0.ends = midnight + 10_800
            $0.missed = .all(9)
        }
        try await site.put("once") { $0.spec = "@at 2040-01-01T02:30" }
        try await site.advance(.seconds(5 * 3_600))
        try await site.withSchedulers { try await site.settled() }
        #expect(
            try await site.ticks(of: "thrice") == ["01:00 fired", "02:00 fired", "03:00 fired"]
        )
        #expect(try await site.ticks(of: "between") == ["02:00 fired"])
        #expect(try await site.ticks(of: "once") == ["02:30 fired"])
        #expect(
            try await shop.count("select count(*) from pawl.schedule where next_at = 'infinity'")
                == 3
        )
    }

    @Test func `its input knows the tick, the run before and the next`() async throws {
        try await site.open()
        try await site.put {
            $0.zone = "Europe/Berlin"
            $0.input = [
                "day": "{{tick.date}}", "local": "{{tick.local}}", "utc": "{{tick.at}}",
                "before": "{{last.status}}", "next": "{{next.at}}",
                "text": "{{schedule.name}} at {{tick.unix}} by {{tick.cause}}",
            ]
        }
        for _ in 1...2 {
            try await site.advance(.seconds(3_600))
            try await site.withSchedulers { try await site.settled() }
            try await site.endLastRun()
        }
        let inputs = try await shop.database.pool.run { session in
            try session.query("select input from pawl.run order by id").map {
                try JSON(parsing: $0.decode(JSONText.self, at: 0).bytes)
            }
        }
        #expect(
            inputs == [
                [
                    "day": "2040-01-01", "local": "2040-01-01T02:00:00+01:00",
                    "utc": "2040-01-01T01:00:00Z", "before": nil,
                    "next": "2040-01-01T02:00:00Z", "text": "hourly at 2208992400 by tick",
                ],
                [
                    "day": "2040-01-01", "local": "2040-01-01T03:00:00+01:00",
                    "utc": "2040-01-01T02:00:00Z", "before": "cancelled",
                    "next": "2040-01-01T03:00:00Z", "text": "hourly at 2208996000 by tick",
                ],
            ]
        )
        #expect(
            try await shop.count(
                "select count(*) from pawl.schedule_status where last_status = 'cancelled'"
            ) == 1
        )
    }

    @Test func `an input that refers to nothing is a problem, told before and after`() async throws
    {
        try await site.open()
        await #expect(throws: ScheduleProblem.self) {
            try await site.put { $0.input = ["x": "{{tock.at}}"] }
        }
        // One that is over refers to no tick, and may be put all the same.
        try await site.put("over") {
            $0.spec = "@at 2020-01-01T00:00Z"
            $0.input = ["x": "{{tick.local}}"]
        }
        try await site.put { $0.input = ["x": "{{tick.at}}"] }
        try await shop.execute(
            "update pawl.schedule set input = '{\"x\": \"{{tock.at}}\"}' where name = 'hourly'"
        )
        try await site.advance(.seconds(3_600))
        try await site.withSchedulers {
            try await eventually("the problem is noted") {
                try await shop.count(
                    "select count(*) from pawl.schedule where problem like '%tock%'"
                ) == 1
            }
        }
        #expect(try await site.ticks().isEmpty)
    }

    @Test func `a service's schedules are those that it declares, and others stay`() async throws {
        try await site.open()
        try await site.put("other")
        let names = ["a", "b", "c"]
        func declared(_ names: ArraySlice<String>) -> [Schedule] {
            names.map { Schedule($0, workflow: "report", spec: "@daily") }
        }
        let client = shop.client
        #expect(try await client.synchronizeSchedules(declared(names[...]), of: "billing") == [])
        #expect(
            try await client.synchronizeSchedules(declared(names[1...]), of: "billing") == ["a"]
        )
        await #expect(throws: ScheduleProblem.self) {
            try await client.synchronizeSchedules(
                declared(["b", "other"]),
                of: "billing"
            )
        }
        #expect(
            try await shop.count("select count(*) from pawl.schedule where service = 'billing'")
                == 2
        )
        #expect(try await client.synchronizeSchedules([], of: "billing") == ["b", "c"])
        #expect(try await shop.count("select count(*) from pawl.schedule") == 1)
    }
}
