import FoundationEssentials
import Pawl
import PawlStore
import PawlTesting
import Postgres
import Testing

private struct Number: Codable, Sendable, Equatable { var n: Int }
private struct Broken: Error {}
enum Unstorable: Sendable { case nul, large }

/// What a worker does with handlers, whatever they do.
@Suite(.database, .timeLimit(.minutes(20)))
struct WorkerTests {
    let shop = Workshop()

    private let double = Handler.job("double") { (input: Number, _) in Number(n: input.n * 2) }

    @Test func `a job runs once and its output is recorded`() async throws {
        try await shop.withWorker([double]) {
            let run = try await shop.client.enqueue("double", Number(n: 21))
            try await shop.wait(for: run, toBe: .completed)
            #expect(try await shop.client.output(of: run, as: Number.self) == Number(n: 42))
            #expect(try await shop.transcript(of: run) == ["run_completed double"])
        }
    }

    @Test func `many runs all complete`() async throws {
        try await shop.withWorker([double]) {
            try await shop.execute(
                """
                insert into pawl.run (workflow, input)
                select 'double', jsonb_build_object('n', n) from generate_series(1, 2000) n
                """
            )
            try await eventually("all have completed") {
                try await shop.count("select count(*) from pawl.run where status = 'completed'")
                    == 2_000
            }
            #expect(
                try await shop.count(
                    """
                    select count(*) from pawl.run r join pawl.event e on e.run_id = r.id
                    where (e.data ->> 'n')::int = 2 * (r.input ->> 'n')::int
                    """
                ) == 2_000
            )
        }
    }

    @Test func `an error is tried again until the policy is spent`() async throws {
        let calls = Tally()
        let policy = RetryPolicy(maximumRetries: 2, backoff: .none)
        let failing = Handler.job("failing", retry: policy) { (_: JSON, context) -> Done in
            #expect(context.attempt == (await calls.up()))
            throw Broken()
        }
        try await shop.withWorker([failing]) {
            let run = try await shop.client.enqueue("failing", JSON.object([:]))
            try await shop.wait(for: run, toBe: .failed)
            #expect(await calls.count == 3)
            #expect(
                try await shop.transcript(of: run) == [
                    "step_retrying failing", "step_retrying failing", "run_failed failing",
                ]
            )
            #expect(try await shop.data(of: run, "run_failed")?["code"] == "EXECUTION_ERROR")
        }
    }

    @Test func `a failed run that is retried starts with fresh attempts and the same key`()
        async throws
    {
        let calls = Tally()
        let moody = Handler.job("moody", retry: .never) { (_: JSON, context) in
            if await calls.up() == 1 { throw Broken() }
            return context.idempotencyKey
        }
        try await shop.withWorker([moody]) {
            let run = try await shop.client.enqueue("moody", JSON.object([:]))
            try await shop.wait(for: run, toBe: .failed)
            try await shop.client.retry(run, by: "ann")
            try await shop.wait(for: run, toBe: .completed)
            #expect(
                try await shop.client.output(of: run, as: String.self)
                    == "\(run.uuidString.lowercased())/moody/1"
            )
        }
    }

    @Test func `a permanent error is not tried again`() async throws {
        let failing = Handler.job("failing") { (_: JSON, _) -> Done in
            throw HandlerError.permanent("no such account")
        }
        try await shop.withWorker([failing]) {
            let run = try await shop.client.enqueue("failing", JSON.object([:]))
            try await shop.wait(for: run, toBe: .failed)
            let failure = try await shop.data(of: run, "run_failed")
            #expect(failure == ["code": "NON_RETRYABLE", "message": "no such account"])
        }
    }

    @Test func `a handler says when to try again`() async throws {
        let calls = Tally()
        let busy = Handler.job("busy") { (_: JSON, _) in
            if await calls.up() == 1 { throw HandlerError.retry(after: .seconds(86_400), "busy") }
            return Done()
        }
        try await shop.withWorker([busy]) {
            let run = try await shop.client.enqueue("busy", JSON.object([:]))
            try await eventually("the first attempt failed") {
                try await shop.transcript(of: run) == ["step_retrying busy"]
            }
            #expect(await calls.count == 1)
            try await shop.database.advanceClock(by: .seconds(86_401))
            try await shop.wait(for: run, toBe: .completed)
        }
    }

    @Test func `a snooze charges no attempt`() async throws {
        let calls = Tally()
        let sleepy = Handler.job("sleepy", retry: .never) { (_: JSON, context) in
            #expect(context.attempt == 1)
            if await calls.up() <= 3 { throw HandlerError.snooze(.zero) }
            return Done()
        }
        try await shop.withWorker([sleepy]) {
            let run = try await shop.client.enqueue("sleepy", JSON.object([:]))
            try await shop.wait(for: run, toBe: .completed)
            #expect(await calls.count == 4)
        }
    }

    @Test func `a time-out cancels the handler and fails the attempt`() async throws {
        let slow = Handler.job("slow", retry: .never, timeout: .milliseconds(200)) {
            (_: JSON, _) in
            try await Task.sleep(for: .seconds(3_600))
            return Done()
        }
        try await shop.withWorker([slow]) {
            let run = try await shop.client.enqueue("slow", JSON.object([:]))
            try await shop.wait(for: run, toBe: .failed)
            #expect(try await shop.data(of: run, "run_failed")?["code"] == "TIMEOUT_ERROR")
        }
    }

    @Test func `a handler that ignores its time-out is ended without it`() async throws {
        let gate = Gate()
        let deaf = Handler.job("deaf", retry: .never, timeout: .milliseconds(100)) {
            (_: JSON, _) in
            await gate.pass()
            return Done()
        }
        try await shop.withWorker([deaf]) {
            let run = try await shop.client.enqueue("deaf", JSON.object([:]))
            try await shop.wait(for: run, toBe: .failed)
            #expect(try await shop.data(of: run, "run_failed")?["code"] == "TIMEOUT_ERROR")
            await gate.open()
        }
    }

    @Test func `a run that is cancelled stops its handler, and nothing it returns is kept`()
        async throws
    {
        let begun = Gate()
        let ended = Gate()
        let long = Handler.job("long") { (_: JSON, context) in
            await begun.open()
            do { try await Task.sleep(for: .seconds(3_600)) } catch { await ended.open() }
            #expect(context.isCancelled)
            return Done()
        }
        try await shop.withWorker([long]) {
            let run = try await shop.client.enqueue("long", JSON.object([:]))
            await begun.pass()
            #expect(try await shop.client.cancel(run, reason: "test", by: "ann"))
            await ended.pass()
            #expect(try await shop.client.status(of: run) == .cancelled)
            #expect(try await shop.client.cancel(run, by: "bob") == false)
            #expect(try await shop.transcript(of: run).last == "run_cancelled")
        }
    }

    @Test func `an input that is not what the handler takes fails that run alone`() async throws {
        try await shop.withWorker([double]) {
            let bad = try await shop.client.enqueue("double", ["n": "many"])
            let good = try await shop.client.enqueue("double", Number(n: 1))
            try await shop.wait(for: bad, toBe: .failed)
            try await shop.wait(for: good, toBe: .completed)
            #expect(try await shop.data(of: bad, "run_failed")?["code"] == "VALIDATION_ERROR")
        }
    }

    @Test(arguments: [Unstorable.nul, .large])
    func `an output that cannot be stored fails that run alone`(kind: Unstorable) async throws {
        let handler = Handler.job("bad") { (_: JSON, _) in
            kind == .nul ? "a\0b" : String(repeating: "x", count: 1 << 21)
        }
        try await shop.withWorker([handler]) {
            let run = try await shop.client.enqueue("bad", JSON.object([:]))
            try await shop.wait(for: run, toBe: .failed)
            #expect(try await shop.data(of: run, "run_failed")?["code"] == "VALIDATION_ERROR")
        }
    }

    @Test func `a long step is announced, and its progress recorded`() async throws {
        let go = Gate()
        let slow = Handler.job("slow") { (_: JSON, context) in
            context.progress(0.5, "half")
            await go.pass()
            return Done()
        }
        try await shop.withWorker([slow]) {
            let run = try await shop.client.enqueue("slow", JSON.object([:]))
            try await eventually("progress is recorded") {
                try await shop.data(of: run, "step_progress")
                    == ["fraction": 0.5, "message": "half"]
            }
            #expect(try await shop.client.status(of: run) == .running)
            await go.open()
            try await shop.wait(for: run, toBe: .completed)
        }
    }

    @Test func `a run that somebody has locked holds up no other, and no lease`() async throws {
        try await shop.client.define(.job("slow"))
        try await shop.client.define(.job("quick"))
        let gate = Gate()
        let slow = Handler.job("slow", retry: .never) { (_: JSON, _) in
            await gate.pass()
            return Done()
        }
        let quick = Handler.job("quick", retry: .never) { (_: JSON, _) in Done() }
        let locker = try Connection(shop.database.configuration)
        try await locker.open()
        try await shop.withWorker([slow, quick]) {
            let locked = try await shop.client.enqueue("slow", JSON.object([:]))
            try await shop.wait(for: locked, toBe: .running)
            try await locker.run { session in
                try session.begin()
                _ = try session.query(
                    "select from pawl.run where id = \(locked) for update"
                )
            }
            await gate.open()
            for _ in 1...3 {
                let run = try await shop.client.enqueue("quick", JSON.object([:]))
                try await shop.wait(for: run, toBe: .completed)
            }
            try await eventually("its lease is renewed for longer than it lasts") {
                try await shop.count(
                    """
                    select count(*) from pawl.worker
                    where lost_at is null and beat_at - started_at > interval '4 s'
                    """
                ) == 1
            }
            try await locker.run { try $0.rollback() }
            try await shop.wait(for: locked, toBe: .completed)
            #expect(
                try await shop.count("select count(*) from pawl.event where kind = 'step_lost'")
                    == 0
            )
        }
        await locker.close()
    }

    @Test func `a run fails when its deadline passes, and its step is told`() async throws {
        let ended = Gate()
        let slow = Handler.job("slow") { (_: JSON, _) in
            do { try await Task.sleep(for: .seconds(3_600)) } catch { await ended.open() }
            return Done()
        }
        try await shop.withWorker([slow]) {
            let run = try await shop.client.enqueue(
                "slow",
                JSON.object([:]),
                options: EnqueueOptions(timeout: .seconds(600))
            )
            try await eventually("the step is at work") {
                try await shop.transcript(of: run) == ["step_started slow"]
            }
            try await shop.database.advanceClock(by: .seconds(601))
            try await shop.wait(for: run, toBe: .failed)
            await ended.pass()
            #expect(try await shop.data(of: run, "run_failed")?["code"] == "TIMEOUT_ERROR")
        }
    }

    @Test func `more urgent runs are claimed first, and delayed ones not before they are due`()
        async throws
    {
        let order = Ledger()
        let handler = Handler.job("note") { (input: Number, _) in
            await order.add(input.n)
            return Done()
        }
        try await shop.client.define(.job("note"))
        for (n, priority) in [(3, 7), (1, 0), (2, 5)] {
            try await shop.client.enqueue(
                "note",
                Number(n: n),
                options: EnqueueOptions(priority: priority)
            )
        }
        let later = try await shop.client.enqueue(
            "note",
            Number(n: 4),
            options: EnqueueOptions(delay: .seconds(3_600), priority: 0)
        )
        var configuration = Workshop.brisk
        configuration.slots = 1
        try await shop.withWorker([handler], configuration: configuration) {
            try await eventually("three have run") { await order.entries.count == 3 }
            #expect(await order.entries == [1, 2, 3])
            #expect(try await shop.client.status(of: later) == .pending)
            try await shop.database.advanceClock(by: .seconds(3_601))
            try await shop.wait(for: later, toBe: .completed)
        }
    }
}

private actor Ledger {
    private(set) var entries: [Int] = []
    func add(_ entry: Int) { entries.append(entry) }
}
