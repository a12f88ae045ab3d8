import PawlTesting
import Testing

/// What the shell is told: 0 done, 1 failed, 3 not found, 64 misused.
@Suite(.database, .timeLimit(.minutes(20))) struct ExitCodeTests {
    let pawl = Pawl(TestDatabase.current)

    @Test func `what does not exist is 3`() async throws {
        for arguments in [
            ["show", "01998f3e-6c1a"], ["cancel", "01998f3e-6c1a"], ["retry", "01998f3e-6c1a"],
            ["watch", "01998f3e-6c1a"], ["decide", "99", "yes"], ["define", "--show", "nothing"],
            ["schedule", "remove", "nothing"], ["diagram", "nothing"],
            ["diagram", "01998f3e-6c1a"], ["answer", "01998f3e-6c1a", "ask", "1"],
            ["define", "/no/file"], ["validate", "/no/file"], ["run", "review", "@/no/file"],
            ["diff", "/no/file", "review"],
        ] {
            let result = try await pawl(arguments)
            #expect(result.code == 3, "\(arguments)")
            #expect(result.output.isEmpty)
            #expect(result.error.hasPrefix("pawl: error: "))
        }
    }

    @Test func `misuse is 64`() async throws {
        for arguments in [
            ["nonsense"], ["show"], ["show", "not an id"], ["runs", "--status", "odd"],
            ["run", "review", "--delay", "5"], ["define"], ["decide"],
            ["watch", "--ignore-waiting"],
        ] {
            let result = try await pawl(arguments)
            #expect(result.code == 64, "\(arguments)")
            #expect(result.output.isEmpty)
        }
    }

    @Test func `a workflow that is not defined is told with a hint`() async throws {
        let result = try await pawl("run", "nothing")
        #expect(result.code == 1)
        #expect(
            result.error == """
                pawl: error: workflow "nothing" is not defined
                hint: pawl define --list prints the defined ones

                """
        )
    }

    @Test func `all problems of a definition are told`() async throws {
        let definition = """
            {"id": "bad", "nodes": [{"id": "start", "type": "start"}, {"id": "a.b", "type": "x"}],
             "edges": [{"source": "start"}]}
            """
        let result = try await pawl("define", "-", input: definition)
        #expect(result.code == 1)
        #expect(result.error.contains("nodes[1].id: "))
        #expect(result.error.contains("edges[0]: "))
    }

    @Test func `a server that is not there is told with what to do`() async throws {
        let result = try await pawl("runs", "--database-url", "postgresql://127.0.0.1:1/nothing")
        #expect(result.code == 1)
        #expect(result.error.contains("hint: "))
        #expect(result.error.contains("pawl dev"))
    }

    @Test func `a reader that goes away makes no noise`() async throws {
        let result = try await Pawl(TestDatabase.current).shell("pawl migrate sql | head -1")
        #expect(result.output == "begin;\n")
        #expect(result.error.isEmpty)
    }
}
