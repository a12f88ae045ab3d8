import PawlCore
import PawlTesting
import Testing

/// What people do to runs from a shell.
@Suite(.database, .timeLimit(.minutes(20))) struct RunTests {
    let pawl = Pawl(TestDatabase.current)

    @Test func `a run is enqueued, shown, decided, and completes`() async throws {
        #expect(try await pawl("define", "-", input: review).output == "review version 1\n")
        try await pawl.during("worker") { _ in
            let enqueued = try await pawl("run", "review", #"{"pull": 12}"#, "--json")
            let run = try #require(try enqueued.json["run_id"]?.stringValue)
            try await eventually("the question is asked") {
                try await pawl("decide", "--list", "--json").json.arrayValue?.count == 1
            }
            let shown = try await pawl("show", run)
            #expect(shown.output.contains("waits for decision 1: Ship it? (yes, no)"))
            #expect(shown.output.contains("answer with: pawl decide 1 yes"))

            let decided = try await pawl("decide", run, "yes", "--reasoning", "fine")
            #expect(decided.code == 0)
            // Follows the run to its end, and fails unless it completes.
            let watched = try await pawl("watch", run, "--json")
            #expect(watched.code == 0)
            let kinds = try watched.output.split(separator: "\n").map {
                try JSON(parsing: Array($0.utf8))["kind"]?.stringValue
            }
            #expect(
                kinds == [
                    "decision_requested", "decision_resolved", "step_completed", "run_completed",
                ]
            )
            let document = try await pawl("show", run, "--json").json
            #expect(document["run"]?["status"] == "completed")
            #expect(document["input"] == ["pull": 12])
            #expect(document["tasks"] == [])
            #expect(document["events"]?[1]?["data"]?["resolved_by"] == "tester")
        }
    }

    @Test func `a second answer fails and names the first`() async throws {
        _ = try await pawl("define", "-", input: review)
        try await pawl.during("worker") { _ in
            _ = try await pawl("run", "review")
            try await eventually("the question is asked") {
                try await pawl("decide", "--list", "--json").json.arrayValue?.count == 1
            }
            #expect(try await pawl("decide", "1", "no").code == 0)
            let second = try await pawl("decide", "1", "yes", "--by", "somebody")
            #expect(second.code == 1)
            #expect(second.error.contains("error: decision 1 is already resolved"))
            #expect(second.error.contains("detail: It was \"no\", by tester, at "))
            _ = try await pawl("watch", "--until-idle")
            let third = try await pawl("decide", "1", "yes")
            #expect(third.code == 1)
            #expect(third.error == second.error)
        }
    }

    @Test func `waiting for a run prints its output and what it waits for`() async throws {
        _ = try await pawl("define", "-", input: review)
        try await pawl.during("worker") { _ in
            async let waiting = pawl("run", "review", "--wait")
            try await eventually("the question is asked") {
                try await pawl("decide", "--list", "--json").json.arrayValue?.count == 1
            }
            _ = try await pawl("decide", "1", "yes")
            let waited = try await waiting
            #expect(waited.code == 0)
            #expect(waited.error.contains("waits for decision 1"))
            #expect(waited.error.contains("answer with: pawl decide 1 yes"))
            #expect(
                waited.output == #"{"choice":"yes","data":null,"reasoning":null,"#
                    + #""resolved_by":"tester"}"# + "\n"
            )
        }
    }

    @Test func `a key gives the same run again`() async throws {
        _ = try await pawl("define", "-", input: review)
        let first = try await pawl("run", "review", "--key", "k")
        let second = try await pawl("run", "review", "--key", "k")
        #expect(first.code == 0 && first.output == second.output)
        let listed = try await pawl("runs", "--key", "k", "--json").json
        #expect(listed.arrayValue?.count == 1)
        #expect(listed[0]?["status"] == "pending")
    }

    @Test func `a run that nobody executes says so`() async throws {
        _ = try await pawl("define", "-", input: review)
        let run = try await pawl("run", "review").output.split(separator: "\n")[0]
        #expect(try await pawl("show", String(run)).output.contains("no worker is alive"))
        let tasks = try await pawl("show", String(run), "--json").json["tasks"]
        #expect(tasks?[0]?["status"] == "ready")
    }

    @Test func `a step without a handler says so`() async throws {
        let definition = #"{"id": "mail", "nodes": [{"id": "mail", "type": "send"}], "edges": []}"#
        _ = try await pawl("define", "-", input: definition)
        let run = try await pawl("run", "mail").output.split(separator: "\n")[0]
        try await pawl.during("worker") { _ in
            try await eventually("the worker is there, and no help") {
                try await pawl("show", String(run)).output
                    .contains(#"no live worker of queue "default" has a handler for "send""#)
            }
        }
    }

    @Test func `a cancelled run is quiet, and cancelling is safe to repeat`() async throws {
        _ = try await pawl("define", "-", input: review)
        let run = try String(await pawl("run", "review").output.split(separator: "\n")[0])
        #expect(try await pawl("cancel", run, "--reason", "mistake").code == 0)
        #expect(try await pawl("cancel", run).code == 0)
        #expect(try await pawl("watch", run).code == 1)
        #expect(try await pawl("watch", "--until-idle").code == 0)
        let retried = try await pawl("retry", run)
        #expect(retried.code == 1)
        #expect(retried.error.contains("hint: only a failed run can be retried"))
    }

    @Test func `the beginning of an id is enough if it is the only one`() async throws {
        _ = try await pawl("define", "-", input: review)
        let run = try String(await pawl("run", "review").output.split(separator: "\n")[0])
        #expect(try await pawl("show", String(run.prefix(8)), "--json").code == 0)
        _ = try await pawl("run", "review")
        let ambiguous = try await pawl("show", String(run.prefix(4)))
        #expect(ambiguous.code == 1)
        #expect(ambiguous.error.contains("could be one of several"))
    }
}
