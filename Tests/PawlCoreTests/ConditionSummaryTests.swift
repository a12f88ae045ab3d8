import Testing

@testable import PawlCore

/// Conditions in a few words.
struct ConditionSummaryTests {
    private static let severity = Condition.comparison(
        .path("triage.output.severity"),
        .eq,
        .value("critical")
    )
    private static let count = Condition.comparison(.path("n"), .gte, .value(3))

    private static let summaries: [(condition: Condition, text: String)] = [
        (severity, "severity = critical"),
        (.comparison(.path("other.output.a.b"), .neq, .value(true)), "other.a.b != true"),
        (.exists("start.output.input.id"), "input.id exists"),
        (.comparison(.path("triage.output.x"), .isIn, .value(["a", 1, nil])), "x in [a, 1, null]"),
        (.comparison(.path("x"), .notIn, .value([1, 2, 3, 4, 5])), "x not in [1, 2, 3, 4, ...]"),
        (.comparison(.path("x"), .contains, .value(["a": 1])), "x contains {...}"),
        (.comparison(.path("x"), .lt, .value(1.5)), "x < 1.5"),
        (.comparison(.path("x"), .lte, .value("b")), "x <= b"),
        (.comparison(.path("x"), .gt, .value(-1)), "x > -1"),
        (.all([severity, count]), "severity = critical and n >= 3"),
        (.any([.all([severity, count]), count]), "(severity = critical and n >= 3) or n >= 3"),
        (.any(Array(repeating: count, count: 9)), "n >= 3 or n >= 3 or n >= 3 or n >= 3 or ..."),
        (.not(count), "not (n >= 3)"),
        (.all([]), "always"),
        (.any([]), "never"),
        (.otherwise, "otherwise"),
    ]

    @Test
    func `conditions are said in a few words`() {
        for (condition, text) in Self.summaries {
            #expect(condition.summary(at: "triage") == text)
        }
    }

    @Test
    func `deep conditions are cut`() {
        var condition = Self.count
        for _ in 0..<5_000 { condition = .all([.not(condition)]) }
        #expect(condition.summary(at: "x") == "not (not (...))")
        var wide = Self.count
        for _ in 0..<20 { wide = .any([wide, wide, wide, wide]) }
        #expect(wide.summary(at: "x").count < 3_000)
    }
}
