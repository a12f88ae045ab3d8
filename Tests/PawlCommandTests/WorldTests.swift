import PawlCore
import PawlTesting
import Testing

/// Node kinds that touch the world, in a plain `pawl worker`.
@Suite(.database, .timeLimit(.minutes(20))) struct WorldTests {
    private let errand = """
        {"id": "errand",
         "nodes": [{"id": "start", "type": "start"},
                   {"id": "say", "type": "command", "config": {"argv": ["echo", "hello"]}},
                   {"id": "tell", "type": "notification",
                    "config": {"channel": "log", "message": "said it"}},
                   {"id": "ask", "type": "http", "config": {"url": "http://127.0.0.1:1/"},
                    "retry": {"max": 0}},
                   {"id": "end", "type": "end"}],
         "edges": [{"source": "start", "target": "say"}, {"source": "say", "target": "tell"},
                   {"source": "tell", "target": "ask"}, {"source": "ask", "target": "end"}]}
        """

    /// What a run of the errand failed with, by a worker with these variables.
    private func failure(with variables: [String: String]) async throws -> String? {
        let pawl = Pawl(TestDatabase.current, with: variables)
        _ = try await pawl("define", "-", input: errand)
        let events = Events()
        try await pawl.during("worker") { _ in
            let enqueued = try await pawl("run", "errand", "--json")
            let run = try #require(try enqueued.json["run_id"]?.stringValue)
            try await eventually("the run fails") {
                let document = try await pawl("show", run, "--json").json
                await events.set(document["events"])
                return document["run"]?["status"] == "failed"
            }
        }
        let last = await events.value?.arrayValue?.last
        return last?["data"]?["message"]?.stringValue
    }

    private actor Events {
        private(set) var value: JSON?
        func set(_ value: JSON?) { self.value = value }
    }

    @Test func `a worker runs no program and asks nobody here unless the environment says so`()
        async throws
    {
        #expect(try await failure(with: [:])?.contains("PAWL_COMMANDS=echo") == true)
        let guarded = try await failure(with: ["PAWL_COMMANDS": "true, echo"])
        #expect(guarded?.contains("PAWL_HTTP_ALLOW=127.0.0.1") == true)
        let open = try await failure(
            with: ["PAWL_COMMANDS": "*", "PAWL_HTTP_ALLOW": "localhost,127.0.0.0/8"]
        )
        #expect(open?.contains("Connection refused") == true)
    }

    @Test(arguments: [
        (["PAWL_HTTP_ALLOW": "10.0.0.0/33"], "PAWL_HTTP_ALLOW: \"10.0.0.0/33\" is no host"),
        (["PAWL_COMMANDS": "bin/tool"], "PAWL_COMMANDS: \"bin/tool\" is neither a name"),
    ])
    func `a worker with a slip in these variables does not start`(
        variables: [String: String],
        message: String
    ) async throws {
        let result = try await Pawl(TestDatabase.current, with: variables)("worker")
        #expect(result.code == 1)
        #expect(result.error.contains(message))
        #expect(result.error.contains("hint:"))
    }
}
