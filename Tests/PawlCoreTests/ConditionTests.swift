import PawlCore
import Testing

/// What conditions hold, read and evaluated as an edge's, on the output of the step before it.
struct ConditionTests {
    private static let output: JSON = [
        "n": 5, "f": 5.5, "whole": 5.0, "s": "hello", "b": true, "zero": 0, "nil": nil,
        "list": ["urgent-fix", "b", 3, nil], "obj": ["k": 1, "deep": [["x": "y"]]], "neg": -1,
        "numstr": "5", "empty": "", "big": 9_007_199_254_740_993, "0": "key",
    ]

    /// Whether the edge with the condition is taken, and not the one without.
    private func holds(_ condition: JSON) throws -> Bool {
        let definition = try Definition.graph(
            "d:work yes:work no:work",
            "start>d d>no d>yes yes>end no>end",
            conditions: ["d>yes": condition]
        )
        let transition = Planner(definition).plan(
            Step(StepID(path: "d"), kind: .handler("work")),
            .completed(output: Self.output.serialized()),
            in: Projection(input: JSON.object(["title": "T"]).serialized())
        )
        return transition.destination?.path == "yes"
    }

    @Test(
        arguments: [
            // Equality is JSON's: numbers by value, nothing across types.
            ("n", "eq", 5, true), ("n", "eq", 5.0, true), ("whole", "eq", 5, true),
            ("n", "eq", "5", false), ("numstr", "eq", 5, false), ("n", "eq", nil, false),
            ("b", "eq", true, true), ("b", "eq", 1, false), ("zero", "eq", false, false),
            ("nil", "eq", nil, true), ("obj", "eq", ["deep": [["x": "y"]], "k": 1], true),
            ("obj", "eq", ["k": 1], false), ("big", "eq", 9_007_199_254_740_992, false),
            ("n", "neq", 6, true), ("n", "neq", 5, false), ("n", "neq", "5", true),
            ("nil", "neq", 1, true), ("nil", "neq", nil, false),
            // `in`: an element of a list, or part of a string.
            ("n", "in", [1, 5], true), ("n", "in", [1, "5"], false), ("nil", "in", [nil], true),
            ("obj", "in", [["k": 1, "deep": [["x": "y"]]]], true), ("n", "in", [], false),
            ("s", "in", "hello world", true), ("s", "in", "goodbye", false),
            ("s", "in", ["hello world"], false), ("s", "in", ["hello"], true),
            ("empty", "in", "x", true), ("empty", "in", ["x"], false),
            ("n", "in", 5, false), ("n", "in", "12345", false), ("s", "in", ["hello": 1], false),
            ("n", "not_in", [1, 2], true), ("n", "not_in", [5], false),
            ("s", "not_in", ["hello world"], true), ("s", "not_in", "hello world", false),
            ("n", "not_in", 5, false), ("n", "not_in", "12345", false),
            // `contains`: part of a string, an element, or part of a string that is an element.
            ("s", "contains", "ell", true), ("s", "contains", "", true),
            ("s", "contains", "elf", false), ("s", "contains", 5, false),
            ("list", "contains", "b", true), ("list", "contains", "urgent", true),
            ("list", "contains", 3, true), ("list", "contains", "3", false),
            ("list", "contains", nil, true), ("list", "contains", 4, false),
            ("b", "contains", "True", false), ("n", "contains", "5", false),
            ("obj", "contains", "k", false), ("nil", "contains", "", false),
            // Order: numbers with numbers, strings with strings.
            ("n", "gt", 5, false), ("n", "gt", 4, true), ("f", "gt", 5, true),
            ("n", "gt", "4", false),
            ("n", "gte", 5, true), ("n", "gte", 5.5, false), ("n", "lt", 6, true),
            ("neg", "lt", 0, true), ("n", "lt", 5, false), ("n", "lte", 5, true),
            ("f", "lte", 5, false), ("s", "gt", "abc", true), ("s", "lt", "b", false),
            ("s", "lte", "hello", true), ("numstr", "lt", "40", false), ("b", "gt", 0, false),
            ("list", "gt", ["a"], false), ("nil", "lt", 1, false), ("nil", "lte", nil, false),
            ("big", "gt", 9_007_199_254_740_992, true),
            // `exists` does not look at its value.
            ("n", "exists", false, true), ("nil", "exists", nil, true),
            ("zero", "exists", nil, true),
        ] as [(String, String, JSON, Bool)]
    )
    func `a field is compared`(name: String, op: String, value: JSON, holds expected: Bool) throws {
        let condition: JSON = [
            "type": "field", "path": .string("d.output.\(name)"), "op": .string(op), "value": value,
        ]
        #expect(try holds(condition) == expected)
    }

