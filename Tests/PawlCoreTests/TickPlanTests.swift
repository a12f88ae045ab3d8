import Testing

@testable import PawlCore

/// What becomes of ticks that are due, in time, late and very late.
struct TickPlanTests {
    private static let minute: Int64 = 60

    private func plan(
        _ spec: String = "* * * * *",
        _ missed: TickPolicy.Missed = .latest,
        deadline: Int64? = nil,
        due: Int64?,
        now: Int64,
        remaining: Int? = nil,
        limit: Int = 1_000
    ) throws -> TickPlan {
        TickPlan(
            Timetable(try TickSpec(parsing: spec)),
            TickPolicy(missed: missed, deadline: deadline),
            due: due,
            now: now,
            remaining: remaining,
            limit: limit
        )
    }

    @Test
    func `a new schedule waits for its first slot`() throws {
        let plan = try plan(due: nil, now: 90)
        #expect(plan.skipped.isEmpty)
        #expect(plan.fired.isEmpty)
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
        #expect(plan.fired.isEmpty)
        #expect(plan.next == 120)
    }

    @Test(
        arguments: [TickPolicy.Missed.skip, .latest, .all(0), .all(5)],
        [120, 121, 150] as [Int64]
    )
    func `a tick that is found in time is fired`(missed: TickPolicy.Missed, now: Int64) throws {
        let plan = try plan("* * * * *", missed, due: 120, now: now)
        #expect(plan.skipped.isEmpty)
        #expect(plan.fired == [120])
        #expect(plan.next == 180)
    }

    @Test(
        arguments: [
            (.skip, [], [120, 180, 240], "missed; found 60 s late"),
            (.latest, [], [120, 180, 240], "missed; a later tick was due"),
            (.all(0), [], [120, 180, 240], "missed; only the newest 0 are fired"),
            (.all(2), [240], [120, 180], "missed; only the newest 2 are fired"),
            (.all(3), [180, 240], [120], "missed; only the newest 3 are fired"),
            (.all(9), [120, 180, 240], [], nil),
        ] as [(TickPolicy.Missed, [Int64], [Int64], String?)]
    )
    func `of missed ticks a policy fires some`(
        missed: TickPolicy.Missed,
        fired: [Int64],
        skipped: [Int64],
        reason: String?
    ) throws {
        // The tick of 300 is found in time.
        let plan = try plan("* * * * *", missed, due: 120, now: 300)
        #expect(plan.fired == fired + [300])
        #expect(plan.skipped.map(\.tick) == skipped)
        #expect(plan.skipped.last?.reason == reason)
        #expect(plan.next == 360)
    }

    @Test func `the latest tick is fired however late it is`() throws {
        let plan = try plan("0 0 * * *", due: 86_400, now: 86_400 * 3 + 4_000)
        #expect(plan.fired == [259_200])
        #expect(plan.skipped.map(\.tick) == [86_400, 172_800])
        #expect(plan.next == 345_600)
    }

    @Test func `ticks that a live scheduler finds together are all fired`() throws {
        for missed in [TickPolicy.Missed.skip, .latest, .all(1)] {
            let plan = try plan("@every 10s", missed, due: 100, now: 129)
            #expect(plan.fired == [100, 110, 120])
            #expect(plan.skipped.isEmpty)
        }
    }

