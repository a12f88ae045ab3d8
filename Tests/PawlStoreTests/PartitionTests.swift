import FoundationEssentials
import PawlCore
import PawlStore
import PawlTesting
import Postgres
import Schema
import Testing

/// Runs and events lie in partitions by the time in their ids.
@Suite(.database, .timeLimit(.minutes(20)))
struct PartitionTests {
    let store = Storeroom()

    /// The partitions that hold rows of runs and events, each once.
    private func inhabited() async throws -> [String] {
        try await store.texts(
            """
            select distinct tableoid::regclass::text from pawl.run
            union
            select distinct tableoid::regclass::text from pawl.event
            order by 1
            """
        )
    }

    private func addPartitions() async throws -> Int {
        try await store.run { try $0.addPartitions(patience: .seconds(5)) }
    }

    /// Enqueues a run, and ends it with one event.
    private func pass() async throws {
        let run = try await store.enqueue()
        try await store.execute("select pawl.cancel(\(run))")
    }

    @Test func `a run and its events lie in the partition of its time`() async throws {
        try await store.define()
        try await pass()
        #expect(try await inhabited() == ["pawl.event_first", "pawl.run_first"])
        try await store.database.advanceClock(by: .seconds(8 * 86_400))
        try await pass()
        let names = try await inhabited()
        #expect(names.count == 4)
        #expect(
            try await store.count(
                """
                select count(*) from pawl.run r
                join pawl.partition p on ('pawl.' || p.runs)::regclass = r.tableoid
                join pawl.event e on e.run_id = r.id
                  and ('pawl.' || p.events)::regclass = e.tableoid
                where r.created_at < p.until and (p.since is null or r.created_at >= p.since)
                """
            ) == 2
        )
    }

    @Test func `an explicit null id is refused with advice`() async throws {
        try await store.define()
        let refusal = try await store.refusal(
            of: "insert into pawl.run (id, workflow) values (null, 'job')"
        )
        #expect(refusal?.sqlState == .init(rawValue: "23502"))
        #expect(refusal?.message == "the id of a run is null")
    }

    @Test func `an id that does not begin with the time is refused wherever it would lie`()
        async throws
    {
        try await store.define()
        for id in [
            "00000000-0000-4000-8000-000000000000", "01a20000-0000-4000-8000-000000000000",
            "ffffffff-ffff-4fff-8fff-ffffffffffff",
        ] {
            let refusal = try await store.refusal(
                of: "insert into pawl.run (id, workflow) values (\(id)::uuid, 'job')"
            )
            #expect(refusal?.message == "run id \(id) is not a UUID of version 7")
        }
    }

    @Test(arguments: [
        "insert into pawl.run_first select * from pawl.run",
        "update pawl.run_first set status = 'failed'", "delete from pawl.run_default",
        "truncate pawl.run_first", "truncate pawl.run",
        "insert into pawl.event_first select * from pawl.event",
        "update pawl.event_first set seq = 7", "delete from pawl.event_first",
        "truncate pawl.event_default",
    ])
    func `nothing is written to a partition by its own name`(statement: String) async throws {
        try await store.define()
        try await pass()
        let refusal = try await store.refusal(of: SQL(verbatim: statement))
        #expect(refusal?.sqlState == .init(rawValue: "55000"), "\(statement)")
        // A partition that is made later is guarded too.
        try await store.database.advanceClock(by: .seconds(8 * 86_400))
        _ = try await addPartitions()
        let latest = try #require(
            try await store.text(
                "select substr(runs, 4) from pawl.partition order by until desc limit 1"
            )
        )
        let later = statement.replacing("_first", with: latest)
        #expect(
            try await store.refusal(of: SQL(verbatim: later))?.sqlState
                == .init(rawValue: "55000"),
            "\(later)"
        )
    }

    @Test func `runs work where no partition was made`() async throws {
        try await store.define()
        try await store.database.advanceClock(by: .seconds(100 * 86_400))
        let worker = try await store.worker()
        try await store.settle(store.claimNew(for: worker))
        #expect(try await inhabited() == ["pawl.event_default", "pawl.run_default"])
        #expect(try await store.violations() == [])
    }

    @Test func `a range that has rows in the default partition is passed over`() async throws {
        try await store.define()
        try await store.database.advanceClock(by: .seconds(100 * 86_400))
        try await pass()
        #expect(try await addPartitions() == 2)
        #expect(try await addPartitions() == 0)
        try await store.database.advanceClock(by: .seconds(7 * 86_400))
        try await pass()
        #expect(
            try await store.count(
                """
                select count(*) from pawl.run r
                join pawl.partition p on ('pawl.' || p.runs)::regclass = r.tableoid
                """
            ) == 1
        )
    }

    @Test func `partitions follow the clock and the settings`() async throws {
        #expect(try await addPartitions() == 0)
        try await store.execute("update pawl.storage set ahead = '28 days'")
        #expect(try await addPartitions() == 2)
        try await store.database.advanceClock(by: .seconds(7 * 86_400))
        #expect(try await addPartitions() == 1)
        try await store.execute("update pawl.storage set width = '1 day', ahead = '40 days'")
        let made = try await addPartitions()
        #expect((5...12).contains(made))
        #expect(
            try await store.count(
                """
                select count(*) from (
                  select since, lag(until) over (order by until) as before from pawl.partition) p
                where since <> before
                """
            ) == 0
        )
    }

    @Test func `the lowest id of a time and the time of an id agree`() async throws {
        #expect(
            try await store.count(
                """
                select count(*) from (
                  values (timestamptz '1970-01-01 00:00Z'), ('2026-11-21 17:53:23.296Z'),
                    ('2999-12-31 23:59:59.999Z')) v (at)
                where pawl.id_time(pawl.first_id(at)) = at
                  and pawl.uuidv7(at) >= pawl.first_id(at)
                  and pawl.uuidv7(at) < pawl.first_id(at + interval '1 millisecond')
                """
            ) == 3
        )
    }
}

