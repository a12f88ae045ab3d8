import FoundationEssentials
import Pawl
import PawlStore
import PawlTesting
import Testing

/// Runs made from others, and what their histories say.
@Suite(.database, .timeLimit(.minutes(20)))
struct ForkTests {
    let shop = Workshop()
    private let calls = Tally()

    private var work: Handler {
        Handler("work") { [calls] (_: JSON, context: StepContext) in
            await calls.up()
            return [
                "path": JSON.string(context.step.path), "n": context.value(at: "inputs.n") ?? 0,
            ]
        }
    }

    private static let graph = """
        {"id": "graph",
         "nodes": [{"id": "start", "type": "start"}, {"id": "first", "type": "work"},
                   {"id": "both", "type": "parallel"},
                   {"id": "a", "type": "work", "parent": "both"},
                   {"id": "s", "type": "sequence", "parent": "both"},
                   {"id": "s1", "type": "work", "parent": "s"},
                   {"id": "s2", "type": "work", "parent": "s"},
                   {"id": "last", "type": "work"}, {"id": "end", "type": "end"}],
         "edges": [{"source": "start", "target": "first"}, {"source": "first", "target": "both"},
                   {"source": "both", "target": "last"}, {"source": "last", "target": "end"}]}
        """

    /// Completes a run, makes another one from it, and completes that.
    private func fork(
        at step: StepID?,
        input: JSON? = nil,
        output: JSON? = nil
    ) async throws -> (first: UUID, second: UUID, calls: Int) {
        try await shop.define(Self.graph)
        return try await shop.withWorker([work]) { [shop, calls] in
            let first = try await shop.client.enqueue("graph", ["n": 1])
            try await shop.wait(for: first, toBe: .completed)
            let before = await calls.count
            let second = try await shop.client.fork(
                first,
                at: step,
                input: input,
                output: output,
                by: "test"
            )
            try await shop.wait(for: second, toBe: .completed)
            return (first, second, await calls.count - before)
        }
    }

    @Test func `a run is replayed from its beginning`() async throws {
        let runs = try await fork(at: nil)
        #expect(runs.calls == 5)
        let difference = try await shop.client.difference(from: runs.first, to: runs.second)
        #expect(difference.lines.isEmpty)
    }

    @Test func `a step begins again, and what was before it does not`() async throws {
        let runs = try await fork(at: StepID(path: "last"), input: ["n": 2])
        #expect(runs.calls == 1)
        let difference = try await shop.client.difference(from: runs.first, to: runs.second)
        #expect(difference.lines.map(\.step.path) == ["last"])
        #expect(try await shop.transcript(of: runs.second).contains("run_forked"))
    }

    @Test func `a step has another output, and is not executed`() async throws {
        let runs = try await fork(at: StepID(path: "first"), output: ["edited": true])
        #expect(runs.calls == 4)
        let steps = try await shop.client.steps(of: runs.second)
        let output = try #require(steps.first { $0.step.path == "first" }?.output)
        #expect(try JSON(parsing: output) == ["edited": true])
    }

    @Test(arguments: [("both.a", 2), ("both.s.s2", 2), ("both.s.s1", 3)])
    func `inside a container what had not ended begins again`(
        path: String,
        atLeast: Int
    )
        async throws
    {
        let runs = try await fork(at: StepID(path: path))
        // Which of the branches had ended before is chance; the step itself and the last one had not.
        #expect((atLeast...4).contains(runs.calls))
        let difference = try await shop.client.difference(from: runs.first, to: runs.second)
        #expect(difference.lines.isEmpty, "\(difference.lines)")
    }

    @Test func `a step that a run has not come to is no beginning`() async throws {
        try await shop.define(Self.graph)
        let run = try await shop.client.enqueue("graph", ["n": 1])
        await #expect(throws: RunNotFound.self) {
            _ = try await shop.client.fork(run, at: StepID(path: "last"), by: "test")
        }
        try await shop.client.cancel(run, by: "test")
    }

    @Test func `the states of steps are those of the live tables`() async throws {
        try await shop.define(
            """
            {"id": "graph",
             "nodes": [{"id": "start", "type": "start"}, {"id": "first", "type": "work"},
                       {"id": "ask", "type": "human"}, {"id": "end", "type": "end"}],
             "edges": [{"source": "start", "target": "first"}, {"source": "first", "target": "ask"},
                       {"source": "ask", "target": "end"}]}
            """
        )
        try await shop.withWorker([work]) { [shop] in
            let run = try await shop.client.enqueue("graph", ["n": 1])
            try await shop.wait(for: run, toBe: .waiting)
            let steps = try await shop.client.steps(of: run)
            #expect(steps.map { "\($0.step) \($0.status)" } == ["first completed", "ask waiting"])
            let live = try await shop.database.pool.run { session in
                try session.tasks(of: run).map { "\($0.step) \($0.status)" }
            }
            #expect(live == ["ask waiting"])
            try await shop.client.answer("ask", of: run, with: ["fine"], by: "test")
            try await shop.wait(for: run, toBe: .completed)
            let last = try await shop.client.steps(of: run).last
            #expect(last?.step.path == "end" && last?.status == .completed)
        }
    }
}
