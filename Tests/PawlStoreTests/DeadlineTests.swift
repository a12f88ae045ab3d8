import PawlCore
import PawlStore
import PawlTesting
import Postgres
import Testing

/// A run that has to end by a time.
@Suite(.database, .timeLimit(.minutes(20)))
struct DeadlineTests {
    let store = Storeroom()

    /// How many tasks, scopes and checkpoints there are.
    private func frontier() async throws -> [Int] {
        try await [
            store.count("select count(*) from pawl.task"),
            store.count("select count(*) from pawl.scope"),
            store.count("select count(*) from pawl.checkpoint"),
        ]
    }

    @Test func `at its deadline a run fails, with all that it has in the frontier`() async throws {
        try await store.define(.fan(1, people: 1))
        let worker = try await store.worker()
        let run = try await store.enqueue("fan", [:], EnqueueOptions(timeout: .seconds(60)))
        try await store.settle(try await store.claim(for: worker).only())
        let children = try await store.claim(for: worker)
        try await store.settle(children[1])
        _ = try await store.run { try $0.saveCheckpoint("half", Array("1".utf8), of: children[0]) }
        #expect(try await frontier() == [4, 1, 1])
        try await store.database.advanceClock(by: .seconds(61))
        let deadline = try await store.claim(for: worker).only()
        #expect(deadline.kind == .deadline && deadline.phase == .wait)
        try await store.settle(deadline)
        #expect(try await store.status(of: run) == .failed)
        #expect(try await frontier() == [0, 0, 0])
        #expect(try await store.texts("select status from pawl.wait") == ["cancelled"])
        #expect(
            try await store.transcript(of: run).suffix(1) == ["run_failed @deadline"]
        )
        #expect(try await !store.settle(children[0]))
    }

    @Test func `a run that ends while its time runs out has one last step`() async throws {
        let definition = try Definition(
            json: [
                "id": "tidy", "on_complete": "sweep", "on_error": "sweep",
                "nodes": [
                    ["id": "start", "type": "start"], ["id": "a", "type": "work"],
                    ["id": "end", "type": "end"], ["id": "sweep", "type": "work"],
                ],
                "edges": [["source": "start", "target": "a"], ["source": "a", "target": "end"]],
            ]
        )
        try await store.define(definition)
        let worker = try await store.worker()
        let run = try await store.enqueue("tidy", [:], EnqueueOptions(timeout: .seconds(60)))
        let step = try await store.claim(for: worker).only()
        try await store.database.advanceClock(by: .seconds(61))
        let deadline = try await store.claim(for: worker).only()
        let late = try await store.run { try $0.settlement(of: deadline) }
        try await store.settle(step)
        #expect(try await store.run { try $0.settle([late]).tasks } == [])
        // It is due again, and ends the last step with what the run had come to.
        try await store.settle(try await store.claim(for: worker).only { $0.kind == .deadline })
        #expect(try await store.status(of: run) == .completed)
        #expect(
            try await store.transcript(of: run).filter { $0.hasPrefix("run_") }
                == ["run_ending end", "run_completed @deadline"]
        )
    }

    @Test func `a run that ends in time takes its deadline along`() async throws {
        try await store.define()
        let worker = try await store.worker()
        let run = try await store.enqueue("job", [:], EnqueueOptions(timeout: .seconds(60)))
        try await store.finish(for: worker)
        #expect(try await store.status(of: run) == .completed)
        #expect(try await frontier() == [0, 0, 0])
    }

    @Test func `a deadline counts from when the run is due`() async throws {
        try await store.define()
        let worker = try await store.worker()
        _ = try await store.enqueue(
            "job",
            [:],
            EnqueueOptions(delay: .seconds(3_600), timeout: .seconds(60))
        )
        try await store.database.advanceClock(by: .seconds(3_601))
        #expect(try await store.claim(for: worker).map(\.kind) == [.handler("job")])
        try await store.database.advanceClock(by: .seconds(60))
        #expect(try await store.run { try $0.beat(worker) })
        #expect(try await store.claim(for: worker).map(\.kind) == [.deadline])
    }
}
