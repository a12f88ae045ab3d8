import FoundationEssentials
import PawlCore
import PawlStore
import PawlTesting
import Postgres
import Testing

/// An `insert into pawl.run` that is refused, and what the error says.
struct RefusedInsert: Sendable, CustomStringConvertible {
    let columns: String
    let values: String
    let state: SQLState
    let message: String
    let hint: String

    init(_ columns: String, _ values: String, _ state: SQLState, _ message: String, hint: String) {
        self.columns = columns
        self.values = values
        self.state = state
        self.message = message
        self.hint = hint
    }

    var description: String { "(\(columns)) values (\(values.prefix(60)))" }
    var statement: SQL { SQL(verbatim: "insert into pawl.run (\(columns)) values (\(values))") }
}

extension RefusedInsert {
    static let definitions = [
        RefusedInsert(
            "workflow",
            "'jbo'",
            .foreignKeyViolation,
            "workflow \"jbo\" is not defined",
            hint: "pawl define --list prints the defined ones"
        ),
        RefusedInsert(
            "workflow",
            "null",
            .notNullViolation,
            "a run names no workflow",
            hint: "pawl define --list prints the defined ones"
        ),
        RefusedInsert(
            "input",
            "'{}'",
            .notNullViolation,
            "a run names no workflow",
            hint: "pawl define --list prints the defined ones"
        ),
        RefusedInsert(
            "workflow, version",
            "'job', 2",
            .foreignKeyViolation,
            "workflow \"job\" version 2 is not defined",
            hint: "pawl define --list prints the defined ones"
        ),
    ]

    static let columns = [
        RefusedInsert(
            "workflow, priority",
            "'job', 10",
            .checkViolation,
            "priority 10 is out of range",
            hint: "use 0 (first) to 9 (last)"
        ),
        RefusedInsert(
            "workflow, priority",
            "'job', -1",
            .checkViolation,
            "priority -1 is out of range",
            hint: "use 0 (first) to 9 (last)"
        ),
        RefusedInsert(
            "workflow, key",
            "'job', repeat('k', 256)",
            .checkViolation,
            "a key has 1 to 255 characters, this one has 256",
            hint: "hash longer keys; leave out empty ones"
        ),
        RefusedInsert(
            "workflow, key",
            "'job', ''",
            .checkViolation,
            "a key has 1 to 255 characters, this one has 0",
            hint: "hash longer keys; leave out empty ones"
        ),
        RefusedInsert(
            "workflow, queue",
            "'job', repeat('q', 65)",
            .checkViolation,
            "a queue has 1 to 64 characters, this one has 65",
            hint: "give a shorter name, or none"
        ),
        RefusedInsert(
            "workflow, tenant",
            "'job', ''",
            .checkViolation,
            "a tenant has 1 to 64 characters, this one has 0",
            hint: "give a shorter name, or none"
        ),
        RefusedInsert(
            "workflow, id",
            "'job', '6ba7b810-9dad-41d1-80b4-00c04fd430c8'",
            .checkViolation,
            "run id 6ba7b810-9dad-41d1-80b4-00c04fd430c8 is not a UUID of version 7",
            hint: "leave id out, or make one that starts with the time (version 7)"
        ),
        RefusedInsert(
            "workflow, run_at",
            "'job', 'infinity'",
            .checkViolation,
            "a run cannot be due at infinity",
            hint: "give an instant"
        ),
        RefusedInsert(
            "workflow, run_at",
            "'job', '-infinity'",
            .checkViolation,
            "a run cannot be due at -infinity",
            hint: "give an instant"
        ),
        RefusedInsert(
            "workflow, run_at, deadline",
            "'job', '2040-01-02 00:00Z', '2040-01-01 00:00Z'",
            .checkViolation,
            "the deadline 2040-01-01 00:00:00+00 is not after the run is due",
            hint: "give a later deadline, or none"
        ),
        RefusedInsert(
            "workflow, deadline",
            "'job', '-infinity'",
            .checkViolation,
            "the deadline -infinity is not after the run is due",
            hint: "give a later deadline, or none"
        ),
    ]

    static let numbers = [
        "9223372036854775808", "-9223372036854775809", "1e309", "-1e309", "1e100000", "1e-400",
        "0.1234567890123456789", "1234567890123456789012345", "1e131000", "2.1e-308",
    ].map { number in
        RefusedInsert(
            "workflow, input",
            "'job', '{\"deep\": [{\"n\": \(number)}]}'",
            "22003",
            "the input of workflow \"job\" has a number that would not survive: ",
            hint: "pass it as text: only 64-bit integers and IEEE doubles come back the same"
        )
    }

