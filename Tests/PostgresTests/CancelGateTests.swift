import PawlTesting
import Testing

@testable import Postgres

@Suite(.emptyDatabase, .timeLimit(.minutes(20)))
struct CancelGateTests {
    let database = TestDatabase.current

    @Test func `a request that comes before its statement is repeated`() async throws {
        let session = try Session.open(database.configuration)
        defer { session.close() }
        let gate = session.wire.gate
        let run = gate.enter()
        let exchange = try session.wire.begin()
        gate.request(for: run)  // The server is idle, and ignores it.
        let sleep: SQL = "select pg_sleep(600)"
        #expect(sleep.sendUnnamed(to: exchange.connection))
        let process = session.processID
        try await eventually("the statement was begun and cancelled") {
            try await database.pool.run { session in
                try session.query(
                    """
                    select from pg_stat_activity
                    where pid = \(process) and query like '%pg_sleep%' and state like 'idle%'
                    """
                ).count == 1
            }
        }
        #expect(gate.end())
        gate.leave()
    }

    @Test func `a cancelled run begins nothing but what is shielded`() throws {
        let session = try Session.open(database.configuration)
        defer { session.close() }
        let gate = session.wire.gate
        let run = gate.enter()
        gate.request(for: run)
        #expect(!gate.begin(isShielded: false))
        #expect(gate.begin(isShielded: true))
        gate.request(for: run)
        #expect(!gate.end())
        gate.leave()
        _ = gate.enter()
        gate.request(for: run)  // That run is over.
        #expect(gate.begin(isShielded: false))
        #expect(!gate.end())
    }
}
