import FoundationEssentials
import PawlCore
import PawlStore
import PawlTesting
import Postgres
import Synchronization
import Testing

/// Who gets which tasks, and at what cost.
@Suite(.database, .timeLimit(.minutes(20)))
struct ClaimTests {
    let store = Storeroom()

    @Test func `a claim has all that is needed to execute it`() async throws {
        try await store.define()
        let worker = try await store.worker()
        try await store.execute(
            """
            insert into pawl.run (workflow, tenant, key, input, deadline)
            values ('job', 'acme', 'k', '{"a": 1}', now() + interval '1 h')
            """
        )
        let claim = try await store.claim(for: worker).only()
        #expect(claim.tenant == "acme" && claim.key == "k" && claim.workflow == "job")
        #expect(claim.step == StepID(path: "job") && claim.kind == .handler("job"))
        #expect(claim.phase == .enter && claim.attempt == 1 && claim.fence == 1)
        #expect(claim.crashes == 0 && claim.hops == 0 && !claim.runIsRunning)
        #expect(claim.hasCompany && claim.worker == worker && claim.version == 1)
        #expect(String(decoding: claim.input, as: UTF8.self) == #"{"a": 1}"#)
        #expect(
            try await store.count(
                "select count(*) from pawl.task where worker = \(worker) and claimed_at <= now()"
            )
                == 1
        )
    }

    @Test func `the most urgent come first, then the oldest`() async throws {
        try await store.define()
        let worker = try await store.worker()
        try await store.execute(
            """
            insert into pawl.run (workflow, key, priority, run_at)
            values ('job', 'd', 5, now() - interval '1 s'), ('job', 'e', 9, now() - interval '1 h'),
              ('job', 'b', 5, now() - interval '1 d'), ('job', 'a', 0, now()),
              ('job', 'c', 5, now() - interval '1 h')
            """
        )
        var order: [String] = []
        while let claim = try await store.claim(1, for: worker).first {
            order.append(claim.key ?? "")
        }
        #expect(order == ["a", "b", "c", "d", "e"])
    }

    @Test func `never more than the limit, whatever plan is made`() async throws {
        try await store.define()
        let worker = try await store.worker()
        try await store.execute(
            """
            insert into pawl.run (workflow, priority)
            select 'job', n % 3 from generate_series(1, 999) n
            """
        )
        for off in [
            ["hashjoin", "mergejoin"], ["nestloop"], ["hashagg", "sort"], ["indexscan"],
            ["material", "bitmapscan"],
            // With these a subquery that is not materialized is executed again and again.
            ["hashjoin", "mergejoin", "hashagg", "sort", "material"],
            ["hashjoin", "mergejoin", "hashagg", "sort", "material", "memoize"],
        ] {
            let connection = try await store.connect()
            let counts = try await connection.run { session in
                try session.script(off.map { "set enable_\($0) = off;" }.joined())
                return try [3, 1, 50].map {
                    try session.claim($0, from: "default", for: worker).count
                }
            }
            #expect(counts == [3, 1, 50], "\(off)")
            await connection.close()
        }
        #expect(
            try await store.count("select count(*) from pawl.task where worker is not null")
                == 7 * 54
        )
    }

    @Test func `a task is claimed by one of many who ask at once`() async throws {
        try await store.define()
        try await store.execute(
            "insert into pawl.run (workflow) select 'job' from generate_series(1, 400)"
        )
        let claimed = try await withThrowingTaskGroup(of: [Int64].self) { group in
            for _ in 1...8 {
                group.addTask {
                    let worker = try await store.worker()
                    var mine: [Int64] = []
                    while case let claims = try await store.claim(7, for: worker), !claims.isEmpty {
                        mine += claims.map(\.task)
                    }
                    return mine
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(claimed.count == 400)
        #expect(Set(claimed).count == 400)
    }

    @Test func `what another is claiming is passed over, not waited for`() async throws {
        try await store.define()
        try await store.execute(
            "insert into pawl.run (workflow) select 'job' from generate_series(1, 5)"
        )
        let (here, there) = (try await store.worker(), try await store.worker())
        let other = try await store.connect()
        try await other.run { session in
            try session.begin()
            #expect(try session.claim(3, from: "default", for: there).count == 3)
        }
        // Were it to wait, it would wait for ever.
        #expect(try await store.claim(5, for: here).count == 2)
        #expect(try await store.claim(5, for: here).isEmpty)
        try await other.run { try $0.rollback() }
        #expect(try await store.claim(5, for: here).count == 3)
        await other.close()
    }

    @Test func `a worker that was given up claims nothing, nor one that is not known`() async throws
    {
        try await store.define()
        let worker = try await store.worker(lease: .seconds(1))
        _ = try await store.enqueue()
        try await store.database.advanceClock(by: .seconds(2))
        #expect(try await store.run { try $0.giveUpDeadWorkers() } == [worker])
        #expect(try await store.claim(for: worker).isEmpty)
        #expect(try await store.claim(for: worker + 1).isEmpty)
        #expect(try await store.claim(for: try await store.worker()).count == 1)
    }

    @Test func `what is not due, or in another queue, is left alone`() async throws {
        try await store.define()
        let worker = try await store.worker()
        _ = try await store.enqueue("job", [:], EnqueueOptions(delay: .seconds(3_600)))
        _ = try await store.enqueue("job", [:], EnqueueOptions(queue: "other"))
        let before = try await store.texts("select t::text from pawl.task t order by id")
        #expect(try await store.claim(for: worker).isEmpty)
        #expect(try await store.texts("select t::text from pawl.task t order by id") == before)
        try await store.database.advanceClock(by: .seconds(3_601))
        #expect(try await store.claim(for: worker).count == 1)
        #expect(try await store.claim(from: "other", for: worker).count == 1)
    }

    @Test func `claims, moves and releases leave the indexes alone`() async throws {
        try await store.define(try .chain)
        let worker = try await store.worker()
        try await store.execute(
            "insert into pawl.run (workflow) select 'chain' from generate_series(1, 10)"
        )
        let (updated, hot) = try await store.run { session in
            try session.transaction { session in
                let claims = try session.claim(10, from: "default", for: worker)
                let moves = try claims.dropLast(5).map { try session.settlement(of: $0) }
                #expect(try session.settle(moves).tasks.count == 5)
                #expect(
                    try session.release(claims.suffix(5).map { Release($0, delay: .zero) }).count
                        == 5
                )
                let row = try session.query(
                    """
                    select n_tup_upd, n_tup_hot_upd from pg_stat_xact_user_tables
                    where relid = 'pawl.task'::regclass
                    """
                )[0]
                return (try row.decode(Int.self, at: 0), try row.decode(Int.self, at: 1))
            }
        }
        #expect(updated == 20)
        #expect(hot == 20)
    }
}
