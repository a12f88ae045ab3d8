import PawlCore
import Testing

/// What is wrong with a definition, and how that is said.
struct DefinitionProblemTests {
    private func problems(_ json: JSON) -> [Problem] {
        let invalid = #expect(throws: InvalidDefinition.self) { _ = try Definition(json: json) }
        return invalid?.problems ?? []
    }

    /// A valid definition, but for some of its nodes and edges.
    private static func graph(_ nodes: [JSON], _ edges: [JSON] = [["start", "end"]]) -> JSON {
        [
            "id": "graph", "nodes": .array([start, end] + nodes),
            "edges": .array(
                edges.map { edge in
                    guard let source = edge[0], let target = edge[1] else { return edge }
                    return ["source": source, "target": target]
                }
            ),
        ]
    }

    private static let start: JSON = ["id": "start", "type": "start"]
    private static let end: JSON = ["id": "end", "type": "end"]
    private static let edge: JSON = ["source": "start", "target": "end"]
    private static let long = JSON.string(String(repeating: "x", count: 201))

    @Test(
        arguments: [
            ([], "", "a definition is a JSON object"),
            ("text", "", "a definition is a JSON object"),
            (["nodes": [job]], "id", "a workflow is named by 1 to 200 characters"),
            (["id": long, "nodes": [job]], "id", "a workflow is named by 1 to 200 characters"),
            // One character to a reader, 201 to PostgreSQL.
            (["id": accents, "nodes": [job]], "id", "a workflow is named by 1 to 200 characters"),
            (["id": "a", "nodes": [job], "edges": [:]], "edges", "\"edges\" is not a list"),
            (
                ["id": "a", "nodes": [job], "queue": ""], "queue",
                "a queue is named by 1 to 64 characters, the first of them no \"@\""
            ),
            (
                ["id": "a", "nodes": [job], "priority": 10], "priority",
                "a priority is a number from 0 (first) to 9 (last)"
            ),
            (
                ["id": "a", "nodes": [job], "priority": 1.5], "priority",
                "a priority is a number from 0 (first) to 9 (last)"
            ),
        ] as [(JSON, String, String)]
    )
    func `a definition is malformed`(json: JSON, place: String, message: String) {
        let problems = problems(json)
        #expect(problems.map(\.place) == [place])
        #expect(problems.map(\.message) == [message])
        #expect(problems.map(\.code) == [.malformed])
    }

    private static let job: JSON = ["id": "n", "type": "work"]
    private static let accents = JSON.string("e" + String(repeating: "\u{301}", count: 200))

    @Test(
        arguments: [
            (["type": "work"], "nodes[2].id", "a node has no usable id"),
            (["id": "", "type": "work"], "nodes[2].id", "a node has no usable id"),
            (["id": "a.b", "type": "work"], "nodes[2].id", "a node has no usable id"),
            (["id": "@a", "type": "work"], "nodes[2].id", "a node has no usable id"),
            (["id": long, "type": "work"], "nodes[2].id", "a node has no usable id"),
            (["id": 5, "type": "work"], "nodes[2].id", "a node has no usable id"),
            ("n", "nodes[2].id", "a node has no usable id"),
            (["id": "n"], "nodes[2].type", "node \"n\" has no usable type"),
            (["id": "n", "type": ""], "nodes[2].type", "node \"n\" has no usable type"),
            (["id": "n", "type": "@deadline"], "nodes[2].type", "node \"n\" has no usable type"),
            (with("config", []), "nodes[2].config", "\"config\" is not an object"),
            (with("parent", 5), "nodes[2].parent", "5 is not the id of a node"),
            (with("timeout", 30), "nodes[2].timeout", "a duration is text"),
            (
                with("retry", [:]), "nodes[2].retry.max",
                "\"max\" is the number of retries, 0 to 1000"
            ),
            (
                with("retry", ["max": -1]), "nodes[2].retry.max",
                "\"max\" is the number of retries, 0 to 1000"
            ),
            (
                with("retry", ["max": 1, "backoff": "wild"]), "nodes[2].retry.backoff",
                "unknown backoff \"wild\""
            ),
            (
                with("retry", ["max": 1, "delay": 1]), "nodes[2].retry.delay",
                "a duration is text"
            ),
            (
                human(["timeout": true]), "nodes[2].config.timeout",
                "a duration is text"
            ),
            (
                human(["options": "yes"]), "nodes[2].config.options",
                "the options are not a list of texts, or of objects with an \"id\""
            ),
            (
                human(["options": ["yes", 5]]), "nodes[2].config.options",
                "the options are not a list of texts, or of objects with an \"id\""
            ),
            (
                human(["actions": [["label": "Yes"]]]), "nodes[2].config.options",
                "the options are not a list of texts, or of objects with an \"id\""
            ),
            (
                human(["options": ["yes"], "fallback": "no"]), "nodes[2].config.fallback",
                "the fallback \"no\" is not one of the options"
            ),
            (
                human(["fallback": 5]), "nodes[2].config.fallback",
                "the fallback 5 is not one of the options"
            ),
        ] as [(JSON, String, String)]
    )
    func `a node is malformed`(node: JSON, place: String, message: String) {
        let id = node["id"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 } ?? "n"
        let edges: [JSON] = [["start", .string(id)], [.string(id), "end"]]
        let problems = problems(Self.graph([node], edges))
        #expect(problems.map(\.place) == [place])
        #expect(problems.map(\.message) == [message])
    }

