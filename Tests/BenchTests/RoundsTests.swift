import Testing

@testable import pawl_bench

/// How contenders take turns.
struct RoundsTests {
    @Test func `contenders change places, and the first round does not count`() async throws {
        let effort = Effort(Arguments(["--rounds", "3"]))
        var order = ""
        var number = 0.0
        func turn(_ name: String) -> (name: String, measure: () async throws -> Double) {
            (
                name,
                {
                    order += name
                    number += 1
                    return number
                }
            )
        }
        let rounds = try await Rounds.take(effort, [turn("a"), turn("b")])
        #expect(order == "abbaabba")
        #expect(rounds["a"] == [4, 5, 8])
        #expect(rounds["b"] == [3, 6, 7])
        #expect(rounds.ratios("b", to: "a") { $0 } == [0.75, 1.2, 0.875])
    }

    @Test func `a quick effort takes fewer and smaller rounds`() {
        let quick = Effort(Arguments(["--quick", "--slots", "16"]))
        #expect(quick.rounds == 3)
        #expect(quick.slots == 16)
        #expect(quick.amount(10, quick: 2) == 2)
        #expect(Effort(Arguments([])).rounds == 5)
        #expect(Effort(Arguments([])).amount(10, quick: 2) == 10)
    }

    @Test func `words are commands, and options have a value`() throws {
        let arguments = Arguments(["plot", "--only", "W1,W2", "in.json", "out.svg"])
        #expect(arguments.words == ["plot", "in.json", "out.svg"])
        #expect(arguments.text("only") == "W1,W2")
        #expect(throws: BenchError.self) { try arguments.word(3) }
    }
}
