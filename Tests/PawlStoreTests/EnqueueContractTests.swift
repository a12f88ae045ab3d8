import FoundationEssentials
import PawlCore
import PawlStore
import PawlTesting
import Postgres
import Testing

/// What the database makes of an `insert into pawl.run`.
@Suite(.database, .timeLimit(.minutes(20)))
struct EnqueueContractTests {
    let store = Storeroom()

    @Test func `only the workflow is required, and the rest has defaults`() async throws {
        try await store.define()
        try await store.execute("insert into pawl.run (workflow) values ('job')")
        #expect(
            try await store.texts(
                """
                select concat_ws(' ', tenant, workflow, version, status, queue, priority,
                  coalesce(key, '-'), input, run_at = created_at, coalesce(deadline::text, '-'),
                  coalesce(ended_at::text, '-'), abs(extract(epoch from created_at - now())) < 60,
                  substr(id::text, 15, 1))
                from pawl.run
                """
            ) == ["default job 1 pending default 5 - {} t - - t 7"]
        )
        #expect(
            try await store.texts(
                """
                select concat_ws(' ', t.queue, t.priority, t.run_at = r.run_at, t.path, t.visit,
                  t.kind, t.phase, t.attempt, t.crashes, t.hops, t.fence,
                  coalesce(t.worker::text, '-'), coalesce(t.parent::text, '-'))
                from pawl.task t join pawl.run r on r.id = t.run_id
                """
            ) == ["default 5 t job 1 job enter 0 0 0 0 - -"]
        )
        #expect(try await store.count("select count(*) from pawl.event") == 0)
        #expect(try await store.count("select count(*) from pawl.run_key") == 0)
    }

    @Test func `nulls are as good as nothing`() async throws {
        try await store.define()
        try await store.execute(
            """
            insert into pawl.run (workflow, tenant, version, queue, priority, input, run_at)
            values ('job', null, null, null, null, null, null)
            """
        )
        #expect(
            try await store.text(
                "select concat_ws(' ', tenant, queue, priority, input) from pawl.run"
            )
                == "default default 5 {}"
        )
    }

    @Test func `what is given is kept`() async throws {
        try await store.define()
        try await store.execute(
            """
            insert into pawl.run
              (id, workflow, tenant, version, queue, priority, key, input, run_at, deadline)
            values ('01900000-0000-7000-8000-000000000001', 'job', 'acme', 1, 'slow', 0, 'k',
              '{"a": [1, "b"]}', '2040-01-01 00:00Z', '2041-01-01 00:00Z')
            """
        )
        #expect(
            try await store.text(
                """
                select concat_ws(' ', id, tenant, version, queue, priority, key, input,
                  run_at at time zone 'UTC', deadline at time zone 'UTC') from pawl.run
                """
            )
                == """
                01900000-0000-7000-8000-000000000001 acme 1 slow 0 k {"a": [1, "b"]} \
                2040-01-01 00:00:00 2041-01-01 00:00:00
                """
        )
        #expect(
            try await store.texts(
                """
                select concat_ws(' ', path, phase, queue, priority, run_at at time zone 'UTC')
                from pawl.task order by id
                """
            ) == [
                "job enter slow 0 2040-01-01 00:00:00",
                "@deadline wait slow 0 2041-01-01 00:00:00",
            ]
        )
    }

    @Test func `queue and priority are the definition's unless they are given`() async throws {
        try await store.define(.job("job", queue: "bulk", priority: 8))
        try await store.execute("insert into pawl.run (workflow) values ('job')")
        try await store.execute(
            "insert into pawl.run (workflow, queue, priority) values ('job', 'fast', 1)"
        )
        #expect(
            try await store.texts("select queue || priority from pawl.task order by id")
                == ["bulk8", "fast1"]
        )
    }

    @Test func `status and times are the engine's, whatever is given`() async throws {
        try await store.define()
        try await store.execute(
            """
            insert into pawl.run (workflow, status, created_at, ended_at)
            values ('job', 'completed', '1999-01-01', '1999-01-02')
            """
        )
        #expect(
            try await store.text(
                """
                select concat_ws(' ', status, ended_at is null, created_at > now() - interval '1 min')
                from pawl.run
                """
            ) == "pending t t"
        )
    }

    @Test func `a run is pinned to the current version, or to the one that is given`() async throws
    {
        try await store.define(.job("job"), .job("job", priority: 3))
        for version: SQL in ["null", "1", "2"] {
            try await store.execute(
                "insert into pawl.run (workflow, version) values ('job', \(version))"
            )
        }
        #expect(
            try await store.texts("select version || '/' || priority from pawl.run order by id")
                .sorted() == ["1/5", "2/3", "2/3"]
        )
    }

    @Test func `ids lie in the order of time`() async throws {
        try await store.define()
        try await store.execute("insert into pawl.run (workflow) values ('job')")
        try await store.database.advanceClock(by: .seconds(1))
        try await store.execute("insert into pawl.run (workflow) values ('job')")
        #expect(
            try await store.texts(
                "select (created_at = min(created_at) over ())::text from pawl.run order by id"
            )
                == ["true", "false"]
        )
        // The first 48 bits are milliseconds: the id is made just before the row.
        #expect(
            try await store.count(
                """
                select count(*) from pawl.run
                where pawl.id_time(id) between created_at - interval '900 ms' and created_at
                """
            ) == 2
        )
    }

    @Test func `a deadline that never comes is none`() async throws {
        try await store.define()
        try await store.execute(
            "insert into pawl.run (workflow, deadline) values ('job', 'infinity')"
        )
        #expect(try await store.count("select count(*) from pawl.run where deadline is null") == 1)
        #expect(try await store.count("select count(*) from pawl.task") == 1)
    }

    @Test(arguments: [
        "9223372036854775807", "-9223372036854775808", "9007199254740993", "0.1", "-0", "1.0",
        "1.7976931348623157e308", "2.2250738585072014e-307", "0.1234567890123456",
        "3.141592653589793", "1e22", "123456789012345680000", "1e-7",
    ])
    func `a number that survives comes back the same`(number: String) async throws {
        try await store.define()
        try await store.execute(
            "insert into pawl.run (workflow, input) values ('job', \(JSONText("{\"n\":\(number)}"))::jsonb)"
        )
        let back = try await store.text("select input ->> 'n' from pawl.run")
        let text = try #require(back)
        #expect(Double(text) == Double(number))
        if let integer = Int64(number) { #expect(Int64(text) == integer) }
    }

    @Test func `an input may be as large and as deep as the limits say`() async throws {
        try await store.define()
        let levels =
            String(repeating: #"{"a":"#, count: 64) + "{}" + String(repeating: "}", count: 64)
        // `{"a": ""}` and the rest make one mebibyte.
        for input in [levels, #"{"a": "\#(String(repeating: "x", count: (1 << 20) - 9))"}"#] {
            try await store.execute(
                "insert into pawl.run (workflow, input) values ('job', \(JSONText(input))::jsonb)"
            )
        }
        #expect(
            try await store.count("select max(octet_length(input::text)) from pawl.run") == 1 << 20
        )
    }

    @Test func `of a name that is given twice the last value counts`() async throws {
        try await store.define()
        try await store.execute(
            #"insert into pawl.run (workflow, input) values ('job', '{"a": 1, "a": 2}')"#
        )
        #expect(try await store.text("select input::text from pawl.run") == #"{"a": 2}"#)
    }

    @Test func `ten thousand runs in one statement each get their task`() async throws {
        try await store.define()
        try await store.execute(
            """
            insert into pawl.run (workflow, input, key)
            select 'job', jsonb_build_object('n', n), 'k' || n from generate_series(1, 10000) n
            """
        )
        #expect(
            try await store.count(
                """
                select count(*) from pawl.run r join pawl.task t on t.run_id = r.id
                join pawl.run_key k on k.run_id = r.id and k.key = r.key
                """
            ) == 10_000
        )
        // First in, first out: those of one statement too.
        #expect(
            try await store.count(
                """
                select count(*) from (
                  select (r.input ->> 'n')::int n, row_number() over (order by t.run_at, t.id) due
                  from pawl.run r join pawl.task t on t.run_id = r.id) x
                where abs(n - due) > 50
                """
            ) == 0
        )
    }

    @Test func `an insert in a transaction that rolls back leaves nothing`() async throws {
        try await store.define()
        let before = try await store.image()
        await #expect(throws: Missing.self) {
            try await store.database.pool.transaction { session in
                _ = try session.execute("insert into pawl.run (workflow, key) values ('job', 'k')")
                _ = try session.enqueue("job", Array("{}".utf8), EnqueueOptions(key: "l"))
                throw Missing()
            }
        }
        #expect(try await store.image() == before)
        #expect(try await store.enqueue("job", [:], EnqueueOptions(key: "k")).uuidString != "")
    }

    @Test func `a trigger of one's own can enqueue in the same transaction`() async throws {
        try await store.define()
        try await store.run { session in
            try session.script(
                """
                create table customer_order (id int primary key);
                create function enqueue_order() returns trigger language plpgsql as $$
                begin
                  insert into pawl.run (workflow, key, input)
                  values ('job', 'order-' || new.id, jsonb_build_object('order', new.id));
                  return null;
                end $$;
                create trigger order_is_processed after insert on customer_order
                  for each row execute function enqueue_order();
                insert into customer_order values (1), (2);
                """
            )
        }
        #expect(try await store.count("select count(*) from pawl.task") == 2)
    }

    @Test func `a role that may only insert can enqueue`() async throws {
        try await store.define()
        let role = "app_\(store.database.name)"
        try await store.run { session in
            try session.script(
                """
                create role \(role);
                grant usage on schema pawl to \(role);
                grant insert on pawl.run to \(role);
                set role \(role);
                insert into pawl.run (workflow, key, input) values ('job', 'k', '{"a": 1}');
                reset role;
                drop owned by \(role);
                drop role \(role);
                """
            )
        }
        #expect(try await store.count("select count(*) from pawl.task") == 1)
    }

    @Test func `sleeping workers are told, and busy ones are not`() async throws {
        try await store.define()
        let listener = try await store.connect()
        let heard = try await listener.listen(to: ["pawl_work", "end"])
        let worker = try await store.worker()
        _ = try await store.enqueue()
        try await store.run { try $0.setAsleep(true, worker) }
        try await store.execute("insert into pawl.run (workflow) values ('job'), ('job')")
        try await store.run { try $0.setAsleep(false, worker) }
        _ = try await store.enqueue()
        try await store.execute("notify \"end\"")
        var channels: [String] = []
        for await notification in heard {
            channels.append(notification.channel)
            if notification.channel == "end" { break }
        }
        #expect(channels == ["pawl_work", "end"])
        await listener.close()
    }
}
