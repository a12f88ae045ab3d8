import Foundation
import Pawl
import PawlTesting
import Testing

/// Every kind of node, in workers that are killed in the middle of it.
@Suite(.timeLimit(.minutes(20)))
struct KindCrashTests {
    /// Enough for each kind to be hit at some time; `PAWL_CRASH_KINDS` asks for more.
    private static let runs =
        Int(ProcessInfo.processInfo.environment["PAWL_CRASH_KINDS"] ?? "") ?? 40

    @Test func `whatever a worker was at when it was killed, the runs come to the same`()
        async throws
    {
        let seed =
            UInt64(ProcessInfo.processInfo.environment["PAWL_CRASH_SEED"] ?? "")
            ?? UInt64.random(in: 1...999_999)
        print("crash test of kinds: seed \(seed), \(Self.runs) runs")
        let site = try await CrashSite.make(CrashSite.kinds, lease: .seconds(1))
        do {
            try await site.enqueueKinds(Self.runs)
            let blows = try await harm(site, seed: seed)
            #expect(blows >= 5, "the workers were harmed too little for this to mean anything")
            let wrong = try await site.shortcomings(Self.runs)
            #expect(wrong.isEmpty, "\(wrong.prefix(20).joined(separator: "\n"))")
        } catch {
            await site.clear()
            throw error
        }
        await site.clear()
    }

    /// Lets three workers do all runs, and kills one whenever a tenth of the work is done.
    private func harm(_ site: CrashSite, seed: UInt64) async throws -> Int {
        var chance = Chance(seed: seed)
        for _ in 1...3 { try site.hire() }
        var blows = 0
        var next = 10 * Self.runs
        try await eventually("all runs have ended", within: .seconds(300)) {
            try await site.attend()
            if try await site.count("select count(*) from pawl.event") >= next {
                next += 10 * Self.runs
                blows += 1
                try site.replaceOne(using: &chance)
            }
            // Its own runs, and those that they start.
            return try await site.ended() == 7 * Self.runs
        }
        return blows
    }
}
