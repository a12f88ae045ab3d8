import PawlCore
import Testing

/// What is wrong with a graph as a whole, each as `place CODE message`.
struct GraphProblemTests {
    /// Reads nodes as `id:type` or `parent/id:type`, and edges as `a>b`, between a start and an end.
    static func graph(
        _ nodes: String,
        _ edges: String,
        members: [String: [String: JSON]] = [:],
        settings: [String: JSON] = [:]
    ) -> JSON {
        let nodes = "start:start \(nodes) end:end".split(separator: " ").map { spelling in
            let parts = spelling.split(whereSeparator: { $0 == ":" || $0 == "/" }).map(String.init)
            let id = parts[parts.count - 2]
            var node: [String: JSON] = ["id": .string(id), "type": .string(parts[parts.count - 1])]
            if parts.count == 3 { node["parent"] = .string(parts[0]) }
            return JSON.object(node.merging(members[id] ?? [:]) { $1 })
        }
        let edges = edges.split(separator: " ").map { spelling in
            let ends = spelling.split(separator: ">").map { JSON.string(String($0)) }
            return JSON.object(["source": ends[0], "target": ends[1]])
        }
        return .object(
            ["id": "g", "nodes": .array(nodes), "edges": .array(edges)].merging(settings) { $1 }
        )
    }

    static func lines(_ problems: [Problem]) -> [String] {
        problems.map { "\($0.place) \($0.code.rawValue) \($0.message)" }
    }

    private func errors(_ json: JSON) -> [String] {
        let report = Definition.check(json)
        return Self.lines(report.errors + report.warnings.filter { $0.code == .unreachable })
    }

