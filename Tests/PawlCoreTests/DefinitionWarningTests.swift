import PawlCore
import Testing

/// What a definition may not do as it was meant.
struct DefinitionWarningTests {
    private func warnings(_ json: JSON, knownKinds: Set<String>? = nil) -> [String] {
        let report = Definition.check(json, knownKinds: knownKinds)
        #expect(report.errors == [])
        #expect(report.definition != nil)
        return GraphProblemTests.lines(report.warnings)
    }

    private static func one(_ type: String, _ members: [String: JSON]) -> JSON {
        GraphProblemTests.graph("n:\(type)", "start>n n>end", members: ["n": members])
    }

    @Test(
        arguments: [
            (one("x", ["retry": ["max": 10]]), []),
            (one("x", ["retry": ["max": 11]]), ["nodes[1].retry.max DOUBTFUL 11 retries are many"]),
            (
                one("x", ["retries": 5]),
                ["nodes[1].retries UNKNOWN_MEMBER a node has no member \"retries\"; it is not read"]
            ),
            (
                one("parallel", ["config": ["mode": "race"]]),
                [
                    "nodes[1].config.mode UNKNOWN_MEMBER the config of a parallel node has no member \"mode\"; it is not read",
                    "nodes[1] DOUBTFUL the parallel node \"n\" has no children, and does nothing",
                ]
            ),
            (
                one("function", ["config": ["action": "dance"]]),
                [
                    "nodes[1].config.action ACTION_UNAVAILABLE unknown function action \"dance\", with which the step fails"
                ]
            ),
            (
                GraphProblemTests.graph(
                    "s:sequence s/a:human p:parallel p/b:x",
                    "start>s s>p p>end",
                    members: [
                        "s": ["timeout": "1m", "retry": ["max": 1]], "a": ["retry": ["max": 1]],
                        "p": ["timeout": "1m"], "b": ["timeout": "1m", "retry": ["max": 1]],
                    ]
                ),
                [
                    "nodes[1].timeout DOUBTFUL a sequence that goes from one child to the next is not timed",
                    "nodes[1].retry DOUBTFUL a sequence node is not tried again by itself",
                ]
            ),
            (
                GraphProblemTests.graph("inputs:x", "start>inputs inputs>end"),
                [
                    "nodes[1].id DOUBTFUL templates that begin with \"inputs\" mean this node, and no longer what else is called so"
                ]
            ),
            (
                GraphProblemTests.graph(
                    "",
                    "start>end",
                    settings: ["nodez": [], "trigger": ["type": "tide"]]
                ),
                [
                    "nodez UNKNOWN_MEMBER a definition has no member \"nodez\"; it is not read",
                    "trigger UNKNOWN_MEMBER unknown type of trigger \"tide\"",
                ]
            ),
            (
                GraphProblemTests.graph(
                    "p:parallel p/a:x",
                    "start>p p>end",
                    members: ["p": ["config": ["join": 2]]]
                ),
                ["nodes[1].config.join DOUBTFUL node \"p\" waits for 2 children and has 1"]
            ),
            (
                GraphProblemTests.graph(
                    "l:loop l/a:x",
                    "start>l l>end",
                    members: [
                        "l": [
                            "config": [
                                "mode": "while", "condition": ["path": "a.output", "op": "exists"],
                                "concurrency": 2,
                            ]
                        ]
                    ]
                ),
                [
                    "nodes[1].config ENDLESS nothing bounds the loop \"l\" but its condition",
                    "nodes[1].config.concurrency DOUBTFUL only a loop for_each runs iterations side by side",
                ]
            ),
        ] as [(JSON, [String])]
    )
    func `a node is doubtful`(json: JSON, expected: [String]) {
        #expect(warnings(json) == expected)
    }