/// What was there before there were partitions.
@Suite(.emptyDatabase, .timeLimit(.minutes(20)))
struct PartitionMigrationTests {
    let store = Storeroom()

    /// Makes the schema as it was before there were partitions.
    private func migrateBefore() async throws {
        let earlier = Migrations.all.prefix { $0.name != "partitions" }
        try await store.run { session in
            try session.script(Session.bookkeeping)
            for migration in earlier {
                try session.script(migration.sql)
                _ = try session.execute(
                    """
                    insert into pawl.migration (version, name, fingerprint)
                    values (\(Int32(migration.version)), \(migration.name),
                            \(migration.fingerprint))
                    """
                )
            }
        }
    }

    @Test(arguments: [
        "create view mine as select id from pawl.run",
        "create materialized view mine as select id from pawl.run",
        "create policy mine on pawl.run using (true)",
        "create publication mine for table pawl.run",
        "create function mine(r pawl.run) returns int language sql as 'select 1'",
        "create table mine (r pawl.run)",
    ])
    func `what cannot be carried over is refused by name`(statement: String) async throws {
        try await migrateBefore()
        try await store.execute(SQL(verbatim: statement))
        await #expect {
            try await store.run { _ = try $0.migrate() }
        } throws: { error in
            (error as? PostgresError)?.message.contains("mine") == true
        }
        #expect(
            try await store.run { try $0.schemaStatus() }.applied.last == Migrations.all.first {
                $0.name == "partitions"
            }!.version - 1
        )
    }

    @Test func `runs, rights, triggers and references outlive the migration`() async throws {
        try await migrateBefore()
        let role = "app_\(store.database.name)"
        try await store.define()
        let old = try await store.enqueue()
        try await store.run { session in
            try session.script(
                """
                create role \(role);
                grant usage on schema pawl to \(role);
                grant insert on pawl.run to \(role);
                grant select (id) on pawl.run to \(role);
                grant select on pawl.schedule_status to \(role);
                create table mine (run uuid references pawl.run);
                create function count_mine() returns trigger language plpgsql as $$
                begin insert into public.mine values (new.id); return null; end $$;
                create trigger mine after insert on pawl.run
                  for each row execute function count_mine();
                insert into pawl.run (id, workflow)
                values ('fff00000-0000-7000-8000-000000000000', 'job');
                """
            )
        }
        #expect(try await store.run { try $0.migrate().isEmpty } == false)
        let new = try await store.enqueue()
        let worker = try await store.worker()
        try await store.finish(for: worker)
        #expect(try await store.status(of: old) == .completed)
        #expect(try await store.status(of: new) == .completed)
        #expect(
            try await store.texts("select tableoid::regclass::text from pawl.run order by 1")
                == ["pawl.run_default", "pawl.run_first", "pawl.run_first"]
        )
        #expect(try await store.count("select count(*) from mine") == 2)
        #expect(
            try await store.refusal(of: "insert into mine values (gen_random_uuid())")?.sqlState
                == .init(rawValue: "23503")
        )
        try await store.run { session in
            try session.script(
                """
                alter table mine disable trigger all; drop trigger mine on pawl.run;
                set role \(role);
                insert into pawl.run (workflow) values ('job') returning id;
                select from pawl.schedule_status;
                reset role;
                drop owned by \(role);
                drop role \(role);
                """
            )
        }
        #expect(try await store.violations() == [])
    }
}
