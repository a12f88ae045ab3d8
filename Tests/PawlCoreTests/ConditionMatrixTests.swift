import Testing

@testable import PawlCore

/// The results that conditions have in the graphs that they were taken over from.
struct ConditionMatrixTests {
    private static let known: JSON = [
        "d": [
            "output": [
                "n": 5, "f": 5.0, "s": "hello", "b": true, "zero": 0, "nil": nil,
                "list": ["a", "b", 3], "obj": ["k": 1], "neg": -1, "numstr": "5",
            ]
        ]
    ]

    private func holds(_ json: JSON) throws -> Bool {
        var problems: [Problem] = []
        let condition = Condition(json: json, at: "", problems: &problems, isLenient: true)
        #expect(problems.allSatisfy { $0.severity == .warning })
        return try #require(condition).holds(in: Self.known)
    }

    private static func field(_ path: JSON, _ op: JSON, _ value: JSON) -> JSON {
        ["type": "field", "path": path, "op": op, "value": value]
    }

    @Test(
        arguments: [
            ("d.output.n", "eq", 5, true), ("d.output.n", "eq", "5", false),
            ("d.output.n", "eq", 5.0, true), ("d.output.f", "eq", 5, true),
            ("d.output.b", "eq", true, true), ("d.output.nil", "eq", nil, true),
            ("d.output.obj", "eq", ["k": 1], true), ("d.output.missing", "neq", 6, false),
            ("d.output.nil", "neq", 1, true), ("d.output.n", "in", [1, 5], true),
            ("d.output.s", "in", "hello world", true), ("d.output.nil", "in", [nil], true),
            ("d.output.missing", "not_in", [1], false), ("d.output.s", "contains", "ell", true),
            ("d.output.list", "contains", "a", true), ("d.output.obj", "contains", "k", true),
            ("d.output.missing", "contains", "x", false), ("d.output.n", "gt", 5, false),
            ("d.output.b", "gt", 0, true), ("d.output.list", "gt", ["a"], true),
            ("d.output.n", "lt", 6, true), ("d.output.neg", "lt", 0, true),
            ("d.output.missing", "exists", nil, false), ("d.output.obj.k.z", "exists", nil, false),
            ("d.output.n", "exists", false, true), ("", "exists", nil, false),
            ("d.output.n", "eq", nil, false),
            // Where values of these types cannot be compared, nothing holds.
            ("d.output.n", "in", 5, false), ("d.output.n", "gt", "4", false),
            ("d.output.s", "gt", 5, false), ("d.output.n", "in", "5", false),
            ("d.output.s", "contains", 5, false), ("d.output.nil", "gt", 0, false),
            // Truth values are no numbers.
            ("d.output.b", "eq", 1, false), ("d.output.b", "neq", 1, true),
            ("d.output.zero", "eq", false, false), ("d.output.b", "in", [1], false),
        ] as [(JSON, JSON, JSON, Bool)]
    )
    func `a field is compared`(path: JSON, op: JSON, value: JSON, result: Bool) throws {
        #expect(try holds(Self.field(path, op, value)) == result)
    }

    @Test(
        arguments: [
            (["type": "otherwise"], true), (["type": "any", "conditions": []], false),
            (["type": "all", "conditions": []], true), (["type": "nonsense"], false),
            (["type": "not", "conditions": [field("d.output.missing", "eq", 1)]], true),
            (["type": "not", "conditions": [["type": "nonsense"]]], true),
            (
                [
                    "type": "all",
                    "conditions": [field("d.output.n", "eq", 6), field("d.output.s", "gt", 5)],
                ], false
            ),
            (["type": "field", "path": "d.output.n", "op": "eq"], false),
            (["type": "field", "path": "d.output.nil", "op": "eq"], true),
        ] as [(JSON, Bool)]
    )
    func `conditions are combined`(condition: JSON, result: Bool) throws {
        #expect(try holds(condition) == result)
    }
}
