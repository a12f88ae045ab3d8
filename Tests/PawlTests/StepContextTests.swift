import FoundationEssentials
import Pawl
import PawlTesting
import Testing

private struct Broken: Error {}

/// What a handler can rely on: its effects, its checkpoints, its pauses.
@Suite(.database, .timeLimit(.minutes(20)))
struct StepContextTests {
    let shop = Workshop()

    @Test func `a transaction's effects and the step's end are one`() async throws {
        try await shop.execute("create table effect (run uuid, attempt int)")
        let calls = Tally()
        let pay = Handler.job("pay", retry: RetryPolicy(backoff: .none)) { (_: JSON, context) in
            let call = await calls.up()
            return try await context.transaction { tx in
                try tx.execute(
                    "insert into effect values (\(context.runID), \(Int32(context.attempt)))"
                )
                if call == 1 { throw Broken() }
                return ["call": call]
            }
        }
        try await shop.withWorker([pay]) {
            let run = try await shop.client.enqueue("pay", JSON.object([:]))
            try await shop.wait(for: run, toBe: .completed)
            #expect(try await shop.count("select count(*) from effect where attempt = 2") == 1)
            #expect(try await shop.count("select count(*) from effect") == 1)
            #expect(try await shop.client.output(of: run, as: JSON.self) == ["call": 2])
        }
    }

    @Test func `much may follow a transaction`() async throws {
        let nodes = (0..<99).map { "n\($0)" }
        try await shop.define(
            "long",
            ["pay"] + nodes,
            #"{"id": "pay", "type": "pay"}"#,
            nodes.map {
                #"{"id": "\#($0)", "type": "function", "config": {"action": "json_transform", "template": "{{input}}"}}"#
            }.joined(separator: ",")
        )
        let pay = Handler("pay", retry: .never) { (_: JSON, context) in
            try await context.transaction { _ in "done" }
        }
        try await shop.withWorker([pay]) {
            let run = try await shop.run("long")
            #expect(try await shop.output(of: run, "n98") == "done")
        }
    }

    @Test func `a transaction after which too much has changed is done again`() async throws {
        try await shop.execute("create table effect (fence bigint)")
        try await shop.define(
            "hear",
            ["pay", "wait"],
            #"{"id": "pay", "type": "pay"}"#,
            #"{"id": "wait", "type": "wait", "config": {"signal": "go"}}"#
        )
        let calls = Tally()
        let pay = Handler("pay", retry: .never) { (_: JSON, context) in
            if await calls.up() == 1 {
                // As if another step of the run had taken the signal meanwhile.
                try await shop.execute(
                    """
                    select pawl.append(\(context.runID), 'signal_taken', 'x', 1, '{"number": 1}')
                    """
                )
                try await shop.client.signal("go", to: context.runID, by: "ann")
            }
            return try await context.transaction { tx in
                try tx.execute("insert into effect values (\(context.fence))")
                return Done()
            }
        }
        let run = try await shop.client.enqueue("hear", JSON.object([:]))
        try await shop.client.signal("go", to: run, by: "ann")
        try await shop.withWorker([pay]) {
            try await shop.wait(for: run, toBe: .completed)
            #expect(await calls.count == 2)
            #expect(try await shop.count("select count(*) from effect") == 1)
        }
    }

    @Test func `what a handler throws after its transaction does not undo the step`() async throws {
        let handler = Handler.job("late", retry: .never) { (_: JSON, context) -> String in
            _ = try await context.transaction { _ in "done" }
            throw Broken()
        }
        try await shop.withWorker([handler]) {
            let run = try await shop.client.enqueue("late", JSON.object([:]))
            try await shop.wait(for: run, toBe: .completed)
            #expect(try await shop.client.output(of: run, as: String.self) == "done")
        }
    }

