import Testing

@testable import PawlCore

/// What conditions hold, read and evaluated as an edge's, on the output of the step before it.
struct ConditionTests {
    private static let output: JSON = [
        "n": 5, "f": 5.5, "whole": 5.0, "s": "hello", "b": true, "zero": 0, "nil": nil,
        "list": ["urgent-fix", "b", 3, nil], "obj": ["k": 1, "deep": [["x": "y"]]], "neg": -1,
        "numstr": "5", "empty": "", "big": 9_007_199_254_740_993, "0": "key", "crlf": "a\r\nb",
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
            ("n", "in", 5, false), ("n", "in", "12345", false), ("s", "in", ["hello": 1], true),
            ("s", "in", ["hell": 1], false), ("n", "in", ["5": 1], false),
            ("n", "not_in", [1, 2], true), ("n", "not_in", [5], false),
            ("s", "not_in", ["hello world"], true), ("s", "not_in", "hello world", false),
            ("n", "not_in", 5, false), ("n", "not_in", "12345", false),
            // `contains`: part of a string, an element, part of a string that is an element, a key,
            // or part of how something else is written.
            ("s", "contains", "ell", true), ("s", "contains", "", true),
            ("s", "contains", "elf", false), ("s", "contains", 5, false),
            ("list", "contains", "b", true), ("list", "contains", "urgent", true),
            ("list", "contains", 3, true), ("list", "contains", "3", false),
            ("list", "contains", nil, true), ("list", "contains", 4, false),
            ("b", "contains", "True", false), ("b", "contains", "true", true),
            ("n", "contains", "5", true), ("f", "contains", ".5", true),
            ("n", "contains", 5, false),
            ("list", "contains", "", true), ("obj", "contains", "", true),
            ("crlf", "contains", "\n", true), ("list", "contains", ["b"], false),
            ("obj", "contains", "k", true), ("obj", "contains", "x", false),
            ("obj", "contains", 1, false), ("nil", "contains", "", true),
            ("nil", "contains", "x", false),
            // Order: numbers with numbers, strings with strings, lists by what differs first.
            ("n", "gt", 5, false), ("n", "gt", 4, true), ("f", "gt", 5, true),
            ("n", "gt", "4", false),
            ("n", "gte", 5, true), ("n", "gte", 5.5, false), ("n", "lt", 6, true),
            ("neg", "lt", 0, true), ("n", "lt", 5, false), ("n", "lte", 5, true),
            ("f", "lte", 5, false), ("s", "gt", "abc", true), ("s", "lt", "b", false),
            ("s", "lte", "hello", true), ("numstr", "lt", "40", false), ("b", "gt", 0, true),
            ("b", "gt", 1, false), ("b", "gte", 1, true), ("b", "lt", 2.5, true),
            ("b", "gt", "0", false), ("obj", "gt", [:], false),
            ("list", "gt", ["a"], true), ("list", "gt", ["urgent-fix"], true),
            ("list", "lt", ["urgent-fix", "b", 4], true), ("list", "lt", ["urgent-fix", 1], false),
            ("list", "gt", ["urgent-fix", 1], false),
            ("list", "gte", ["urgent-fix", "b", 3, nil], true),
            ("list", "gt", ["urgent-fix", "b", 3, nil], false), ("list", "gt", [], true),
            ("list", "lt", ["v", nil], true), ("list", "gt", "a", false), ("nil", "lt", 1, false),
            ("nil", "lte", nil, false),
            ("big", "gt", 9_007_199_254_740_992, true),
            ("big", "gt", 9_007_199_254_740_992.0, true), ("big", "lt", 1e300, true),
            ("big", "gt", -1e300, true), ("n", "lt", 5.5, true), ("n", "gt", 4.5, true),
            ("neg", "lt", -0.5, true), ("neg", "gt", -1.5, true), ("whole", "gte", 5, true),
            // `matches`: strings only, anywhere unless anchored.
            ("s", "matches", "^h.l+o$", true), ("s", "matches", "ell", true),
            ("s", "matches", "^ell", false), ("n", "matches", "5", false),
            ("list", "matches", "b", false), ("empty", "matches", "^$", true),
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

    @Test(arguments: Condition.Operator.allCases.map(\.rawValue) + ["exists", "matches"])
    func `a path that leads nowhere makes every operator false`(op: String) throws {
        for path in [
            "d.output.missing", "d.output.obj.k.z", "d.output.list.4", "d.output.list.-1", "nobody",
            "d.output.s.0", "d.other", "d.output.", ".output", "start.output.title",
            "d.output.list[4]",
            "d.output[0]",
        ] {
            let field: JSON = [
                "type": "field", "path": .string(path), "op": .string(op),
                "value": op == "matches" ? "" : [nil],
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
            ("start.output.input", ["title": "T"], true), ("d.output.list[0]", "urgent-fix", true),
            (#"d["output"].obj["deep"][0].x"#, "y", true),
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
            (true, true), (false, false), ("d.output.n == 5", true), ("d.output.n != 5", false),
            (["type": "all", "conditions": [yes, "d.output.b"]], true),
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
        #expect(try holds(JSON(parsing: Self.nested(255).serialized())))
    }

    @Test(
        arguments: [
            ("n", "eq", "whole", true), ("n", "eq", "f", false), ("n", "lt", "f", true),
            ("s", "in", "list", false), ("n", "neq", "missing", false), ("nil", "eq", "nil", true),
            ("n", "not_in", "missing", false),
        ]
    )
    func `a field is compared with another`(
        name: String,
        op: String,
        other: String,
        holds expected: Bool
    ) throws {
        let condition: JSON = [
            "type": "field", "path": .string("d.output.\(name)"), "op": .string(op),
            "value_path": .string("d.output.\(other)"),
        ]
        #expect(try holds(condition) == expected)
    }

    @Test(
        arguments: [
            (["path": "d.output.n", "op": "regex"], "", "unknown condition operator \"regex\""),
            (["path": "d.output.n"], "", "unknown condition operator \"\""),
            (["path": 5, "op": "eq"], ".path", "a path is text"),
            (["type": "not", "conditions": []], "", "\"not\" takes exactly one condition"),
            (["type": "not", "conditions": [yes, no]], "", "\"not\" takes exactly one condition"),
            (["type": "not"], "", "\"not\" takes exactly one condition"),
            (["type": "all"], "", "\"conditions\" is not a list"),
            (["type": "any", "conditions": ["type": "any"]], "", "\"conditions\" is not a list"),
            ([yes], "", "a condition is an object or an expression"),
            (5, "", "a condition is an object or an expression"),
            (
                "d.output.n = 5", "",
                "cannot read expression: unexpected \"=\", at character 12"
            ),
            (
                ["path": "d.output.s", "op": "matches", "value": "("], ".value",
                "cannot read pattern: a group does not end, at character 1"
            ),
            (
                ["path": "d.output.s", "op": "matches", "value": 5], ".value",
                "\"matches\" takes a pattern"
            ),
            (
                ["path": "d.output.s", "op": "matches", "value_path": "d.output.s"], ".value",
                "\"matches\" takes a pattern"
            ),
            (
                ["path": "d.output.s", "op": "eq", "value": 1, "value_path": "d.output.n"], "",
                "the right side is not one path or one value"
            ),
            (
                ["path": "d.output.s", "op": "eq", "value_path": 1], "",
                "the right side is not one path or one value"
            ),
            (nested(256), deep, "the condition nests too deep"),
            (["type": "nonsense"], "", "unknown condition type \"nonsense\""),
            (
                ["type": 5, "path": "d.output.n", "op": "exists"], "", "unknown condition type 5"
            ),
            (["op": "eq", "value": nil], "", "the field condition names no path"),
            (["path": "", "op": "exists"], "", "the field condition names no path"),
        ] as [(JSON, String, String)]
    )
    func `a condition that cannot be read is refused`(
        condition: JSON,
        place: String,
        message: String
    ) {
        let invalid = #expect(throws: InvalidDefinition.self) { try holds(condition) }
        #expect(invalid?.problems.map(\.message) == [message])
        #expect(invalid?.problems.map(\.place) == ["edges[2].condition" + place])
    }

    private static func nested(_ depth: Int) -> JSON {
        (0..<depth).reduce(no) { inner, _ in ["type": "not", "conditions": [inner]] }
    }

    private static let deep = String(repeating: ".conditions[0]", count: 256)

    @Test(
        arguments: [
            ([:], "the condition is empty, and never holds"),
            (" ", "the condition is empty, and never holds"),
            (["path": "d.output.n", "op": "in", "value": 5], "\"in\" never holds with 5"),
            (["path": "d.output.n", "op": "not_in"], "\"not_in\" never holds with null"),
            (
                ["path": "d.output.obj", "op": "gte", "value": ["k": 1]],
                "\"gte\" never holds with {\"k\":1}"
            ),
        ] as [(JSON, String)]
    )
    func `a condition that nothing could meet is a warning`(condition: JSON, message: String) throws
    {
        var problems: [Problem] = []
        let read = try #require(Condition(json: condition, at: "here", problems: &problems))
        #expect(problems.map(\.message) == [message])
        #expect(problems.map(\.severity) == [.warning])
        #expect(!read.holds(in: ["d": ["output": Self.output]] as JSON))
        #expect(try !holds(condition), "a warning does not make a definition invalid")
    }

    @Test(
        arguments: [
            (["type": "nonsense"], "unknown condition type \"nonsense\", which never holds"),
            (["op": "eq", "value": nil], "the field condition names no path, and never holds"),
            (["path": "", "op": "exists"], "the field condition names no path, and never holds"),
        ] as [(JSON, String)]
    )
    func `a condition node takes what it does not know for false`(
        condition: JSON,
        message: String
    ) throws {
        let report = Definition.check(
            GraphProblemTests.graph(
                "c:condition",
                "start>c c>end",
                members: ["c": ["config": ["condition": condition]]]
            )
        )
        #expect(report.errors == [])
        #expect(report.warnings.map(\.message) == [message])
        let run = try Rehearsal(try #require(report.definition))
        #expect(try run.output("c") == ["result": false])
    }

    @Test
    func `a member that is null is left out`() throws {
        let open: JSON = [
            "type": nil, "path": "d.output.n", "op": "eq", "value": 5, "value_path": nil,
        ]
        #expect(try holds(open))
        let paths: JSON = [
            "path": "d.output.n", "op": "eq", "value": nil, "value_path": "d.output.n",
        ]
        #expect(try holds(paths))
    }

    @Test
    func `an error is told together with warnings`() {
        let warned: JSON = ["type": "any", "conditions": [[:], ["type": "not"]]]
        let invalid = #expect(throws: InvalidDefinition.self) { try holds(warned) }
        #expect(invalid?.problems.map(\.severity) == [.warning, .error])
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
