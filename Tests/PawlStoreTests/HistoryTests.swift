import FoundationEssentials
import PawlCore
import PawlStore
import PawlTesting
import Postgres
import Testing

/// What happened stays as it was recorded.
@Suite(.database, .timeLimit(.minutes(20)))
struct HistoryTests {
    let store = Storeroom()

    /// A run of five events that has ended.
    private func history() async throws -> UUID {
        try await store.define(.chain, .fan(2))
        let worker = try await store.worker()
        let run = try await store.enqueue("fan")
        try await store.finish(for: worker)
        return run
    }

    @Test(arguments: ["origin", "replica", "local"])
    func `no statement changes or removes an event, in whatever role`(role: String) async throws {
        _ = try await history()
        let before = try await store.image()
        for (change, message) in [
            ("update pawl.event set data = '{}'", "an event is never changed"),
            ("update pawl.event set at = now() where false", "an event is never changed"),
            ("delete from pawl.event", "an event is never deleted by hand"),
            ("truncate pawl.event", "an event is never deleted by hand"),
            ("truncate pawl.event cascade", "an event is never deleted by hand"),
        ] {
            let refusal = try await store.run { session in
                var refusal: PostgresError?
                do {
                    try session.transaction { session in
                        try session.script("set local session_replication_role = \(role)")
                        try session.script(change)
                    }
                } catch let error as PostgresError {
                    refusal = error
                }
                return refusal
            }
            #expect(refusal?.sqlState == "55000")
            #expect(refusal?.message == message)
            #expect(refusal?.hint != nil)
        }
        #expect(try await store.image() == before)
    }

    @Test func `a definition is never changed`() async throws {
        try await store.define()
        let refusal = try await store.refusal(of: "update pawl.definition set body = '{}'")
        #expect(refusal?.message == "a definition is never changed")
        #expect(refusal?.hint == "define the workflow again: that makes a new version")
    }

    @Test func `only retention removes whole runs that ended`() async throws {
        let run = try await history()
        try await store.run { session in
            try session.transaction { session in
                _ = try session.query("select set_config('pawl.retention', 'on', true)")
                _ = try session.execute("delete from pawl.event where run_id = \(run)")
                _ = try session.execute("delete from pawl.run where id = \(run)")
            }
        }
        #expect(try await store.count("select count(*) from pawl.event") == 0)
        // The setting went with its transaction.
        #expect(try await store.refusal(of: "delete from pawl.event") != nil)
    }

    @Test func `events are read in order, a page at a time`() async throws {
        let run = try await history()
        let all = try await store.run { try $0.events(of: run) }
        #expect(all.map(\.seq) == Array(1...6))
        let page = try await store.run { try $0.events(of: run, after: 2, limit: 3) }
        #expect(page.map(\.seq) == [3, 4, 5])
        #expect(try await store.run { try $0.lastEvent(of: run) }?.kind == "run_completed")
        let nothing = try await store.enqueue("chain")
        #expect(try await store.run { try $0.lastEvent(of: nothing) } == nil)
    }

    @Test func `what is known of runs is folded from their events, each run's own`() async throws {
        try await store.define(.chain)
        let worker = try await store.worker()
        for _ in 1...3 { _ = try await store.enqueue("chain") }
        let claims = try await store.claim(for: worker)
        for (number, claim) in claims.enumerated() {
            try await store.settle(claim, .completed(output: Array("{\"n\": \(number)}".utf8)))
        }
        let known = try await store.run { session in
            var known = Dictionary(
                uniqueKeysWithValues: claims.map {
                    ($0.run, KnownRun(input: $0.input, run: $0.run))
                }
            )
            try session.learn(&known)
            return known
        }
        for (number, claim) in claims.enumerated() {
            let learnt = try #require(known[claim.run])
            #expect(
                learnt.projection.record(of: "first")?.output == Array("{\"n\": \(number)}".utf8)
            )
            #expect(learnt.projection.record(of: "second") == nil)
            #expect(learnt.seq == 1)
        }
    }

    @Test func `an output is kept to the byte`() async throws {
        try await store.define()
        let claim = try await store.claimNew(for: store.worker())
        let output = #"{"b":  1.50, "a": "\u0000", "a": 1e400}"#
        try await store.settle(claim, .completed(output: Array(output.utf8)))
        #expect(
            try await store.run { try $0.lastOutput(of: claim.run) }.map {
                String(decoding: $0, as: UTF8.self)
            } == output
        )
    }
}
