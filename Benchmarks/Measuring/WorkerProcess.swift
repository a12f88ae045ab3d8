import Foundation
import Pawl

/// A worker in a process of its own: this program, started with the word `worker`.
///
/// It says `ready` when it could begin, begins when it is told `go`, and ends when its input ends,
/// as it does when we die.
struct WorkerProcess {
    let process: Process
    private let input = Pipe()
    private let output = Pipe()
    /// What it had used when it was ready.
    private let start: Double

    /// Starts a process and waits until it is ready.
    init(_ site: BenchSite, _ effort: Effort) throws {
        process = Process()
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = ["worker", "--slots", "\(effort.slots)"]
        var environment = ProcessInfo.processInfo.environment
        environment["BENCH_DATABASE"] = site.database.database
        process.environment = environment
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        guard try output.fileHandleForReading.read(upToCount: 6) == Data("ready\n".utf8) else {
            throw BenchError("a worker process ended before it was ready")
        }
        start = try ProcessorTime.of(process.processIdentifier)
    }

    func go() throws { try input.fileHandleForWriting.write(contentsOf: Data("go\n".utf8)) }

    /// What it has used of the processors since it was ready, in seconds.
    var processorTime: Double {
        get throws { try ProcessorTime.of(process.processIdentifier) - start }
    }

    /// Ends the process, and waits until it is gone.
    func stop() throws {
        try input.fileHandleForWriting.close()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw BenchError("a worker process failed")
        }
    }

    /// Does what the process does.
    static func main(_ arguments: Arguments) async throws {
        var database = try PostgresConfiguration.bench()
        database.applicationName = "pawl-bench worker"
        database.database = ProcessInfo.processInfo.environment["BENCH_DATABASE"]
        var configuration = WorkerConfiguration()
        configuration.slots = Effort(arguments).slots
        let worker = Worker(
            database,
            handlers: BenchHandlers.all,
            configuration: configuration,
            logger: .quiet
        )
        FileHandle.standardOutput.write(Data("ready\n".utf8))
        guard readLine() == "go" else { return }
        // A thread of its own, because it blocks.
        let (ends, end) = AsyncStream.makeStream(of: Void.self)
        Thread.detachNewThread {
            while readLine() != nil {}
            end.finish()
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await worker.run() }
            for await _ in ends {}
            group.cancelAll()
            try await group.waitForAll()
        }
    }
}

/// What steps do that are there to be counted: nothing.
enum BenchHandlers {
    static let step = Handler("bench-step") { (_: JSON, _) in Done() }
    static let job = Handler.job("bench-job") { (_: JSON, _) in Done() }
    /// Gives a list of a hundred.
    static let split = Handler("bench-split") { (_: JSON, _) in Array(0..<100) }

    static let all = [step, job, split]
}
