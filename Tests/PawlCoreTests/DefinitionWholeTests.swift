import PawlCore
import Testing

/// All that is wrong is told at once, and nothing that only follows from it.
struct DefinitionWholeTests {
    private func lines(_ text: String, knownKinds: Set<String>? = nil) throws -> [String] {
        let report = Definition.check(try JSON(parsing: text.utf8), knownKinds: knownKinds)
        #expect((report.definition == nil) == !report.errors.isEmpty)
        return (report.errors + report.warnings).map { "\($0.place) \($0.code.rawValue)" }
    }

    private func graph(_ nodes: String, _ edges: String, _ more: String = "") throws -> [String] {
        try lines(
            #"""
            {"id": "w"\#(more), "nodes": [{"id": "start", "type": "start"}, \#(nodes),
             {"id": "end", "type": "end"}], "edges": [\#(edges)]}
            """#
        )
    }

    private static let through =
        #"{"source": "start", "target": "a"}, {"source": "a", "target": "end"}"#

    @Test(
        arguments: [
            (#"{"id": "a", "type": "x", "when": "x >"}"#, "nodes[1].when MALFORMED"),
            (#"{"id": "a", "type": "x", "on_error": "pray"}"#, "nodes[1].on_error MALFORMED"),
            (#"{"id": "a.b", "type": "x"}, {"id": "a", "type": "x"}"#, "nodes[1].id MALFORMED"),
            (#"{"id": "a"}"#, "nodes[1].type MALFORMED"),
        ]
    )
    func `a node that cannot be read hides no edge to nowhere`(
        nodes: String,
        problem: String
    ) throws {
        let edges = Self.through + #", {"source": "a", "target": "ghost"}"#
        let lines = try graph(nodes, edges)
        #expect(lines.prefix(2) == [problem, "edges[2].target DANGLING_EDGE"])
        #expect(lines.dropFirst(2).allSatisfy { $0.hasSuffix("DOUBTFUL") })
    }

    @Test
    func `an edge that cannot be read hides no other`() throws {
        #expect(
            try graph(
                #"{"id": "a", "type": "x"}"#,
                Self.through + #"""
                    , {"source": "a", "target": "ghost", "condition": "x >"}, {"source": "a"}
                    """#
            ) == [
                "edges[2].condition MALFORMED", "edges[3] MALFORMED",
                "edges[2].target DANGLING_EDGE",
            ]
        )
    }

    @Test
    func `an id that is none hides neither errors nor warnings`() throws {
        #expect(
            try graph(
                #"""
                {"id": "a.b", "type": "x", "retries": 1}, {"id": "a", "type": "x"},
                {"id": "a", "type": "x", "config": {"t": "{{ghost.output}}"}}
                """#,
                Self.through
                    + #", {"source": "a", "target": "a.b"}, {"source": "a.b", "target": "nobody"}"#
            ) == [
                "nodes[1].id MALFORMED", "nodes[3].id DUPLICATE_NODE",
                "edges[3].target DANGLING_EDGE", "nodes[1].retries UNKNOWN_MEMBER",
                "edges[1] DOUBTFUL", "nodes[3].config.t NOT_FOUND",
            ]
        )
    }

    @Test(
        arguments: [
            // The edges are to the node that has no id.
            (#"{"type": "x"}"#, ["nodes[1].id MALFORMED"]),
            (
                #"{"type": "x"}, {"id": "b", "type": "x", "config": {"t": "{{a.output}}"}}"#,
                ["nodes[1].id MALFORMED"]
            ),
            // The container, or what stands in, may be what could not be read.
            (
                #"{"id": "a", "type": "dag"}, {"id": "b", "type": "x", "parent": 5, "depends_on": ["c"]}"#,
                ["nodes[2].parent MALFORMED"]
            ),
            (
                #"{"id": "a", "type": "x", "on_error": {"strategy": "fallback"}}, {"id": "f", "type": "x"}"#,
                ["nodes[1].on_error.node MALFORMED"]
            ),
            (
                #"{"id": "a"}, {"id": "b", "type": "x", "parent": "a", "depends_on": ["b2"]}"#,
                ["nodes[1].type MALFORMED"]
            ),
            (
                #"""
                {"id": "a", "type": "branch", "config": {"value": "inputs.k", "branches": {"x": 5}}},
                {"id": "b", "type": "x", "parent": "a"}
                """#,
                ["nodes[1].config.branches.x MALFORMED"]
            ),
        ] as [(String, [String])]
    )
    func `what only follows is not told`(nodes: String, expected: [String]) throws {
        #expect(try graph(nodes, Self.through) == expected)
    }

    @Test
    func `what is missed may be what has no type`() throws {
        #expect(
            try lines(#"{"id": "w", "nodes": [{"id": "start"}, {"id": "b", "type": "x"}]}"#)
                == ["nodes[0].type MALFORMED"]
        )
    }

    @Test
    func `two nodes of one id hide no node that cannot be reached`() throws {
        #expect(
            try graph(
                #"{"id": "a", "type": "x"}, {"id": "a", "type": "x"}, {"id": "lost", "type": "x"}"#,
                Self.through
            ) == ["nodes[2].id DUPLICATE_NODE", "nodes[3] UNREACHABLE"]
        )
    }

    @Test
    func `nor does an edge where none may be`() throws {
        #expect(
            try graph(
                #"{"id": "a", "type": "x"}, {"id": "lost", "type": "x"}"#,
                Self.through + #", {"source": "a", "target": "start"}"#
            ).contains("nodes[2] UNREACHABLE")
        )
    }

    private static let cycle = #"""
        {"id": "e", "action": "x", "depends_on": ["f"]}, {"id": "f", "action": "x", "depends_on": ["e"]}
        """#

    @Test(
        arguments: [
            (#"{"id": "s", "type": "magic"}"#, "steps[0].type"),
            (#"{"id": "s", "type": 5}"#, "steps[0].type"),
            (#"{"id": "s"}"#, "steps[0].action"),
            (#"{"id": "s", "action": "parallel", "params": {"urll": 1}}"#, "steps[0].action"),
            (#"{"id": "s", "action": "x", "params": 5}"#, "steps[0].params"),
            (#"{"id": "s", "action": "x", "timeout": "soon"}"#, "steps[0].timeout"),
            (#"{"id": "s", "action": "x", "condition": "x >"}"#, "steps[0].condition"),
            (#"{"id": "s", "action": "x", "depends_on": ["t"]}"#, "steps[0].depends_on[0]"),
            (#"{"id": "s", "action": "shell.exec", "params": {"command": "ls -l"}}"#, command),
            (#"{"action": "x"}"#, "steps[0].id"),
        ]
    )
    func `a step that cannot be read is told once, and hides no circle`(
        step: String,
        place: String
    ) throws {
        #expect(
            try lines(#"{"id": "w", "steps": [\#(step)]}"#, knownKinds: ["x", "command"])
                .map { $0.prefix { $0 != " " } }.filter { $0 != "steps" } == [place[...]]
        )
        let places = try lines(#"{"id": "w", "steps": [\#(step), \#(Self.cycle)]}"#)
        #expect(places.map { $0.prefix { $0 != " " } } == [place[...], "steps[1].depends_on"])
    }

    private static let command = "steps[0].params.command"

    @Test
    func `steps without a name lack nothing else`() throws {
        #expect(try lines(#"{"steps": [{"id": "a", "action": "x"}]}"#) == [" MALFORMED"])
    }
}
