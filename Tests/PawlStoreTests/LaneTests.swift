import FoundationEssentials
import PawlCore
import PawlStore
import PawlTesting
import Postgres
import Testing

/// How many runs there are at the same time.
@Suite(.database, .timeLimit(.minutes(20)))
struct LaneTests {
    let store = Storeroom()

    private func define(_ concurrency: RunLimits.Concurrency) async throws {
        try await store.define(.job("job", limits: RunLimits(concurrency: concurrency)))
    }

    private func enqueue(_ customer: String, _ count: Int = 1) async throws {
        try await store.execute(
            """
            insert into pawl.run (workflow, input)
            select 'job', jsonb_build_object('customer', \(customer)::text)
            from generate_series(1, \(count)) n
            """
        )
    }

    private func customers(_ claims: [Claim]) throws -> [String] {
        try claims.map { try JSON(parsing: $0.input)["customer"]?.stringValue ?? "" }.sorted()
    }

    @Test func `as many runs of a key as the limit begin, and the next ones when those end`()
        async throws
    {
        try await define(.init(2, of: "input.customer"))
        let worker = try await store.worker()
        try await enqueue("a", 5)
        try await enqueue("b", 1)
        let first = try await store.claim(for: worker)
        #expect(try customers(first) == ["a", "a", "b"])
        #expect(try await store.claim(for: worker).isEmpty)
        try await store.settle(try first.only { try customers([$0]) == ["b"] })
        #expect(try await store.claim(for: worker).isEmpty)
        try await store.settle(first[0])
        #expect(try customers(try await store.claim(for: worker)) == ["a"])
        try await store.finish(for: worker)
        #expect(try await store.claim(for: worker).isEmpty)
    }

    @Test func `who has no key shares a lane with others like it`() async throws {
        try await define(.init(1, of: "input.customer"))
        let worker = try await store.worker()
        try await store.execute("insert into pawl.run (workflow) values ('job'), ('job')")
        #expect(try await store.claim(for: worker).count == 1)
    }

    @Test func `the keys of a total take turns`() async throws {
        try await define(.init(of: "input.customer", total: 2))
        let worker = try await store.worker()
        try await enqueue("a", 6)
        let first = try await store.claim(for: worker)
        #expect(try customers(first) == ["a", "a"])
        try await enqueue("b", 2)
        try await enqueue("c", 2)
        #expect(try await store.claim(for: worker).isEmpty)
        var order: [String] = []
        var atWork = first
        while let next = atWork.first {
            try await store.settle(next)
            atWork.removeFirst()
            let claims = try await store.claim(for: worker)
            order += try customers(claims)
            atWork += claims
        }
        #expect(order == ["a", "b", "c", "a", "b", "c", "a", "a"])
    }

    @Test func `a total and a limit of each key hold together`() async throws {
        try await define(.init(1, of: "input.customer", total: 2))
        let worker = try await store.worker()
        try await enqueue("a", 3)
        try await enqueue("b", 1)
        try await enqueue("c", 1)
        var atWork = try await store.claim(for: worker)
        #expect(try customers(atWork) == ["a", "b"])
        var order: [String] = []
        while let next = atWork.first {
            try await store.settle(next)
            atWork.removeFirst()
            atWork += try await store.claim(for: worker)
            let now = try customers(atWork)
            #expect(now.count <= 2 && now != ["a", "a"])
            order.append(now.joined())
        }
        #expect(try await store.count("select count(*) from pawl.task") == 0)
    }

    @Test func `runs of one key do not stand in front of others, however many they are`()
        async throws
    {
        try await define(.init(1, of: "input.customer"))
        let worker = try await store.worker()
        try await enqueue("a", 3_000)
        try await enqueue("b", 1)
        #expect(try customers(try await store.claim(4, for: worker)) == ["a", "b"])
    }

    @Test func `a line lets the most urgent in first, then the oldest`() async throws {
        try await define(.init(1))
        let worker = try await store.worker()
        let first = try await store.claimNew(for: worker)
        try await store.execute(
            """
            insert into pawl.run (workflow, key, priority, run_at)
            values ('job', 'c', 5, now() - interval '1 s'), ('job', 'd', 7, now() - interval '1 h'),
              ('job', 'b', 5, now() - interval '1 d'), ('job', 'a', 0, now())
            """
        )
        #expect(try await store.claim(for: worker).isEmpty)
        var order: [String] = []
        var last = first
        for _ in 1...4 {
            try await store.settle(last)
            last = try await store.claim(for: worker).only()
            order.append(last.key ?? "")
        }
        #expect(order == ["a", "b", "c", "d"])
    }