    @Test func `a transaction after the lease was lost leaves nothing`() async throws {
        try await shop.execute("create table effect (fence bigint)")
        let begun = Gate()
        let go = Gate()
        let calls = Tally()
        let slow = Handler.job("slow") { (_: JSON, context) in
            if await calls.up() == 1 {
                await begun.open()
                await go.pass()
            }
            return try await context.transaction { tx in
                try tx.execute("insert into effect values (\(context.fence))")
                return Done()
            }
        }
        try await shop.withWorker([slow]) {
            let run = try await shop.client.enqueue("slow", JSON.object([:]))
            await begun.pass()
            // As a rescue does, from a worker that was silent for too long.
            try await shop.execute(
                """
                update pawl.task set worker = null, claimed_at = null, fence = fence + 1
                where run_id = \(run)
                """
            )
            try await shop.wait(for: run, toBe: .completed)
            await go.open()
            try await eventually("both calls have ended") { await calls.count == 2 }
            #expect(try await shop.count("select count(*) from effect where fence > 1") == 1)
            #expect(try await shop.count("select count(*) from effect") == 1)
        }
    }

    @Test func `runs that are enqueued in a transaction exist exactly when it commits`()
        async throws
    {
        let child = Handler.job("child") { (_: JSON, _) in Done() }
        let parent = Handler.job("parent", retry: RetryPolicy(backoff: .none)) {
            (_: JSON, context) in
            try await context.transaction { tx in
                try tx.enqueue("child", JSON.object([:]))
                if context.attempt == 1 { throw Broken() }
                return Done()
            }
        }
        try await shop.withWorker([parent, child]) {
            let run = try await shop.client.enqueue("parent", JSON.object([:]))
            try await shop.wait(for: run, toBe: .completed)
            #expect(
                try await shop.count("select count(*) from pawl.run where workflow = 'child'") == 1
            )
        }
    }

    @Test func `a checkpoint is computed once, whatever fails after it`() async throws {
        let computed = Tally()
        let handler = Handler.job("steps", retry: RetryPolicy(backoff: .none)) {
            (_: JSON, context) in
            let first = try await context.checkpoint("first") { await computed.up() }
            if context.attempt < 3 { throw Broken() }
            let second = try await context.checkpoint("second") { await computed.up() }
            return [first, second]
        }
        try await shop.withWorker([handler]) {
            let run = try await shop.client.enqueue("steps", JSON.object([:]))
            try await shop.wait(for: run, toBe: .completed)
            #expect(try await shop.client.output(of: run, as: [Int].self) == [1, 2])
            #expect(await computed.count == 2)
            #expect(try await shop.count("select count(*) from pawl.checkpoint") == 0)
        }
    }

    @Test func `a pause of thirty days passes when the clock is moved, and holds no worker`()
        async throws
    {
        let calls = Tally()
        let handler = Handler.job("patient") { (_: JSON, context) in
            await calls.up()
            try await context.sleep("a month", for: .seconds(30 * 86_400))
            return Done()
        }
        try await shop.withWorker([handler]) {
            let run = try await shop.client.enqueue("patient", JSON.object([:]))
            try await eventually("the step sleeps") {
                try await shop.count(
                    """
                    select count(*) from pawl.task
                    where worker is null and run_at > pawl.now() + interval '29 days' and attempt = 0
                    """
                ) == 1
            }
            try await shop.database.advanceClock(by: .seconds(30 * 86_400 + 1))
            try await shop.wait(for: run, toBe: .completed)
            #expect(await calls.count == 2)
        }
    }

    @Test func `a handler reads the outputs of earlier steps`() async throws {
        try await shop.define(
            """
            {"id": "two",
             "nodes": [{"id": "start", "type": "start"}, {"id": "one", "type": "one"},
                       {"id": "two", "type": "two"}, {"id": "end", "type": "end"}],
             "edges": [{"source": "start", "target": "one"}, {"source": "one", "target": "two"},
                       {"source": "two", "target": "end"}]}
            """
        )
        let one = Handler("one") { (_: JSON, _) in ["n": 20] }
        let two = Handler("two") { (input: [String: Int], context) in
            let earlier = try context.output(of: "one", as: [String: Int].self)
            return (earlier?["n"] ?? 0) + (input["n"] ?? 0)
        }
        try await shop.withWorker([one, two]) {
            let run = try await shop.client.enqueue("two", ["n": 1])
            try await shop.wait(for: run, toBe: .completed)
            #expect(try await shop.client.output(of: run, as: Int.self) == 21)
        }
    }
}
