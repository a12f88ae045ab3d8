import Testing

@testable import pawl_bench

/// What is made of samples.
struct FigureTests {
    @Test func `the value is the median, and the noise the median distance from it`() {
        let figure = Figure("drain", "runs/s", [100, 10, 30, 20, 40])
        #expect(figure.value == 30)
        #expect(figure.noise == 10)
        #expect([1, 2, 3, 10].median == 2.5)
        #expect([7].median == 7)
    }

    @Test(arguments: [
        (Goal.atLeast(35), [30.0, 20, 40], false), (.atLeast(41), [30, 20, 40], true),
        (.atMost(25), [30, 20, 40], false), (.atMost(19), [30, 20, 40], true),
        (.atLeast(30), [30, 30, 30], false), (.atLeast(31), [30, 30, 30], true),
    ])
    func `a goal is missed when the noise does not explain it`(
        goal: Goal,
        samples: [Double],
        isMissed: Bool
    ) {
        #expect(Figure("drain", "runs/s", samples, goal: goal).isMissed == isMissed)
    }

    @Test func `a share of samples lies below a percentile`() {
        let samples = (1...100).map(Double.init)
        #expect(samples.percentile(0.5) == 51)
        #expect(samples.percentile(0.99) == 100)
        #expect([3.0].percentile(0.99) == 3)
    }

    @Test(arguments: [
        (1_234_567.0, "1,234,567"), (99.96, "100"), (12.34, "12.3"), (1.236, "1.24"), (0, "0"),
        (0.01234, "0.0123"), (-1_500, "-1,500"), (.nan, "–"),
    ])
    func `a number is printed with the digits that count`(number: Double, text: String) {
        #expect(number.figure == text)
    }
}
