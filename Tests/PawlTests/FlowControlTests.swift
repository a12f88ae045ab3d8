import FoundationEssentials
import Pawl
import PawlStore
import PawlTesting
import Postgres
import Synchronization
import Testing

/// Several workers and one limit.
@Suite(.database, .timeLimit(.minutes(20)))
struct FlowControlTests {
    let site = Workshop()

    private struct Order: Codable, Sendable { var customer = "" }

    /// Counts who is at work at the same time.
    private final class Gauge: Sendable {
        private let state = Mutex((now: [String: Int](), most: [String: Int](), ended: 0))

        func enter(_ key: String) {
            state.withLock { state in
                state.now[key, default: 0] += 1
                state.most[key] = max(state.most[key] ?? 0, state.now[key] ?? 0)
            }
        }

        func leave(_ key: String) {
            state.withLock { state in
                state.now[key, default: 0] -= 1
                state.ended += 1
            }
        }

        func most(_ key: String) -> Int { state.withLock { $0.most[key] ?? 0 } }
        var highest: Int { state.withLock { $0.most.values.max() ?? 0 } }
    }

    private func hammer(
        _ limits: RunLimits,
        runs: Int,
        customers: Int,
        _ gauge: Gauge
    ) async throws {
        let handlers = [
            Handler.job("order", limits: limits) { (order: Order, context) in
                gauge.enter(order.customer)
                gauge.enter("all")
                defer {
                    gauge.leave(order.customer)
                    gauge.leave("all")
                }
                for _ in 0...(context.runID.hashValue & 7) { await Task.yield() }
                return Done()
            }
        ]
        var configuration = Workshop.brisk
        configuration.slots = 16
        let small = configuration
        try await site.withWorker(handlers, configuration: small) {
            try await site.withWorker(handlers, configuration: small) {
                try await site.withWorker(handlers, configuration: small) {
                    for _ in 1...4 {
                        try await site.execute(
                            """
                            insert into pawl.run (workflow, input)
                            select 'order',
                              jsonb_build_object('customer', 'c' || n % \(customers))
                            from generate_series(1, \(runs / 4)) n
                            """
                        )
                    }
                    try await eventually("all runs have completed", within: .seconds(120)) {
                        try await site.count(
                            "select count(*) from pawl.run where status = 'completed'"
                        )
                            == runs
                    }
                }
            }
        }
    }

    @Test func `however many workers hammer a key, one run of it is at work`() async throws {
        let gauge = Gauge()
        let limits = RunLimits(concurrency: .init(1, of: "input.customer"))
        try await hammer(limits, runs: 400, customers: 10, gauge)
        #expect((0..<10).allSatisfy { gauge.most("c\($0)") == 1 })
        #expect(gauge.most("all") > 1)
    }

    @Test func `a total holds for all workers together, and is used up`() async throws {
        let gauge = Gauge()
        let limits = RunLimits(concurrency: .init(2, of: "input.customer", total: 5))
        try await hammer(limits, runs: 400, customers: 8, gauge)
        #expect((0..<8).allSatisfy { gauge.most("c\($0)") <= 2 })
        #expect(gauge.most("all") <= 5)
    }

    @Test func `a handler tells what it used`() async throws {
        let limits = RunLimits(
            rate: .init(1_000, per: .seconds(60)),
            weight: .path("input.tokens")
        )
        let ask = Handler.job("ask", limits: limits) { (_: JSON, context) in
            try await context.used(250)
            return Done()
        }
        try await site.withWorker([ask]) {
            let run = try await site.client.enqueue("ask", ["tokens": 900])
            try await site.wait(for: run, toBe: .completed)
        }
        #expect(
            try await site.count(
                "select sum(u.took)::bigint from pawl.bucket b, unnest(b.took) as u (took)"
            ) == 250
        )
    }

    @Test func `steps of a batch are served by one call, each with its own end`() async throws {
        let sizes = Mutex<[Int]>([])
        let double = Handler.batch("double", size: 10, within: .seconds(20), retry: .never) {
            (inputs: [Int], contexts: [StepContext]) -> [Result<Int, any Error>] in
            sizes.withLock { $0.append(inputs.count) }
            #expect(Set(contexts.map(\.runID)).count == inputs.count)
            return inputs.map { input in
                input == 3 ? .failure(HandlerError.permanent("three")) : .success(input * 2)
            }
        }
        try await site.withWorker([double]) {
            var runs: [UUID] = []
            for n in 0..<20 { runs.append(try await site.client.enqueue("double", n)) }
            for (n, run) in runs.enumerated() {
                try await site.wait(for: run, toBe: n == 3 ? .failed : .completed)
                guard n != 3 else { continue }
                #expect(try await site.client.output(of: run, as: Int.self) == n * 2)
            }
        }
        #expect(sizes.withLock { $0 } == [10, 10])
    }

    @Test func `a batch that nobody joins is served after its time`() async throws {
        let one = Handler.batch("one", size: 10, within: .milliseconds(10)) {
            (inputs: [JSON], _: [StepContext]) in
            inputs.map { _ in Result<Int, any Error>.success(1) }
        }
        try await site.withWorker([one]) {
            let run = try await site.client.enqueue("one", JSON.null)
            try await site.wait(for: run, toBe: .completed)
        }
    }

    @Test func `a step that is cancelled leaves its batch, and the others go on`() async throws {
        let began = Mutex(0)
        let go = Mutex(false)
        let slow = Handler.batch("slow", size: 2, within: .seconds(600)) {
            (inputs: [Int], _: [StepContext]) in
            began.withLock { $0 += inputs.count }
            try await eventually("it may go") { go.withLock { $0 } }
            #expect(!Task.isCancelled)
            return inputs.map { Result<Int, any Error>.success($0) }
        }
        var configuration = Workshop.brisk
        configuration.slots = 2
        try await site.withWorker([slow], configuration: configuration) {
            let one = try await site.client.enqueue("slow", 1)
            let two = try await site.client.enqueue("slow", 2)
            try await eventually("both are at work") { began.withLock { $0 } == 2 }
            try await site.client.cancel(one, by: "ann")
            try await eventually("the step has left") {
                try await site.count("select count(*) from pawl.task") == 1
            }
            go.withLock { $0 = true }
            try await site.wait(for: two, toBe: .completed)
            #expect(try await site.client.status(of: one) == .cancelled)
            // Both slots are free again, which the next batch needs.
            let three = try await site.client.enqueue("slow", 3)
            let four = try await site.client.enqueue("slow", 4)
            try await site.wait(for: three, toBe: .completed)
            try await site.wait(for: four, toBe: .completed)
        }
    }

    @Test func `a batch with too few results fails its steps`() async throws {
        let few = Handler.batch("few", size: 2, within: .seconds(20)) {
            (_: [Int], _: [StepContext]) in [Result<Int, any Error>.success(1)]
        }
        try await site.withWorker([few]) {
            let one = try await site.client.enqueue("few", 1)
            let two = try await site.client.enqueue("few", 2)
            try await site.wait(for: one, toBe: .failed)
            try await site.wait(for: two, toBe: .failed)
        }
    }
}
