import PawlCore
import Testing

/// How ticks are spread.
struct JitterTests {
    @Test(
        arguments: [
            ("morning", 1_767_225_600, 60), ("morning", 1_767_225_660, 60), ("", 0, 1),
            ("t\u{e4}glich", -1, 3_600),
        ] as [(String, Int64, Int64)]
    )
    func `a delay is always the same and below its bound`(
        name: String,
        tick: Int64,
        bound: Int64
    ) {
        let delay = Jitter.delay(of: name, tick: tick, below: bound)
        #expect(delay >= .zero)
        #expect(delay < .seconds(bound))
        #expect(delay == Jitter.delay(of: name, tick: tick, below: bound))
        #expect(delay != Jitter.delay(of: name, tick: tick + 1, below: bound))
        #expect(delay != Jitter.delay(of: name + "x", tick: tick, below: bound))
    }

    /// Schedulers of different versions must agree; the figures were computed with another program.
    @Test func `the hash is known`() {
        #expect(
            Jitter.delay(of: "morning", tick: 1_767_225_600, below: 60) == .microseconds(58_894_131)
        )
        #expect(Jitter.delay(of: "", tick: 0, below: 1) == .microseconds(504_867))
    }

    @Test func `no bound is no delay, and any bound will do`() {
        for bound: Int64 in [0, -1, .min] {
            #expect(Jitter.delay(of: "a", tick: 5, below: bound) == .zero)
        }
        #expect(Jitter.delay(of: "a", tick: .min, below: .max) >= .zero)
    }

    @Test func `delays are spread evenly`() {
        var counts = [Int](repeating: 0, count: 20)
        for schedule in 0..<100 {
            for tick in 0..<100 {
                let delay = Jitter.delay(
                    of: "schedule-\(schedule)",
                    tick: Int64(tick) * 3_600,
                    below: 20
                )
                counts[Int(delay.components.seconds)] += 1
            }
        }
        // 500 are expected, with a standard deviation of 22.
        #expect(counts.allSatisfy { (400...600).contains($0) }, "\(counts)")
    }
}