    private static func with(_ key: String, _ value: JSON) -> JSON {
        .object(["id": "n", "type": "work", key: value])
    }

    private static func human(_ config: JSON) -> JSON {
        ["id": "n", "type": "human", "config": config]
    }

    private static let malformedEdges: [JSON] = [
        [:], ["source": "start"], ["target": "end"], ["source": 1, "target": 2], "a",
    ]

    @Test(arguments: malformedEdges)
    func `an edge is malformed`(edge: JSON) {
        let problems = problems(
            ["id": "a", "nodes": [Self.start, Self.end], "edges": [Self.edge, edge]]
        )
        #expect(problems.map(\.place) == ["edges[1]"])
        #expect(problems.map(\.code) == [.malformed])
    }

    @Test(
        arguments: [
            (["id": "a"], .noStart, "Graph must have exactly one start node"),
            (
                ["id": "a", "nodes": [end, ["id": "l", "type": "log"]]], .noStart,
                "Graph must have exactly one start node"
            ),
            (
                graph([["id": "s", "type": "start"]], [["start", "end"], ["s", "end"]]), .noStart,
                "Graph must have exactly one start node, found 2: start, s"
            ),
            (["id": "a", "nodes": [start]], .noEnd, "Graph must have at least one end node"),
            (
                graph([], [["start", "x"]]), .danglingEdge,
                "Edge target references nonexistent node: x"
            ),
            (
                graph([], [["start", "end"], ["x", "end"]]), .danglingEdge,
                "Edge source references nonexistent node: x"
            ),
            (
                graph([job], [["start", "n"], ["n", "start"], ["n", "end"]]), .badEdge,
                "Start node 'start' must not have incoming edges"
            ),
            (
                graph([job], [["start", "end"], ["end", "n"]]), .badEdge,
                "End node 'end' must not have outgoing edges"
            ),
            (graph([job, job], [["start", "n"]]), .duplicateNode, "Duplicate node id: n"),
            (
                graph([with("parent", "start")]), .badContainer,
                "the parent \"start\" of node \"n\" is not a container but of type start"
            ),
            (
                graph([with("parent", "nobody")]), .unreachable,
                "Node 'n' is not reachable from start"
            ),
            (
                graph([parallel("p", in: "p")]), .badContainer,
                "node \"p\" is inside itself"
            ),
            (
                graph(
                    [parallel("p"), ["id": "e", "type": "end", "parent": "p"]],
                    [["start", "p"]]
                ),
                .badContainer, "the end node \"e\" cannot be inside a container"
            ),
            (
                graph([parallel("p"), with("parent", "p")], [["start", "p"], ["n", "end"]]),
                .badContainer, "a child of a parallel node must have no edges, \"n\" has some"
            ),
        ] as [(JSON, Problem.Code, String)]
    )
    func `a graph has a flaw`(json: JSON, code: Problem.Code, message: String) throws {
        let first = try #require(problems(json).first)
        #expect(first.code == code)
        #expect(first.message == message)
    }

    private static func parallel(_ id: String, in parent: String? = nil) -> JSON {
        ["id": .string(id), "type": "parallel", "parent": parent.map { .string($0) } ?? .null]
    }

    @Test
    func `nodes that contain one another are named, each`() {
        let problems = problems(
            Self.graph([Self.parallel("p", in: "q"), Self.parallel("q", in: "p")])
        )
        #expect(
            problems.map(\.message) == [
                "node \"p\" is inside itself", "node \"q\" is inside itself",
            ]
        )
    }

    @Test
    func `a graph has at most 10,000 nodes`() {
        let nodes = (0..<10_000).map { JSON.object(["id": .string("n\($0)"), "type": "work"]) }
        let problems = problems(Self.graph(nodes))
        #expect(problems.map(\.code) == [.tooLarge])
        #expect(
            problems.map(\.message) == ["a definition has at most 10000 nodes, this one has 10002"]
        )
    }

    @Test
    func `all problems are told`() {
        let problems = problems(
            Self.graph(
                [Self.job, Self.job, Self.with("parent", "end")],
                [["start", "x"], ["y", "end"]]
            )
        )
        #expect(
            problems.map(\.place) == [
                "nodes[3].id", "nodes[4].id", "edges[0].target", "edges[1].source",
                "nodes[4].parent",
            ]
        )
    }

    @Test
    func `what cannot be read is not called missing too`() {
        let problems = problems([
            "id": "a", "queue": 5,
            "nodes": [Self.start, ["id": "n"], Self.end],
            "edges": [
                ["source": "start", "target": "n"],
                ["source": "n", "target": "end", "condition": ["type": "no"]],
            ],
        ])
        #expect(problems.map(\.place) == ["nodes[1].type", "edges[1].condition", "queue"])
    }

    @Test
    func `a problem reads as one line`() {
        let invalid = #expect(throws: InvalidDefinition.self) {
            _ = try Definition(
                json: Self.graph([Self.job, Self.job], [["start", "n"], ["n", "end"]])
            )
        }
        #expect(
            invalid?.description
                == "nodes[3].id: Duplicate node id: n (give each node an id of its own)"
        )
    }
}
