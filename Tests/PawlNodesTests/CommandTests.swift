import FoundationEssentials
import Glibc
import Pawl
import PawlCore
import PawlTesting
import Testing

@testable import PawlNodes

/// Programs, run for real.
@Suite(.timeLimit(.minutes(5)))
struct CommandTests {
    private func run(
        _ config: JSON,
        allowing commands: [String] = ["*"],
        grace: Duration = .seconds(3)
    ) async throws -> JSON {
        var configuration = WorldNodesConfiguration()
        configuration.commands = commands
        configuration.commandGrace = grace
        let request = try CommandRequest(NodeConfig(config, kind: "command"))
        return try await CommandNode(configuration).run(request)
    }

    private func failure(
        _ config: JSON,
        allowing commands: [String] = ["*"]
    ) async throws -> (message: String, isRetryable: Bool) {
        do {
            let output = try await run(config, allowing: commands)
            Issue.record("the program succeeded: \(output)")
            throw CancellationError()
        } catch HandlerError.permanent(let message) {
            return (message, false)
        } catch let failure as Failure {
            return (failure.message, failure.isRetryable)
        }
    }

    private func shell(_ script: String) -> JSON { ["argv": ["sh", "-c", .string(script)]] }

    @Test func `what a program prints is the output`() async throws {
        let output = try await run(shell("echo out; echo err >&2"))
        #expect(
            output == ["exit_code": 0, "stdout": "out\n", "stderr": "err\n", "truncated": false]
        )
    }

    @Test func `arguments are words and never a line of shell`() async throws {
        let words: JSON = ["argv": ["printf", "%s|", "a b", "$HOME", "; ls", "*", ""]]
        #expect(try await run(words)["stdout"] == "a b|$HOME|; ls|*||")
    }

    @Test(arguments: [
        ("text", "a\nb\n", #""a\nb\n""#), ("lines", "a\r\n\nb\n", #"["a", "", "b"]"#),
        ("lines", "", "[]"), ("json", #"{"n": 1}"#, #"{"n": 1}"#),
    ])
    func `output is read as the config says`(
        parse: String,
        text: String,
        output: String
    ) async throws {
        let config: JSON = ["argv": ["cat"], "stdin": .string(text), "parse": .string(parse)]
        #expect(try await run(config)["stdout"] == JSON(parsing: output.utf8))
    }

    @Test func `output that is no JSON fails`() async throws {
        let config: JSON = ["argv": ["echo", "no"], "parse": "json"]
        let failure = try await failure(config)
        #expect(failure.isRetryable)
        #expect(failure.message.contains(#"what program "echo" printed is no JSON"#))
    }

    @Test func `JSON is given as the input, and a program need not read it`() async throws {
        let config: JSON = ["argv": ["cat"], "stdin": ["n": [1]], "parse": "json"]
        #expect(try await run(config)["stdout"] == ["n": [1]])
        let long = String(repeating: "x", count: 500_000)
        #expect(try await run(["argv": ["true"], "stdin": .string(long)])["exit_code"] == 0)
        // Without one there is nothing to read.
        #expect(try await run(["argv": ["cat"]])["stdout"] == "")
    }

    @Test func `what is printed beyond the limit is dropped, and the program goes on`() async throws
    {
        let script = "head -c 3000000 /dev/zero | tr '\\0' x; echo ä >&2; exit 0"
        let output = try await run([
            "argv": ["sh", "-c", .string(script)], "max_output": 1_000,
        ])
        #expect(output["stdout"]?.stringValue == String(repeating: "x", count: 1_000))
        #expect(output["stderr"] == "ä\n")
        #expect(output["truncated"] == true)
        // Cut in the middle of a character.
        let cut = try await run(["argv": ["printf", "aaä"], "max_output": 3])
        #expect(cut["stdout"] == "aa")
    }

    @Test func `NUL is no character that can be stored`() async throws {
        #expect(try await run(["argv": ["printf", "a\\0b"]])["stdout"] == "a?b")
    }

    @Test func `programs get few variables, and those of the config`() async throws {
        let output = try await run([
            "argv": ["/usr/bin/env"], "parse": "lines", "env": ["MINE": 5, "LANG": "C"],
        ])
        let names = try #require(output["stdout"]?.arrayValue).compactMap {
            $0.stringValue?.split(separator: "=").first.map(String.init)
        }
        #expect(Set(names).isSubset(of: ["PATH", "HOME", "LANG", "TZ", "MINE"]))
        #expect(Set(names).isSuperset(of: ["PATH", "MINE", "LANG"]))
    }

    @Test func `a program runs where the config says`() async throws {
        #expect(try await run(["argv": ["pwd"], "cwd": "/usr"])["stdout"] == "/usr\n")
        let failure = try await failure(["argv": ["pwd"], "cwd": "/nowhere"])
        #expect(!failure.isRetryable)
        #expect(failure.message.contains("/nowhere"))
    }

    @Test func `an exit code that is not expected can be tried again`() async throws {
        let failure = try await failure(shell("echo why >&2; exit 3"))
        #expect(failure.isRetryable)
        #expect(failure.message == #"program "sh" ended with exit code 3: why"#)
        let config: JSON = ["argv": ["sh", "-c", "exit 3"], "expect_exit": [0, 3]]
        #expect(try await run(config)["exit_code"] == 3)
        let killed = try await self.failure(shell("kill -9 $$"))
        #expect(killed.isRetryable)
        #expect(killed.message.contains("was ended by Unix signal 9"))
    }

    @Test(arguments: [
        (["true"], "true", true), (["/usr/bin/true"], "/usr/bin/true", true),
        (["/usr/bin/true"], "true", true), (["true"], "/usr/bin/true", true),
        (["*"], "true", true), ([], "true", false), (["false"], "true", false),
        (["tru"], "true", false), (["/usr/bin"], "/usr/bin/true", false),
        (["true"], "/usr/bin/../bin/true", false), (["true"], "./true", false),
        (["*"], "usr/bin/true", false),
    ])
    func `a program runs if it is allowed`(
        commands: [String],
        program: String,
        isAllowed: Bool
    ) async throws {
        let verdict = CommandAllowList(commands, path: "/usr/bin:relative:").verdict(on: program)
        #expect(
            (verdict == .allowed(path: "/usr/bin/true") || verdict == .allowed(path: program))
                == isAllowed
        )
    }

    @Test func `a program that is not allowed is told how it would be`() async throws {
        for program in ["true", "no-such-program"] {
            let failure = try await failure(["argv": [.string(program)]], allowing: ["false"])
            #expect(!failure.isRetryable)
            #expect(failure.message.contains("PAWL_COMMANDS=\(program)"))
        }
    }

    @Test func `a program that is missing fails for good`() async throws {
        let failure = try await failure(["argv": ["no-such-program"]])
        #expect(!failure.isRetryable)
        #expect(failure.message.contains(#"there is no program "no-such-program""#))
        let folder = try await self.failure(["argv": ["/usr"]])
        #expect(!folder.isRetryable)
    }

    @Test func `the PATH of a config does not make another program the allowed one`() async throws {
        let config: JSON = ["argv": ["echo", "real"], "env": ["PATH": "/nowhere"]]
        #expect(try await run(config, allowing: ["echo"])["stdout"] == "real\n")
    }

    private static let faults: [(config: String, message: String)] = [
        (#"{}"#, #""argv""#), (#"{"argv": []}"#, #""argv""#), (#"{"argv": [""]}"#, #""argv""#),
        (#"{"argv": "ls -l"}"#, #""argv""#), (#"{"argv": ["ls", 5]}"#, #""argv""#),
        (#"{"argv": ["ls\u0000"]}"#, "NUL"),
        (#"{"argv": ["ls"], "cwd": "relative"}"#, #""cwd""#),
        (#"{"argv": ["ls"], "env": {"A=B": "c"}}"#, #""env""#),
        (#"{"argv": ["ls"], "env": {"A": "\u0000"}}"#, #""env""#),
        (#"{"argv": ["ls"], "env": {"1A": "c"}}"#, #""env""#),
        (#"{"argv": ["ls"], "env": {"LD_PRELOAD": "/tmp/x.so"}}"#, #""env.LD_PRELOAD""#),
        (#"{"argv": ["ls"], "timeout": 5}"#, #""timeout""#),
        (#"{"argv": ["ls"], "max_output": 0}"#, #""max_output""#),
        (#"{"argv": ["ls"], "expect_exit": [256]}"#, #""expect_exit""#),
        (#"{"argv": ["ls"], "parse": "xml"}"#, #""parse""#),
        (#"{"argv": ["ls"], "shell": true}"#, #"has no config "shell""#),
    ]

    @Test(arguments: Self.faults)
    func `a config that makes no sense is refused by the name of what is wrong`(
        config: String,
        message: String
    ) async throws {
        let failure = try await failure(JSON(parsing: config.utf8))
        #expect(!failure.isRetryable)
        #expect(failure.message.contains(message))
    }
}
