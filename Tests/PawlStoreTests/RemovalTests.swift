import FoundationEssentials
import PawlCore
import PawlStore
import PawlTesting
import Postgres
import Testing

/// Removing versions of workflows, while others enqueue and define them.
@Suite(.database, .timeLimit(.minutes(20)))
struct RemovalTests {
    let store = Storeroom()

    /// Defines `job` as often as there are priorities; the last one is current.
    private func define(_ priorities: Int...) async throws {
        for priority in priorities { try await store.define(.job("job", priority: priority)) }
    }

    private func remove(_ version: Int, includesHistory: Bool = false) async throws -> Removal {
        try await store.run {
            try $0.remove(version, of: "job", includesHistory: includesHistory)
        }
    }

    private func removeAll(includesHistory: Bool = false) async throws -> Removal {
        try await store.run { try $0.removeAll(of: "job", includesHistory: includesHistory) }
    }

    private func versions() async throws -> [String] {
        try await store.run { try $0.usedWorkflows() }.map {
            "\($0.workflow.name) \($0.workflow.version): \($0.live) of \($0.total)"
        }
    }

    private func enqueue(version: Int) async throws -> UUID {
        try await store.run { session in
            try session.query(
                """
                insert into pawl.run (workflow, version) values ('job', \(Int32(version)))
                returning id
                """
            )[0].decode(UUID.self, at: 0)
        }
    }

