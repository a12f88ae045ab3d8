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

    private func put(
        _ name: String = "nightly",
        spec: String = "0 3 * * *",
        zone: String = "UTC"
    )
        async throws
    {
        try await store.define()
        try await store.run {
            try $0.putSchedule(
                name,
                workflow: "job",
                spec: spec,
                zone: zone,
                input: Array(#"{"a": 1}"#.utf8)
            )
        }
    }

    private func only() async throws -> ScheduleRecord {
        try await store.run { try $0.schedules() }.only()
    }

    /// An hour that has passed.
    private let tick = Instant(microsecondsSince1970: 1_700_000_000_000_000)

    @Test func `without schedules there is nothing to wait for`() async throws {
        #expect(try await store.run { try $0.timeToNextTick() } == nil)
        #expect(try await store.run { try $0.lockDueSchedule() }?.schedule.name == nil)
    }

    @Test func `a new schedule has no next tick until a scheduler gives it one`() async throws {
        try await put()
        let schedule = try await only()
        #expect(schedule.nextAt == nil && schedule.isEnabled && schedule.zone == "UTC")
        #expect(try await store.run { try $0.lockDueSchedule() }?.schedule.name == "nightly")
        #expect(try await store.run { try $0.timeToNextTick() } == nil)
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
            #expect(try session.lockDueSchedule()?.schedule.name == "b")
        }
        #expect(try await store.run { try $0.lockDueSchedule() }?.schedule.name == "a")
        try await first.run { try $0.rollback() }
        #expect(try await store.run { try $0.lockDueSchedule() }?.schedule.name == "b")
        #expect(try await store.run { try $0.timeToNextTick() } == .zero)
        await first.close()
    }

    @Test func `a tick is fired once, however often it is tried`() async throws {
        try await put()
        let schedule = try await only()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 1...5 {
                group.addTask {
                    try await store.database.pool.transaction {
                        try $0.fire(tick, of: schedule)
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(
            try await store.texts(
                """
                select concat_ws(' ', f.outcome, r.key, r.input) from pawl.schedule_fire f
                join pawl.run r on r.id = f.run_id
                """
            ) == [#"fired schedule:nightly:\#(tick) {"a": 1}"#]
        )
        #expect(try await store.count("select count(*) from pawl.run") == 1)
    }

    @Test func `ticks that are skipped say why`() async throws {
        try await put()
        let later = tick + .seconds(3_600)
        try await store.run { session in
            try session.skip([], of: "nightly", because: "none")
            try session.skip([tick, later], of: "nightly", because: "missed")
            try session.skip([tick], of: "nightly", because: "again")
        }
        #expect(
            try await store.texts("select concat_ws(' ', outcome, reason) from pawl.schedule_fire")
                == ["skipped missed", "skipped missed"]
        )
    }

    @Test func `it moves on to its next tick, and remembers the last`() async throws {
        try await put()
        let next = tick + .seconds(86_400)
        try await store.run { try $0.advance("nightly", to: next, last: tick) }
        try await store.run { try $0.advance("nightly", to: next, last: nil) }
        let schedule = try await only()
        #expect(schedule.nextAt == next && schedule.lastTick == tick)
        try await store.run { try $0.advance("nightly", to: nil, last: nil) }
        #expect(try await only().nextAt == .infinity)
        #expect(try await store.run { try $0.timeToNextTick() } == nil)
        #expect(try await store.run { try $0.lockDueSchedule() }?.schedule.name == nil)
    }

    @Test func `a change of its rule makes it be computed anew, and no other change does`()
        async throws
    {
        for (change, isReset) in [
            ("spec = '0 4 * * *'", true), ("zone = 'Europe/Berlin'", true),
            ("input = '{}'", false), ("enabled = false", false), ("enabled = true", true),
            ("service = 'billing'", false),
        ] {
            try await put()
            try await store.execute(
                "update pawl.schedule set next_at = 'infinity', problem = 'what?'"
            )
            try await store.execute("update pawl.schedule set \(SQL(verbatim: change))")
            let schedule = try await only()
            #expect((schedule.nextAt == nil) == isReset, "\(change)")
            #expect((schedule.problem == nil) == isReset, "\(change)")
        }
    }

    @Test func `one with a problem, or paused, rests`() async throws {
        try await put()
        try await store.run { try $0.noteProblem("no such zone", of: "nightly") }
        #expect(try await store.run { try $0.lockDueSchedule() }?.schedule.name == nil)
        try await put(zone: "Europe/Berlin")
        #expect(try await store.run { try $0.lockDueSchedule() }?.schedule.name == "nightly")
        #expect(try await store.run { try $0.setSchedule("nightly", enabled: false) })
        #expect(try await store.run { try $0.lockDueSchedule() }?.schedule.name == nil)
        #expect(try await !store.run { try $0.setSchedule("daily", enabled: false) })
    }

    @Test func `it goes, and the record of its ticks and its runs stay`() async throws {
        try await put()
        let schedule = try await only()
        try await store.run { try $0.fire(tick, of: schedule) }
        #expect(try await store.run { try $0.removeSchedule("nightly") })
        #expect(try await !store.run { try $0.removeSchedule("nightly") })
        #expect(try await store.count("select count(*) from pawl.schedule_fire") == 1)
        #expect(try await store.count("select count(*) from pawl.run") == 1)
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
            ("update pawl.schedule set input = '[]'", "schedule_input_is_object"),
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
                try await store.refusal(of: SQL(verbatim: statement))?.constraint == constraint
            )
        }
    }
}
