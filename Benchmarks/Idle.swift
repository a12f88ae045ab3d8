import Foundation
import Pawl

/// What a worker process takes that has nothing to do.
///
/// It is this process: what other measurements left in memory counts too.
enum Idle {
    @Sendable static func measure(
        _ site: BenchSite,
        _ arguments: Arguments
    ) async throws -> [Figure] {
        let seconds = arguments.number("idle", default: 10)
        let noop = Handler.job("bench-noop") { (_: JSON, _) in Done() }
        return try await site.withWorker([noop]) {
            try await Task.sleep(for: .seconds(2))
            let before = processorTime()
            try await Task.sleep(for: .seconds(seconds))
            let used = processorTime() - before
            return [
                Figure(
                    name: "idle processor",
                    value: 100 * used / Double(seconds),
                    unit: "% of a core",
                    goal: 1,
                    wantsMore: false
                ),
                Figure(name: "resident memory", value: try residentMegabytes(), unit: "MB"),
            ]
        }
    }

    private static func processorTime() -> Double {
        var usage = rusage()
        getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
        let times = [usage.ru_utime, usage.ru_stime]
        return times.reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6 }
    }

    private static func residentMegabytes() throws -> Double {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        let kilobytes = line?.split(separator: " ").compactMap { Double($0) }.first
        return (kilobytes ?? 0) / 1_024
    }
}
