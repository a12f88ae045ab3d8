import FoundationEssentials
import PawlCore
import PawlStore
import PawlTesting
import Postgres
import Testing

/// Settlements of one run in one batch come to the same as one after the other.
@Suite(.database, .timeLimit(.minutes(20)))
struct BatchTests {
    let store = Storeroom()

    /// Defines a workflow of one container, and claims the children that it begins with.
    private func open(_ container: String, _ children: [String]) async throws -> [Claim] {
        let text = """
            {"id": "one",
             "nodes": [{"id": "start", "type": "start"}, {"id": "all", \(container)},
                       \(children.map { #"{"parent": "all", "type": "work", \#($0)}"# }
                           .joined(separator: ", ")),
                       {"id": "end", "type": "end"}],
             "edges": [{"source": "start", "target": "all"}, {"source": "all", "target": "end"}]}
            """
        try await store.define(Definition(json: JSON(parsing: text.utf8)))
        let worker = try await store.worker()
        try await store.settle(try await store.claimNew("one", for: worker))
        return try await store.claim(for: worker)
    }

    /// Settles claims in one batch; `failing` of them fail, the last ones.
    private func settle(_ claims: [Claim], failing: Int = 0) async throws -> Settled {
        try await store.run { session in
            try session.settle(
                claims.enumerated().map { index, claim in
                    try session.settlement(
                        of: claim,
                        index < claims.count - failing
                            ? nil : .failed(Failure(.execution, "no", isRetryable: false))
                    )
                }
            )
        }
    }

    private func scope() async throws -> String? {
        try await store.text(
            """
            select concat_ws(' ', t.phase, s.remaining, s.needed) from pawl.scope s
            join pawl.task t on t.id = s.task_id where s.kind = 'join'
            """
        )
    }

    private func begun() async throws -> [String] {
        try await store.texts(
            """
            select path from pawl.task where parent is not null and phase = 'enter' order by path
            """
        )
    }

    private let eight = (1...8).map { #""id": "c\#($0)""# }

    @Test func `all ends count, and the events are numbered in a row`() async throws {
        let claims = try await open(#""type": "parallel""#, eight)
        let settled = try await settle(claims)
        #expect(settled.tasks == Set(claims.map(\.task)))
        #expect(settled.lastSeqs == [claims[0].run: 9])
        #expect(try await scope() == "resume 0")
        try await store.finish(for: claims[0].worker)
        #expect(try await store.status(of: claims[0].run) == .completed)
    }

    @Test func `one whose lease was lost leaves no gap, and the others count`() async throws {
        let claims = try await open(#""type": "parallel""#, eight)
        try await store.execute(
            """
            update pawl.task set worker = null, claimed_at = null, fence = fence + 1
            where id = \(claims[3].task)
            """
        )
        let settled = try await settle(claims)
        #expect(settled.tasks == Set(claims.map(\.task)).subtracting([claims[3].task]))
        #expect(try await scope() == "wait 1")
        #expect(try await store.count("select max(seq) from pawl.event") == 8)
        try await store.finish(for: claims[0].worker)
    }

    @Test(arguments: [
        (#""any""#, 0, "resume 5 -2"), ("4", 0, "wait 5 1"), ("4", 3, "wait 5 4"),
        (#""all""#, 1, "wait 5"),
    ])
    func `successes and failures are added up`(
        join: String,
        failing: Int,
        scope: String
    )
        async throws
    {
        let claims = try await open(#""type": "parallel", "config": {"join": \#(join)}"#, eight)
        _ = try await settle(Array(claims.prefix(3)), failing: failing)
        #expect(try await self.scope() == scope)
        try await store.finish(for: claims[0].worker)
        for claim in claims.dropFirst(3) { try await store.settle(claim) }
        try await store.finish(for: claims[0].worker)
        #expect(try await store.status(of: claims[0].run)?.isFinal == true)
    }

    @Test func `as many that were held back begin as have ended`() async throws {
        let claims = try await open(#""type": "parallel", "config": {"limit": 3}"#, eight)
        #expect(claims.count == 3)
        _ = try await settle(Array(claims.prefix(2)))
        #expect(try await begun() == ["all.c3", "all.c4", "all.c5"])
        _ = try await settle([claims[2]])
        #expect(try await begun() == ["all.c4", "all.c5", "all.c6"])
        try await store.finish(for: claims[0].worker)
        #expect(try await store.status(of: claims[0].run) == .completed)
    }

    @Test(arguments: [("2", 0, "resume 6 0"), ("7", 2, "resume 6 7")])
    func `who has what it wants, or never will, lets nobody begin any more`(
        join: String,
        failing: Int,
        scope: String
    )
        async throws
    {
        let claims = try await open(
            #""type": "parallel", "config": {"limit": 3, "join": \#(join)}"#,
            eight
        )
        _ = try await settle(Array(claims.prefix(2)), failing: failing)
        #expect(try await self.scope() == scope)
        #expect(try await begun() == ["all.c3"])
        try await store.finish(for: claims[0].worker)
        try await store.settle(claims[2])
        #expect(try await store.status(of: claims[0].run)?.isFinal == true)
    }

    @Test func `when one fails beside others, nobody begins any more`() async throws {
        let claims = try await open(#""type": "parallel", "config": {"limit": 3}"#, eight)
        _ = try await settle(claims, failing: 1)
        #expect(try await begun() == [])
        #expect(try await scope() == "resume 0")
        try await store.finish(for: claims[0].worker)
        #expect(try await store.status(of: claims[0].run) == .failed)
    }

    @Test func `what waits for several begins when they end together`() async throws {
        let claims = try await open(
            #""type": "dag""#,
            [
                #""id": "a""#, #""id": "b""#, #""id": "c", "depends_on": ["a", "b"]"#,
                #""id": "d", "depends_on": ["a"]"#, #""id": "e", "depends_on": ["c", "d"]"#,
            ]
        )
        #expect(claims.count == 2)
        _ = try await settle(claims)
        #expect(try await begun() == ["all.c", "all.d"])
        _ = try await settle(try await store.claim(for: claims[0].worker))
        #expect(try await begun() == ["all.e"])
        try await store.finish(for: claims[0].worker)
        #expect(try await store.status(of: claims[0].run) == .completed)
    }

    @Test func `what ends a run wants the run for itself`() async throws {
        let claims = try await open(#""type": "parallel""#, eight)
        let ends = try await store.run { session in
            try claims.map { try session.settlement(of: $0) }
        }
        #expect(ends.filter { $0.needsRunForItself }.isEmpty)
        _ = try await settle(claims)
        let join = try await store.claim(for: claims[0].worker).only()
        let last = try await store.run { try $0.settlement(of: join) }
        #expect(last.needsRunForItself)
        _ = try await store.run { try $0.settle([last]) }
        #expect(try await store.status(of: join.run) == .completed)
    }
}
