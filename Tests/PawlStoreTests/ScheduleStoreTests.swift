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

    @Test func `without schedules there is nothing to wait for`() async throws {
        #expect(try await store.run { try $0.timeToNextTick() } == nil)
        #expect(try await store.lockDue().isEmpty)
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
        try await store.makeSchedule { $0 = schedule }
        let record = try await store.onlySchedule()
        #expect(record.schedule == schedule)
        #expect(record.remaining == 12 && record.nextAt == nil && record.isEnabled)
        #expect(record.lastRun == nil && record.waiting == 0 && record.service == "default")
    }

    @Test func `what is due the longest is locked first, and passed over by others`() async throws {
        for name in ["a", "b", "c"] { try await store.makeSchedule(name) }
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
        #expect(try await store.lockDue() == ["a"])
        try await first.run { try $0.rollback() }
        #expect(try await store.lockDue(5) == ["a", "b"])
        #expect(try await store.run { try $0.timeToNextTick() } == .zero)
        await first.close()
    }

    @Test func `a tick is fired once, however often it is tried`() async throws {
        try await store.makeSchedule()
        let start = try await store.start(tick)
        let firing = try await store.firing { $0.starts = [start] }
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
            ) == [#"fired {"a": 1} t"#]
        )
        #expect(try await store.count("select count(*) from pawl.run") == 1)
    }

    @Test func `a run is due after the jitter, and has the time that the schedule gives it`()
        async throws
    {
        try await store.makeSchedule {
            $0.jitter = .seconds(600)
            $0.timeout = .seconds(60)
            $0.queue = "slow"
            $0.priority = 1
            $0.tenant = "acme"
        }
        let start = try await store.start(tick)
        try await store.fire { $0.starts = [start] }
        #expect(start.due >= tick && start.due < tick + .seconds(600) && start.due != tick)
        let manual = try await store.start(tick, .manual)
        #expect(manual.due == tick)
        #expect(
            try await store.text(
                """
                select concat_ws(' ', run_at = \(start.due),
                  deadline - created_at between interval '59 s' and interval '61 s', queue,
                  priority, tenant)
                from pawl.run
                """
            ) == "t t slow 1 acme"
        )
    }

    @Test func `a tick that waits is counted, and is fired or skipped later`() async throws {
        try await store.makeSchedule()
        let later = tick + .seconds(3_600)
        try await store.fire { $0.waiting = [(tick, .tick), (later, .tick)] }
        #expect(try await store.ticks() == ["tick waiting", "tick waiting"])
        #expect(try await store.onlySchedule().waiting == 2)
        let start = try await store.start(tick)
        try await store.fire {
            $0.starts = [start]
            $0.skipped = [(later, "too many")]
        }
        #expect(try await store.ticks() == ["tick fired", "tick skipped too many"])
        #expect(try await store.onlySchedule().waiting == 0)
        try await store.fire { $0.skipped = [(tick, "late")] }
        #expect(try await store.ticks() == ["tick fired", "tick skipped too many"])
    }

    @Test func `it moves on to its next tick, and remembers the last`() async throws {
        try await store.makeSchedule()
        let next = tick + .seconds(86_400)
        try await store.fire {
            $0.next = next
            $0.lastTick = tick
            $0.counted = 2
        }
        try await store.fire { $0.lastTick = tick + .seconds(-60) }
        let record = try await store.onlySchedule()
        #expect(record.nextAt == next && record.lastTick == tick)
        #expect(try await store.count("select fires from pawl.schedule") == 2)
        let stale = try await store.firing { $0.next = tick }
        try await store.fire { $0.next = .infinity }
        await #expect(throws: PostgresError.self) {
            try await store.database.pool.transaction { try $0.fire([stale]) }
        }
        #expect(try await store.onlySchedule().nextAt == .infinity)
        #expect(try await store.run { try $0.timeToNextTick() } == nil)
        #expect(try await store.lockDue().isEmpty)
    }

    @Test func `a run that somebody has locked keeps its schedule alone from being locked`()
        async throws
    {
        for name in ["a", "b"] { try await store.makeSchedule(name) { $0.overlap = .terminate } }
        try await store.execute("update pawl.schedule set next_at = \(tick)")
        let records = try await store.run { try $0.schedules() }
        for record in records {
            var firing = Firing(of: record)
            firing.starts = [Firing.Start(tick, .tick, of: record.schedule, input: record.input)]
            let written = firing
            try await store.database.pool.transaction { try $0.fire([written]) }
        }
        let first = try await store.connect()
        try await first.run { session in
            try session.begin()
            _ = try session.query(
                "select from pawl.run where id = (select last_run from pawl.schedule where name = 'a') for update"
            )
        }
        #expect(try await store.lockDue(5) == ["b"])
        try await first.run { try $0.rollback() }
        #expect(try await store.lockDue(5) == ["a", "b"])
        await first.close()
    }

    @Test func `a run by hand waits in line, up to a thousand`() async throws {
        try await store.makeSchedule()
        #expect(try await store.run { try $0.setSchedule("nightly", enabled: false) })
        _ = try await store.run { try $0.triggerSchedule("nightly") }
        #expect(try await store.ticks() == ["manual waiting"])
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
        try await store.makeSchedule()
        let ticks = (0..<3).map { tick + .seconds(60 * $0) }
        let start = try await store.start(ticks[0])
        try await store.fire {
            $0.starts = [start]
            $0.skipped = [(ticks[1], "late")]
        }
        let end = tick + .seconds(3_600)
        try await store.run {
            try $0.backfillSchedule("nightly", from: ticks[0], to: end, most: 9, by: "ann")
        }
        let backfill = try #require(try await store.run { try $0.lockBackfill(longestLine: 5) })
        #expect(backfill.start == ticks[0] && backfill.end == end)
        try await store.run {
            try $0.fill(backfill, with: Array(ticks[..<2]), rest: ticks[2])
        }
        #expect(try await store.ticks() == ["tick fired", "backfill waiting"])
        #expect(try await store.run { try $0.lockBackfill(longestLine: 1) }?.id == nil)
        let rest = try #require(try await store.run { try $0.lockBackfill(longestLine: 5) })
        #expect(rest.start == ticks[2] && rest.most == 7)
        #expect(try await store.run { try $0.backfills(of: "nightly") }.map(\.most) == [7])
        try await store.run { try $0.fill(rest, with: [ticks[2]], rest: nil) }
        #expect(try await store.run { try $0.lockBackfill(longestLine: 5) }?.id == nil)
        #expect(try await store.onlySchedule().waiting == 2)
        #expect(
            try await store.refusal(
                of: "select pawl.backfill_schedule('nightly', now(), now() + interval '1 h')"
            )?.message.hasPrefix("there is nothing to fill from") == true
        )
        #expect(try await store.run { try $0.cancelBackfills(of: "nightly") } == 0)
    }

    @Test func `rows that make no sense cannot be made`() async throws {
        try await store.makeSchedule()
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
            ("update pawl.schedule set only_days = '{NULL}'", "schedule_days_are_lists"),
            ("update pawl.schedule set except_days = '{{mon},{tue}}'", "schedule_days_are_lists"),
            ("update pawl.schedule set start_deadline = '1 month'", "schedule_times_are_lengths"),
            ("update pawl.schedule set timeout = '1 year'", "schedule_times_are_lengths"),
            ("update pawl.schedule set ends_at = 'infinity'", "schedule_instants_are_finite"),
            ("update pawl.schedule set next_at = '-infinity'", "schedule_instants_are_finite"),
            ("update pawl.schedule set missed_limit = 1001", "schedule_missed_limit_in_range"),
            ("insert into pawl.calendar values ('x', '{mon,NULL}')", "calendar_is_a_list"),
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
