import FoundationEssentials
import Logging
import Pawl
import PawlCore
import PawlStore
import PawlTesting
import Postgres
import Testing

/// What has expired goes, what is needed stays, and partitions are there in time.
@Suite(.database, .timeLimit(.minutes(20)))
struct CaretakerTests {
    let shop = Workshop()

    private func caretaker() -> Caretaker {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return Caretaker(shop.database.pool, logger: logger, isGentle: false)
    }

    private func days(_ count: Int) async throws {
        try await shop.database.advanceClock(by: .seconds(count * 86_400))
    }

    /// Enqueues a run that nobody executes.
    private func enqueue(_ workflow: String = "job", key: String? = nil) async throws -> UUID {
        try await shop.database.pool.run { session in
            try session.enqueue(workflow, Array("{}".utf8), EnqueueOptions(key: key))
        }
    }

    /// Enqueues runs that end at once.
    @discardableResult
    private func pass(
        _ count: Int = 1,
        _ workflow: String = "job",
        key: String? = nil
    )
        async throws -> UUID
    {
        try await shop.client.define(.job(workflow))
        var run = try await enqueue(workflow, key: key)
        try await end(run)
        for _ in 1..<count {
            run = try await enqueue(workflow)
            try await end(run)
        }
        return run
    }

    private func end(_ run: UUID) async throws {
        try await shop.execute("select pawl.cancel(\(run))")
    }

    private func runs() async throws -> Int {
        try await shop.count("select count(*) from pawl.run")
    }

    @Test func `a partition is dropped when all in it has expired, and not before`() async throws {
        try await pass(3)
        // An hour before the last run that the partition may hold expires.
        try await shop.execute(
            """
            update pawl.clock
            set shift = shift + (p.until + interval '30 days' - interval '1 hour' - pawl.now())
            from pawl.partition p
            where p.runs = 'run_first'
            """
        )
        let early = try await caretaker().turn()
        #expect(early.partitionsDropped == [] && early.runs == 0)
        #expect(try await runs() == 3)
        try await shop.database.advanceClock(by: .seconds(7_200))
        let upkeep = try await caretaker().turn()
        #expect(upkeep.partitionsDropped.first == "run_first")
        #expect(upkeep.runs == 0)
        #expect(try await runs() == 0)
        #expect(try await shop.count("select count(*) from pawl.event") == 0)
    }

    @Test func `a run that goes on keeps its partition, and what has expired beside it is deleted`()
        async throws
    {
        try await pass(3)
        let live = try await enqueue()
        try await days(60)
        let upkeep = try await caretaker().turn()
        #expect(!upkeep.partitionsDropped.contains("run_first"))
        #expect(upkeep.runs == 3 && upkeep.events == 3)
        #expect(try await shop.client.status(of: live) == .pending)
        try await end(live)
        #expect(try await !caretaker().turn().partitionsDropped.contains("run_first"))
        try await days(31)
        #expect(try await caretaker().turn().partitionsDropped.contains("run_first"))
    }

    @Test func `one caretaker works at a time`() async throws {
        try await pass()
        try await days(60)
        let other = try Connection(shop.database.configuration)
        try await other.open()
        try await other.run { session in
            try session.script("begin")
            #expect(try session.takeUpkeep())
        }
        #expect(try await caretaker().turn() == Upkeep())
        try await other.run { try $0.script("commit") }
        #expect(try await caretaker().turn().didAny)
        await other.close()
    }

    @Test func `a workflow of its own time is kept that long`() async throws {
        try await pass(2, "brief")
        try await pass(1, "audit")
        try await pass(1)
        try await shop.execute(
            """
            insert into pawl.retention values
              ('brief', '1 day', '1 day', '1 day'), ('audit', null, null, null)
            """
        )
        try await days(2)
        #expect(try await caretaker().turn().runs == 2)
        try await days(30)
        #expect(try await caretaker().turn().runs == 1)
        try await days(3_650)
        _ = try await caretaker().turn()
        #expect(try await runs() == 1)
        #expect(try await shop.count("select count(*) from pawl.event") == 1)
    }

    @Test func `how a run ended decides how long it is kept`() async throws {
        try await pass()
        try await shop.execute("update pawl.retention set cancelled = '1 day'")
        try await days(2)
        #expect(try await caretaker().turn().runs == 1)
        try await shop.execute("update pawl.retention set completed = '1 day', cancelled = null")
        try await pass()
        try await days(400)
        #expect(try await caretaker().turn().runs == 0)
        #expect(try await runs() == 1)
    }

    @Test func `a child is kept while the run that it belongs to goes on`() async throws {
        try await shop.client.define(.job("job"))
        let parent = try await enqueue()
        let child = try await shop.database.pool.run { session in
            try session.query(
                """
                insert into pawl.run (workflow, parent_run) values ('job', \(parent)) returning id
                """
            )[0].decode(UUID.self, at: 0)
        }
        try await end(child)
        try await days(60)
        #expect(try await caretaker().turn().runs == 0)
        #expect(try await shop.client.status(of: child) == .cancelled)
        try await end(parent)
        #expect(try await caretaker().turn().runs == 1)
        #expect(try await shop.client.status(of: child) == nil)
    }

