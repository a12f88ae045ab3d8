import PawlCore
import Testing

/// Random graphs, executed with random luck: whatever happens, a run ends, and ends well-formed.
///
/// A failure names its seeds: `RandomGraph.definition(seed:)` gives the graph again, and
/// `Luck(_:seed:)` what happened in it.
struct PlannerPropertyTests {
    private static let graphs: UInt64 = 250
    private static let plays: UInt64 = 20

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `every run ends, and nothing happens twice`(series: UInt64) throws {
        var tally = Tally()
        for graph in 0..<Self.graphs {
            let seed = series << 32 | graph
            let definition = try RandomGraph.definition(seed: seed)
            for play in 0..<Self.plays {
                var luck = Luck(definition, seed: seed << 8 | play)
                do {
                    try luck.play()
                } catch {
                    Issue.record("graph \(seed), luck \(seed << 8 | play): \(error)")
                    return
                }
                tally += luck.tally
            }
        }
        // Luck that never fails, or never plans, would prove nothing.
        #expect(tally.plans > 20_000)
        for sight in Tally.Sight.allCases {
            // Two must be after the same signal at the same time.
            let enough = sight == .outrun ? 2 : 20
            #expect(tally[sight] > enough, "\(sight) was hardly seen")
        }
    }
}
