import FoundationEssentials
import Pawl
import PawlCore
import Subprocess

/// Nodes of type `command`: a program, without a shell, and what it printed as the output.
struct CommandNode: Sendable {
    static let kind = "command"

    private let configuration: WorldNodesConfiguration

    init(_ configuration: WorldNodesConfiguration) {
        self.configuration = configuration
    }

    var handler: Handler {
        Handler(Self.kind) { (_: AnyInput, context) in
            try await run(CommandRequest(NodeConfig(of: context, kind: Self.kind)))
        }
    }

    /// Runs a program, if it is allowed, and returns the step's output.
    ///
    /// - Throws: ``Failure`` or ``HandlerError``, which say whether to try again; `CancellationError`.
    func run(_ request: CommandRequest) async throws -> JSON {
        let own = ProcessInfo.processInfo.environment
        let path: String
        switch CommandAllowList(configuration.commands, path: own["PATH"] ?? "")
            .verdict(on: request.program)
        {
        case .allowed(let found):
            path = found
        case .missing:
            throw HandlerError.permanent(
                "there is no program \"\(request.program)\" on this machine; "
                    + "install it, or give its absolute path"
            )
        case .forbidden:
            throw HandlerError.permanent(
                "program \"\(request.program)\" is not allowed; allow it with "
                    + "PAWL_COMMANDS=\(request.program), or commands of WorldNodesConfiguration"
            )
        }
        var environment = own.filter { configuration.commandVariables.contains($0.key) }
        for (name, value) in request.variables { environment[name] = value }
        let process = CommandProcess(
            path: path,
            request: request,
            environment: environment,
            grace: configuration.commandGrace
        )
        return try output(of: await finish(process), request)
    }

    /// Runs a process within its time.
    private func finish(_ process: CommandProcess) async throws -> CommandProcess.Ending {
        let timeout = process.request.timeout
        return try await withThrowingTaskGroup(of: CommandProcess.Ending?.self) { group in
            group.addTask {
                do {
                    return try await process.run()
                } catch let error as SubprocessError {
                    throw Self.failure(error, process.request)
                }
            }
            group.addTask {
                try await Task.sleep(for: timeout)
                return nil
            }
            // Leaving the group waits until the processes are gone.
            defer { group.cancelAll() }
            if let ending = try await group.next() ?? nil { return ending }
            throw Failure(
                .timeout,
                "program \"\(process.request.program)\" took longer than \(timeout.text)"
            )
        }
    }

    private static func failure(_ error: SubprocessError, _ request: CommandRequest) -> Failure {
        let isLasting = [
            .executableNotFound, .spawnFailed, .failedToChangeWorkingDirectory,
        ].contains(error.code)
        return Failure(
            isLasting ? .nonRetryable : .execution,
            "could not run program \"\(request.program)\": \(error)",
            isRetryable: !isLasting
        )
    }

    private func output(
        of ending: CommandProcess.Ending,
        _ request: CommandRequest
    ) throws(Failure) -> JSON {
        let program = "program \"\(request.program)\""
        let exit: Int
        switch ending.status {
        case .exited(let code):
            exit = Int(code)
        case .signaled(let signal):
            throw Failure(
                .execution,
                "\(program) was ended by Unix signal \(signal)\(Self.complaint(ending))"
            )
        }
        guard request.expected.contains(exit) else {
            throw Failure(
                .execution,
                "\(program) ended with exit code \(exit)\(Self.complaint(ending))"
            )
        }
        return [
            "exit_code": .integer(Int64(exit)),
            "stdout": try Self.parsed(ending.output, request),
            "stderr": .string(ending.error.text),
            "truncated": .bool(ending.output.isTruncated || ending.error.isTruncated),
        ]
    }

    /// The last that it said; programs say last what went wrong.
    private static func complaint(_ ending: CommandProcess.Ending) -> String {
        let words = ending.error.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return words.isEmpty ? "" : ": \(words.count > 500 ? "…" : "")\(words.suffix(500))"
    }

    private static func parsed(
        _ output: CapturedOutput,
        _ request: CommandRequest
    ) throws(Failure) -> JSON {
        switch request.parse {
        case .text:
            return .string(output.text)
        case .lines:
            var lines = output.text.split(
                omittingEmptySubsequences: false,
                whereSeparator: \.isNewline
            )
            if lines.last?.isEmpty == true { lines.removeLast() }
            return .array(lines.map { .string(String($0)) })
        case .json:
            guard !output.isTruncated else {
                throw Failure(
                    .execution,
                    "program \"\(request.program)\" printed more than \(request.limit) bytes, "
                        + "and cut JSON is none; raise \"max_output\"",
                    isRetryable: false
                )
            }
            do {
                return try JSON(parsing: output.bytes)
            } catch {
                throw Failure(
                    .execution,
                    "what program \"\(request.program)\" printed is no JSON: \(error)"
                )
            }
        }
    }
}