    @Test func `what was asked goes with its run, and the lineage too`() async throws {
        let run = try await pass()
        let other = try await pass()
        let live = try await enqueue()
        for id in [run, other, live] {
            try await shop.execute(
                """
                insert into pawl.wait (task_id, run_id, path, visit, kind, status, resolved_at)
                values (0, \(id), 'x', 1, 'timer', 'cancelled', pawl.now())
                """
            )
            try await shop.execute("insert into pawl.lineage values (\(id), 1)")
        }
        try await days(60)
        _ = try await caretaker().turn()
        #expect(try await shop.count("select count(*) from pawl.wait") == 1)
        #expect(try await shop.count("select count(*) from pawl.lineage") == 1)
        try await end(live)
        try await days(60)
        _ = try await caretaker().turn()
        #expect(try await shop.count("select count(*) from pawl.wait") == 0)
        #expect(try await shop.count("select count(*) from pawl.lineage") == 0)
    }

    @Test func `a key outlives its run, for a year`() async throws {
        let run = try await pass(1, "job", key: "k")
        try await days(60)
        _ = try await caretaker().turn()
        #expect(try await runs() == 0)
        #expect(try await enqueue("job", key: "k") == run)
        try await days(306)
        #expect(try await caretaker().turn().keys == 1)
        #expect(try await enqueue("job", key: "k") != run)
    }

    @Test func `a key is kept as long as its run, however long that is`() async throws {
        try await shop.client.define(.job("job"))
        let run = try await enqueue("job", key: "k")
        try await days(800)
        #expect(try await caretaker().turn().keys == 0)
        #expect(try await enqueue("job", key: "k") == run)
    }

    @Test func `old ticks are forgotten, those that wait are not`() async throws {
        try await shop.execute(
            """
            insert into pawl.schedule_fire (schedule, tick, outcome, reason)
            values ('s', pawl.now(), 'skipped', 'x'), ('s', pawl.now() + '1s', 'waiting', null)
            """
        )
        try await days(91)
        #expect(try await caretaker().turn().ticks == 1)
        #expect(
            try await shop.count(
                "select count(*) from pawl.schedule_fire where outcome = 'waiting'"
            )
                == 1
        )
    }

    @Test func `a run that somebody has locked is left for the next turn`() async throws {
        try await pass()
        _ = try await enqueue()  // So that the partition stays.
        let run = try await pass()
        try await days(60)
        let other = try Connection(shop.database.configuration)
        try await other.open()
        try await other.run { session in
            try session.script("begin")
            _ = try session.query("select from pawl.run where id = \(run) for update")
        }
        #expect(try await caretaker().turn().runs == 1)
        try await other.run { try $0.script("commit") }
        #expect(try await caretaker().turn().runs == 1)
        await other.close()
    }

    @Test func `a transaction that uses the tables puts off dropping, and nobody waits long`()
        async throws
    {
        try await pass()
        try await days(60)
        let other = try Connection(shop.database.configuration)
        try await other.open()
        try await other.run { session in
            try session.script("begin; insert into pawl.run (workflow) values ('job')")
        }
        let upkeep = try await caretaker().turn()
        #expect(upkeep.postponed > 0 && upkeep.partitionsDropped == [])
        try await other.run { try $0.script("commit") }
        #expect(try await caretaker().turn().partitionsDropped.contains("run_first"))
        await other.close()
    }

    @Test func `a run that is taken up again just before keeps its partition`() async throws {
        let run = try await pass()
        try await days(60)
        #expect(
            try await shop.database.pool.run { try $0.spentPartitions().contains("run_first") }
        )
        // As pawl.retry does.
        try await shop.execute(
            """
            insert into pawl.task (run_id, queue, priority, run_at, path, kind)
            values (\(run), 'default', 5, pawl.now(), '@cancel', '@cancel')
            """
        )
        #expect(
            try await shop.database.pool.run {
                try $0.drop("run_first", patience: .seconds(5))
            } == false
        )
        #expect(try await runs() == 1)
        #expect(try await caretaker().turn().runs == 0)
    }

    @Test func `a reference of somebody else's keeps a partition, not its runs`() async throws {
        try await shop.execute("create table mine (run uuid references pawl.run on delete cascade)")
        try await pass(2)
        try await days(60)
        let upkeep = try await caretaker().turn()
        #expect(!upkeep.partitionsDropped.contains("run_first"))
        #expect(upkeep.runs == 2)
    }

    @Test func `several caretakers delete each run once`() async throws {
        try await pass(40)
        _ = try await enqueue()
        try await days(60)
        let deleted = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 1...4 { group.addTask { try await caretaker().turn().runs } }
            return try await group.reduce(0, +)
        }
        #expect(try await runs() == 41 - deleted)
        let rest = try await caretaker().turn().runs
        #expect(deleted + rest == 40)
    }

    @Test func `more than a batch is deleted by and by`() async throws {
        try await shop.client.define(.job("job"))
        let live = try await enqueue()
        try await shop.execute(
            """
            insert into pawl.run (workflow) select 'job' from generate_series(1, 300)
            """
        )
        try await shop.execute(
            "select count(pawl.cancel(id)) from pawl.run where id <> \(live)"
        )
        try await days(60)
        let sweep = try await shop.database.pool.run {
            try $0.sweep(after: nil, examined: 100, events: 30)
        }
        #expect(sweep.runs == 30 && sweep.events == 30)
        let next = try await shop.database.pool.run {
            try $0.sweep(after: sweep.last, examined: 20, events: 30)
        }
        #expect(next.runs == 20)
        #expect(try await caretaker().turn().runs == 250)
    }

    @Test func `a scheduler looks after storage`() async throws {
        try await pass()
        try await days(60)
        try await SchedulerSite().withSchedulers {
            try await eventually("the partition is dropped") { try await runs() == 0 }
            try await eventually("the week has a partition") {
                try await shop.count(
                    """
                    select count(*) from pawl.partition
                    where since <= pawl.now() and until > pawl.now()
                    """
                ) == 1
            }
        }
    }
}