    static let sizes = [
        RefusedInsert(
            "workflow, input",
            "'job', jsonb_build_object('a', repeat('x', 1048568))",
            "54000",
            "the input of workflow \"job\" is larger than 1 MiB",
            hint: "store large data elsewhere and pass a reference to it"
        ),
        RefusedInsert(
            "workflow, input",
            "'job', jsonb_build_object('a', repeat('x', 100000000))",
            "54000",
            "the input of workflow \"job\" is larger than 1 MiB",
            hint: "store large data elsewhere and pass a reference to it"
        ),
        // A few bytes each, and 100,000 digits when printed: a gigabyte, if all were.
        RefusedInsert(
            "workflow, input",
            """
            'job', (select ('{"a":[' || string_agg('1e131000', ',') || ']}')::jsonb
                    from generate_series(1, 100000))
            """,
            "22003",
            "the input of workflow \"job\" has a number that would not survive: 1000",
            hint: "pass it as text: only 64-bit integers and IEEE doubles come back the same"
        ),
        RefusedInsert(
            "workflow, input",
            "'job', (repeat('{\"a\":', 65) || '1' || repeat('}', 65))::jsonb",
            "54000",
            "the input of workflow \"job\" is nested deeper than 64 levels",
            hint: "flatten it, or pass it as text"
        ),
        RefusedInsert(
            "workflow, input",
            "'job', ('{\"a\":' || repeat('[', 5000) || repeat(']', 5000) || '}')::jsonb",
            "54000",
            "the input of workflow \"job\" is nested deeper than 64 levels",
            hint: "flatten it, or pass it as text"
        ),
    ]
}

/// Bad input is refused by name, and nothing of it is written.
@Suite(.database, .timeLimit(.minutes(20)))
struct EnqueueRefusalTests {
    let store = Storeroom()

    @Test(arguments: [
        RefusedInsert.definitions, RefusedInsert.columns,
        RefusedInsert.numbers, RefusedInsert.sizes,
    ])
    func `a bad run is refused by name, and nothing is written`(
        inserts: [RefusedInsert]
    )
        async throws
    {
        try await store.define()
        let before = try await store.image()
        for insert in inserts {
            let refusal = try await store.refusal(of: insert.statement)
            #expect(refusal?.sqlState == insert.state, "\(insert)")
            #expect(
                refusal?.message.hasPrefix(insert.message) == true,
                "\(insert): \(refusal?.message ?? "accepted")"
            )
            #expect(refusal?.hint == insert.hint, "\(insert)")
            #expect(refusal?.remedy == .bug, "\(insert)")
        }
        #expect(try await store.image() == before)
    }

    @Test func `one bad row refuses the whole statement`() async throws {
        try await store.define()
        let before = try await store.image()
        let refusal = try await store.refusal(
            of: """
                insert into pawl.run (workflow, key, priority)
                select 'job', 'k' || n, case n when 500 then 12 end from generate_series(1, 1000) n
                """
        )
        #expect(refusal?.message == "priority 12 is out of range")
        #expect(try await store.image() == before)
    }

    @Test func `what another table has compressed is looked into all the same`() async throws {
        try await store.define()
        try await store.run { session in
            try session.script(
                """
                create table archive (name text, input jsonb);
                insert into archive
                select 'long', jsonb_build_object('n', jsonb_agg(1e131000))
                from generate_series(1, 300);
                insert into archive
                select 'large', jsonb_build_object('padding', repeat('x', 2000000));
                """
            )
        }
        #expect(
            try await store.count(
                "select max(pg_column_size(input)) from archive where name = 'long'"
            )
                < 1_024
        )
        for (name, message) in [
            ("long", "has a number that would not survive: 1000"),
            ("large", "is larger than 1 MiB"),
        ] {
            let refusal = try await store.refusal(
                of: """
                    insert into pawl.run (workflow, input)
                    -- A plan that is kept, after five executions, passes values as they are.
                    select 'job', '{"n": 1}' from generate_series(1, 20)
                    union all
                    select 'job', input from archive where name = \(name)
                    """
            )
            #expect(refusal?.message.hasPrefix("the input of workflow \"job\" \(message)") == true)
        }
    }

    @Test func `text that cannot be stored is refused by the server`() async throws {
        try await store.define()
        for (input, state) in [
            (#"{"a": "\u0000"}"#, "22P05"), (#"{"a": "\ud800"}"#, "22P02"),
            (#"{"a": NaN}"#, "22P02"),
            ("{", "22P02"),
        ] {
            let refusal = try await store.refusal(
                of:
                    "insert into pawl.run (workflow, input) values ('job', \(JSONText(input))::jsonb)"
            )
            #expect(refusal?.sqlState?.rawValue == state)
        }
        #expect(try await store.count("select count(*) from pawl.run") == 0)
    }

    @Test func `a run that has not ended cannot be deleted`() async throws {
        try await store.define()
        let run = try await store.enqueue()
        let refusal = try await store.refusal(of: "delete from pawl.run where id = \(run)")
        #expect(refusal?.message == "a run that has not ended is never deleted")
        #expect(refusal?.hint == "cancel it first: select pawl.cancel(id)")
        #expect(try await store.refusal(of: "truncate pawl.run") != nil)
    }

    @Test(arguments: [
        ("update pawl.task set priority = 10", "task_priority_in_range"),
        ("update pawl.task set crashes = 1", "task_counts_are_sound"),
        ("update pawl.task set visit = 0", "task_counts_are_sound"),
        ("update pawl.task set worker = 1", "task_claimed_together"),
        ("update pawl.task set phase = 'done'", "task_phase_is_known"),
        ("update pawl.run set status = 'done'", "run_status_is_known"),
        ("update pawl.run set status = 'failed'", "run_ended_when_final"),
        ("update pawl.run set priority = 10", "run_priority_in_range"),
    ])
    func `rows that make no sense cannot be made by hand`(
        change: String,
        constraint: String
    )
        async throws
    {
        try await store.define()
        _ = try await store.enqueue()
        let refusal = try await store.refusal(of: SQL(verbatim: change))
        #expect(refusal?.sqlState == .checkViolation)
        #expect(refusal?.constraint == constraint)
    }
}
