import PawlCore
import PawlTesting
import Testing

/// Queues from a shell.
@Suite(.database, .timeLimit(.minutes(20))) struct QueueCommandTests {
    let pawl = Pawl(TestDatabase.current)

    private let mail =
        #"{"id": "mail", "queue": "mail", "nodes": [{"id": "send", "type": "send"}]}"#

    @Test func `a queue is paused, listed and resumed`() async throws {
        _ = try await pawl("define", "-", input: mail)
        let run = try await pawl("run", "mail", "--json").json["run_id"]?.stringValue ?? ""
        let paused = try await pawl("queue", "pause", "mail", "--reason", "down")
        #expect(paused.output == "paused queue mail\n")
        #expect(
            try await pawl("show", run).output.contains("queue \"mail\" was paused by tester: down")
        )
        let listed = try await pawl("queue", "--json").json
        #expect(listed[0]?["name"] == "mail" && listed[0]?["due"] == 1)
        #expect(listed[0]?["paused_by"] == "tester" && listed[0]?["reason"] == "down")
        #expect(try await pawl("queue", "list").output.contains("paused by tester"))
        #expect(try await pawl("queue", "resume", "mail").output == "resumed queue mail\n")
        let again = try await pawl("queue", "resume", "mail")
        #expect(again.code == 1)
        #expect(again.error.contains("queue mail is not paused"))
    }

    @Test func `a queue is limited, and not any more`() async throws {
        let limited = try await pawl(
            "queue",
            "limit",
            "mail",
            "--concurrency",
            "2",
            "--rate",
            "100/1m",
            "--json"
        )
        let settings = try limited.json
        #expect(settings["concurrency"] == 2)
        #expect(settings["rate"] == ["limit": 100, "per": "1m"])
        #expect(try await pawl("queue", "list").output.contains("2 at a time, 100 per 1m"))
        let free = try await pawl("queue", "limit", "mail")
        #expect(free.output == "queue mail is not limited\n")
        for wrong in [["--rate", "fast"], ["--rate", "5/soon"], ["--concurrency", "-1"]] {
            #expect(try await pawl(["queue", "limit", "mail"] + wrong).code == 64)
        }
    }
}
