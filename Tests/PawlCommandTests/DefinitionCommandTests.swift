import PawlCore
import PawlTesting
import Testing

/// Commands about definitions that need a database.
@Suite(.database, .timeLimit(.minutes(20))) struct DefinitionCommandTests {
    let pawl = Pawl(TestDatabase.current)

    @Test func `what a file changes is told`() async throws {
        _ = try await pawl("define", "-", input: review)
        let changed = review.replacing("Ship it?", with: "Ship it now?")
        let defined = try await pawl("define", "-", input: changed)
        #expect(
            defined.output == """
                review version 2
                  ~ node ask: config.prompt "Ship it?" → "Ship it now?"

                """
        )
        let same = try await pawl("define", "-", "--json", input: changed).json
        #expect(same["is_new"] == false && same["changes"] == [])
        let difference = try await pawl("diff", "review@1", "review").output
        #expect(difference == "~ node ask: config.prompt \"Ship it?\" → \"Ship it now?\"\n")
        let none = try await pawl("diff", "review@2", "-", input: changed)
        #expect(none.code == 0 && none.output.isEmpty)
        let missing = try await pawl("diff", "review@3", "review")
        #expect(missing.code == 3)
        #expect(missing.error.contains(#"workflow "review" has no version 3"#))
        #expect(missing.error.contains("hint: it has 2 (current), 1\n"))
        #expect(try await pawl("diagram", "review@3").error == missing.error)
    }

    @Test func `an older text that is defined again is current again`() async throws {
        _ = try await pawl("define", "-", input: review)
        #expect(
            try await pawl("define", "-", input: review).output == "review version 1 (as before)\n"
        )
        let changed = review.replacing("Ship it?", with: "Ship it now?")
        _ = try await pawl("define", "-", input: changed)
        let again = try await pawl("define", "-", input: review)
        #expect(again.output.hasPrefix("review version 1 is current again, instead of 2\n  ~ node"))
        let back = try await pawl("define", "-", "--json", input: changed).json
        #expect(back["version"] == 2 && back["previous_version"] == 1 && back["is_new"] == false)
    }

    @Test func `problems are told as JSON where that is asked for`() async throws {
        let broken = review.replacing(#""target": "end""#, with: #""target": "nowhere""#)
        let defined = try await pawl("define", "-", "--json", input: broken)
        let validated = try await pawl("validate", "-", "--json", input: broken)
        #expect(defined.code == 1)
        #expect(defined.output == validated.output)
        #expect(try defined.json[0]?["errors"]?[0]?["code"] == "DANGLING_EDGE")
        #expect(try await pawl("define", "--list", "--json").json == [])
    }

    @Test func `a definition is YAML, and other forms are understood`() async throws {
        let steps = """
            id: backup
            steps:
              - {id: dump, action: dump.database, timeout: 5m}
              - id: check
                action: check.dump
                depends_on: [dump]
                params: {path: "${{steps.dump.output.path}}"}
            """
        #expect(try await pawl("define", "-", input: steps).output == "backup version 1\n")
        let stored = try await pawl("define", "--show", "backup").json
        #expect(stored["nodes"]?.arrayValue?.count == 4)
        #expect(stored["edges"]?.arrayValue?.count == 3)
    }

    @Test func `versions that nobody needs are listed and removed`() async throws {
        _ = try await pawl("define", "-", input: review)
        _ = try await pawl("run", "review")
        for prompt in ["A?", "B?"] {
            _ = try await pawl("define", "-", input: review.replacing("Ship it?", with: prompt))
        }
        let all = try await pawl("workflows", "--json").json
        #expect(all.arrayValue?.map { $0["version"] } == [3, 2, 1])
        #expect(all.arrayValue?.map { $0["live_runs"] } == [0, 0, 1])
        let unused = try await pawl("workflows", "--unused", "--json").json
        #expect(unused.arrayValue?.map { $0["version"] } == [2])
        #expect(try await pawl("undefine", "review", "2").output == "removed review version 2\n")
        let missing = try await pawl("undefine", "review", "2")
        #expect(missing.code == 3)
        let current = try await pawl("undefine", "review", "3")
        #expect(current.code == 1 && current.error.contains("hint: "))
        let live = try await pawl("undefine", "review", "--all", "--with-history")
        #expect(live.code == 1 && live.error.contains("1 of them not ended"))
        #expect(try await pawl("undefine", "review").code == 64)
    }
}
