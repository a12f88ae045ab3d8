import Glibc
import Subprocess
import Synchronization

#if canImport(System)
import System
#else
import SystemPackage
#endif

/// The processes that `pawl dev` keeps running.
///
/// Each leads a process group of its own, so that Ctrl-C reaches it only through us, once, and so
/// that what it starts itself ends with it.
final class DevChildren: Sendable {
    struct Child: Sendable {
        let name: String
        let program: String
        let arguments: [String]
        let style: Paint.Style
    }

    private struct State {
        var isStopping = false
        var running: [String: RunningProcess] = [:]
    }

    private let children: [Child]
    private let environment: [String: String]
    private let ledger: DevLedger
    private let paint: Paint
    private let state = Mutex(State())

    /// How long it takes until one that died is started again: doubled each time, up to the latter,
    /// unless it had lived for that long.
    private static let pause = (first: Duration.milliseconds(500), longest: Duration.seconds(10))

    init(_ children: [Child], environment: [String: String], ledger: DevLedger, paint: Paint) {
        self.children = children
        self.environment = environment
        self.ledger = ledger
        self.paint = paint
    }

    /// Starts all, and starts again what dies, until ``signal(_:)`` has stopped them.
    func tend() async {
        await withTaskGroup { group in
            for child in children { group.addTask { await self.keep(child) } }
        }
    }

    /// Sends a Unix signal to all; from the first one on nothing is started again.
    func signal(_ signal: Int32) {
        state.withLock { state in
            state.isStopping = true
            for process in state.running.values { process.signalGroup(signal) }
        }
    }

    var names: [String] { state.withLock { $0.running.keys.sorted() } }

    private var isStopping: Bool { state.withLock { $0.isStopping } }

    private func keep(_ child: Child) async {
        var pause = Self.pause.first
        while !isStopping {
            let start = ContinuousClock.now
            let end = await runOnce(child)
            note(nil, for: child)
            guard !isStopping else { break }
            if start.duration(to: .now) > Self.pause.longest { pause = Self.pause.first }
            say("\(end); starting it again in \(pause.short)", of: child)
            let wake = ContinuousClock.now + pause
            while !isStopping, .now < wake {
                do { try await Task.sleep(for: .milliseconds(50)) } catch { return }
            }
            pause = min(pause * 2, Self.pause.longest)
        }
    }

    /// Runs a child to its end, and says how it ended.
    private func runOnce(_ child: Child) async -> String {
        var options = PlatformOptions()
        options.processGroupID = 0
        do {
            let result = try await Subprocess.run(
                .path(FilePath(child.program)),
                arguments: Arguments(child.arguments),
                environment: .inherit.updating(Environment.updates(environment)),
                platformOptions: options,
                input: .none,
                output: .sequence,
                error: .combinedWithOutput
            ) { execution in
                note(RunningProcess(execution.processIdentifier.value), for: child)
                for try await line in execution.standardOutput.strings() { say(line, of: child) }
            }
            switch result.terminationStatus {
            case .exited(let code): return "has ended with exit code \(code)"
            case .signaled(let signal): return "was ended by Unix signal \(signal)"
            }
        } catch {
            return "could not be started: \(error)"
        }
    }

    /// Notes that a child runs, or that it has ended.
    private func note(_ process: RunningProcess?, for child: Child) {
        let running = state.withLock { state in
            state.running[child.name] = process
            // It was started when everything was already told to stop.
            if state.isStopping { process?.signalGroup(SIGTERM) }
            return Array(state.running.values)
        }
        do {
            try ledger.write(running)
        } catch {
            say("cannot be written down, and would survive a kill: \(error)", of: child)
        }
    }

    private func say(_ text: String, of child: Child) {
        Output.note(paint("[\(child.name)]", child.style) + " \(text)\n")
    }
}
