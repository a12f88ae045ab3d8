import FoundationEssentials
import PawlCore
import PawlStore
import PawlTesting
import Postgres
import Testing

/// Rows of schedules and their ticks.
@Suite(.database, .timeLimit(.minutes(20)))
struct ScheduleStoreTests {
    let store = Storeroom()

    /// An hour that has passed.
    private let tick = Instant(microsecondsSince1970: 1_700_000_000_000_000)

    private func put(
        _ name: String = "nightly",
        service: String = "default",
        _ change: (inout Schedule) -> Void = { _ in }
    ) async throws {
        try await store.define()
        var schedule = Schedule(name, workflow: "job", spec: "0 3 * * *", input: ["a": 1])
        change(&schedule)
        let made = schedule
        let owner = try await store.run { try $0.putSchedule(made, service: service) }
        #expect(owner == nil)
    }

    private func only() async throws -> ScheduleRecord {
        try await store.run { try $0.schedules() }.only()
    }

    private func lockDue(_ limit: Int = 1) async throws -> [String] {
        try await store.run { try $0.lockDueSchedules(limit) }.schedules.map(\.name)
    }

    private func firing(_ change: (inout Firing) -> Void) async throws -> Firing {
        var firing = Firing(of: try await only())
        change(&firing)
        return firing
    }

    private func fire(_ change: (inout Firing) -> Void) async throws {
        let firing = try await firing(change)
        try await store.database.pool.transaction { try $0.fire([firing]) }
    }

    private func start(_ tick: Instant, _ cause: TickCause = .tick) async throws -> Firing.Start {
        let record = try await only()
        return Firing.Start(tick, cause, of: record.schedule, input: record.input)
    }

    private func ticks() async throws -> [String] {
        try await store.texts(
            """
            select concat_ws(' ', cause, outcome, reason) from pawl.schedule_fire order by tick
            """
        )
    }

    @Test func `without schedules there is nothing to wait for`() async throws {
        #expect(try await store.run { try $0.timeToNextTick() } == nil)
        #expect(try await lockDue().isEmpty)
    }

    @Test func `what was put is read as it was`() async throws {
        try await store.execute("insert into pawl.calendar values ('holidays', '{12-25}')")
        var schedule = Schedule("full", workflow: "job", spec: "@every 90s", zone: "Asia/Tokyo")
        schedule.input = [1, nil, "x"]
        schedule.missingTime = .skip
        schedule.repeatedTime = .both
        schedule.onlyDays = ["mon..fri", "2026-01-03"]
        schedule.exceptDays = ["@holidays"]
        schedule.starts = Date(timeIntervalSince1970: 1_700_000_000)
        schedule.ends = Date(timeIntervalSince1970: 1_800_000_000)
        schedule.missed = .all(7)
        schedule.startDeadline = .seconds(600)
        schedule.overlap = .bufferOne
        schedule.jitter = .seconds(30)
        schedule.maximumFires = 12
        schedule.queue = "slow"
        schedule.priority = 3
        schedule.tenant = "acme"
        schedule.timeout = .seconds(60)
        schedule.note = "mind the gap"
        try await put { $0 = schedule }
        let record = try await only()
        #expect(record.schedule == schedule)
        #expect(record.remaining == 12 && record.nextAt == nil && record.isEnabled)
        #expect(record.lastRun == nil && record.waiting == 0 && record.service == "default")
    }

    @Test func `what is due the longest is locked first, and passed over by others`() async throws {
        for name in ["a", "b", "c"] { try await put(name) }
        try await store.execute(
            """
            update pawl.schedule set next_at = now() - case name when 'b' then interval '2 h'
              when 'a' then interval '1 h' else interval '-1 h' end
            """
        )
        let first = try await store.connect()
        try await first.run { session in
            try session.begin()
            #expect(try session.lockDueSchedules(1).schedules.map(\.name) == ["b"])
        }
        #expect(try await lockDue() == ["a"])
        try await first.run { try $0.rollback() }
        #expect(try await lockDue(5) == ["b", "a"])
        #expect(try await store.run { try $0.timeToNextTick() } == .zero)
        await first.close()
    }

    @Test func `a tick is fired once, however often it is tried`() async throws {
        try await put()
        let start = try await start(tick)
        let firing = try await firing { $0.starts = [start] }
        for _ in 1...3 {
            try await store.database.pool.transaction { try $0.fire([firing]) }
        }
        #expect(
            try await store.texts(
                """
                select concat_ws(' ', f.outcome, r.key, r.input, r.id = s.last_run)
                from pawl.schedule_fire f
                join pawl.run r on r.id = f.run_id
                join pawl.schedule s on s.name = f.schedule
                """
            ) == [#"fired schedule:nightly:\#(tick) {"a": 1} t"#]
        )
        #expect(try await store.count("select count(*) from pawl.run") == 1)
    }