    @Test func `a tick that is past the deadline is not fired`() throws {
        for missed in [TickPolicy.Missed.skip, .latest, .all(9)] {
            let plan = try plan("@every 10s", missed, deadline: 15, due: 100, now: 129)
            #expect(plan.fired == [120])
            #expect(
                plan.skipped == [
                    .init(
                        tick: 100,
                        reason: "found 29 s late; it may start up to 15 s after its time"
                    ),
                    .init(
                        tick: 110,
                        reason: "found 19 s late; it may start up to 15 s after its time"
                    ),
                ]
            )
        }
        #expect(try plan("0 0 * * *", deadline: 600, due: 0, now: 601).fired.isEmpty)
        #expect(try plan("0 0 * * *", deadline: 600, due: 0, now: 600).fired == [0])
    }

    @Test
    func `a tick that is no slot of the spec any more is still fired`() throws {
        let plan = try plan(due: 125, now: 130)
        #expect(plan.fired == [125])
        #expect(plan.next == 180)
    }

    @Test
    func `a spec without a next tick ends the schedule`() throws {
        let plan = try plan("0 0 31 2 *", due: 120, now: 300)
        #expect(plan.skipped.isEmpty)
        #expect(plan.fired == [120])
        #expect(plan.next == nil)
    }

    @Test
    func `a spec that is never due plans nothing`() throws {
        let plan = try plan("0 0 31 2 *", due: nil, now: 300)
        #expect(plan.fired.isEmpty)
        #expect(plan.next == nil)
    }

    @Test func `a schedule ends when no tick remains`() throws {
        let some = try plan("@every 10s", due: 100, now: 129, remaining: 5)
        #expect(some.remaining == 2)
        #expect(some.next == 130)
        let last = try plan("@every 10s", due: 100, now: 129, remaining: 2)
        #expect(last.fired == [100, 110])
        #expect(last.skipped.isEmpty)
        #expect(last.remaining == 0)
        #expect(last.next == nil)
        let none = try plan("@every 10s", due: 100, now: 129, remaining: 0)
        #expect(none.fired.isEmpty)
        #expect(none.next == nil)
        #expect(try plan(due: nil, now: 129, remaining: 0).next == nil)
        #expect(try plan(due: nil, now: 129, remaining: 1).next == 180)
    }

    @Test func `skipped ticks do not count as fired`() throws {
        let plan = try plan("* * * * *", .skip, due: 120, now: 300, remaining: 1)
        #expect(plan.skipped.count == 3)
        #expect(plan.fired == [300])
        #expect(plan.next == nil)
    }

    @Test(arguments: [1, 998, 999, 1_000, 1_001, 1_999, 2_000, 2_001, 3_500])
    func `a long absence is made up for a thousand ticks at a time`(missed: Int) throws {
        let slots = (1...missed).map { Int64($0) * Self.minute }
        let now = slots[missed - 1] + 30
        let whole = try together(.latest, nil, nil, due: Self.minute, now: now, limit: 1_000)
        #expect(whole.skipped.map(\.tick) == slots.dropLast())
        #expect(whole.fired == [slots[missed - 1]])
        #expect(whole.next == slots[missed - 1] + Self.minute)
    }

    /// A policy, some absence and some limit: what all plans say together is what one says.
    @Test func `limited plans say together what one plan without a limit says`() throws {
        var random = SeededGenerator(seed: 11)
        for _ in 0..<400 {
            let count = Int.random(in: 0...60, using: &random)
            let missed =
                [TickPolicy.Missed.skip, .latest, .all(count)]
                .randomElement(using: &random) ?? .skip
            let deadline =
                [nil, Int64.random(in: 0...4_000, using: &random)]
                .randomElement(using: &random) ?? nil
            let remaining =
                [nil, Int.random(in: 0...40, using: &random)]
                .randomElement(using: &random) ?? nil
            let spec =
                ["@every 7s", "* * * * *", "*/10 * * * *", "10 0-5,7 * * *"]
                .randomElement(using: &random) ?? ""
            let due = Int64.random(in: 0...1_000, using: &random)
            let now = due + Int64.random(in: -10...6_000, using: &random)
            let one = try plan(
                spec,
                missed,
                deadline: deadline,
                due: due,
                now: now,
                remaining: remaining,
                limit: .max
            )
            let limit = Int.random(in: 1...50, using: &random)
            let some = try together(
                missed,
                deadline,
                remaining,
                spec,
                due: due,
                now: now,
                limit: limit
            )
            #expect(
                some == Whole(one),
                "\(spec) \(missed) from \(due) to \(now), \(limit) at a time"
            )
            // Each tick is in one of the lists, until none remains.
            let ticks = (one.fired + one.skipped.map(\.tick)).sorted()
            let timetable = Timetable(try TickSpec(parsing: spec))
            let all = due <= now ? [due] + timetable.ticks(in: due + 1..<now + 1) : []
            #expect(one.next == nil ? all.starts(with: ticks) : all == ticks)
        }
    }

    @Test func `any instant and limit has a plan`() throws {
        #expect(try plan(deadline: 5, due: .min, now: .max, limit: 1).fired.isEmpty)
        for due: Int64? in [nil, .min, 0, .max] {
            for now: Int64 in [.min, 0, .max] {
                for limit in [.min, 0, 3] {
                    let plan = try plan(
                        "* * * * *",
                        .all(.max),
                        deadline: 5,
                        due: due,
                        now: now,
                        limit: limit
                    )
                    #expect(plan.fired.count + plan.skipped.count <= max(limit, 1))
                }
            }
        }
    }

    /// Plans until nothing is due, and gives all plans as one.
    private func together(
        _ missed: TickPolicy.Missed,
        _ deadline: Int64?,
        _ remaining: Int?,
        _ spec: String = "* * * * *",
        due: Int64,
        now: Int64,
        limit: Int
    ) throws -> Whole {
        var whole = Whole()
        var due: Int64? = due
        var remaining = remaining
        repeat {
            let plan = try plan(
                spec,
                missed,
                deadline: deadline,
                due: due,
                now: now,
                remaining: remaining,
                limit: limit
            )
            #expect(plan.fired.count + plan.skipped.count <= limit)
            (due, remaining) = (plan.next, plan.remaining)
            whole.add(plan)
        } while due.map { $0 <= now } ?? false
        return whole
    }

    /// What plans say together.
    private struct Whole: Equatable {
        private(set) var fired: [Int64] = []
        private(set) var skipped: [TickPlan.Skip] = []
        private(set) var next: Int64?
        private(set) var remaining: Int?

        init() {}

        init(_ plan: TickPlan) {
            add(plan)
        }

        mutating func add(_ plan: TickPlan) {
            fired += plan.fired
            skipped += plan.skipped
            (next, remaining) = (plan.next, plan.remaining)
        }
    }
}
