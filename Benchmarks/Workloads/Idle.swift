import Foundation
import Pawl

/// What a worker process takes that has nothing to do.
enum Idle {
    static let workload = Workload(name: "idle", title: "a worker without work", measure: measure)

    @Sendable static func measure(_ site: BenchSite, _ effort: Effort) async throws -> [Figure] {
        // The kernel counts in hundredths of a second.
        let seconds = effort.amount(10, quick: 3)
        let process = try WorkerProcess(site, effort)
        try process.go()
        try await site.wait(until: "select bool_or(asleep) from pawl.worker")
        try await Task.sleep(for: .seconds(1))
        var shares: [Double] = []
        for _ in 1...effort.rounds {
            let before = try process.processorTime
            try await Task.sleep(for: .seconds(seconds))
            shares.append(100 * (try process.processorTime - before) / Double(seconds))
        }
        let memory = try residentMegabytes(of: process.process.processIdentifier)
        try process.stop()
        return [
            Figure("idle processor", "% of a core", shares, goal: .atMost(1)),
            Figure("resident memory", "MB", [memory]),
        ]
    }

    private static func residentMegabytes(of process: Int32) throws -> Double {
        let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        let kilobytes = line?.split(separator: " ").compactMap { Double($0) }.first
        return (kilobytes ?? 0) / 1_024
    }
}
