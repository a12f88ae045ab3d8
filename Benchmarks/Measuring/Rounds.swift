/// What contenders came to, each measured once a round.
///
/// They take turns, so that what disturbs the machine disturbs all, and every second round in the
/// opposite order, so that none profits from its place. The first round only warms up.
struct Rounds<Value: Sendable>: Sendable {
    private var values: [String: [Value]] = [:]

    static func take(
        _ effort: Effort,
        _ contenders: [(name: String, measure: () async throws -> Value)]
    ) async throws -> Rounds {
        var rounds = Rounds()
        for number in 0...effort.rounds {
            for (name, measure) in number.isMultiple(of: 2) ? contenders : contenders.reversed() {
                let value = try await measure()
                if number > 0 { rounds.values[name, default: []].append(value) }
            }
        }
        return rounds
    }

    subscript(name: String) -> [Value] { values[name] ?? [] }

    func samples(_ name: String, _ sample: (Value) -> Double) -> [Double] {
        self[name].map(sample)
    }

    /// What one contender came to against another, round by round.
    func ratios(_ one: String, to other: String, _ sample: (Value) -> Double) -> [Double] {
        zip(self[one], self[other]).map { sample($0) / sample($1) }
    }
}