    @Test func `a failed run that is taken up again stands in line again`() async throws {
        try await define(.init(1))
        let worker = try await store.worker()
        let failed = try await store.claimNew(for: worker)
        try await store.settle(failed, .failed(Failure(.execution, "no", isRetryable: false)))
        let other = try await store.claimNew(for: worker)
        try await store.execute("select pawl.retry(\(failed.run))")
        #expect(try await store.claim(for: worker).isEmpty)
        try await store.settle(other)
        #expect(try await store.claim(for: worker).map(\.run) == [failed.run])
    }

    @Test func `an attempt that is to be repeated keeps its place`() async throws {
        try await define(.init(1))
        let worker = try await store.worker()
        let first = try await store.claimNew(for: worker)
        try await store.settle(first, .snoozed(for: .seconds(3_600)))
        _ = try await store.enqueue()
        #expect(try await store.claim(for: worker).isEmpty)
        try await store.database.advanceClock(by: .seconds(3_601))
        #expect(try await store.claim(for: worker).map(\.run) == [first.run])
    }

    @Test func `who takes a dead worker's run over has its place`() async throws {
        try await define(.init(1))
        let dead = try await store.worker(lease: .seconds(1))
        let lost = try await store.claimNew(for: dead)
        let next = try await store.enqueue()
        let worker = try await store.worker(lease: .seconds(3_600))
        #expect(try await store.claim(for: worker).isEmpty)
        try await store.database.advanceClock(by: .seconds(60))
        #expect(try await store.run { try $0.rescue(from: $0.giveUpDeadWorkers(), limit: 9) } == 1)
        let again = try await store.claim(for: worker).only()
        #expect(again.run == lost.run && again.crashes == 1)
        try await store.settle(again)
        #expect(try await store.claim(for: worker).map(\.run) == [next])
    }

    @Test func `a run that is cancelled gives its place back, one in line just goes`() async throws
    {
        try await define(.init(1))
        let worker = try await store.worker()
        let first = try await store.claimNew(for: worker)
        let second = try await store.enqueue()
        let third = try await store.enqueue()
        #expect(try await store.claim(for: worker).isEmpty)
        try await store.execute("select pawl.cancel(\(second))")
        #expect(try await store.claim(for: worker).isEmpty)
        try await store.execute("select pawl.cancel(\(first.run))")
        #expect(try await store.claim(for: worker).map(\.run) == [third])
    }

    @Test func `a transaction with an old snapshot gives places back as others do`() async throws {
        try await define(.init(1))
        let worker = try await store.worker()
        let first = try await store.claimNew(for: worker)
        let connection = try await store.connect()
        try await connection.run { session in
            _ = try session.execute("begin isolation level repeatable read")
            _ = try session.query("select from pawl.run")
        }
        let second = try await store.enqueue()
        #expect(try await store.claim(for: worker).isEmpty)
        try await connection.run { session in
            _ = try session.query("select pawl.cancel(\(first.run))")
            _ = try session.execute("commit")
        }
        #expect(try await store.claim(for: worker).map(\.run) == [second])
        await connection.close()
    }

    @Test func `an end that could not see the line is looked after`() async throws {
        try await define(.init(1))
        let worker = try await store.worker()
        let first = try await store.claimNew(for: worker)
        let connection = try await store.connect()
        // It gives the place back before the line begins, and commits after that.
        try await connection.run { session in
            _ = try session.execute("begin")
            _ = try session.query("select pawl.cancel(\(first.run))")
        }
        let second = try await store.enqueue()
        #expect(try await store.claim(for: worker).isEmpty)
        #expect(try await store.claim(for: worker).isEmpty)
        try await connection.run { _ = try $0.execute("commit") }
        #expect(try await store.claim(for: worker).map(\.run) == [second])
        await connection.close()
    }

