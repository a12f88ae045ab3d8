import FoundationEssentials
import PawlCore
import PawlStore
import PawlTesting
import Postgres
import Testing

/// What becomes of a schedule and its ticks when it is changed, paused or removed.
@Suite(.database, .timeLimit(.minutes(20)))
struct ScheduleChangeTests {
    let store = Storeroom()

    /// An hour that has passed.
    private let tick = Instant(microsecondsSince1970: 1_700_000_000_000_000)

    @Test func `a change of its rule makes it be computed anew, and no other change does`()
        async throws
    {
        try await store.makeSchedule()
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
            let record = try await store.onlySchedule()
            #expect((record.nextAt == nil) == isReset, "\(change)")
            #expect((record.problem == nil) == isReset, "\(change)")
            #expect((record.since > tick) == isReset, "\(change)")
        }
    }

    @Test func `a problem is over when what it may be about is changed`() async throws {
        try await store.makeSchedule()
        for (change, isOver) in [
            ("input = '{}'", true), ("tenant = 'acme'", true), ("queue = 'slow'", true),
            ("note = 'y'", false),
        ] {
            try await store.run { try $0.noteProblem("what?", of: "nightly") }
            #expect(try await store.lockDue().isEmpty)
            try await store.execute("update pawl.schedule set \(SQL(verbatim: change))")
            #expect(try await (store.onlySchedule().problem == nil) == isOver, "\(change)")
        }
    }

    @Test func `a calendar that changes resets the schedules that name it`() async throws {
        try await store.makeSchedule("with") { $0.exceptDays = ["@holidays"] }
        try await store.makeSchedule("without")
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
        try await store.makeSchedule("bill", service: "billing")
        try await store.makeSchedule("other")
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
        #expect(try await store.onlySchedule().name == "other")
    }

    @Test func `it goes, and the record of its ticks and its runs stay`() async throws {
        try await store.makeSchedule()
        let start = try await store.start(tick)
        try await store.fire {
            $0.starts = [start]
            $0.waiting = [(tick + .seconds(1), .tick)]
        }
        #expect(try await store.run { try $0.removeSchedule("nightly") })
        #expect(try await !store.run { try $0.removeSchedule("nightly") })
        #expect(
            try await store.ticks() == ["tick fired", "tick skipped the schedule was removed"]
        )
        #expect(try await store.count("select count(*) from pawl.run") == 1)
    }

    @Test func `what was due is still due when days, bounds or calendars change`() async throws {
        for change in [
            "update pawl.schedule set max_fires = 9",
            "update pawl.schedule set except_days = '{12-25}'",
            "update pawl.schedule set ends_at = now() + interval '1 d'",
            "insert into pawl.calendar values ('x', '{12-25}')",
        ] {
            try await store.makeSchedule { $0.onlyDays = ["@x", "mon..sun"] }
            try await store.execute(
                "update pawl.schedule set next_at = \(tick)"
            )
            try await store.execute(SQL(verbatim: change))
            let record = try await store.onlySchedule()
            #expect(record.nextAt == nil && record.since == tick + .microseconds(-1), "\(change)")
            try await store.execute("delete from pawl.schedule")
            try await store.execute("delete from pawl.calendar")
        }
        #expect(try await store.ticks().isEmpty)
    }

    @Test(arguments: [
        ("spec = '0 4 * * *'", "changed"), ("zone = 'Asia/Tokyo'", "changed"),
        ("enabled = false", "paused"),
    ])
    func `what was due under another rule is recorded`(change: String, word: String) async throws {
        try await store.makeSchedule()
        try await store.execute("update pawl.schedule set next_at = \(tick)")
        try await store.execute("update pawl.schedule set \(SQL(verbatim: change))")
        #expect(
            try await store.ticks() == ["tick skipped the schedule was \(word) before it was fired"]
        )
    }

    @Test func `it keeps its name, its note, and its run if it is made again`() async throws {
        try await store.makeSchedule { $0.note = "mind the gap" }
        #expect(
            try await store.refusal(of: "update pawl.schedule set name = 'daily'")?.message
                == "a schedule is never renamed"
        )
        try await store.makeSchedule()
        #expect(try await store.onlySchedule().schedule.note == "mind the gap")
        _ = try await store.run { try $0.setSchedule("nightly", enabled: true) }
        #expect(try await store.onlySchedule().schedule.note == nil)
        let start = try await store.start(tick)
        try await store.fire { $0.starts = [start] }
        let run = try await store.onlySchedule().lastRun?.id
        _ = try await store.run { try $0.removeSchedule("nightly") }
        try await store.makeSchedule()
        #expect(try await store.onlySchedule().lastRun?.id == run && run != nil)
    }
}