    @Test func `a run is due after the jitter, and has the time that the schedule gives it`()
        async throws
    {
        try await put {
            $0.jitter = .seconds(600)
            $0.timeout = .seconds(60)
            $0.queue = "slow"
            $0.priority = 1
            $0.tenant = "acme"
        }
        let start = try await start(tick)
        try await fire { $0.starts = [start] }
        #expect(start.due >= tick && start.due < tick + .seconds(600) && start.due != tick)
        #expect(
            try await store.text(
                """
                select concat_ws(' ', run_at = \(start.due), deadline - run_at, queue, priority,
                  tenant)
                from pawl.run
                """
            ) == "t 00:01:00 slow 1 acme"
        )
    }

    @Test func `a tick that waits is counted, and is fired or skipped later`() async throws {
        try await put()
        let later = tick + .seconds(3_600)
        try await fire { $0.waiting = [(tick, .tick), (later, .tick)] }
        #expect(try await ticks() == ["tick waiting", "tick waiting"])
        #expect(try await only().waiting == 2)
        let start = try await start(tick)
        try await fire {
            $0.starts = [start]
            $0.skipped = [(later, "too many")]
        }
        #expect(try await ticks() == ["tick fired", "tick skipped too many"])
        #expect(try await only().waiting == 0)
        try await fire { $0.skipped = [(tick, "late")] }
        #expect(try await ticks() == ["tick fired", "tick skipped too many"])
    }

    @Test func `it moves on to its next tick, and remembers the last`() async throws {
        try await put()
        let next = tick + .seconds(86_400)
        try await fire {
            $0.next = next
            $0.lastTick = tick
            $0.counted = 2
        }
        try await fire { $0.lastTick = tick + .seconds(-60) }
        let record = try await only()
        #expect(record.nextAt == next && record.lastTick == tick)
        #expect(try await store.count("select fires from pawl.schedule") == 2)
        let stale = try await firing { $0.next = tick }
        try await fire { $0.next = .infinity }
        // Planned before somebody changed it.
        try await store.database.pool.transaction { try $0.fire([stale]) }
        #expect(try await only().nextAt == .infinity)
        #expect(try await store.run { try $0.timeToNextTick() } == nil)
        #expect(try await lockDue().isEmpty)
    }

    @Test func `a change of its rule makes it be computed anew, and no other change does`()
        async throws
    {
        try await put()
        for (change, isReset) in [
            ("spec = '0 4 * * *'", true), ("zone = 'Europe/Berlin'", true),
            ("missing_time = 'skip'", true), ("repeated_time = 'both'", true),
            ("only_days = '{mon}'", true), ("except_days = '{12-25}'", true),
            ("starts_at = now()", true), ("ends_at = now() + interval '1 d'", true),
            ("max_fires = 3", true), ("enabled = false", false), ("enabled = true", true),
            ("service = 'billing'", false), ("overlap = 'skip'", false), ("note = 'x'", false),
        ] {
            try await store.execute(
                """
                update pawl.schedule set next_at = 'infinity', since = 'epoch', problem = 'what?'
                """
            )
            try await store.execute("update pawl.schedule set \(SQL(verbatim: change))")
            let record = try await only()
            #expect((record.nextAt == nil) == isReset, "\(change)")
            #expect((record.problem == nil) == isReset, "\(change)")
            #expect((record.since > tick) == isReset, "\(change)")
        }
    }

    @Test func `a problem is over when what it may be about is changed`() async throws {
        try await put()
        for (change, isOver) in [
            ("input = '{}'", true), ("tenant = 'acme'", true), ("queue = 'slow'", true),
            ("note = 'y'", false),
        ] {
            try await store.run { try $0.noteProblem("what?", of: "nightly") }
            #expect(try await lockDue().isEmpty)
            try await store.execute("update pawl.schedule set \(SQL(verbatim: change))")
            #expect(try await (only().problem == nil) == isOver, "\(change)")
        }
    }

    @Test func `a calendar that changes resets the schedules that name it`() async throws {
        try await put("with") { $0.exceptDays = ["@holidays"] }
        try await put("without")
        for change in [
            "insert into pawl.calendar values ('holidays', '{12-25}')",
            "update pawl.calendar set days = '{12-26}'", "delete from pawl.calendar",
        ] {
            try await store.execute("update pawl.schedule set next_at = 'infinity', problem = 'x'")
            try await store.execute(SQL(verbatim: change))
            #expect(
                try await store.texts("select name from pawl.schedule where next_at is null")
                    == ["with"]
            )
        }
    }

    @Test func `it belongs to the service that made it`() async throws {
        try await put("bill", service: "billing")
        try await put("other")
        let stranger = Schedule("bill", workflow: "job", spec: "* * * * *")
        #expect(
            try await store.run { try $0.putSchedule(stranger, service: "default") } == "billing"
        )
        #expect(
            try await store.run { try $0.schedules(named: "bill") }.only().schedule.spec
                != "* * * * *"
        )
        #expect(
            try await store.run { try $0.removeSchedules(of: "billing", except: ["bill"]) } == []
        )
        #expect(
            try await store.run { try $0.removeSchedules(of: "billing", except: []) } == ["bill"]
        )
        #expect(try await only().name == "other")
    }

    @Test func `it goes, and the record of its ticks and its runs stay`() async throws {
        try await put()
        let start = try await start(tick)
        try await fire {
            $0.starts = [start]
            $0.waiting = [(tick + .seconds(1), .tick)]
        }
        #expect(try await store.run { try $0.removeSchedule("nightly") })
        #expect(try await !store.run { try $0.removeSchedule("nightly") })
        #expect(
            try await ticks() == ["tick fired", "tick skipped the schedule was removed"]
        )
        #expect(try await store.count("select count(*) from pawl.run") == 1)
    }

    @Test func `a run by hand waits in line, up to a thousand`() async throws {
        try await put()
        #expect(try await store.run { try $0.setSchedule("nightly", enabled: false) })
        _ = try await store.run { try $0.triggerSchedule("nightly") }
        #expect(try await ticks() == ["manual waiting"])
        let locked = try await store.run { try $0.lockWaitingSchedules(after: "", 5) }.schedules
        #expect(locked.map(\.name) == ["nightly"])
        #expect(
            try await store.run { try $0.lockWaitingSchedules(after: "o", 5) }.schedules.isEmpty
        )
        try await store.execute("update pawl.schedule set waiting = 1000")
        #expect(
            try await store.refusal(of: "select pawl.trigger_schedule('nightly')")?.message
                == "1000 ticks of schedule \"nightly\" wait already"
        )
        try await store.execute("update pawl.schedule set waiting = 1")
        #expect(
            try await store.refusal(of: "select pawl.trigger_schedule('no')")?.message
                == "schedule \"no\" does not exist"
        )
    }

    @Test func `a range is filled piece by piece, with what was skipped`() async throws {
        try await put()
        let ticks = (0..<3).map { tick + .seconds(60 * $0) }
        let start = try await start(ticks[0])
        try await fire {
            $0.starts = [start]
            $0.skipped = [(ticks[1], "late")]
        }
        let end = tick + .seconds(3_600)
        try await store.run {
            try $0.backfillSchedule("nightly", from: ticks[0], to: end, by: "ann")
        }
        let backfill = try #require(try await store.run { try $0.lockBackfill(longestLine: 5) })
        #expect(backfill.start == ticks[0] && backfill.end == end)
        try await store.run {
            try $0.fill(backfill, with: Array(ticks[..<2]), rest: ticks[2])
        }
        #expect(try await self.ticks() == ["tick fired", "backfill waiting"])
        #expect(try await store.run { try $0.lockBackfill(longestLine: 1) }?.id == nil)
        let rest = try #require(try await store.run { try $0.lockBackfill(longestLine: 5) })
        #expect(rest.start == ticks[2])
        try await store.run { try $0.fill(rest, with: [ticks[2]], rest: nil) }
        #expect(try await store.run { try $0.lockBackfill(longestLine: 5) }?.id == nil)
        #expect(try await only().waiting == 2)
        #expect(
            try await store.refusal(
                of: "select pawl.backfill_schedule('nightly', now(), now() + interval '1 h')"
            )?.constraint == nil
        )
        #expect(
            try await store.count("select count(*) from pawl.schedule_backfill") == 0
        )
    }

    @Test func `rows that make no sense cannot be made`() async throws {
        try await put()
        for (statement, constraint) in [
            (
                "insert into pawl.schedule (name, workflow, spec) values ('', 'job', '* * * * *')",
                "schedule_is_named"
            ),
            (
                "insert into pawl.schedule (name, workflow, spec) values ('x', 'jbo', '* * * * *')",
                "schedule_workflow_fkey"
            ),
            ("update pawl.schedule set spec = repeat('*', 257)", "schedule_spec_is_short"),
            ("update pawl.schedule set overlap = 'maybe'", "schedule_overlap_is_known"),
            ("update pawl.schedule set missed = 'maybe'", "schedule_missed_is_known"),
            ("update pawl.schedule set jitter = '-1 s'", "schedule_jitter_in_range"),
            ("update pawl.schedule set max_fires = 0", "schedule_max_fires_is_positive"),
            (
                "update pawl.schedule set starts_at = now(), ends_at = now()",
                "schedule_ends_after_start"
            ),
            ("insert into pawl.calendar values ('@x', '{mon}')", "calendar_is_named"),
            ("insert into pawl.calendar values ('x', '{}')", "calendar_has_days"),
            ("insert into pawl.schedule_fire values ('nightly', now(), 'fired')", "fire_has_run"),
            (
                "insert into pawl.schedule_fire values ('nightly', now(), 'skipped')",
                "fire_skipped_has_reason"
            ),
            (
                "insert into pawl.schedule_fire values ('nightly', now(), 'late')",
                "fire_outcome_is_known"
            ),
        ] {
            #expect(
                try await store.refusal(of: SQL(verbatim: statement))?.constraint == constraint,
                "\(statement)"
            )
        }
    }
}
