import Glibc
import Subprocess
import Synchronization

#if canImport(System)
import System
#else
import SystemPackage
#endif

/// The command that `pawl dev` runs in the foreground: it has the terminal.
final class DevCommand: Sendable {
    private let words: [String]
    private let environment: [String: String]
    private let process = Mutex<pid_t?>(nil)

    init(_ words: [String], environment: [String: String]) {
        self.words = words
        self.environment = environment
    }

    /// Runs the command to its end, and returns its exit code, as a shell has it.
    func run() async throws -> Int32 {
        let name = words[0]
        do {
            let result = try await Subprocess.run(
                name.contains("/") ? .path(FilePath(name)) : .name(name),
                arguments: Arguments(Array(words.dropFirst())),
                environment: .inherit.updating(Environment.updates(environment)),
                input: .currentStandardInput,
                output: .currentStandardOutput,
                error: .currentStandardError
            ) { execution in
                let id = execution.processIdentifier.value
                process.withLock { $0 = id }
            }
            process.withLock { $0 = nil }
            switch result.terminationStatus {
            case .exited(let code): return code
            case .signaled(let signal): return 128 + signal
            }
        } catch {
            throw Complaint("could not run \"\(name)\": \(error)")
        }
    }

    func signal(_ signal: Int32) {
        process.withLock { if let id = $0 { _ = kill(id, signal) } }
    }
}
