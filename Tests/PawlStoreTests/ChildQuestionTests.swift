import FoundationEssentials
import PawlCore
import PawlStore
import PawlTesting
import Postgres
import Testing

/// Questions of runs that belong to steps of other runs, and what came of questions.
@Suite(.database, .timeLimit(.minutes(20)))
struct ChildQuestionTests {
    let store = Storeroom()

    private func open(of run: UUID? = nil) async throws -> [OpenDecision] {
        try await store.run { try $0.openDecisions(of: run, limit: 10) }
    }

    @Test func `a run waits for the questions of its children's children`() async throws {
        try await store.define(
            .question(),
            .runs("question"),
            .runs("runs-question")
        )
        let run = try await store.run {
            try $0.enqueue("runs-runs-question", Array("{}".utf8), EnqueueOptions(key: "k"))
        }
        let stranger = try await store.enqueue("question")
        try await store.finish(for: store.worker())
        let question = try await open(of: run).only()
        #expect(question.workflow == "question" && question.step == StepID(path: "ask"))
        #expect(question.run != run && question.run != stranger)
        #expect(question.root.run == run && question.root.workflow == "runs-runs-question")
        #expect(question.root.key == "k" && question.key != "k")
        #expect(try await open(of: question.run).map(\.id) == [question.id])
        let own = try await open(of: stranger).only()
        #expect(own.root.run == stranger && own.root.workflow == "question" && own.key == nil)
        #expect(try await open().count == 2)
    }

    @Test func `a run does not wait for what it has only started`() async throws {
        try await store.define(.question(), .runs("question", waits: false))
        let run = try await store.enqueue("runs-question")
        try await store.finish(for: store.worker())
        #expect(try await open(of: run).isEmpty)
        let question = try await open().only()
        #expect(question.root.run == question.run)
    }

    @Test func `what came of a question is known after its run has ended`() async throws {
        try await store.define(.question())
        let worker = try await store.worker()
        let run = try await store.enqueue("question")
        try await store.finish(for: worker)
        let number = try await open().only().id
        let before = try #require(try await store.run { try $0.decision(number) })
        #expect(before.status == "open" && before.choice == nil && before.closed == nil)
        _ = try await store.run {
            try $0.decide(number, choice: "yes", reasoning: nil, data: nil, by: "ann")
        }
        try await store.finish(for: worker)
        #expect(try await store.status(of: run) == .completed)
        let after = try #require(try await store.run { try $0.decision(number) })
        #expect(after.run == run && after.step == StepID(path: "ask"))
        #expect(after.status == "resolved" && after.choice == "yes" && after.decider == "ann")
        #expect(after.closed != nil && after.output == nil)
        #expect(try await store.run { try $0.decision(number + 1) } == nil)
    }

    @Test func `a task of a paused run is held back, and one that comes later has not begun`()
        async throws
    {
        try await store.define(.graph)
        let worker = try await store.worker()
        let run = try await store.enqueue("graph")
        try await store.settle(try await store.claim(for: worker).only())
        try await store.run { try $0.pause(run, reason: nil, by: "ann") }
        let tasks = try await store.run { try $0.tasks(of: run) }
        let situations = tasks.map { task in
            switch task.situation {
            case .joining: "\(task.step.path) joins"
            case .paused: "\(task.step.path) is paused"
            case .held: "\(task.step.path) is held"
            default: "\(task.step.path) is elsewhere"
            }
        }
        #expect(
            Set(situations) == [
                "dag joins", "dag.a is paused", "dag.b is paused", "dag.c is held",
            ]
        )
        #expect(try await store.run { try $0.unservedKinds() }.isEmpty)
    }

    @Test func `the versions of one workflow are told apart from those of others`() async throws {
        try await store.define(.question(), .question(#""options": ["a"]"#), .chain)
        let versions = try await store.run { try $0.workflows(named: "question") }
        #expect(versions.map(\.version) == [2, 1])
        #expect(versions.map(\.isCurrent) == [true, false])
        #expect(try await store.run { try $0.workflows(named: "nothing") }.isEmpty)
    }
}
