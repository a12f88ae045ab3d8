import FoundationEssentials
import Pawl
import PawlTesting
import Testing

/// Waits for times and signals.
@Suite(.database, .timeLimit(.minutes(20)))
struct WaitTests {
    let shop = Workshop()

    @Test(arguments: [
        #"{"id": "w", "type": "wait", "config": {"duration": "30d"}}"#,
        #"{"id": "w", "type": "function", "config": {"action": "delay", "duration": "30d"}}"#,
        #"{"id": "w", "type": "sleep"}"#,
    ])
    func `thirty days pass, and nothing holds a worker meanwhile`(node: String) async throws {
        let sleep = Handler("sleep") { (_: JSON, context) in
            try await context.sleep("month", for: .seconds(30 * 86_400))
            return "slept"
        }
        try await shop.define("sleep", ["w"], node)
        try await shop.withWorker([sleep]) {
            let run = try await shop.client.enqueue("sleep", JSON.object([:]))
            try await eventually("it sleeps") {
                try await shop.count(
                    """
                    select count(*) from pawl.task
                    where worker is null and run_at > pawl.now() + interval '29 days'
                    """
                ) == 1
            }
            try await shop.database.advanceClock(by: .seconds(29 * 86_400))
            #expect(try await shop.client.status(of: run)?.isFinal == false)
            try await shop.database.advanceClock(by: .seconds(86_401))
            try await shop.wait(for: run, toBe: .completed)
        }
    }

    @Test func `an instant is waited for, and one that has passed is not`() async throws {
        try await shop.define(
            "until",
            ["w"],
            #"{"id": "w", "type": "wait", "config": {"until": "{{inputs.at}}"}}"#
        )
        try await shop.withWorker([]) {
            try await shop.run("until", ["at": "2001-01-01T00:00:00Z"])
            let bad = try await shop.run("until", ["at": "tomorrow"], toBe: .failed)
            #expect(try await shop.end(of: bad)?["code"] == "VALIDATION_ERROR")
            let run = try await shop.run(
                "until",
                ["at": "2999-01-01T00:00:00+02:00"],
                toBe: .waiting
            )
            #expect(
                try await shop.count(
                    """
                    select count(*) from pawl.task
                    where run_id = \(run) and run_at = timestamptz '2998-12-31 22:00:00Z'
                    """
                ) == 1
            )
        }
    }

    private func listening(_ more: String = "") async throws {
        try await shop.define(
            "listen",
            ["first", "hear"],
            #"{"id": "first", "type": "stubborn"}"#,
            #"{"id": "hear", "type": "wait", "config": {"signal": "go" \#(more)}}"#
        )
    }

    @Test(arguments: ["before", "during", "after"])
    func `a signal is heard whenever it is sent`(time: String) async throws {
        try await listening()
        let gate = Gate()
        let run = try await shop.client.enqueue("listen", JSON.object([:]))
        if time == "before" {
            try await shop.client.signal("go", to: run, payload: ["n": 1], by: "ann")
        }
        try await shop.withWorker([Hands.stubborn(gate)]) {
            if time == "during" {
                try await shop.waitUntilAtWork(run, "first")
                try await shop.client.signal("go", to: run, payload: ["n": 1], by: "ann")
            }
            await gate.open()
            if time == "after" {
                try await shop.wait(for: run, toBe: .waiting)
                try await shop.client.signal("stop", to: run, by: "ann")
                try await shop.client.signal("go", to: run, payload: ["n": 1], by: "ann")
            }
            try await shop.wait(for: run, toBe: .completed)
            #expect(
                try await shop.output(of: run, "hear") == ["signal": "go", "payload": ["n": 1]]
            )
        }
    }

    @Test func `a filter lets signals pass, and the others stay for who wants them`() async throws {
        try await shop.define(
            "listen",
            ["hear", "rest"],
            #"{"id": "hear", "type": "wait", "config": {"signal": "go", "filter": "payload.n == inputs.wanted and n > 2", "timeout": "1h"}}"#,
            #"{"id": "rest", "type": "wait", "config": {"signal": "go"}}"#
        )
        try await shop.withWorker([]) {
            let run = try await shop.run("listen", ["wanted": 3], toBe: .waiting)
            for n in 1...3 {
                try await shop.client.signal("go", to: run, payload: ["n": n], by: "ann")
                if n < 3 {
                    try await eventually("it was looked at, and waited on") {
                        try await shop.count(
                            """
                            select count(*) from pawl.task
                            where run_id = \(run) and phase = 'wait' and worker is null
                              and run_at < 'infinity' and fence >= \(Int64(2 * n + 1))
                            """
                        ) == 1
                    }
                }
            }
            try await shop.wait(for: run, toBe: .completed)
            #expect(try await shop.output(of: run, "hear")?["payload"] == ["n": 3])
            #expect(try await shop.output(of: run, "rest")?["payload"] == ["n": 1])
        }
    }

    @Test func `a signal that does not come in time: the fallback, or a failure`() async throws {
        try await shop.define(
            "soft",
            ["hear"],
            #"{"id": "hear", "type": "wait", "config": {"signal": "go", "timeout": "1h", "fallback": {"n": 0}}}"#
        )
        try await shop.define(
            "hard",
            ["hear"],
            #"{"id": "hear", "type": "wait", "config": {"signal": "go", "timeout": "1h"}}"#
        )
        try await shop.withWorker([]) {
            let soft = try await shop.run("soft", toBe: .waiting)
            let hard = try await shop.run("hard", toBe: .waiting)
            // One that its filter refuses does not set the time anew.
            try await shop.client.signal("else", to: soft, by: "ann")
            try await shop.database.advanceClock(by: .seconds(3_601))
            try await shop.wait(for: soft, toBe: .completed)
            try await shop.wait(for: hard, toBe: .failed)
            #expect(
                try await shop.output(of: soft, "hear")
                    == ["signal": "go", "payload": ["n": 0], "timed_out": true]
            )
            #expect(try await shop.end(of: hard)?["code"] == "TIMEOUT_ERROR")
        }
    }

    @Test func `two steps that wait for the same signal take one each`() async throws {
        try await shop.define(
            "pair",
            ["all"],
            #"{"id": "all", "type": "parallel"}"#,
            #"{"id": "a", "type": "wait", "parent": "all", "config": {"signal": "go"}}"#,
            #"{"id": "b", "type": "wait", "parent": "all", "config": {"signal": "go"}}"#
        )
        try await shop.withWorker([]) {
            let runs = try await shop.database.pool.run { session in
                try (1...30).map { _ in try session.enqueue("pair", JSON.object([:])) }
            }
            for run in runs { try await shop.wait(for: run, toBe: .waiting) }
            for payload in 1...2 {
                for run in runs {
                    try await shop.client.signal("go", to: run, payload: payload, by: "ann")
                }
            }
            for run in runs {
                try await shop.wait(for: run, toBe: .completed)
                let taken = try await [
                    shop.output(of: run, "all.a")?["payload"]?.intValue,
                    shop.output(of: run, "all.b")?["payload"]?.intValue,
                ]
                #expect(Set(taken) == [1, 2])
            }
        }
    }
}
