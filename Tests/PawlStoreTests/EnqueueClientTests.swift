import PawlCore
import PawlTesting
import Postgres
import Subprocess
import Testing

/// Programs that know PostgreSQL and nothing of Pawl.
@Suite(.database, .timeLimit(.minutes(20)))
struct EnqueueClientTests {
    let store = Storeroom()

    @Test func `psql enqueues with an insert`() async throws {
        try await store.define()
        let (output, error) = try await psql(
            """
            insert into pawl.run (workflow, input, key)
            values ('job', '{"order": 7}', 'order-7') returning status;
            select pawl.enqueue('job', key => 'order-7') = (select id from pawl.run);
            """
        )
        #expect(output == "pending\nt")
        #expect(error == "")
        #expect(try await store.count("select count(*) from pawl.task") == 1)
    }

    @Test func `psql enqueues with copy`() async throws {
        try await store.define()
        let (output, error) = try await psql(
            """
            copy pawl.run (workflow, input, priority) from stdin (format csv);
            job,"{""n"": 1}",
            job,"{""n"": 2}",0
            \\.
            copy pawl.run (workflow, key) from stdin;
            job\tk
            job\t\\N
            \\.
            """
        )
        #expect(output == "COPY 2\nCOPY 2")
        #expect(error == "")
        #expect(
            try await store.texts(
                """
                select concat_ws(' ', t.priority, r.input ->> 'n', r.key)
                from pawl.task t join pawl.run r on r.id = t.run_id order by t.id
                """
            ).sorted() == ["0 2", "5", "5 1", "5 k"]
        )
    }

    @Test func `a bad line of a copy refuses all of it`() async throws {
        try await store.define()
        let (_, error) = try await psql(
            """
            copy pawl.run (workflow) from stdin;
            job
            jbo
            \\.
            """
        )
        #expect(error.contains("ERROR:  workflow \"jbo\" is not defined"))
        #expect(error.contains("HINT:  pawl define --list prints the defined ones"))
        #expect(error.contains("COPY run, line 2"))
        #expect(try await store.count("select count(*) from pawl.run") == 0)
    }

    @Test(.enabled("needs Python's psycopg2", { await Python.canImport("psycopg2") }))
    func `Python enqueues in a transaction of its own, with many rows and with copy`() async throws
    {
        try await store.define()
        let output = try await Python.run(
            #"""
            import io, json, sys, psycopg2
            from psycopg2.extras import Json, execute_values
            db = psycopg2.connect(sys.argv[1])
            with db, db.cursor() as sql:
                sql.execute("create table customer_order (id int primary key)")
                sql.execute("insert into customer_order values (7)")
                sql.execute(
                    "insert into pawl.run (workflow, key, input) values (%s, %s, %s) returning id",
                    ("job", "order-7", Json({"order": 7})))
                made = sql.fetchone()[0]
            with db, db.cursor() as sql:
                sql.execute("select pawl.enqueue(%s, %s, key => %s)", ("job", Json({}), "order-7"))
                print(sql.fetchone()[0] == made)
            with db, db.cursor() as sql:
                execute_values(sql, "insert into pawl.run (workflow, input) values %s",
                               [("job", Json({"n": n})) for n in range(500)])
                sql.copy_expert("copy pawl.run (workflow, input) from stdin",
                                io.StringIO("".join("job\t" + json.dumps({"n": n}) + "\n" for n in range(500))))
            try:
                with db, db.cursor() as sql:
                    sql.execute("insert into customer_order values (8)")
                    sql.execute("insert into pawl.run (workflow) values ('jbo')")
            except psycopg2.Error as error:
                print(error.pgcode, error.diag.message_primary)
            with db, db.cursor() as sql:
                sql.execute("select (select count(*) from customer_order), count(*) from pawl.task")
                print(*sql.fetchone())
            """#,
            connectionString
        )
        #expect(output == "True\n23503 workflow \"jbo\" is not defined\n1 1001")
    }

    /// Gives `psql` its input, and returns what it printed: rows, and errors.
    private func psql(_ script: String) async throws -> (output: String, error: String) {
        let result = try await Subprocess.run(
            .name("psql"),
            arguments: ["-X", "-A", "-t", "-d", connectionString],
            input: .string(script + "\n"),
            output: .string(limit: 1 << 16),
            error: .string(limit: 1 << 16)
        )
        let lines = result.standardOutput.split(separator: "\n").filter { $0 != "INSERT 0 1" }
        return (lines.joined(separator: "\n"), result.standardError)
    }

    /// The server's address, as libpq reads it.
    private var connectionString: String {
        let configuration = store.database.configuration
        return ["host", "port", "user", "password", "dbname"]
            .compactMap { keyword in
                configuration[keyword: keyword].map { "\(keyword)='\($0)'" }
            }
            .joined(separator: " ")
    }
}

/// The `python3` that is on the path, if one is.
private enum Python {
    static func canImport(_ module: String) async -> Bool {
        do {
            _ = try await run("import \(module)")
            return true
        } catch {
            return false
        }
    }

    static func run(_ program: String, _ arguments: String...) async throws -> String {
        let result = try await Subprocess.run(
            .name("python3"),
            arguments: Arguments(["-c", program] + arguments),
            output: .string(limit: 1 << 16),
            error: .string(limit: 1 << 16)
        )
        guard result.terminationStatus.isSuccess else {
            throw PythonError(description: result.standardError)
        }
        return String(result.standardOutput.reversed().drop { $0 == "\n" }.reversed())
    }
}

/// What Python had to say when it failed.
private struct PythonError: Error, CustomStringConvertible {
    let description: String
}
