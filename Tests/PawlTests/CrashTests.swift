import Foundation
import LocalPostgres
import Pawl
import PawlStore
import PawlTesting
import Testing

/// Real processes, killed and stopped for real, on a server that crashes for real.
@Suite(.timeLimit(.minutes(20)))
struct CrashTests {
    /// Enough for a dozen blows, each with many steps under way; `PAWL_CRASH_RUNS` asks for more.
    private static let runs =
        Int(ProcessInfo.processInfo.environment["PAWL_CRASH_RUNS"] ?? "") ?? 8_000

    @Test func `whoever is killed, every run ends and every effect happens once`() async throws {
        let seed =
            UInt64(ProcessInfo.processInfo.environment["PAWL_CRASH_SEED"] ?? "")
            ?? UInt64.random(in: 1...999_999)
        print("crash test: seed \(seed), \(Self.runs) runs")
        let site = try await CrashSite.make()
        do {
            try await site.enqueue(Self.runs)
            try await site.work(until: Self.runs, seed: seed)
            try await site.check(Self.runs)
        } catch {
            await site.clear()
            throw error
        }
        await site.clear()
    }

    @Test func `a worker that was stopped beyond its lease and goes on writes nothing`()
        async throws
    {
        let site = try await CrashSite.make()
        do {
            try await site.enqueue(200)
            try await site.zombie()
            try await site.check(200)
        } catch {
            await site.clear()
            throw error
        }
        await site.clear()
    }
}
