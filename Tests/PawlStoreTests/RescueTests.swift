import FoundationEssentials
import PawlCore
import PawlStore
import PawlTesting
import Postgres
import Testing

/// Taking over what dead workers held.
@Suite(.database, .timeLimit(.minutes(20)))
struct RescueTests {
    let store = Storeroom()

    /// Gives up who is dead, and takes what they held.
    private func rescue(limit: Int = 100) async throws -> Int {
        try await store.run { session in
            try session.rescue(from: session.giveUpDeadWorkers(), limit: limit)
        }
    }

    @Test func `a dead worker's tasks are due again, with the evidence in the history`()
        async throws
    {
        try await store.define(.job("job"))
        let worker = try await store.worker()
        let claim = try await store.claimNew(for: worker)
        try await store.database.advanceClock(by: .seconds(11))
        #expect(try await rescue() == 1)
        #expect(
            try await store.text(
                """
                select concat_ws(' ', phase, attempt, crashes, fence, worker, claimed_at,
                  run_at <= pawl.now()) from pawl.task
                """
            ) == "enter 1 1 2 t"
        )
        #expect(
            try await store.text(
                """
                select concat_ws(' ', seq, kind, path, visit, attempt, worker, data ->> 'host',
                  data ->> 'pid', data ->> 'crashes', data -> 'claimed_at' is not null,
                  data -> 'last_heartbeat' is not null) from pawl.event
                """
            ) == "1 step_lost job 1 1 \(worker) here 7 1 t t"
        )
        #expect(try await !store.settle(claim))
        let again = try await store.claim(for: try await store.worker()).only()
        #expect(again.attempt == 2 && again.crashes == 1 && again.fence == 3)
        #expect(try await !store.settle(claim))
        #expect(try await store.settle(again))
    }

    @Test func `a live worker is not touched`() async throws {
        try await store.define()
        let (alive, dead) = (try await store.worker(), try await store.worker())
        let claim = try await store.claimNew(for: alive)
        try await store.database.advanceClock(by: .seconds(9))
        #expect(try await store.run { try $0.beat(alive) })
        try await store.database.advanceClock(by: .seconds(9))
        #expect(try await store.run { try $0.giveUpDeadWorkers() } == [dead])
        #expect(try await rescue() == 0)
        #expect(try await store.settle(claim))
    }

    @Test func `a worker that was given up cannot beat any more`() async throws {
        let worker = try await store.worker()
        try await store.database.advanceClock(by: .seconds(11))
        _ = try await rescue()
        #expect(try await !store.run { try $0.beat(worker) })
        #expect(try await store.run { try $0.workers() }.map(\.condition) == [.lost])
    }

    @Test func `a claim under way keeps its worker from being given up, and is rescued later`()
        async throws
    {
        try await store.define()
        let worker = try await store.worker()
        _ = try await store.enqueue()
        let claiming = try await store.connect()
        try await claiming.run { session in
            try session.begin()
            #expect(try session.claim(1, from: "default", for: worker).count == 1)
        }
        try await store.database.advanceClock(by: .seconds(11))
        #expect(try await store.run { try $0.giveUpDeadWorkers() }.isEmpty)
        #expect(try await rescue() == 0)
        try await claiming.run { try $0.commit() }
        #expect(try await rescue() == 1)
        await claiming.close()
    }

    @Test func `a claim that comes while its worker is given up finds nothing`() async throws {
        try await store.define()
        let worker = try await store.worker()
        _ = try await store.enqueue()
        try await store.database.advanceClock(by: .seconds(11))
        let rescuing = try await store.connect()
        try await rescuing.run { session in
            try session.begin()
            #expect(try session.giveUpDeadWorkers() == [worker])
        }
        async let claims = store.claim(for: worker)
        try await store.waitForBlocked()
        try await rescuing.run { try $0.commit() }
        #expect(try await claims.isEmpty)
        await rescuing.close()
    }

    @Test func `tasks whose worker's row is gone are found too`() async throws {
        try await store.define()
        let worker = try await store.worker()
        _ = try await store.claimNew(for: worker)
        try await store.execute("delete from pawl.worker")
        #expect(try await store.run { try $0.adoptOrphans() } == [worker])
        #expect(try await store.run { try $0.rescue(from: [worker], limit: 10) } == 1)
        #expect(try await store.run { try $0.adoptOrphans() }.isEmpty)
        #expect(
            try await store.count("select count(*) from pawl.event where data ->> 'host' is null")
                == 1
        )
    }

    @Test func `a pass takes no more than its limit, and the next one goes on`() async throws {
        try await store.define()
        let worker = try await store.worker()
        for _ in 1...5 { _ = try await store.enqueue() }
        _ = try await store.claim(for: worker)
        try await store.database.advanceClock(by: .seconds(11))
        var counts: [Int] = []
        repeat { counts.append(try await rescue(limit: 2)) } while counts.last != 0
        #expect(counts == [2, 2, 1, 0])
    }

    @Test func `a run that is being settled is passed over, and does not hold up the others`()
        async throws
    {
        try await store.define()
        let worker = try await store.worker()
        for _ in 1...3 { _ = try await store.enqueue() }
        let claims = try await store.claim(for: worker).sorted {
            $0.run.uuidString < $1.run.uuidString
        }
        try await store.database.advanceClock(by: .seconds(11))
        let settling = try await store.connect()
        try await settling.run { session in
            try session.begin()
            let batch = try claims.prefix(2).map { try session.settlement(of: $0) }
            #expect(try session.settle(batch).tasks.count == 2)
        }
        #expect(try await rescue(limit: 1) == 1)
        #expect(try await rescue(limit: 1) == 0)
        try await settling.run { try $0.commit() }
        #expect(try await rescue() == 0)
        #expect(
            try await store.texts("select kind from pawl.event order by kind")
                == ["run_completed", "run_completed", "step_lost"]
        )
        await settling.close()
    }

    @Test func `many who rescue at once take each task once`() async throws {
        try await store.define(.fan(4))
        let worker = try await store.worker()
        for _ in 1...10 { _ = try await store.enqueue("fan") }
        for claim in try await store.claim(for: worker) { try await store.settle(claim) }
        #expect(try await store.claim(for: worker).count == 40)
        try await store.database.advanceClock(by: .seconds(11))
        let rescued = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 1...6 { group.addTask { try await rescue() } }
            return try await group.reduce(0, +)
        }
        // Who comes while the worker is being given up may find nothing yet.
        #expect(try await rescued + rescue() == 40)
        #expect(
            try await store.count("select count(*) from pawl.event where kind = 'step_lost'") == 40
        )
        #expect(try await store.count("select max(crashes) from pawl.task") == 1)
    }

    @Test func `a lost worker is forgotten after an hour, once it holds nothing`() async throws {
        try await store.define()
        let worker = try await store.worker()
        _ = try await store.claimNew(for: worker)
        _ = try await store.worker()
        try await store.database.advanceClock(by: .seconds(11))
        #expect(try await store.run { try $0.giveUpDeadWorkers() }.count == 2)
        try await store.run { try $0.forgetLostWorkers() }
        #expect(try await store.count("select count(*) from pawl.worker") == 2)
        try await store.database.advanceClock(by: .seconds(3_601))
        try await store.run { try $0.forgetLostWorkers() }
        #expect(try await store.run { try $0.workers() }.map(\.id) == [worker])
        #expect(try await rescue() == 1)
        try await store.run { try $0.forgetLostWorkers() }
        #expect(try await store.count("select count(*) from pawl.worker") == 0)
    }

    @Test func `a worker that stops leaves no row, unless it holds tasks`() async throws {
        try await store.define()
        let worker = try await store.worker()
        let claim = try await store.claimNew(for: worker)
        try await store.run { try $0.unregister(worker) }
        #expect(try await store.run { try $0.workers() }.map(\.tasks) == [1])
        try await store.settle(claim)
        try await store.run { try $0.unregister(worker) }
        #expect(try await store.run { try $0.workers() }.isEmpty)
    }
}
