import Testing

@testable import PawlCore

/// What becomes of ticks that were missed.
struct TickPlanTests {
    private static let minute: Int64 = 60

    private func plan(_ spec: String = "* * * * *", due: Int64?, now: Int64) throws -> TickPlan {
        TickPlan(try Cron(parsing: spec), in: .utc, due: due, now: now)
    }

    @Test
    func `a new schedule waits for its first slot`() throws {
        let plan = try plan(due: nil, now: 90)
        #expect(plan.skipped.isEmpty)
        #expect(plan.fired == nil)
        #expect(plan.next == 120)
    }

    @Test
    func `a slot that is now is not the first of a new schedule`() throws {
        #expect(try plan(due: nil, now: 120).next == 180)
    }

    @Test
    func `nothing happens before the tick is due`() throws {
        let plan = try plan(due: 120, now: 119)
        #expect(plan.skipped.isEmpty)
        #expect(plan.fired == nil)
        #expect(plan.next == 120)
    }

    @Test(arguments: [120, 121, 179])
    func `a tick that is due is fired`(now: Int64) throws {
        let plan = try plan(due: 120, now: now)
        #expect(plan.skipped.isEmpty)
        #expect(plan.fired == 120)
        #expect(plan.next == 180)
    }

    @Test
    func `of missed ticks the latest is fired`() throws {
        let plan = try plan(due: 120, now: 300)
        #expect(plan.skipped == [120, 180, 240])
        #expect(plan.fired == 300)
        #expect(plan.next == 360)
    }

    @Test
    func `a tick that is no slot of the spec any more is still fired`() throws {
        let plan = try plan(due: 125, now: 130)
        #expect(plan.fired == 125)
        #expect(plan.next == 180)
    }

    @Test
    func `a spec without a next tick ends the schedule`() throws {
        let plan = try plan("0 0 31 2 *", due: 120, now: 300)
        #expect(plan.skipped.isEmpty)
        #expect(plan.fired == 120)
        #expect(plan.next == nil)
    }

    @Test
    func `a spec that is never due plans nothing`() throws {
        let plan = try plan("0 0 31 2 *", due: nil, now: 300)
        #expect(plan.fired == nil)
        #expect(plan.next == nil)
    }

    @Test(arguments: [1, 998, 999, 1_000, 1_001, 1_999, 2_000, 2_001, 3_500])
    func `a long absence is made up for a thousand ticks at a time`(missed: Int) throws {
        let slots = (1...missed).map { Int64($0) * Self.minute }
        let now = slots[missed - 1] + 30
        var due: Int64? = Self.minute
        var skipped: [Int64] = []
        var fired: [Int64] = []
        while let tick = due, tick <= now {
            let plan = try plan(due: tick, now: now)
            let recorded = plan.skipped + (plan.fired.map { [$0] } ?? [])
            #expect(recorded.count <= TickPlan.most)
            skipped += plan.skipped
            if let tick = plan.fired { fired.append(tick) }
            due = plan.next
        }
        #expect(skipped == slots.dropLast())
        #expect(fired == [slots[missed - 1]])
        #expect(due == slots[missed - 1] + Self.minute)
    }

    @Test
    func `planning goes on from where it stopped, whenever that was`() throws {
        // Another tick came while the first thousand were recorded.
        let first = try plan(due: 60, now: 60_000)
        #expect(first.skipped.count == 999)
        #expect(first.fired == 60_000)
        let second = try plan(due: first.next, now: 60_120)
        #expect(second.skipped == [60_060])
        #expect(second.fired == 60_120)
    }
}
