import Glibc
import PawlCore
import Subprocess

#if canImport(System)
import System
#else
import SystemPackage
#endif

/// A program that runs, in a session and process group of its own.
///
///     running ──the program ends──▶ the rest of its group is killed ──▶ over
///        └──cancelled──▶ SIGTERM to the group ──grace──▶ SIGKILL to the group ──▶ over
struct CommandProcess: Sendable {
    let path: String
    let request: CommandRequest
    let environment: [String: String]
    let grace: Duration

    struct Ending: Sendable {
        let status: TerminationStatus
        let output: CapturedOutput
        let error: CapturedOutput
    }

    /// Runs the program to its end; when the task is cancelled, it ends the whole group.
    func run() async throws -> Ending {
        guard let input = request.input else { return try await run(.none) }
        let file = FileDescriptor(rawValue: try InputFile.make(input))
        return try await run(.fileDescriptor(file, closeAfterSpawningProcess: true))
    }

    private func run(_ input: some InputProtocol) async throws -> Ending {
        var options = PlatformOptions()
        options.createSession = true
        options.teardownSequence = [
            .send(signal: .terminate, toProcessGroup: true, allowedDurationToNextStep: grace)
        ]
        var variables: [Environment.Key: String] = [:]
        for (name, value) in environment {
            if let key = Environment.Key(rawValue: name) { variables[key] = value }
        }
        let limit = request.limit
        let result = try await Subprocess.run(
            .path(FilePath(path)),
            arguments: Arguments(
                executablePathOverride: request.program,
                remainingValues: request.arguments
            ),
            environment: .custom(variables),
            workingDirectory: request.directory.map { FilePath($0) },
            platformOptions: options,
            input: input,
            output: .sequence,
            error: .sequence
        ) { execution in
            async let error = CapturedOutput(execution.standardError, limit: limit)
            let output = try await CapturedOutput(execution.standardOutput, limit: limit)
            let outputs = try await (output, error)
            await Self.endGroup(of: execution.processIdentifier.value)
            return outputs
        }
        try Task.checkCancellation()
        return Ending(
            status: result.terminationStatus,
            output: result.closureResult.0,
            error: result.closureResult.1
        )
    }

    /// Waits until the program has ended, and kills what it left in its group.
    ///
    /// The program is not reaped before this returns, so its number still names its group and
    /// nobody else's.
    private static func endGroup(of leader: pid_t) async {
        let hasEnded = await withCheckedContinuation { continuation in
            let isWaiting = OwnThread.start(stack: 64 << 10) {
                var information = siginfo_t()
                var result: Int32 = 0
                repeat {
                    result = waitid(P_PID, id_t(leader), &information, WEXITED | WNOWAIT)
                } while result != 0 && errno == EINTR
                continuation.resume(returning: result == 0)
            }
            if !isWaiting { continuation.resume(returning: false) }
        }
        if hasEnded { kill(-leader, SIGKILL) }
    }
}

/// The beginning of what a program wrote.
struct CapturedOutput: Sendable {
    private(set) var bytes: [UInt8] = []
    private(set) var isTruncated = false

    /// Reads a stream to its end, because a program stands still whose output nobody reads.
    init(_ stream: SubprocessOutputSequence, limit: Int) async throws {
        for try await buffer in stream {
            let room = limit - bytes.count
            buffer.withUnsafeBytes { bytes.append(contentsOf: $0.prefix(room)) }
            if buffer.count > room { isTruncated = true }
        }
    }

    /// The text, without the half of a character at which it was cut, and without NUL, which
    /// PostgreSQL cannot store.
    var text: String {
        var bytes = bytes[...]
        if isTruncated {
            while let last = bytes.last, last & 0xc0 == 0x80 { bytes.removeLast() }
            if let last = bytes.last, last >= 0xc0 { bytes.removeLast() }
        }
        return String(decoding: bytes.map { $0 == 0 ? UInt8(ascii: "?") : $0 }, as: UTF8.self)
    }
}
