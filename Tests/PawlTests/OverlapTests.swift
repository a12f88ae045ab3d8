import Foundation
import Pawl
import PawlCore
import PawlTesting
import Testing

/// What becomes of a tick while the run before goes on; and ticks that somebody asks for.
@Suite(.database, .timeLimit(.minutes(20)))
struct OverlapTests {
    let site = SchedulerSite()
    var shop: Workshop { site.shop }

    /// Lets an hour pass, with a scheduler.
    private func hour() async throws {
        try await site.advance(.seconds(3_600))
        try await site.withSchedulers { try await site.settled() }
    }

    @Test(
        arguments: [
            (.allow, ["01:00 fired", "02:00 fired", "03:00 fired"]),
            (
                .skip,
                [
                    "01:00 fired", "02:00 skipped the run before had not ended",
                    "03:00 skipped the run before had not ended",
                ]
            ),
            (
                .bufferOne,
                [
                    "01:00 fired", "02:00 waiting",
                    "03:00 skipped another tick waits for the run before",
                ]
            ),
            (.bufferAll, ["01:00 fired", "02:00 waiting", "03:00 waiting"]),
            (.terminate, ["01:00 fired", "02:00 fired", "03:00 fired"]),
        ] as [(Overlap, [String])]
    )
    func `a policy says what becomes of a tick`(overlap: Overlap, ticks: [String]) async throws {
        try await site.open()
        try await site.put { $0.overlap = overlap }
        for _ in 1...3 { try await hour() }
        #expect(try await site.ticks() == ticks)
        let live = overlap == .allow ? 3 : 1
        #expect(
            try await shop.count("select count(*) from pawl.run where ended_at is null") == live
        )
        let cancelled = overlap == .terminate ? 2 : 0
        #expect(
            try await shop.count("select count(*) from pawl.run where status = 'cancelled'")
                == cancelled
        )
    }

    @Test func `what waits goes one after the other, as runs end`() async throws {
        try await site.open()
        try await site.put { $0.overlap = .bufferAll }
        for _ in 1...3 { try await hour() }
        try await site.withSchedulers(2) {
            for fired in 2...3 {
                try await site.endLastRun()
                try await eventually("\(fired) have fired") {
                    try await site.ticks().count { $0.hasSuffix("fired") } == fired
                }
            }
        }
        #expect(
            try await shop.count(
                "select count(*) from pawl.schedule where waiting = 0 and last_tick is not null"
            ) == 1
        )
    }

    @Test func `of several missed ticks one is fired at a time`() async throws {
        try await site.open()
        try await site.put {
            $0.overlap = .bufferAll
            $0.missed = .all(9)
        }
        try await site.put("replace") {
            $0.overlap = .terminate
            $0.missed = .all(9)
        }
        try await site.advance(.seconds(3 * 3_600))
        try await site.withSchedulers { try await site.settled() }
        #expect(try await site.ticks() == ["01:00 fired", "02:00 waiting", "03:00 waiting"])
        #expect(
            try await site.ticks(of: "replace") == [
                "01:00 skipped a later tick came", "02:00 skipped a later tick came", "03:00 fired",
            ]
        )
    }

    @Test func `cancel lets the step at work end, and begins no other`() async throws {
        try await site.open()
        try await shop.define(
            "slow",
            ["first", "second"],
            #"{"id": "first", "type": "stubborn"}"#,
            #"{"id": "second", "type": "echo", "config": {}}"#
        )
        try await site.put {
            $0.workflow = "slow"
            $0.overlap = .cancel
        }
        let gate = Gate()
        try await shop.withWorker([Hands.stubborn(gate), Hands.echo]) {
            try await site.withSchedulers {
                try await site.advance(.seconds(3_600))
                try await site.expect(["01:00 fired"])
                let run = try await #require(shop.runs(of: "slow").first)
                try await shop.waitUntilAtWork(run, "first")
                try await site.advance(.seconds(3_600))
                try await site.expect(["01:00 fired", "02:00 waiting"])
                try await shop.wait(for: run, toBe: .paused)
                await gate.open()
                try await site.expect(["01:00 fired", "02:00 fired"])
                #expect(try await shop.client.status(of: run) == .cancelled)
                #expect(try await shop.transcript(of: run).contains("step_completed first"))
                #expect(try await !shop.transcript(of: run).contains("step_completed second"))
            }
        }
    }

    @Test func `a run by hand starts now, also while the schedule is paused`() async throws {
        try await site.open()
        try await site.put { $0.overlap = .bufferOne }
        try await hour()
        try await site.endLastRun()
        try await shop.client.pauseSchedule("hourly", note: "holidays")
        try await hour()
        #expect(try await site.ticks() == ["01:00 fired"])
        try await shop.client.triggerSchedule("hourly")
        try await site.withSchedulers {
            try await eventually("it started") {
                try await shop.count(
                    """
                    select count(*) from pawl.schedule_fire
                    where cause = 'manual' and outcome = 'fired'
                    """
                ) == 1
            }
            // Two more: one may wait, and nothing else may.
            for _ in 1...2 { try await shop.client.triggerSchedule("hourly") }
            try await eventually("the policy holds for them") {
                try await shop.count(
                    """
                    select count(*) from pawl.schedule_fire
                    where cause = 'manual' and outcome = 'skipped'
                    """
                ) == 1
            }
        }
        try await shop.client.resumeSchedule("hourly")
        try await hour()
        // What would have been while it was paused is not made up for, and a run by hand goes on.
        #expect(
            try await site.ticks()
                == ["01:00 fired", "03:00 skipped another tick waits for the run before"]
        )
    }

    @Test func `a range is filled with what was not fired`() async throws {
        try await site.open()
        try await site.put { $0.missed = .skip }
        try await site.advance(.seconds(3 * 3_600 + 60))
        try await site.withSchedulers { try await site.settled() }
        #expect(try await site.ticks().allSatisfy { $0.contains("skipped missed") })
        let midnight = SchedulerSite.start - 10
        try await shop.client.backfillSchedule(
            "hourly",
            from: midnight - 7_200,
            to: midnight + 7_200,
            by: "ann"
        )
        try await site.withSchedulers {
            try await eventually("four have fired") {
                try await site.ticks().prefix(4)
                    == ["22:00 fired", "23:00 fired", "00:00 fired", "01:00 fired"]
            }
        }
        #expect(try await site.ticks().dropFirst(4).allSatisfy { $0.contains("skipped missed") })
        #expect(try await shop.count("select count(*) from pawl.run") == 4)
    }

    @Test func `runs that may not overlap do not, however many schedulers there are`() async throws
    {
        try await site.open()
        for number in 0..<40 {
            try await site.put("s\(number)") {
                $0.overlap = .bufferAll
                $0.missed = .all(20)
            }
        }
        try await site.advance(.seconds(8 * 3_600))
        // Nobody executes the runs; each ends some time after it has begun.
        try await site.withSchedulers(4) {
            try await eventually("all have fired", within: .seconds(90)) {
                try await shop.execute(
                    """
                    select pawl.cancel(s.last_run) from pawl.schedule s
                    join pawl.run r on r.id = s.last_run and r.ended_at is null
                    """
                )
                return try await shop.count(
                    "select count(*) from pawl.schedule_fire where outcome = 'fired'"
                ) == 320
            }
        }
        #expect(
            try await shop.count(
                """
                select count(*) from (
                  select r.created_at, lag(coalesce(r.ended_at, 'infinity'))
                      over (partition by f.schedule order by f.tick) as before
                  from pawl.schedule_fire f join pawl.run r on r.id = f.run_id
                ) s where created_at < before
                """
            ) == 0
        )
    }

    @Test func `a tick that waited for too long is not fired any more`() async throws {
        try await site.open()
        try await site.put {
            $0.overlap = .bufferOne
            $0.startDeadline = .seconds(4_000)
        }
        for _ in 1...2 { try await hour() }
        #expect(try await site.ticks() == ["01:00 fired", "02:00 waiting"])
        try await site.put {
            $0.overlap = .bufferOne
            $0.startDeadline = .seconds(4_000)
            $0.ends = SchedulerSite.start + 2 * 3_600
        }
        try await site.advance(.seconds(5_000))
        try await site.endLastRun()
        try await site.withSchedulers {
            try await site.expect([
                "01:00 fired", "02:00 skipped it waited longer than it may start late",
            ])
        }
    }

    @Test func `a long range is filled in line where runs may not overlap`() async throws {
        try await site.open()
        try await site.put {
            $0.spec = "* * * * *"
            $0.overlap = .skip
        }
        let midnight = SchedulerSite.start - 10
        try await shop.client.backfillSchedule(
            "hourly",
            from: midnight - 150 * 60,
            to: midnight,
            by: "ann"
        )
        func outcomes() async throws -> [Int] {
            let ticks = try await site.ticks()
            return [ticks.count { $0.hasSuffix("fired") }, ticks.count { $0.hasSuffix("waiting") }]
        }
        try await site.withSchedulers(2) {
            for fired in [1, 2] {
                try await eventually("the line is full") {
                    try await outcomes() == [fired, 100]
                }
                if fired < 2 { try await site.endLastRun() }
            }
        }
        #expect(try await shop.count("select count(*) from pawl.schedule_backfill") == 1)
    }
}
