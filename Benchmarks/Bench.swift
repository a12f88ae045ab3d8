import Foundation
import Pawl

/// Measures Pawl on a PostgreSQL server that has nothing else to do.
///
/// ```
/// pawl-bench [--quick] [--only NAME,…] [--rounds N] [--json FILE]
/// pawl-bench peers [--quick] [--peers NAME,…] [--rounds N] [--json FILE]
/// pawl-bench table FILE     pawl-bench plot FILE.json FILE.svg
/// ```
///
/// `DATABASE_URL` names the server; each workload gets a database of its own there. The exit code is
/// 1 when a goal is missed by more than the noise.
@main
struct Bench {
    static func main() async {
        do {
            try await run()
        } catch {
            note("pawl-bench: error: \(error)")
            exit(2)
        }
    }

    private static func run() async throws {
        let arguments = Arguments(CommandLine.arguments.dropFirst())
        switch arguments.words.first {
        case nil: try await measure(arguments, Workload.all)
        case "peers": try await measure(arguments, [Peers.workload(arguments)])
        case "worker": try await WorkerProcess.main(arguments)
        case "table": print(Table(try Report(path: arguments.word(1))))
        case "plot":
            let plot = Plot(try Report(path: arguments.word(1)))
            try plot.svg.write(toFile: arguments.word(2), atomically: true, encoding: .utf8)
        case let word?: throw BenchError("there is no command \"\(word)\"")
        }
    }

    private static func measure(_ arguments: Arguments, _ workloads: [Workload]) async throws {
        let only = arguments.text("only")?.split(separator: ",").map(String.init)
        let chosen = workloads.filter { only?.contains($0.name) ?? true }
        if let unknown = only?.first(where: { name in !workloads.contains { $0.name == name } }) {
            throw BenchError(
                "there is no workload \"\(unknown)\", but: "
                    + workloads.map(\.name).joined(separator: ", ")
            )
        }
        let effort = Effort(arguments)
        let server = try PostgresConfiguration.bench()
        var report = try await Report(of: server, effort)
        for workload in chosen {
            note("\(workload.name): \(workload.title)")
            let figures = try await BenchSite.with(workload.name, on: server) { site in
                try await workload.measure(site, effort)
            }
            for figure in figures { note("  \(figure)") }
            report.add(figures, of: workload)
            // Kept as it grows: a run takes long, and what was measured is not lost with the rest.
            if let path = arguments.text("json") { try report.write(to: path) }
        }
        print(Table(report))
        if report.misses > 0 { exit(1) }
    }

    /// Says how far it is, beside the results.
    static func note(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }
}

/// Something that is measured in a database of its own.
struct Workload: Sendable {
    let name: String
    let title: String
    let measure: @Sendable (BenchSite, Effort) async throws -> [Figure]

    static let all: [Workload] = [
        Drain.workload, Limit.workload, Enqueue.workload, PickUp.workload, Chain.workload,
        FanIn.workload, Held.workload, Cost.workload, Backlog.workload, Limited.workload,
        History.workload, Loop.workload, FanOut.workload, Ticks.workload, Idle.workload,
    ].compactMap(\.self)
}

/// What is wrong with how the benchmark was called, or with what it found.
struct BenchError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
