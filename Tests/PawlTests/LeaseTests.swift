import FoundationEssentials
import Pawl
import PawlStore
import PawlTesting
import Testing

private struct Number: Codable, Sendable, Equatable { var n: Int }

/// Who holds a step, and what becomes of it when its worker stops, dies or cannot execute it.
@Suite(.database, .timeLimit(.minutes(20)))
struct LeaseTests {
    let shop = Workshop()

    private let double = Handler.job("double") { (input: Number, _) in Number(n: input.n * 2) }

    @Test func `a worker that stops lets its steps end`() async throws {
        let begun = Gate()
        let go = Gate()
        let slow = Handler.job("slow") { (_: JSON, _) in
            await begun.open()
            await go.pass()
            return Done()
        }
        let run = try await shop.drainDuring([slow], begun: begun, graceful: true) {
            await go.open()
        }
        #expect(try await shop.client.status(of: run) == .completed)
        #expect(try await shop.count("select count(*) from pawl.worker") == 0)
    }

    @Test func `a worker that is cancelled gives its steps back without charging an attempt`()
        async throws
    {
        let begun = Gate()
        let slow = Handler.job("slow", retry: .never) { (_: JSON, _) in
            await begun.open()
            try await Task.sleep(for: .seconds(3_600))
            return Done()
        }
        let run = try await shop.drainDuring([slow], begun: begun, graceful: false) {}
        #expect(try await shop.client.status(of: run) != .failed)
        #expect(
            try await shop.count(
                "select count(*) from pawl.task where worker is null and attempt = 0"
            ) == 1
        )
    }

    @Test func `a node kind without a handler is left to a worker that has it`() async throws {
        try await shop.client.define(.job("double"))
        let run = try await shop.client.enqueue("double", Number(n: 1))
        try await shop.withWorker([]) {
            try await eventually("the task was put back for later") {
                try await shop.count(
                    """
                    select count(*) from pawl.task
                    where worker is null and fence > 0 and attempt = 0 and run_at > pawl.now()
                    """
                ) == 1
            }
        }
        try await shop.database.advanceClock(by: .seconds(20))
        try await shop.withWorker([double]) {
            try await shop.wait(for: run, toBe: .completed)
        }
    }

    @Test func `a step that keeps killing its worker is quarantined with the evidence`()
        async throws
    {
        try await shop.client.define(.job("double"))
        let run = try await shop.client.enqueue("double", Number(n: 1))
        for _ in 1...5 {
            try await shop.loseClaim(of: run)
        }
        try await shop.withWorker([double]) {
            try await shop.wait(for: run, toBe: .failed)
            #expect(try await shop.data(of: run, "run_failed")?["code"] == "QUARANTINED")
            #expect(try await shop.data(of: run, "step_lost")?["host"] == "nowhere")
            #expect(try await shop.data(of: run, "step_lost")?["crashes"] == 5)
        }
    }

    @Test func `a step that killed workers twice is executed alone`() async throws {
        let together = Tally()
        let handler = Handler.job("double") { (input: Number, context) in
            #expect(context.fence > 2)
            await together.up()
            return input
        }
        try await shop.client.define(.job("double"))
        let run = try await shop.client.enqueue("double", Number(n: 1))
        for _ in 1...3 { try await shop.loseClaim(of: run) }
        try await shop.withWorker([handler]) {
            try await shop.wait(for: run, toBe: .completed)
            #expect(await together.count == 1)
        }
    }

    @Test func `a worker goes on after a step that it executed alone took too long`() async throws {
        let slow = Handler.job("slow", retry: .never, timeout: .milliseconds(100)) {
            (_: Number, _) in
            try await Task.sleep(for: .seconds(3_600))
            return Done()
        }
        try await shop.client.define(.job("slow"))
        try await shop.client.define(.job("double"))
        let late = try await shop.client.enqueue("slow", Number(n: 1))
        for _ in 1...3 { try await shop.loseClaim(of: late) }
        try await shop.withWorker([slow, double]) {
            try await shop.wait(for: late, toBe: .failed)
            #expect(try await shop.data(of: late, "run_failed")?["code"] == "TIMEOUT_ERROR")
            let next = try await shop.client.enqueue("double", Number(n: 1))
            try await shop.wait(for: next, toBe: .completed)
        }
    }

    @Test func `a worker that was given up for lost writes nothing and registers anew`()
        async throws
    {
        let begun = Gate()
        let calls = Tally()
        let slow = Handler.job("slow") { (_: JSON, context) in
            if await calls.up() > 1 { return "second" }
            await begun.open()
            // Goes on although it was cancelled, as a process does that was stopped meanwhile.
            while !context.isCancelled { await Task.yield() }
            return "first"
        }
        try await shop.withWorker([slow]) {
            let run = try await shop.client.enqueue("slow", JSON.object([:]))
            await begun.pass()
            try await shop.execute(
                "update pawl.worker set beat_at = beat_at - interval '1 hour', lost_at = pawl.now()"
            )
            try await shop.wait(for: run, toBe: .completed)
            #expect(try await shop.client.output(of: run, as: String.self) == "second")
            let transcript = try await shop.transcript(of: run).filter {
                !$0.hasPrefix("step_started")
            }
            #expect(transcript == ["step_lost slow", "run_completed slow"])
        }
    }
}

extension Workshop {
    /// Runs one step of a worker, ends the worker while the step is at work, and returns the run.
    fileprivate func drainDuring(
        _ handlers: [Handler],
        begun: Gate,
        graceful: Bool,
        then: @Sendable @escaping () async -> Void
    ) async throws -> UUID {
        let stage = Stage(database.configuration, handlers)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await stage.play() }
            try await eventually("the worker has registered") {
                try await count("select count(*) from pawl.worker") > 0
            }
            let run = try await client.enqueue(handlers[0].kind, JSON.object([:]))
            await begun.pass()
            if graceful { await stage.stop() } else { group.cancelAll() }
            await then()
            try await group.waitForAll()
            return run
        }
    }

    /// Claims a run's task for a worker that dies.
    fileprivate func loseClaim(of run: UUID) async throws {
        try await database.pool.run { session in
            let worker = try session.register(
                WorkerRecord(
                    host: "nowhere",
                    processID: 1,
                    version: "0",
                    queues: ["default"],
                    kinds: [],
                    slots: 1,
                    lease: .seconds(1)
                )
            )
            var place = ClaimPlace()
            #expect(
                try session.claim(1, from: "default", after: &place, for: worker).map(\.run) == [
                    run
                ]
            )
            _ = try session.execute(
                "update pawl.worker set beat_at = beat_at - interval '1 hour' where id = \(worker)"
            )
            let dead = try session.giveUpDeadWorkers()
            #expect(try session.rescue(from: dead, limit: 10) == 1)
        }
    }
}