    @Test(arguments: Condition.Operator.allCases)
    func `a path that leads nowhere makes every operator false`(op: Condition.Operator) throws {
        for path in [
            "d.output.missing", "d.output.obj.k.z", "d.output.list.4", "d.output.list.-1", "nobody",
            "d.output.s.0", "d", "d.other", "d.output.", ".output", "start.output.title",
        ] {
            let field: JSON = [
                "type": "field", "path": .string(path), "op": .string(op.rawValue), "value": [nil],
            ]
            #expect(try !holds(field), "\(path)")
            #expect(try holds(["type": "not", "conditions": [field]]), "not \(path)")
        }
    }

    @Test(
        arguments: [
            ("d.output", ["deep"], false), ("d.output.obj.deep.0.x", "y", true),
            ("d.output.list.0", "urgent-fix", true), ("d.output.list.3", nil, true),
            ("d.output.0", "key", true), ("start.output.input.title", "T", true),
            ("start.output.input", ["title": "T"], true),
        ] as [(String, JSON, Bool)]
    )
    func `a path walks objects by key and lists by index`(
        path: String,
        value: JSON,
        isEqual: Bool
    ) throws {
        #expect(try holds(["path": .string(path), "op": "eq", "value": value]) == isEqual)
    }

    @Test(
        arguments: [
            (["type": "all", "conditions": []], true),
            (["type": "any", "conditions": []], false),
            (["type": "all", "conditions": [yes, yes]], true),
            (["type": "all", "conditions": [yes, no]], false),
            (["type": "any", "conditions": [no, yes]], true),
            (["type": "any", "conditions": [no, no]], false),
            (["type": "not", "conditions": [no]], true),
            (["type": "not", "conditions": [["type": "not", "conditions": [no]]]], false),
            (
                ["type": "all", "conditions": [yes, ["type": "any", "conditions": [no, yes]]]], true
            ),
            (["type": "all", "conditions": [["type": "otherwise"]]], true),
            // An edge that is `otherwise` gives way to one without a condition.
            (["type": "otherwise"], false),
        ] as [(JSON, Bool)]
    )
    func `conditions are combined`(condition: JSON, holds expected: Bool) throws {
        #expect(try holds(condition) == expected)
    }

    @Test
    func `deep nesting is evaluated`() throws {
        // Each takes two of the 512 levels of nesting that a JSON text may have.
        var condition = Self.no
        for _ in 0..<255 { condition = ["type": "not", "conditions": [condition]] }
        #expect(try holds(JSON(parsing: condition.serialized())))
    }

    @Test(
        arguments: [
            (["path": "d.output.n", "op": "regex"], "unknown condition operator \"regex\""),
            (["path": "d.output.n"], "unknown condition operator \"\""),
            (["op": "eq", "value": 1], "a field condition names no path"),
            (["path": "", "op": "exists"], "a field condition names no path"),
            (["type": "nonsense"], "unknown condition type \"nonsense\""),
            (["type": 5, "path": "d.output.n", "op": "exists"], "unknown condition type 5"),
            (["type": "not", "conditions": []], "\"not\" takes exactly one condition"),
            (["type": "not", "conditions": [yes, no]], "\"not\" takes exactly one condition"),
            (["type": "not"], "\"not\" takes exactly one condition"),
            (["type": "all"], "\"conditions\" is not a list"),
            (["type": "any", "conditions": ["type": "any"]], "\"conditions\" is not a list"),
            ("yes", "a field condition names no path"),
        ] as [(JSON, String)]
    )
    func `a condition that nothing could meet is refused`(condition: JSON, message: String) {
        let invalid = #expect(throws: InvalidDefinition.self) { try holds(condition) }
        #expect(invalid?.problems.map(\.message) == [message])
        #expect(invalid?.problems.map(\.place) == ["edges[2].condition"])
    }

    @Test
    func `a problem names the place inside its condition`() {
        let invalid = #expect(throws: InvalidDefinition.self) {
            try holds(["type": "any", "conditions": [Self.yes, ["path": "a.output", "op": "~"]]])
        }
        #expect(invalid?.problems.map(\.place) == ["edges[2].condition.conditions[1]"])
        #expect(invalid?.problems.map(\.code) == [.unknownOperator])
    }

    private static let yes: JSON = ["type": "field", "path": "d.output.n", "op": "eq", "value": 5]
    private static let no: JSON = ["type": "field", "path": "d.output.n", "op": "eq", "value": 6]
}