    @Test func `two claims at the same moment let one run in`() async throws {
        try await define(.init(1))
        let (one, two) = (try await store.worker(), try await store.worker())
        _ = try await store.enqueue()
        _ = try await store.enqueue()
        let connection = try await store.connect()
        try await connection.run { session in
            _ = try session.execute("begin")
            #expect(try session.claim(1, from: "default", for: one).count == 1)
        }
        async let second = store.claim(for: two)
        try await eventually("the second claim waits for the first") {
            try await store.count(
                """
                select count(*) from pg_locks
                where locktype = 'advisory' and not granted
                  and database = (select oid from pg_database where datname = current_database())
                """
            ) == 1
        }
        try await connection.run { _ = try $0.execute("commit") }
        #expect(try await second.isEmpty)
        await connection.close()
    }

    @Test func `a run in line may be paused and resumed`() async throws {
        try await define(.init(1))
        let worker = try await store.worker()
        let first = try await store.claimNew(for: worker)
        let second = try await store.enqueue()
        let third = try await store.enqueue()
        #expect(try await store.claim(for: worker).isEmpty)
        try await store.execute("select pawl.pause(\(second))")
        try await store.settle(first)
        let next = try await store.claim(for: worker).only()
        #expect(next.run == third)
        try await store.execute("select pawl.resume(\(second))")
        #expect(try await store.claim(for: worker).isEmpty)
        try await store.settle(next)
        #expect(try await store.claim(for: worker).map(\.run) == [second])
    }

    @Test func `what an operator sets holds at once`() async throws {
        try await define(.init(1))
        let worker = try await store.worker()
        try await enqueue("a", 5)
        let first = try await store.claim(for: worker)
        #expect(first.count == 1)
        try await store.execute("update pawl.limit set concurrency = 3")
        let more = try await store.claim(for: worker)
        #expect(more.count == 2)
        try await store.execute("update pawl.limit set concurrency = 1")
        try await store.settle(first[0])
        try await store.settle(more[0])
        #expect(try await store.claim(for: worker).isEmpty)
        try await store.execute("update pawl.limit set concurrency = null")
        #expect(try await store.claim(for: worker).count == 2)
    }

    @Test func `workflows share a limit by its name`() async throws {
        let limits = RunLimits(shared: [.init("smtp", of: "input.host")])
        try await store.define(.job("one", limits: limits), .job("two", limits: limits))
        try await store.run { session in
            try session.setLimit("smtp", concurrency: 1, total: 2, rate: nil)
        }
        let worker = try await store.worker()
        try await store.execute(
            """
            insert into pawl.run (workflow, input)
            select w, jsonb_build_object('host', h)
            from unnest(array['one', 'two']) w, unnest(array['x', 'y', 'z']) h
            """
        )
        var total = 0
        while case let claims = try await store.claim(for: worker), !claims.isEmpty {
            let hosts = try claims.map { try JSON(parsing: $0.input)["host"]?.stringValue ?? "" }
            #expect(hosts.count == Set(hosts).count && hosts.count <= 2)
            for claim in claims { try await store.settle(claim) }
            total += claims.count
        }
        #expect(total == 6)
    }

    @Test func `a run that another one waits for does not wait for it`() async throws {
        try await define(.init(1))
        let worker = try await store.worker()
        let parent = try await store.claimNew(for: worker)
        try await store.execute(
            """
            insert into pawl.run (workflow, parent_run, parent_task)
            values ('job', \(parent.run), \(parent.task))
            """
        )
        #expect(try await store.claim(for: worker).count == 1)
        try await store.execute("insert into pawl.run (workflow) values ('job')")
        #expect(try await store.claim(for: worker).isEmpty)
        try await store.execute("select pawl.cancel(id) from pawl.run where parent_run is not null")
    }

    @Test func `a run tells why it stands in line`() async throws {
        try await define(.init(1, of: "input.customer"))
        let worker = try await store.worker()
        try await enqueue("a", 2)
        let first = try await store.claim(for: worker).only()
        let waiting = try await store.text(
            "select id::text from pawl.run where id <> \(first.run)"
        )
        let run = try #require(waiting.flatMap { UUID(uuidString: $0) })
        let situation = try await store.run { try $0.tasks(of: run) }.only().situation
        guard case .inLine("job/concurrency", "a") = situation else {
            Issue.record("\(situation)")
            return
        }
    }
}
