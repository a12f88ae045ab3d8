import FoundationEssentials
import Pawl
import PawlTesting
import Testing

/// What followers of a run are told.
@Suite(.database, .timeLimit(.minutes(20)))
struct StreamTests {
    let shop = Workshop()

    private let work = Handler("work") { (_: JSON, context: StepContext) in
        try context.emit(["from": JSON.string(context.step.node)])
        return ["done": true]
    }

    private func define() async throws {
        try await shop.define(
            """
            {"id": "graph",
             "nodes": [{"id": "start", "type": "start"}, {"id": "a", "type": "work"},
                       {"id": "ask", "type": "human"}, {"id": "b", "type": "work"},
                       {"id": "end", "type": "end"}],
             "edges": [{"source": "start", "target": "a"}, {"source": "a", "target": "ask"},
                       {"source": "ask", "target": "b"}, {"source": "b", "target": "end"}]}
            """
        )
    }

    private func items(
        _ run: UUID,
        _ modes: Set<StreamMode>,
        after seq: Int = -1,
        until end: Client.StreamEnd = .run
    ) async throws -> [StreamItem] {
        var items: [StreamItem] = []
        for try await item in shop.client.stream(run, modes: modes, after: seq, until: end) {
            items.append(item)
        }
        return items
    }

    @Test func `a follower goes on where it was interrupted, in another place and later`()
        async throws
    {
        try await define()
        let run = try await shop.withWorker([work]) { [shop] in
            let run = try await shop.client.enqueue("graph", JSON.object([:]))
            try await shop.wait(for: run, toBe: .waiting)
            return run
        }
        let all = Set(StreamMode.allCases)
        let first = try await items(run, all, until: .waiting)
        let seen = try #require(first.last?.seq)
        #expect(first.filter { $0.mode == .custom }.map(\.node) == ["a"])
        // Another worker, and a follower that begins while nothing happens.
        async let rest = items(run, all, after: seen)
        try await shop.withWorker([work]) { [shop] in
            try await shop.client.answer("ask", of: run, with: ["ok": true], by: "test")
            try await shop.wait(for: run, toBe: .completed)
        }
        let second = try await rest
        #expect(second.allSatisfy { $0.seq > seen })
        #expect(second.filter { $0.mode == .custom }.map(\.node) == ["b"])
        #expect(second.filter { $0.mode == .updates }.map(\.node) == ["ask", "b"])
        // Read in one go it is the same.
        #expect(try await items(run, all) == first + second)
    }

    @Test func `who follows nothing is told so`() async throws {
        await #expect(throws: RunNotFound.self) {
            _ = try await items(UUID(), [.updates])
        }
    }
}
