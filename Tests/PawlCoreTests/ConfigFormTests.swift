import Testing

@testable import PawlCore

/// What a config has to have, and what it may have.
struct ConfigFormTests {
    private func lines(_ type: String, _ config: JSON) -> [String] {
        let graph = GraphProblemTests.graph(
            "n:\(type)",
            "start>n n>end",
            members: ["n": ["config": config]]
        )
        let report = Definition.check(graph)
        let told = report.errors + report.warnings.filter { $0.code != .doubtful }
        return told.map {
            let place = $0.place.replacing("nodes[1].config", with: "")
            return "\($0.severity.rawValue) \(place) \($0.message)"
        }
    }

    private static func missing(_ name: String) -> String {
        "error .\(name) there is no \"\(name)\", without which the step cannot succeed"
    }

    @Test(
        arguments: [
            ("http", [:], missing("url")), ("http", ["url": nil], missing("url")),
            ("command", [:], missing("argv")), ("notification", [:], missing("channel")),
            ("notification", ["channel": "webhook"], missing("url")),
            ("function", [:], missing("action")),
            ("branch", ["value": "inputs.k"], "error .branches a branch node names no children"),
        ] as [(String, JSON, String)]
    )
    func `what a step cannot do without is an error`(
        type: String,
        config: JSON,
        expected: String
    ) {
        #expect(lines(type, config) == [expected])
    }

