import PawlCore
import PawlTesting
import Testing

/// `pawl validate`, which needs no database.
@Suite(.timeLimit(.minutes(20))) struct ValidateTests {
    let pawl = Pawl()

    @Test func `what is valid is said, and warnings do not change that`() async throws {
        let result = try await pawl("validate", "-", input: review)
        #expect(result.code == 0)
        #expect(result.output == "-: workflow \"review\" is valid, 3 nodes\n")
        let doubtful = review.replacing(
            #""type": "human","#,
            with: #""type": "human", "tmeout": "1h","#
        )
        let warned = try await pawl("validate", "-", input: doubtful)
        #expect(warned.code == 0)
        #expect(warned.output.contains("warning: nodes[1].tmeout: a node has no member \"tmeout\""))
    }

    @Test func `all errors are told, as text and as JSON`() async throws {
        let broken = review.replacing(#""target": "end""#, with: #""target": "nowhere""#)
            .replacing(#""type": "human","#, with: #""type": "human", "timeout": 5,"#)
        let text = try await pawl("validate", "-", input: broken)
        #expect(text.code == 1)
        #expect(text.output.contains("error: nodes[1].timeout: a duration is text"))
        #expect(text.output.contains("error: edges[1].target: Edge target references nonexistent"))
        let json = try await pawl("validate", "--json", "-", input: broken)
        #expect(json.code == 1)
        let document = try json.json[0]
        #expect(document?["valid"] == false)
        #expect(
            document?["errors"]?.arrayValue?.map { $0["path"] }
                == ["nodes[1].timeout", "edges[1].target"]
        )
        #expect(document?["errors"]?[1]?["code"] == "DANGLING_EDGE")
    }

    @Test func `handlers that are not there are told`() async throws {
        let job = #"{"id": "mail", "nodes": [{"id": "mail", "type": "send"}]}"#
        let result = try await pawl("validate", "--handlers", "pay, sign", "-", input: job)
        #expect(result.code == 0)
        #expect(result.output.contains("warning: nodes[0].type: no handler for \"send\" is known"))
    }

    @Test(
        arguments: [
            ("{\n  \"id\": ,\n}", "is not JSON", "at line 2, column 9"),
            ("a: [1\nb: 2", "is not YAML", "at line 2, column"),
            ("a: 1\nb: 2\na: 3", "the key \"a\" occurs twice", "at line"),
            ("a: &a [x]\nb: {<<: *a}", "is not part of YAML 1.2", "at line 2, column 5"),
            ("a: .nan", "JSON has no .nan", "at line 1, column 4"),
            ("a: !!binary eA==", "unknown tag", "at line 1, column 4"),
            ("? [a]\n: b", "a key is not a scalar", "at line 1, column 3"),
            (bomb, "too large with what its aliases stand for", "at line 1"),
            (bomb + "? *a9\n: x\n", "keys that may be aliases", ""),
            (String(repeating: "[", count: 100_000), "nest", ""),
            ("x: " + String(repeating: "[", count: 100_000), "nest", "at line 1"),
        ]
    )
    func `a text that cannot be read is told with its place`(
        text: String,
        message: String,
        place: String
    ) async throws {
        let result = try await pawl("validate", "-", input: text)
        #expect(result.code == 1)
        #expect(result.error.contains(message))
        #expect(result.error.contains(place))
    }

    /// Each line has the one before it ten times.
    private static let bomb = (1...9).reduce("a0: &a0 [x]\n") { text, level in
        let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
        return text + "a\(level): &a\(level) [\(aliases)]\n"
    }

    @Test func `YAML stands for JSON by the core schema of YAML 1.2`() async throws {
        let yaml = """
            id: types
            nodes:
              - id: n
                type: x
                config:
                  integers: [1, -1, +1, 012, 0o17, 0x1F, 99999999999999999999]
                  numbers: [1.5, .5, 5., 1e3]
                  words: [true, False, null, ~, yes, on, 2026-01-01, 12:30, "1", '']
                  same: [&a {k: v}, *a]
            """
        let json = """
            {"id": "types", "nodes": [{"id": "n", "type": "x", "config": {
              "integers": [1, -1, 1, 12, 15, 31, 1e20], "numbers": [1.5, 0.5, 5, 1000],
              "words": [true, false, null, null, "yes", "on", "2026-01-01", "12:30", "1", ""],
              "same": [{"k": "v"}, {"k": "v"}]}}]}
            """
        let result = try await pawl.shell(
            """
            cd "$(mktemp -d)" || exit
            cat >types.yaml <<'end'
            \(yaml)
            end
            cat >types.json <<'end'
            \(json)
            end
            pawl diff types.yaml types.json
            """
        )
        #expect(result.error.isEmpty)
        #expect(result.output.isEmpty)
        #expect(result.code == 0)
    }
}
