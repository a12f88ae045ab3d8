import FoundationEssentials
import PawlCore
import PawlStore
import PawlTesting
import Postgres
import Testing

/// A key belongs to one run, whoever comes at the same time.
@Suite(.database, .timeLimit(.minutes(20)))
struct RunKeyTests {
    let store = Storeroom()

    @Test func `a key that is taken is refused, and the error names the run that has it`()
        async throws
    {
        try await store.define()
        let first = try await store.enqueue("job", [:], EnqueueOptions(key: "k"))
        let before = try await store.image()
        let refusal = try await store.refusal(
            of: "insert into pawl.run (workflow, key) values ('job', 'other'), ('job', 'k')"
        )
        #expect(refusal?.sqlState == .uniqueViolation)
        #expect(refusal?.message == "workflow \"job\" already has a run with key \"k\"")
        #expect(refusal?.detail == "It is run \(first.uuidString.lowercased()).")
        #expect(
            refusal?.hint == "pawl.enqueue(…) returns the run that has the key instead of failing"
        )
        #expect(try await store.image() == before)
    }

    @Test func `a key given twice in one statement is refused`() async throws {
        try await store.define()
        let before = try await store.image()
        let refusal = try await store.refusal(
            of: "insert into pawl.run (workflow, key) values ('job', 'k'), ('job', 'k')"
        )
        #expect(refusal?.sqlState == .uniqueViolation)
        #expect(refusal?.detail == "The key is given twice.")
        #expect(try await store.image() == before)
    }

    @Test func `a key is a tenant's and a workflow's own`() async throws {
        try await store.define(.job("job"), .job("other"))
        try await store.execute(
            """
            insert into pawl.run (workflow, key, tenant)
            values ('job', 'k', null), ('job', 'k', 'acme'), ('other', 'k', null)
            """
        )
        #expect(try await store.count("select count(*) from pawl.run_key") == 3)
    }

    @Test func `a key outlives its run`() async throws {
        try await store.define()
        let run = try await store.enqueue("job", [:], EnqueueOptions(key: "k"))
        try await store.execute("select pawl.cancel(\(run))")
        try await store.run { session in
            try session.transaction { session in
                _ = try session.query("select set_config('pawl.retention', 'on', true)")
                _ = try session.execute("delete from pawl.event where run_id = \(run)")
                _ = try session.execute("delete from pawl.run where id = \(run)")
            }
        }
        #expect(try await store.enqueue("job", [:], EnqueueOptions(key: "k")) == run)
    }

    @Test func `a second insert waits for the first, and fails once that is committed`()
        async throws
    {
        try await store.define()
        let first = try await store.connect()
        try await first.run { session in
            try session.begin()
            _ = try session.execute("insert into pawl.run (workflow, key) values ('job', 'k')")
        }
        async let refusal = store.refusal(
            of: "insert into pawl.run (workflow, key) values ('job', 'k')"
        )
        try await store.waitForBlocked()
        try await first.run { try $0.commit() }
        #expect(try await refusal?.sqlState == .uniqueViolation)
        #expect(try await store.count("select count(*) from pawl.task") == 1)
        await first.close()
    }

    @Test func `a second insert succeeds if the first is rolled back`() async throws {
        try await store.define()
        let first = try await store.connect()
        try await first.run { session in
            try session.begin()
            _ = try session.execute("insert into pawl.run (workflow, key) values ('job', 'k')")
        }
        async let refusal = store.refusal(
            of: "insert into pawl.run (workflow, key) values ('job', 'k')"
        )
        try await store.waitForBlocked()
        try await first.run { try $0.rollback() }
        #expect(try await refusal == nil)
        #expect(try await store.count("select count(*) from pawl.task") == 1)
        await first.close()
    }

    @Test func `inserts of the same keys in opposite orders do not deadlock`() async throws {
        try await store.define()
        for round in 1...10 {
            let states = try await withThrowingTaskGroup(of: SQLState?.self) { group in
                for direction in ["asc", "desc"] {
                    group.addTask {
                        try await store.refusal(
                            of: """
                                insert into pawl.run (workflow, key)
                                select 'job', \(round) || '-' || n from generate_series(1, 300) n
                                order by n \(SQL(verbatim: direction))
                                """
                        )?.sqlState
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(states) == [nil, .uniqueViolation])
        }
    }

    @Test func `pawl_enqueue returns one run to all who use a key at once`() async throws {
        try await store.define()
        let runs = try await withThrowingTaskGroup(of: UUID.self) { group in
            for _ in 1...12 {
                group.addTask { try await store.enqueue("job", [:], EnqueueOptions(key: "k")) }
            }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(runs.count == 1)
        #expect(try await store.count("select count(*) from pawl.task") == 1)
    }

    @Test func `pawl_enqueue waits for the transaction that has the key`() async throws {
        try await store.define()
        let first = try await store.connect()
        let mine = try await first.run { session in
            try session.begin()
            return try session.enqueue("job", Array("{}".utf8), EnqueueOptions(key: "k"))
        }
        async let theirs = store.enqueue("job", [:], EnqueueOptions(key: "k"))
        try await store.waitForBlocked()
        try await first.run { try $0.commit() }
        #expect(try await theirs == mine)
        await first.close()
    }

    @Test func `pawl_enqueue takes what SQL is wont to give`() async throws {
        try await store.define()
        let call: SQL =
            "select pawl.enqueue('job', key => 'k', priority => 3, tenant => null)::text"
        let first = try await store.text(call)
        #expect(try await store.text(call) == first)
        let second = try await store.text("select pawl.enqueue('job', '{}', 'k')::text")
        #expect(first == second)
        #expect(try await store.text("select tenant || priority from pawl.run") == "default3")
        let refusal = try await store.refusal(of: "select pawl.enqueue('jbo', key => 'k')")
        #expect(refusal?.sqlState == .foreignKeyViolation)
    }

    @Test func `a unique violation that is not the key's is not taken for it`() async throws {
        try await store.define()
        try await store.run { session in
            try session.script(
                """
                create table seen (workflow text primary key);
                create function note() returns trigger language plpgsql as $$
                begin insert into public.seen values (new.workflow); return null; end $$;
                create trigger note after insert on pawl.run for each row execute function note();
                """
            )
        }
        _ = try await store.enqueue("job", [:], EnqueueOptions(key: "k"))
        let refusal = try await store.refusal(of: "select pawl.enqueue('job', key => 'l')")
        #expect(refusal?.constraint == "seen_pkey")
    }
}