    @Test(
        arguments: [
            ("human", ["config": ["timeout": "2h"]], "config.timeout"),
            ("reasoning", ["config": ["timeout": "2h"]], "config.timeout"),
            ("wait", ["config": ["duration": "2h"]], "config.duration"),
            ("wait", ["config": ["signal": "s", "timeout": "2h"]], "config.timeout"),
            ("x", ["timeout": "2h"], "timeout"),
        ] as [(String, [String: JSON], String)]
    )
    func `a node may not take longer than the run`(
        type: String,
        members: [String: JSON],
        place: String
    ) {
        let short = GraphProblemTests.graph(
            "n:\(type)",
            "start>n n>end",
            members: ["n": members],
            settings: ["timeout": "1h"]
        )
        #expect(
            warnings(short)
                == ["nodes[1].\(place) DOUBTFUL node \"n\" may take 2h, but the run only 1h"]
        )
        #expect(warnings(Self.one(type, members)) == [])
    }

    @Test
    func `a handler that is not there is told, if it is known which are`() {
        let graph = GraphProblemTests.graph(
            "a:pay f:function g:function",
            "start>a a>f f>g g>end",
            members: [
                "f": ["config": ["action": "custom", "function": "sum"]],
                "g": ["config": ["action": "set_context", "values": [:]]],
            ]
        )
        #expect(warnings(graph) == [])
        #expect(warnings(graph, knownKinds: ["pay", "function:sum"]) == [])
        #expect(
            warnings(graph, knownKinds: ["mail"]) == [
                "nodes[1].type ACTION_UNAVAILABLE no handler for \"pay\" is known",
                "nodes[2].config.function ACTION_UNAVAILABLE no function \"sum\" is known",
            ]
        )
    }

    private static func edges(_ edges: [(String, String, JSON?)]) -> JSON {
        var graph = GraphProblemTests.graph("a:x b:x", "").objectValue ?? [:]
        graph["edges"] = .array(
            edges.map { source, target, condition in
                var edge: [String: JSON] = ["source": .string(source), "target": .string(target)]
                edge["condition"] = condition
                return .object(edge)
            }
        )
        return .object(graph)
    }

    private static let exists: JSON = ["path": "a.output.n", "op": "exists"]
    private static let otherwise: JSON = ["type": "otherwise"]

    @Test(
        arguments: [
            (
                edges([("start", "a", nil), ("a", "b", exists), ("b", "end", nil)]),
                [
                    "nodes[1] DEAD_END no edge leads on from \"a\" where none of its conditions holds"
                ]
            ),
            (
                edges([
                    ("start", "a", nil), ("a", "b", exists), ("a", "end", otherwise),
                    ("b", "end", nil),
                ]),
                []
            ),
            // A condition and its opposite.
            (
                edges([
                    ("start", "a", nil), ("a", "b", exists),
                    ("a", "end", ["type": "not", "conditions": [exists]]), ("b", "end", nil),
                ]),
                []
            ),
            (
                edges([("start", "a", nil), ("a", "b", nil), ("a", "end", nil), ("b", "end", nil)]),
                ["edges[1] DOUBTFUL the edge from \"a\" to \"b\" is never taken"]
            ),
            (
                edges([
                    ("start", "a", nil), ("a", "end", nil), ("a", "b", otherwise),
                    ("b", "end", nil),
                ]),
                ["edges[2] DOUBTFUL the edge from \"a\" to \"b\" is never taken"]
            ),
            (
                edges([("start", "a", nil), ("a", "b", nil), ("b", "a", nil), ("b", "a", nil)]),
                [
                    "edges[2] DOUBTFUL the edge from \"b\" to \"a\" is never taken",
                    "nodes[1] ENDLESS nothing leads out of the circle of a, b",
                ]
            ),
            (
                edges([
                    ("start", "a", nil), ("a", "b", nil), ("b", "a", otherwise),
                    ("b", "end", exists),
                ]), []
            ),
        ] as [(JSON, [String])]
    )
    func `a run may go nowhere, or for ever`(json: JSON, expected: [String]) {
        let report = Definition.check(json)
        // An end that no way leads to is not reachable, which is another matter.
        let warnings = report.warnings.filter { $0.code != .unreachable }
        #expect(GraphProblemTests.lines(warnings) == expected)
        #expect(report.errors.isEmpty)
    }

    @Test
    func `a circle that nothing leads out of is told`() {
        let loop = GraphProblemTests.graph("a:x b:x c:x", "start>a a>b b>c c>b")
        var graph = loop.objectValue ?? [:]
        graph["edges"] = .array(
            (loop["edges"]?.arrayValue ?? []) + [
                ["source": "a", "target": "end", "condition": Self.exists]
            ]
        )
        #expect(
            warnings(.object(graph))
                == ["nodes[2] ENDLESS nothing leads out of the circle of b, c"]
        )
    }

    @Test(
        arguments: [
            (
                "{{start.output.input.x}} {{steps.n.output}} ${{inputs.a}} {{context.v}} {{run.id}}",
                nil
            ),
            ("{{workflow.run_id}} {{trigger.a}} {{secrets.k}} {{n.error.message}}", nil),
            ("{{ }} {{}}", nil), ("{{n", nil),
            ("{{m.output.x}}", "\"m.output.x\" refers to \"m\", and no node is called so"),
            (
                "a ${{steps.m.output.x}} b",
                "\"steps.m.output.x\" refers to \"m\", and no node is called so"
            ),
            (
                "{{n.status_code}} {{steps.n.status_code}}",
                "\"n.status_code\" refers to \"status_code\" of node \"n\", which has an output and an error only"
            ),
            ("{{loop.item}}", "\"loop.item\" is known inside loops only"),
        ] as [(String, String?)]
    )
    func `what is referred to is there`(text: String, expected: String?) {
        let graph = Self.one("x", ["config": ["deep": [["text": .string(text)]]]])
        #expect(
            warnings(graph)
                == (expected.map { ["nodes[1].config.deep[0].text NOT_FOUND \($0)"] } ?? [])
        )
    }

    @Test
    func `bare paths and conditions are looked at, too`() {
        let graph = GraphProblemTests.graph(
            "l:loop l/a:log s:switch",
            "start>l l>s s>end",
            members: [
                "l": ["config": ["over": "nobody.output.list"]],
                "a": [
                    "config": ["paths": ["loop.item", "l.output", "x.output"]],
                    "when": ["type": "all", "conditions": [["path": "y.output", "op": "exists"]]],
                ],
                "s": ["config": ["path": "z.output"]],
            ]
        )
        #expect(
            warnings(graph) == [
                "nodes[1].config.over NOT_FOUND \"nobody.output.list\" refers to \"nobody\", and no node is called so",
                "nodes[2].config.paths[2] NOT_FOUND \"x.output\" refers to \"x\", and no node is called so",
                "nodes[2].when NOT_FOUND \"y.output\" refers to \"y\", and no node is called so",
                "nodes[3].config.path NOT_FOUND \"z.output\" refers to \"z\", and no node is called so",
            ]
        )
    }
}
