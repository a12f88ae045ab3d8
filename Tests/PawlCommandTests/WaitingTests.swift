import PawlCore
import PawlTesting
import Testing

/// What is said of runs that wait, rest or have ended, and what can be typed then.
@Suite(.database, .timeLimit(.minutes(20))) struct WaitingTests {
    let pawl = Pawl(TestDatabase.current)

    /// Defines a workflow of one node between start and end, and enqueues a run of it.
    private func run(
        _ workflow: String,
        _ node: String,
        after edge: String = "",
        _ options: String...
    ) async throws -> String {
        let definition = """
            {"id": "\(workflow)",
             "nodes": [{"id": "start", "type": "start"}, {"id": "step", \(node)},
                       {"id": "end", "type": "end"}],
             "edges": [{"source": "start", "target": "step"},
                       {"source": "step", "target": "end"\(edge)}]}
            """
        let defined = try await pawl("define", "-", input: definition)
        #expect(defined.code == 0, "\(defined.error)")
        return try await enqueue(workflow, options)
    }

    private func enqueue(_ workflow: String, _ options: [String] = []) async throws -> String {
        let enqueued = try await pawl(["run", workflow, "--json"] + options)
        return try #require(try enqueued.json["run_id"]?.stringValue)
    }

    private func shows(_ run: String, _ text: String) async throws {
        try await eventually("it is shown: \(text)") {
            try await pawl("show", run).output.contains(text)
        }
    }

    @Test func `the question of a child's child is told and answered at the root`() async throws {
        _ = try await pawl("define", "-", input: review)
        _ = try await run("middle", #""type": "workflow", "config": {"workflow": "review"}"#)
        try await pawl.during("worker") { _ in
            let root = try await run(
                "root",
                #""type": "workflow", "config": {"workflow": "middle"}"#,
                "--key",
                "order-7"
            )
            try await eventually("both questions are asked") {
                try await pawl("decide", "--list", "--json").json.arrayValue?.count == 2
            }
            let inbox = try await pawl("decide", "--list", "--json").json.arrayValue ?? []
            let question = try #require(inbox.first { $0["root_run_id"] == .string(root) })
            #expect(question["root_workflow"] == "root" && question["workflow"] == "review")
            #expect(question["root_key"] == "order-7")
            #expect(question["run_id"] != .string(root))
            let list = try await pawl("decide", "--list").output
            #expect(list.contains(root) && list.contains("root > review"))

            let shown = try await pawl("show", root).output
            let number = try #require(question["decision_id"]?.intValue)
            let asking = try #require(question["run_id"]?.stringValue)
            #expect(shown.contains("of workflow \"middle\"\n"))
            #expect(
                shown.contains(
                    """
                      run \(asking) of workflow "review" waits at ask for decision \(number): \
                    Ship it? (yes, no)
                      answer with: pawl decide \(number) yes

                    """
                )
            )
            let document = try await pawl("show", root, "--json").json
            let waits = document["waits_for"]?.arrayValue ?? []
            #expect(waits.map { $0["kind"] } == ["child", "decision"])
            #expect(waits.first?["workflow"] == "middle")
            #expect(waits.last?["decision_id"] == .integer(Int64(number)))
            #expect(document["decisions"] == [])
            let child = try #require(waits.first?["run_id"]?.stringValue)
            #expect(try await pawl("show", child).output.contains("part of   run \(root)\n"))

            #expect(try await pawl("decide", root, "yes").code == 0)
            #expect(try await pawl("watch", root).code == 0)
        }
    }

    @Test func `of several questions below a run one has to be named`() async throws {
        _ = try await pawl("define", "-", input: review)
        let both = """
            {"id": "both",
             "nodes": [{"id": "start", "type": "start"}, {"id": "all", "type": "parallel"},
                       {"id": "own", "type": "human", "parent": "all", "config": {"prompt": "?"}},
                       {"id": "other", "type": "workflow", "parent": "all",
                        "config": {"workflow": "review"}},
                       {"id": "end", "type": "end"}],
             "edges": [{"source": "start", "target": "all"}, {"source": "all", "target": "end"}]}
            """
        _ = try await pawl("define", "-", input: both)
        let run = try await enqueue("both")
        try await pawl.during("worker") { _ in
            try await eventually("both questions are asked") {
                try await pawl("decide", "--list", "--json").json.arrayValue?.count == 2
            }
            let refused = try await pawl("decide", run, "yes")
            #expect(refused.code == 1)
            #expect(refused.error.contains(" …  at all.own\n"))
            #expect(refused.error.contains("at ask of run "))
        }
    }

    @Test func `a signal that is waited for is told with what to type`() async throws {
        try await pawl.during("worker") { _ in
            let run = try await run("bill", #""type": "wait", "config": {"signal": "it's paid"}"#)
            try await shows(run, #"waits for signal "it's paid""#)
            let shown = try await pawl("show", run).output
            #expect(shown.contains(#"send it with: pawl signal \#(run) 'it'\''s paid' '{}'"#))
            let wait = try await pawl("show", run, "--json").json["waits_for"]?[0]
            #expect(wait?["kind"] == "signal" && wait?["name"] == "it's paid")
            #expect(wait?["path"] == "step")
            let sent = try await pawl.shell("pawl signal \(run) 'it'\\''s paid' 12")
            #expect(sent.code == 0)
            #expect(try await pawl("watch", run).code == 0)
            #expect(
                try await pawl("show", run).output
                    .contains(#"output    {"payload":12,"signal":"it's paid"}"#)
            )
        }
    }

    @Test func `a question to an agent is told with who has to answer it`() async throws {
        try await pawl.during("worker") { _ in
            let run = try await run(
                "triage",
                #""type": "reasoning", "config": {"prompt_context": "Which team?", "#
                    + #""options": [{"id": "mail"}], "target_agent": "the triage"}"#
            )
            try await shows(run, "waits for decision 1: Which team? (mail), asked of the triage")
            let shown = try await pawl("show", run).output
            #expect(shown.contains("answer with: pawl decide 1 mail --by 'the triage'\n"))
            #expect(try await pawl("decide", run, "mail").code == 1)
            #expect(try await pawl("decide", run, "mail", "--by", "the triage").code == 0)
        }
    }

    @Test func `a paused run says since when, by whom and why`() async throws {
        let run = try await run("note", #""type": "log", "config": {"message": "hello"}"#)
        #expect(try await pawl("pause", run, "--reason", "prices are wrong").code == 0)
        try await pawl.during("worker") { _ in
            try await eventually("a worker is alive") {
                try await pawl("doctor").output.contains("1 worker is alive")
            }
            let shown = try await pawl("show", run).output
            #expect(shown.contains("ago) by tester: prices are wrong\n"))
            #expect(shown.contains("go on with: pawl resume \(run)\n"))
            #expect(shown.contains("is due, and held back because the run is paused"))
            let document = try await pawl("show", run, "--json").json
            #expect(document["paused"]?["reason"] == "prices are wrong")
            #expect(try await !pawl("doctor").output.contains("@paused"))
            #expect(try await pawl("resume", run).code == 0)
            #expect(try await pawl("watch", run).code == 0)
            #expect(try await pawl("show", run, "--json").json["paused"] == .null)
        }
    }

    @Test func `an answer to a paused run is taken, and told to wait`() async throws {
        _ = try await pawl("define", "-", input: review)
        let run = try await enqueue("review")
        try await pawl.during("worker") { _ in
            try await shows(run, "waits for decision 1")
            _ = try await pawl("pause", run)
            let decided = try await pawl("decide", run, "yes")
            #expect(
                decided.output == """
                    decided: yes; run \(run) is paused, and goes on when it is resumed: \
                    pawl resume \(run)

                    """
            )
        }
    }

    @Test func `a failed run says why, and how it is taken up again`() async throws {
        let run = try await run(
            "call",
            #""type": "http", "config": {"url": "nowhere"}, "retry": {"max": 0}"#
        )
        try await pawl.during("worker") { _ in
            #expect(try await pawl("watch", run).code == 1)
            let shown = try await pawl("show", run).output
            #expect(shown.contains("failure   VALIDATION_ERROR: the url is not a URL"))
            #expect(shown.contains("take it up again with: pawl retry \(run)\n"))
            let document = try await pawl("show", run, "--json").json
            #expect(document["failure"]?["code"] == "VALIDATION_ERROR")
            #expect(document["output"] == .null)
        }
    }

    @Test func `a run that failed by its deadline is not said to be retried`() async throws {
        _ = try await pawl("define", "-", input: review)
        let run = try await enqueue("review", ["--timeout", "1s"])
        try await pawl.during("worker") { _ in
            #expect(try await pawl("watch", run).code == 1)
            let shown = try await pawl("show", run).output
            #expect(shown.contains("failure   TIMEOUT_ERROR"))
            #expect(!shown.contains("pawl retry"))
            #expect(try await pawl("retry", run).code == 1)
        }
    }

    @Test func `a waiting step ends with an output of one's own, if an edge leads on`() async throws
    {
        let condition = #", "condition": "step.output.action == 'approve'""#
        try await pawl.during("worker") { _ in
            let run = try await run(
                "ask",
                #""type": "human", "config": {"prompt": "?"}"#,
                after: condition
            )
            try await shows(run, "waits for decision 1")
            let refused = try await pawl("answer", run, "step", #"{"action": "wait"}"#)
            #expect(refused.code == 1)
            #expect(refused.error.contains("error: No valid transition from node 'step'"))
            #expect(refused.error.contains("hint: the run waits on"))
            #expect(try await pawl("answer", run, "step", "{action}").code == 1)
            #expect(try await pawl("answer", run, "other", "1").code == 1)
            let answered = try await pawl(
                "answer",
                run,
                "step",
                "-",
                input: #"{"action": "approve"}"#
            )
            #expect(answered.output == "answered step; run \(run) goes on\n")
            #expect(try await pawl("watch", run).code == 0)
            let late = try await pawl("decide", "1", "yes")
            #expect(late.error.contains(#"It was {"action":"approve"}, by tester"#))
        }
    }
}
