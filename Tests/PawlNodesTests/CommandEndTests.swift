import FoundationEssentials
import Glibc
import Pawl
import PawlCore
import PawlTesting
import Testing

@testable import PawlNodes

/// How programs end that do not want to, and what they started.
@Suite(.timeLimit(.minutes(5)))
struct CommandEndTests {
    private let directory: String

    init() throws {
        directory = "/tmp/pawl-command-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(
            atPath: directory,
            withIntermediateDirectories: false
        )
    }

    private func run(
        _ script: String,
        timeout: String = "1h",
        grace: Duration = .seconds(3)
    ) async throws -> JSON {
        var configuration = WorldNodesConfiguration()
        configuration.commands = ["sh"]
        configuration.commandGrace = grace
        let config: JSON = [
            "argv": ["sh", "-c", .string(script)], "cwd": .string(directory),
            "timeout": .string(timeout),
        ]
        let request = try CommandRequest(NodeConfig(config, kind: "command"))
        return try await CommandNode(configuration).run(request)
    }

    /// The process whose number the script wrote into a file, when it has.
    private func process(_ name: String) throws -> pid_t? {
        let text = FileManager.default.contents(atPath: "\(directory)/\(name)") ?? Data()
        let line = String(decoding: text, as: UTF8.self)
        return line.hasSuffix("\n") ? pid_t(line.dropLast()) : nil
    }

    /// Whether a process runs; one that was not waited for does not.
    private func isAlive(_ process: pid_t) -> Bool {
        let status = FileManager.default.contents(atPath: "/proc/\(process)/stat") ?? Data()
        let fields = String(decoding: status, as: UTF8.self).split(separator: " ")
        return fields.count > 2 && fields[2] != "Z"
    }

    private func cleanUp() {
        do {
            try FileManager.default.removeItem(atPath: directory)
        } catch {
            Issue.record("could not remove \(directory): \(error)")
        }
    }

    @Test func `a cancelled program may clean up`() async throws {
        defer { cleanUp() }
        let task = Task {
            try await run(
                """
                trap 'echo bye > trapped; exit 0' TERM
                echo $$ > leader
                while :; do sleep 0.05; done
                """
            )
        }
        let leader = try await eventually("it runs") { try process("leader") }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(!isAlive(leader))
        #expect(FileManager.default.fileExists(atPath: "\(directory)/trapped"))
    }

    @Test func `a cancelled program that ignores SIGTERM is killed, with its children`()
        async throws
    {
        defer { cleanUp() }
        let task = Task {
            try await run(
                """
                trap '' TERM
                sleep 3600 & echo $! > child
                echo $$ > leader
                while :; do sleep 0.05; done
                """,
                grace: .milliseconds(300)
            )
        }
        let leader = try await eventually("it runs") { try process("leader") }
        let child = try #require(try process("child"))
        #expect(isAlive(child))
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(!isAlive(leader))
        try await eventually("its child is gone") { !isAlive(child) }
    }

    @Test func `a child that ignores SIGTERM is killed though its parent obeys`() async throws {
        defer { cleanUp() }
        let task = Task {
            try await run(
                """
                sh -c 'trap "" TERM; echo $$ > child; while :; do sleep 0.05; done' &
                echo $$ > leader
                wait
                """,
                grace: .seconds(60)
            )
        }
        let child = try await eventually("its child runs") { try process("child") }
        let leader = try await eventually("it runs") { try process("leader") }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(!isAlive(leader))
        try await eventually("its child is gone") { !isAlive(child) }
    }

    @Test func `what a program leaves behind is killed when it ends`() async throws {
        defer { cleanUp() }
        // The child holds the output open.
        let output = try await run("sleep 3600 & echo $! > child; echo done")
        #expect(output["stdout"] == "done\n")
        let child = try #require(try process("child"))
        try await eventually("its child is gone") { !isAlive(child) }
    }

    @Test func `a program that closes its output is waited for`() async throws {
        defer { cleanUp() }
        let output = try await run("exec >&- 2>&-; sleep 0.3; echo $$ > late; exit 0")
        #expect(output["exit_code"] == 0)
        #expect(try process("late") != nil)
    }

    @Test func `a program that takes too long is ended, and can be tried again`() async throws {
        defer { cleanUp() }
        let failure = try await #require(throws: Failure.self) {
            try await run("echo $$ > leader; exec sleep 3600", timeout: "200ms")
        }
        #expect(failure.code == .timeout)
        #expect(failure.isRetryable)
        #expect(failure.message == #"program "sh" took longer than 200ms"#)
        if let leader = try process("leader") { #expect(!isAlive(leader)) }
    }
}