    @Test func `a version that no run has is removed, and its number not used again`() async throws
    {
        try await define(1, 2, 3)
        try await define(1)
        #expect(try await remove(3) == .removed(versions: [3]))
        #expect(try await remove(3) == .notDefined)
        #expect(try await versions() == ["job 2: 0 of 0", "job 1: 0 of 0"])
        try await define(4)
        #expect(
            try await versions() == ["job 4: 0 of 0", "job 2: 0 of 0", "job 1: 0 of 0"]
        )
    }

    @Test func `what is not there, and what is current, is not removed`() async throws {
        #expect(try await remove(1) == .notDefined)
        #expect(try await removeAll() == .notDefined)
        try await define(1, 2)
        #expect(try await remove(2) == .isCurrent)
        #expect(try await remove(7) == .notDefined)
        #expect(try await remove(.max) == .notDefined)
        #expect(try await versions() == ["job 2: 0 of 0", "job 1: 0 of 0"])
    }

    @Test func `a version stays while a run has it, and with its history after that`() async throws
    {
        try await define(1, 2)
        let run = try await enqueue(version: 1)
        #expect(try await remove(1) == .isUsed(live: 1, total: 1))
        #expect(try await remove(1, includesHistory: true) == .isUsed(live: 1, total: 1))
        _ = try await store.run { try $0.cancel(run, reason: nil, by: "test") }
        #expect(try await versions() == ["job 2: 0 of 0", "job 1: 0 of 1"])
        #expect(try await remove(1) == .isUsed(live: 0, total: 1))
        #expect(try await remove(1, includesHistory: true) == .removed(versions: [1]))
        #expect(try await store.violations() == [])
    }

    @Test func `a workflow is removed with all its versions, and begins where it ended`()
        async throws
    {
        try await define(1, 2)
        let run = try await store.enqueue()
        #expect(try await removeAll() == .isUsed(live: 1, total: 1))
        _ = try await store.run { try $0.cancel(run, reason: nil, by: "test") }
        #expect(try await removeAll() == .isUsed(live: 0, total: 1))
        #expect(try await removeAll(includesHistory: true) == .removed(versions: [1, 2]))
        #expect(try await versions() == [])
        #expect(try await store.violations() == [])
        try await define(1)
        #expect(try await versions() == ["job 3: 0 of 0"])
    }

    @Test func `a workflow that something else starts stays`() async throws {
        try await define(1)
        let caller = try Definition(
            json: [
                "id": "caller",
                "nodes": [
                    ["id": "start", "type": "start"], ["id": "end", "type": "end"],
                    ["id": "call", "type": "workflow", "config": ["workflow": "job"]],
                ],
                "edges": [
                    ["source": "start", "target": "call"], ["source": "call", "target": "end"],
                ],
            ]
        )
        try await store.define(caller)
        try await store.run {
            _ = try $0.putSchedule(
                Schedule("daily", workflow: "job", spec: "0 8 * * *"),
                service: "default"
            )
        }
        #expect(
            try await removeAll() == .isReferredTo(schedules: ["daily"], workflows: ["caller"])
        )
        #expect(try await versions() == ["caller 1: 0 of 0", "job 1: 0 of 0"])
    }

    @Test func `who removes waits for who enqueues, and sees the run`() async throws {
        try await define(1, 2)
        let enqueuing = try await store.connect()
        try await enqueuing.run { session in
            try session.begin()
            _ = try session.execute("insert into pawl.run (workflow, version) values ('job', 1)")
        }
        async let removal = remove(1)
        try await store.waitForBlocked()
        try await enqueuing.run { try $0.commit() }
        #expect(try await removal == .isUsed(live: 1, total: 1))
        await enqueuing.close()
    }

    @Test func `a run whose version was current when it was enqueued is seen, too`() async throws {
        try await define(1)
        let enqueuing = try await store.connect()
        try await enqueuing.run { session in
            try session.begin()
            _ = try session.execute("insert into pawl.run (workflow) values ('job')")
        }
        try await define(2)
        async let removal = remove(1)
        try await store.waitForBlocked()
        try await enqueuing.run { try $0.commit() }
        #expect(try await removal == .isUsed(live: 1, total: 1))
        await enqueuing.close()
    }

    @Test func `who enqueues waits for who removes, and is refused`() async throws {
        try await define(1, 2)
        let removing = try await store.connect()
        try await removing.run { session in
            // What `remove` does, in a transaction that stays open.
            try session.begin()
            _ = try session.query("select pg_advisory_xact_lock(pawl.workflow_lock('job'))")
            _ = try session.execute(
                "delete from pawl.definition where workflow = 'job' and version = 1"
            )
        }
        async let refusal = store.refusal(
            of: "insert into pawl.run (workflow, version) values ('job', 1)"
        )
        try await store.waitForBlocked()
        try await removing.run { try $0.commit() }
        #expect(try await refusal?.sqlState == .foreignKeyViolation)
        #expect(try await refusal?.message == "workflow \"job\" version 1 is not defined")
        #expect(try await store.count("select count(*) from pawl.run") == 0)
        await removing.close()
    }

    @Test func `an old snapshot does not bring a version back`() async throws {
        try await define(1, 2)
        let enqueuing = try await store.connect()
        try await enqueuing.run { session in
            try session.begin()
            _ = try session.execute("set transaction isolation level repeatable read")
            _ = try session.query("select count(*) from pawl.definition")
        }
        #expect(try await remove(1) == .removed(versions: [1]))
        let error = await #expect(throws: PostgresError.self) {
            try await enqueuing.run {
                _ = try $0.execute("insert into pawl.run (workflow, version) values ('job', 1)")
            }
        }
        #expect(error?.sqlState == .serializationFailure)
        await enqueuing.close()
    }

    @Test func `who cannot have the workflow in time is told so`() async throws {
        try await define(1, 2)
        let enqueuing = try await store.connect()
        try await enqueuing.run { session in
            try session.begin()
            _ = try session.execute("insert into pawl.run (workflow, version) values ('job', 2)")
        }
        #expect(try await remove(1) == .isBusy)
        try await enqueuing.run { try $0.rollback() }
        #expect(try await remove(1) == .removed(versions: [1]))
        await enqueuing.close()
    }

    @Test func `a run whose version was removed is not taken up again`() async throws {
        try await define(1, 2)
        let worker = try await store.worker()
        let run = try await enqueue(version: 1)
        let claim = try await store.claim(for: worker).only()
        let failure = Failure(.execution, "broken", isRetryable: false)
        try await store.settle(claim, .failed(failure))
        #expect(try await store.status(of: run) == .failed)
        #expect(try await remove(1, includesHistory: true) == .removed(versions: [1]))
        let refusal = try await store.refusal(of: "select pawl.retry(\(run))")
        #expect(refusal?.sqlState == .foreignKeyViolation)
        #expect(try await store.status(of: run) == .failed)
        #expect(try await store.violations() == [])
    }

    @Test func `many enqueue while another removes, and no run is without its version`()
        async throws
    {
        try await define(1, 2)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 1...4 {
                group.addTask {
                    for _ in 1...20 {
                        _ = try await store.refusal(
                            of: "insert into pawl.run (workflow, version) values ('job', 1)"
                        )
                    }
                }
            }
            group.addTask {
                for _ in 1...20 { _ = try await remove(1) }
            }
            try await group.waitForAll()
        }
        #expect(try await store.violations() == [])
    }
}
