import FoundationEssentials
import PawlCore
import PawlStore
import PawlTesting
import Postgres
import Testing

/// Signals that come while a step is being parked, and steps that want the same one.
@Suite(.database, .timeLimit(.minutes(20)))
struct SignalTests {
    let store = Storeroom()

    private func define() async throws {
        for (name, filter) in [("listen", ""), ("pick", #", "filter": "n == 2""#)] {
            try await store.define(
                Definition(
                    json: JSON(
                        parsing: """
                            {"id": "\(name)",
                             "nodes": [{"id": "start", "type": "start"},
                                       {"id": "hear", "type": "wait",
                                        "config": {"signal": "go", "timeout": "1h" \(filter)}},
                                       {"id": "end", "type": "end"}],
                             "edges": [{"source": "start", "target": "hear"},
                                       {"source": "hear", "target": "end"}]}
                            """.utf8
                    )
                )
            )
        }
    }

    private func phase(of run: UUID) async throws -> String? {
        try await store.text("select phase from pawl.task where run_id = \(run)")
    }

    @Test func `a signal between planning and parking is heard`() async throws {
        try await define()
        let worker = try await store.worker()
        let claim = try await store.claimNew("listen", for: worker)
        let settlement = try await store.run { try $0.settlement(of: claim) }
        try await store.execute("select pawl.signal(\(claim.run), 'go', '1')")
        _ = try await store.run { try $0.settle([settlement]) }
        #expect(try await phase(of: claim.run) == "resume")
        try await store.finish(for: worker)
        #expect(try await store.status(of: claim.run) == .completed)
    }

    @Test func `a signal whose transaction is open while the step is parked is heard`() async throws
    {
        try await define()
        let worker = try await store.worker()
        let claim = try await store.claimNew("listen", for: worker)
        let settlement = try await store.run { try $0.settlement(of: claim) }
        let sender = try await store.connect()
        try await sender.run { session in
            try session.begin()
            _ = try session.execute("select pawl.signal(\(claim.run), 'go', '1')")
        }
        async let parked = store.run { try $0.settle([settlement]).tasks.contains(claim.task) }
        try await store.waitForBlocked()
        try await sender.run { try $0.commit() }
        #expect(try await parked)
        #expect(try await phase(of: claim.run) == "resume")
        try await store.finish(for: worker)
        #expect(try await store.status(of: claim.run) == .completed)
        await sender.close()
    }

    @Test func `a signal that comes while the parking is being committed is heard`() async throws {
        try await define()
        let worker = try await store.worker()
        let claim = try await store.claimNew("listen", for: worker)
        let parking = try await store.connect()
        try await parking.run { session in
            try session.begin()
            let settlement = try session.settlement(of: claim)
            #expect(try session.settle([settlement]).tasks == [claim.task])
        }
        async let sent: Void = store.execute("select pawl.signal(\(claim.run), 'go', '1')")
        try await store.waitForBlocked()
        try await parking.run { try $0.commit() }
        try await sent
        #expect(try await phase(of: claim.run) == "resume")
        try await store.finish(for: worker)
        #expect(try await store.status(of: claim.run) == .completed)
        await parking.close()
    }

    @Test func `a signal that comes while another one is refused is heard`() async throws {
        try await define()
        let worker = try await store.worker()
        let first = try await store.claimNew("pick", for: worker)
        try await store.settle(first)
        try await store.execute("select pawl.signal(\(first.run), 'go', '{\"n\": 1}')")
        let claim = try await store.claim(for: worker).only()
        let settlement = try await store.run { try $0.settlement(of: claim) }
        guard case .park(_, .unchanged) = settlement.transition.disposition else {
            throw Missing()
        }
        try await store.execute("select pawl.signal(\(first.run), 'go', '{\"n\": 2}')")
        _ = try await store.run { try $0.settle([settlement]) }
        #expect(try await phase(of: claim.run) == "resume")
        try await store.finish(for: worker)
        #expect(try await store.status(of: claim.run) == .completed)
    }

    @Test func `a signal that is refused leaves the time-out where it was`() async throws {
        try await define()
        let worker = try await store.worker()
        let first = try await store.claimNew("pick", for: worker)
        try await store.settle(first)
        let due = try await store.count("select extract(epoch from run_at)::bigint from pawl.task")
        try await store.database.advanceClock(by: .seconds(60))
        try await store.execute("select pawl.signal(\(first.run), 'go', '{\"n\": 1}')")
        try await store.settle(try await store.claim(for: worker).only())
        #expect(try await phase(of: first.run) == "wait")
        let after = try await store.count(
            "select extract(epoch from run_at)::bigint from pawl.task"
        )
        #expect(abs(after - due) <= 1)
    }

    @Test func `of two steps that are about to take the same signal, one takes it`() async throws {
        let node = #""type": "wait", "parent": "all", "config": {"signal": "go"}}"#
        try await store.define(
            Definition(
                json: JSON(
                    parsing: """
                        {"id": "pair",
                         "nodes": [{"id": "start", "type": "start"},
                                   {"id": "all", "type": "parallel"},
                                   {"id": "a", \(node), {"id": "b", \(node),
                                   {"id": "end", "type": "end"}],
                         "edges": [{"source": "start", "target": "all"},
                                   {"source": "all", "target": "end"}]}
                        """.utf8
                )
            )
        )
        let worker = try await store.worker()
        let root = try await store.claimNew("pair", for: worker)
        try await store.settle(root)
        for claim in try await store.claim(for: worker) { try await store.settle(claim) }
        try await store.execute("select pawl.signal(\(root.run), 'go', '1')")
        let claims = try await store.claim(for: worker)
        #expect(claims.count == 2)
        let settlements = try await store.run { session in
            try claims.map { try session.settlement(of: $0) }
        }
        let alone = settlements.filter { $0.needsRunForItself }
        #expect(alone.count == 2)
        let first = try await store.run { try $0.settle([settlements[0]]).tasks }
        let second = try await store.run { try $0.settle([settlements[1]]).tasks }
        #expect(first.count == 1 && second.isEmpty)
        #expect(
            try await store.count("select count(*) from pawl.event where kind = 'signal_taken'")
                == 1
        )
        // The other one looks again, at no charge, and waits on for the next.
        let again = try await store.claim(for: worker).only()
        #expect(again.attempt == claims[1].attempt && again.phase == .resume)
        try await store.settle(again)
        #expect(try await store.status(of: root.run) == .waiting)
        try await store.execute("select pawl.signal(\(root.run), 'go', '2')")
        try await store.finish(for: worker)
        #expect(try await store.status(of: root.run) == .completed)
    }
}