    @Test(
        arguments: [
            (
                graph("a:x", "start>ghost phantom>a a>start end>a"),
                [
                    "Edge target references nonexistent node: ghost",
                    "Edge source references nonexistent node: phantom",
                    "Start node 'start' must not have incoming edges",
                    "End node 'end' must not have outgoing edges",
                ]
            ),
            // Dangling ends first, then each start and end once.
            (
                graph("a:x", "end>a a>start a>start end>a x>y"),
                [
                    "Edge source references nonexistent node: x",
                    "Edge target references nonexistent node: y",
                    "Start node 'start' must not have incoming edges",
                    "End node 'end' must not have outgoing edges",
                ]
            ),
            (
                graph("a:x orphan:x orphan2:parallel orphan2/kid:x", "start>a a>end"),
                [
                    "Node 'orphan' is not reachable from start",
                    "Node 'orphan2' is not reachable from start",
                    "Node 'kid' is not reachable from start",
                ]
            ),
            // A parent that is no container, or does not exist, surfaces only like this.
            (
                graph("a:x orphan:x orphan/kid:x nobody/kid2:x", "start>a a>end"),
                [
                    "Node 'orphan' is not reachable from start",
                    "Node 'kid' is not reachable from start",
                    "Node 'kid2' is not reachable from start",
                ]
            ),
            (
                graph("s2:start a:x", "start>a a>end s2>end"),
                ["Graph must have exactly one start node, found 2: start, s2"]
            ),
            (
                graph("p:parallel p/k1:x p/k2:x after:x", "start>p k1>after p>end after>end"),
                ["a child of a parallel node must have no edges, \"k1\" has some"]
            ),
        ] as [(JSON, [String])]
    )
    func `a graph is checked in the order and the words of RoomKit`(json: JSON, expected: [String])
    {
        let report = Definition.check(json)
        // A node that no way leads to does no harm, and is told apart.
        let problems = report.errors + report.warnings.filter { $0.code == .unreachable }
        #expect(Set(problems.map(\.message)) == Set(expected))
        #expect(
            report.errors.map(\.message) == expected.filter(report.errors.map(\.message).contains)
        )
    }

    @Test(
        arguments: [
            (
                graph("s:sequence s/a:x b:x", "start>s a>b s>end b>end"),
                [
                    "edges[1] BAD_EDGE an edge leads from \"a\" to \"b\", which is not beside it"
                ]
            ),
            (
                graph("s:sequence s/a:x l:loop l/b:x", "start>s s>l a>b l>end", members: loop),
                ["edges[2] BAD_EDGE an edge leads from \"a\" to \"b\", which is not beside it"]
            ),
            (
                graph("d:dag d/a:x d/b:x", "start>d d>end a>b"),
                [
                    "nodes[2] BAD_CONTAINER a child of a dag node must have no edges, \"a\" has some",
                    "nodes[3] BAD_CONTAINER a child of a dag node must have no edges, \"b\" has some",
                ]
            ),
            // In a body with edges, a child that none leads to is not reached.
            (
                graph("s:sequence s/a:x s/b:x s/c:x", "start>s s>end a>b"),
                ["nodes[4] UNREACHABLE Node 'c' is not reachable from start"]
            ),
            (graph("s:sequence s/a:x s/b:x s/c:x", "start>s s>end"), []),
            (graph("l:loop l/a:x l/b:x", "start>l l>end a>b b>a", members: loop), []),
            (
                graph("s:sequence s/start2:start", "start>s s>end"),
                [
                    "nodes NO_START Graph must have exactly one start node, found 2: start, start2",
                    "nodes[2] BAD_CONTAINER the start node \"start2\" cannot be inside a container",
                ]
            ),
            (
                graph("p:log p/a:x", "start>p p>end"),
                [
                    "nodes[2].parent BAD_CONTAINER the parent \"p\" of node \"a\" is not a container"
                        + " but of type log"
                ]
            ),
        ] as [(JSON, [String])]
    )
    func `edges stay within bodies`(json: JSON, expected: [String]) {
        #expect(errors(json) == expected)
    }

    private static let loop: [String: [String: JSON]] = ["l": ["config": ["over": "inputs.list"]]]

    @Test(
        arguments: [
            (["value": "inputs.k", "branches": ["a": "a", "b": "b"]], []),
            (["value": "inputs.k", "branches": ["a": "a"], "default": "b"], []),
            (
                ["value": "inputs.k", "branches": ["a": "a"]],
                ["nodes[3] UNREACHABLE branch \"br\" does not name its child \"b\""]
            ),
            (
                [
                    "value": "inputs.k", "branches": ["a": "a", "b": "b", "c": "end"],
                    "default": "z",
                ],
                [
                    "nodes[1].config.branches.c BAD_CONTAINER branch \"br\" names \"end\", which is not a child of it",
                    "nodes[1].config.default NOT_FOUND branch \"br\" names \"z\", which does not exist",
                ]
            ),
        ] as [(JSON, [String])]
    )
    func `a branch names its children`(config: JSON, expected: [String]) {
        let graph = Self.graph(
            "br:branch br/a:x br/b:x",
            "start>br br>end",
            members: ["br": ["config": config]]
        )
        #expect(errors(graph) == expected)
    }

    @Test(
        arguments: [
            (["b": ["a"], "c": ["a", "b"]], []),
            (
                ["a": ["nobody"]],
                [
                    "nodes[2].depends_on[0] NOT_FOUND node \"a\" depends on \"nobody\", which does not exist"
                ]
            ),
            (
                ["a": ["out"]],
                [
                    "nodes[2].depends_on[0] BAD_CONTAINER node \"a\" depends on \"out\", which is not beside it"
                ]
            ),
            (["a": ["a"]], ["nodes[2].depends_on[0] CYCLE_DETECTED node \"a\" depends on itself"]),
            (
                ["a": ["b", "b"]],
                ["nodes[2].depends_on[1] MALFORMED node \"a\" depends on \"b\" twice"]
            ),
            (
                ["out": ["a"]],
                [
                    "nodes[5].depends_on BAD_CONTAINER only a child of a dag depends on others, and \"out\" is none"
                ]
            ),
            (
                ["a": ["c"], "b": ["a"], "c": ["b"]],
                ["nodes[2].depends_on CYCLE_DETECTED nodes wait for one another: a → c → b → a"]
            ),
            // What only waits for a cycle is not called one.
            (
                ["a": ["b"], "b": ["c"], "c": ["b"]],
                ["nodes[3].depends_on CYCLE_DETECTED nodes wait for one another: b → c → b"]
            ),
        ] as [([String: [String]], [String])]
    )
    func `children of a dag depend on one another`(
        dependencies: [String: [String]],
        expected: [String]
    ) {
        let graph = Self.graph(
            "d:dag d/a:x d/b:x d/c:x out:x",
            "start>d d>out out>end",
            members: dependencies.mapValues { ["depends_on": .array($0.map(JSON.string))] }
        )
        #expect(errors(graph) == expected)
    }

    private static func fallback(_ id: String) -> [String: JSON] {
        ["on_error": ["strategy": "fallback", "node": .string(id)]]
    }

    @Test(
        arguments: [
            (graph("a:x f:x", "start>a a>end", members: ["a": fallback("f")]), []),
            (
                graph(
                    "a:x f:x g:x",
                    "start>a a>end",
                    members: ["a": fallback("f"), "f": fallback("g")]
                ),
                []
            ),
            (
                graph("a:x", "start>a a>end", members: ["a": fallback("f")]),
                [
                    "nodes[1].on_error.node NOT_FOUND node \"a\" names \"f\" for its failure, which does not exist"
                ]
            ),
            (
                graph("a:x", "start>a a>end", members: ["a": fallback("a")]),
                ["nodes[1].on_error.node BAD_EDGE node \"a\" stands in for itself"]
            ),
            (
                graph("a:x", "start>a a>end", members: ["a": fallback("end")]),
                ["nodes[1].on_error.node BAD_EDGE the end node \"end\" stands in for no other"]
            ),
            (
                graph("a:x f:x", "start>a a>f f>end", members: ["a": fallback("f")]),
                ["nodes[2] BAD_EDGE \"f\" runs when \"a\" has failed, and must have no edges"]
            ),
            (
                graph("s:sequence s/a:x f:x", "start>s s>end", members: ["a": fallback("f")]),
                [
                    "nodes[2].on_error.node BAD_CONTAINER node \"a\" names \"f\" for its failure, which is not beside it"
                ]
            ),
            (
                graph(
                    "a:x f:x g:x",
                    "start>a a>end",
                    members: ["a": fallback("f"), "f": fallback("g"), "g": fallback("f")]
                ),
                ["nodes[2].on_error.node CYCLE_DETECTED nodes stand in for one another: f → g → f"]
            ),
            (
                graph(
                    "d:dag d/a:x d/f:x d/b:x",
                    "start>d d>end",
                    members: ["a": fallback("f"), "b": ["depends_on": ["f"]]]
                ),
                [
                    "nodes[4].depends_on[0] BAD_CONTAINER node \"b\" depends on \"f\", which only stands in for another"
                ]
            ),
            (
                graph(
                    "d:dag d/a:x d/f:x d/b:x",
                    "start>d d>end",
                    members: ["a": fallback("f"), "f": ["depends_on": ["b"]]]
                ),
                [
                    "nodes[3].depends_on BAD_CONTAINER \"f\" runs when another node has failed, and depends on nothing else"
                ]
            ),
            (
                graph(
                    "p:parallel p/a:x p/b:x p/f:x s:sequence s/c:x s/d:x s/g:x",
                    "start>p p>s s>end",
                    members: [
                        "a": fallback("f"), "b": fallback("f"), "c": fallback("g"),
                        "d": fallback("g"),
                    ]
                ),
                [
                    "nodes[3].on_error.node BAD_CONTAINER \"f\" stands in for \"a\" and for \"b\", which run side by side"
                ]
            ),
        ] as [(JSON, [String])]
    )
    func `a node stands in for another`(json: JSON, expected: [String]) {
        #expect(errors(json) == expected)
    }

    @Test(
        arguments: [
            (graph("h:x", "start>end", settings: ["on_error": "h", "on_complete": "h"]), []),
            (
                graph("", "start>end", settings: ["on_error": "h"]),
                ["on_error NOT_FOUND \"on_error\" names \"h\", which does not exist"]
            ),
            (
                graph("h:x", "start>h h>end", settings: ["on_complete": "h"]),
                ["nodes[1] BAD_EDGE \"h\" runs when the run has ended, and must have no edges"]
            ),
            (
                graph("s:sequence s/h:x", "start>s s>end", settings: ["on_complete": "h"]),
                ["on_complete BAD_CONTAINER \"on_complete\" names \"h\", which is inside \"s\""]
            ),
            (
                graph("", "start>end", settings: ["on_complete": "end"]),
                ["on_complete BAD_EDGE the end node \"end\" cannot be \"on_complete\""]
            ),
            (
                graph(
                    "a:x h:x",
                    "start>a a>end",
                    members: ["a": fallback("h")],
                    settings: ["on_error": "h"]
                ),
                ["on_error BAD_EDGE \"on_error\" names \"h\", which stands in for \"a\""]
            ),
        ] as [(JSON, [String])]
    )
    func `a node runs when the run has ended`(json: JSON, expected: [String]) {
        #expect(errors(json) == expected)
    }

    @Test(
        arguments: [
            (
                "function", ["action": "json_transform", "template": ["k": ["{{secrets.key}}"]]],
                "template.k[0]"
            ),
            ("log", ["message": "${{secrets.key}}"], "message"),
            ("log", ["paths": ["secrets.key"]], "paths[0]"),
            ("human", ["prompt": "a {{ secrets.key }}"], "prompt"),
            ("reasoning", ["prompt_context": "{{secrets.key}}"], "prompt_context"),
            ("workflow", ["workflow": "w", "input": "{{secrets.key}}"], "input"),
            ("wait", ["until": "{{secrets.key}}"], "until"),
            ("switch", ["path": "secrets.key"], "path"),
            ("condition", ["condition": ["path": "secrets.key", "op": "exists"]], "condition"),
        ] as [(String, JSON, String)]
    )
    func `a secret is not recorded`(type: String, config: JSON, place: String) {
        let graph = Self.graph(
            "n:\(type)",
            "start>n n>end",
            members: ["n": ["config": config]]
        )
        let errors = Definition.check(graph).errors
        #expect(errors.map(\.place) == ["nodes[1].config.\(place)"])
        #expect(errors.map(\.code) == [.secret])
        #expect(errors.first?.message == "a \(type) node would record the secret \"key\"")
    }

    @Test
    func `a handler may have secrets, a condition not`() {
        let config: JSON = ["header": "Bearer {{secrets.key}}"]
        let handler = Self.graph("n:http", "start>n n>end", members: ["n": ["config": config]])
        #expect(errors(handler) == [])
        let condition: JSON = ["path": "secrets.key", "op": "eq", "value": 1]
        let guarded = Self.graph("n:x", "start>n n>end", members: ["n": ["when": condition]])
        #expect(Definition.check(guarded).errors.map(\.place) == ["nodes[1].when"])
    }
}
