import PawlCore
import PawlTesting
import Postgres
import Testing

/// What is printed for people and for programs.
@Suite(.database, .timeLimit(.minutes(20))) struct ReportTests {
    let database = TestDatabase.current
    let pawl = Pawl(TestDatabase.current)

    @Test func `what is read can be had as one JSON document`() async throws {
        for arguments in [
            ["runs"], ["define", "--list"], ["decide", "--list"], ["doctor"], ["verify"],
            ["schedule", "list"], ["schedule", "preview", "@daily"], ["migrate", "status"],
            ["watch", "--until-idle"],
        ] {
            let result = try await pawl(arguments + ["--json"])
            #expect(try !result.json.isNull, "\(arguments)")
            #expect(result.output.hasSuffix("\n"))
        }
    }

    @Test func `a doctor fails for a server that forgets`() async throws {
        // Test databases are on a server without fsync.
        let result = try await pawl("doctor", "--json")
        #expect(result.code == 1)
        let findings = try result.json.arrayValue ?? []
        let failed = findings.filter { $0["verdict"] == "fail" }.map { $0["subject"] }
        #expect(failed == ["fsync", "full_page_writes"])
        #expect(findings.allSatisfy { $0["verdict"] == "ok" || $0["hint"]?.stringValue != nil })
    }

    @Test func `a doctor names who holds the horizon`() async throws {
        let connection = try Connection(database.configuration)
        try await connection.open()
        let process = try await connection.run { session in
            try session.begin()
            return try session.query("select pg_backend_pid(), txid_current()")[0]
                .decode(Int32.self, at: 0)
        }
        let findings = try await pawl("doctor", "--json").json.arrayValue ?? []
        let facts = findings.filter { $0["subject"] == "horizon" }
            .compactMap { $0["fact"]?.stringValue }
        #expect(facts.contains { $0.contains("idle in transaction") })
        #expect(facts.contains { $0.contains("session \(process) of ") })
        await connection.close()
    }

    @Test func `a doctor tells of partitions that are missing, and maintenance makes them`()
        async throws
    {
        func partitions() async throws -> JSON? {
            try await pawl("doctor", "--json").json.arrayValue?
                .first { $0["subject"] == "partitions" }
        }
        #expect(try await partitions()?["verdict"] == "ok")
        try await database.advanceClock(by: .seconds(14 * 86_400))
        _ = try await pawl("define", "-", input: review)
        _ = try await pawl("run", "review")
        #expect(try await partitions()?["verdict"] == "warn")
        let made = try await pawl("maintain")
        #expect(made.code == 0 && made.output.hasPrefix("made "))
        #expect(try await partitions()?["verdict"] == "ok")
        #expect(try await pawl("maintain").output == "there was nothing to do\n")
        try await database.pool.run { session in
            _ = try session.execute(
                """
                insert into pawl.run (id, workflow)
                values ('fff00000-0000-7000-8000-000000000000', 'review')
                """
            )
        }
        #expect(try await partitions()?["verdict"] == "note")
        // The run that waits keeps the partition that it lies in.
        try await database.advanceClock(by: .seconds(90 * 86_400))
        #expect(try await pawl("maintain", "--json").json["runs_deleted"] == 0)
        let fact = try await partitions()?["fact"]?.stringValue
        #expect(fact?.contains("should have been dropped") == true)
    }

    @Test func `a doctor tells how large the tables are`() async throws {
        let findings = try await pawl("doctor", "--json").json.arrayValue ?? []
        for table in ["pawl.task", "pawl.run", "pawl.event"] {
            let fact = findings.first { $0["subject"] == .string(table) }?["fact"]?.stringValue
            #expect(fact?.contains("live and") == true, "\(table)")
            #expect(fact?.contains("in 4 partitions") == (table != "pawl.task"), "\(table)")
        }
    }

    @Test func `a doctor measures what an event costs`() async throws {
        let findings = try await pawl("doctor", "--sample", "1", "--json").json.arrayValue ?? []
        let wal = findings.first { $0["subject"] == "wal" }
        #expect(wal?["fact"]?.stringValue?.hasSuffix("no event was recorded") == true)
        #expect(try await pawl("doctor", "--sample", "0").code == 64)
    }

    @Test func `a doctor names the kinds that nobody serves`() async throws {
        let definition = #"{"id": "mail", "nodes": [{"id": "mail", "type": "send"}], "edges": []}"#
        _ = try await pawl("define", "-", input: definition)
        _ = try await pawl("run", "mail")
        try await pawl.during("worker") { _ in
            try await eventually("the doctor names it") {
                try await pawl("doctor").output.contains(
                    #"1 task is due in queue "default" of kind "send""#
                )
            }
        }
    }

    @Test func `colours are for terminals`() async throws {
        _ = try await pawl("define", "-", input: review)
        _ = try await pawl("run", "review")
        for arguments in [["runs"], ["doctor"], ["define", "--list"]] {
            #expect(try await !pawl(arguments).output.contains("\u{1b}"))
        }
    }

    @Test func `schedules are put, listed, paused and removed`() async throws {
        _ = try await pawl("define", "-", input: review)
        let put = try await pawl(
            "schedule",
            "put",
            "daily",
            "--workflow",
            "review",
            "--spec",
            "0 8 * * *",
            "--zone",
            "Europe/Berlin"
        )
        #expect(put.output.hasPrefix("schedule daily: next at "))
        #expect(try await pawl("schedule", "pause", "daily").code == 0)
        let listed = try await pawl("schedule", "list", "--json").json
        #expect(listed[0]?["schedule"] == "daily")
        #expect(listed[0]?["enabled"] == false)
        #expect(try await pawl("schedule", "resume", "daily").code == 0)
        #expect(try await pawl("schedule", "remove", "daily").code == 0)
        #expect(try await pawl("schedule", "remove", "daily").code == 3)
        let wrong = try await pawl("schedule", "put", "x", "--workflow", "review", "--spec", "9")
        #expect(wrong.code == 1)
        #expect(wrong.error.contains("a spec has five fields"))
    }
}