    @Test(
        arguments: [
            ("http", ["url": 5], "url 5 is not a text"),
            ("http", ["url": "u", "headers": []], "headers an array is not an object"),
            (
                "http", ["url": "u", "query": ["a": [1]]],
                "query.a an array is not a text, a number or a truth value"
            ),
            (
                "http", ["url": "u", "timeout": "soon"],
                #"timeout "soon" is not a duration: a number is expected"#
            ),
            ("http", ["url": "u", "timeout": "0s"], #"timeout "0s" is not longer than nothing"#),
            (
                "http", ["url": "u", "expect": [99]],
                "expect an array is not a number from 100 to 599, or a list of those"
            ),
            (
                "http", ["url": "u", "follow_redirects": true],
                "follow_redirects true is not a number from 0 to 20"
            ),
            ("command", ["argv": "ls -l"], #"argv "ls -l" is not a list of at least one text"#),
            ("command", ["argv": []], "argv an array is not a list of at least one text"),
            ("command", ["argv": ["ls", 5]], "argv[1] 5 is not a text"),
            (
                "command", ["argv": ["ls"], "parse": "xml"],
                #"parse "xml" is not one of text, json, lines"#
            ),
            (
                "command", ["argv": ["ls"], "expect_exit": "0"],
                #"expect_exit "0" is not a number from 0 to 255, or a list of those"#
            ),
            ("notification", ["channel": 5], "channel 5 is not a text"),
            (
                "notification", ["channel": "log", "message": [:]],
                "message an object is not a text"
            ),
            ("log", ["message": 5], "message 5 is not a text"),
            ("log", ["paths": "a.output"], #"paths "a.output" is not a list of texts"#),
            ("switch", ["path": 5], "path 5 is not a text"),
            ("human", ["prompt": 5], "prompt 5 is not a text"),
            ("reasoning", ["data_inject": "a"], #"data_inject "a" is not an object"#),
            (
                "function", ["action": "set_context", "values": 5], "values 5 is not an object"
            ),
            ("workflow", ["workflow": "w", "key": 5], "key 5 is not a text"),
            ("wait", ["until": 5], "until 5 is not a text"),
            ("loop", ["over": 5], "over 5 is not a list to go through"),
            ("loop", ["over": "5"], "over 5 is not a list to go through"),
            ("loop", ["over": ["a": 1]], "over an object is not a list to go through"),
            (
                "branch", ["value": "inputs.k", "branches": ["a"]],
                #"branches "branches" is not an object"#
            ),
        ] as [(String, JSON, String)]
    )
    func `a constant of another type is an error`(type: String, config: JSON, expected: String) {
        #expect(lines(type, config) == ["error .\(expected)"])
    }

    @Test(
        arguments: [
            ("http", ["url": "u", "urll": 1], "http node has no member \"urll\"; it is not read"),
            ("log", ["msg": "m"], "log node has no member \"msg\"; it is not read"),
            (
                "human", ["promt": "?"],
                "human node has no member \"promt\"; it is only shown with the question"
            ),
            (
                "function", ["action": "set_context", "value": [:]],
                "function node has no member \"value\"; it is not read"
            ),
            ("function", ["action": "custom", "function": "f", "anything": 1], nil),
            (
                "notification", ["channel": "log", "message": "m", "msg": "m"],
                "notification node has no member \"msg\"; it is not read"
            ),
            ("notification", ["channel": "pager", "anything": 1], nil),
            ("work", ["anything": 1], nil),
        ] as [(String, JSON, String?)]
    )
    func `a member that nobody reads is a warning`(
        type: String,
        config: JSON,
        expected: String?
    ) throws {
        let found = lines(type, config)
        #expect(found.map { $0.hasPrefix("warning ") } == (expected == nil ? [] : [true]))
        #expect(found.first?.hasSuffix(expected ?? "") ?? (expected == nil))
    }

    @Test(
        arguments: [
            ("http", ["url": "{{inputs.u}}", "expect": "{{inputs.e}}", "headers": "{{inputs.h}}"]),
            ("http", ["url": "u", "timeout": "{{inputs.n}}s", "follow_redirects": "{{inputs.n}}"]),
            ("http", ["url": "u", "expect": [204, "200-299", "{{inputs.e}}"], "body": [1]]),
            ("command", ["argv": "{{inputs.a}}", "parse": "{{inputs.p}}", "env": ["A": 1]]),
            ("command", ["argv": ["{{inputs.a}}"], "expect_exit": 1]),
            ("notification", ["channel": "{{inputs.c}}", "anything": 1]),
            ("human", [:]), ("log", [:]), ("switch", [:]), ("loop", ["over": "[1, 2]"]),
        ] as [(String, JSON)]
    )
    func `what a template gives is not known`(type: String, config: JSON) {
        #expect(lines(type, config) == [])
    }

    @Test(
        arguments: [
            ("bank2", "breaker", "a breaker is an object"),
            ([:], "breaker.name", "a breaker is named by 1 to 200 characters"),
            (["failures": 3], "breaker.name", "a breaker is named by 1 to 200 characters"),
            (["name": ""], "breaker.name", "a breaker is named by 1 to 200 characters"),
        ] as [(JSON, String, String)]
    )
    func `a breaker has a name`(breaker: JSON, place: String, message: String) {
        let report = Definition.check(
            ["id": "w", "nodes": [["id": "a", "type": "x", "breaker": breaker]]]
        )
        #expect(report.errors.map(\.place) == ["nodes[0].\(place)"])
        #expect(report.errors.map(\.message) == [message])
    }

    @Test(
        arguments: [
            (
                ["id": "w", "nodes": [["id": "a", "type": "x", "config": ["t": ["b\0"]]]]],
                "nodes[0].config.t[0]"
            ),
            (
                ["id": "w", "nodes": [["id": "a", "type": "x", "config": ["t\0": 1]]]],
                #"nodes[0].config["t\u0000"]"#
            ),
            (
                ["id": "w", "description": "\0", "nodes": [["id": "a", "type": "x"]]], "description"
            ),
            (
                ["id": "w", "steps": [["id": "a", "action": "x", "params": ["t": "\0"]]]],
                "steps[0].params.t"
            ),
        ] as [(JSON, String)]
    )
    func `no text has the character that PostgreSQL cannot store`(json: JSON, place: String) {
        let report = Definition.check(json)
        #expect(report.errors.map(\.place) == [place])
        #expect(report.errors.first?.hint?.contains("PostgreSQL") == true)
        #expect(report.definition == nil)
        if json["nodes"] != nil {
            #expect(throws: InvalidDefinition.self) { _ = try Definition(json: json) }
        }
    }
}
