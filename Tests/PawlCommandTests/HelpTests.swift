import PawlCore
import Testing

/// What `--help` teaches.
@Suite(.timeLimit(.minutes(20))) struct HelpTests {
    let pawl = Pawl()

    @Test func `the root tells how to begin`() async throws {
        #expect(try await pawl.shell("COLUMNS=80 pawl --help").output == rootHelp)
    }

    @Test(arguments: [
        "dev", "migrate", "worker", "define", "diagram", "run", "runs", "show", "watch", "decide",
        "answer", "cancel", "retry", "schedule", "validate", "diff", "workflows", "undefine",
    ])
    func `a command's help has an example`(command: String) async throws {
        let help = try await pawl(command, "--help")
        #expect(help.code == 0)
        #expect(help.output.contains("\n  pawl \(command)"))
    }

    @Test(arguments: ["decide", "stream", "pause", "fork", "run", "signal", "dev"])
    func `a default is told once, and only if it is one`(command: String) async throws {
        let help = try await pawl(command, "--help").output
        for option in help.split(separator: "\n  --") {
            #expect(option.ranges(of: "(default:").count <= 1, "\(option)")
            #expect(!option.contains("(default: -"))
        }
    }

    @Test(arguments: ["bash", "zsh", "fish"])
    func `completions can be had`(shell: String) async throws {
        let script = try await pawl("--generate-completion-script", shell)
        #expect(script.code == 0)
        #expect(script.output.contains("decide"))
    }

    @Test func `a cron spec is previewed without a database`() async throws {
        let preview = try await pawl(
            "schedule",
            "preview",
            "0 8 * * mon",
            "--zone",
            "Europe/Berlin",
            "--count",
            "3",
            "--json"
        )
        #expect(try preview.json.arrayValue?.count == 3)
        let wrong = try await pawl("schedule", "preview", "0 25 * * *")
        #expect(wrong.code == 1)
        #expect(wrong.error.contains("pawl: error: cannot read hour of spec: 25 is out of"))
    }
}
