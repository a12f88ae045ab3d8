import PawlCore
import Testing

/// What is different between two definitions.
struct DifferenceTests {
    private static let old = #"""
        {"id": "w", "queue": "default", "metadata": {"owner": "a"}, "nodes": [
          {"id": "start", "type": "start"}, {"id": "a", "type": "x", "config": {"n": 1, "m": 2}},
          {"id": "p", "type": "parallel"}, {"id": "c", "type": "x", "parent": "p"},
          {"id": "d", "type": "x", "parent": "p"}, {"id": "gone", "type": "log"},
          {"id": "end", "type": "end"}],
         "edges": [{"source": "start", "target": "a"}, {"source": "a", "target": "p"},
          {"source": "p", "target": "gone", "condition": {"path": "c.output", "op": "exists"}},
          {"source": "p", "target": "end", "condition": {"type": "otherwise"}},
          {"source": "gone", "target": "end"}]}
        """#

    private func lines(_ old: String, _ new: String) throws -> [String] {
        let definitions = try [old, new].map { try Definition(json: JSON(parsing: $0.utf8)) }
        return Definition.difference(from: definitions[0], to: definitions[1]).lines
    }

    private func lines(replacing old: String, with new: String) throws -> [String] {
        #expect(Self.old.contains(old))
        return try lines(Self.old, Self.old.replacing(old, with: new))
    }

    @Test(
        arguments: [
            (#""queue": "default""#, #""queue": "mail""#, [#"~ queue "default" → "mail""#]),
            (#""queue": "default","#, #""queue": null,"#, [#"~ queue "default" → none"#]),
            (#""owner": "a""#, #""owner": "b""#, [#"~ metadata.owner "a" → "b""#]),
            (
                #""n": 1, "m": 2"#, #""n": 3, "o": 2"#,
                [
                    "~ node a: config.m 2 → none", "~ node a: config.n 1 → 3",
                    "~ node a: config.o none → 2",
                ]
            ),
            (
                #""id": "c", "type": "x""#, #""id": "c", "type": "y", "timeout": "1s""#,
                [#"~ node c: timeout none → "1s""#, #"~ node c: type "x" → "y""#]
            ),
            (
                #"{"source": "a", "target": "p"}"#,
                #"{"source": "a", "target": "p", "condition": {"path": "a", "op": "exists"}}, {"source": "a", "target": "end"}"#,
                [
                    "+ edge a → end",
                    #"~ edge a → p: condition none → {"op":"exists","path":"a","type":"field","value":null}"#,
                ]
            ),
        ] as [(String, String, [String])]
    )
    func `a change is a line`(old: String, new: String, expected: [String]) throws {
        let found = try lines(replacing: old, with: new)
        #expect(found.sorted() == expected.sorted())
    }

    @Test
    func `nodes and edges come and go`() throws {
        let difference = try lines(
            Self.old,
            Self.old.replacing(
                #"{"id": "gone", "type": "log"}"#,
                with: #"{"id": "new", "type": "say"}"#
            )
            .replacing(#""target": "gone""#, with: #""target": "new""#)
            .replacing(#""source": "gone""#, with: #""source": "new""#)
        )
        #expect(
            difference == [
                "- node gone (log)", "+ node new (say)",
                #"- edge p → gone if {"op":"exists","path":"c.output","type":"field","value":nul…"#,
                "- edge gone → end",
                #"+ edge p → new if {"op":"exists","path":"c.output","type":"field","value":nul…"#,
                "+ edge new → end",
            ]
        )
    }

    @Test
    func `order is told where it matters`() throws {
        let nodes = (
            #"{"id": "c", "type": "x", "parent": "p"}"#, #"{"id": "d", "type": "x", "parent": "p"}"#
        )
        #expect(
            try lines(
                Self.old,
                Self.old.replacing(nodes.0, with: "X").replacing(nodes.1, with: nodes.0)
                    .replacing("X", with: nodes.1)
            ) == ["~ node p: its children are in another order"]
        )
        let text = #"""
            {"id": "w", "nodes": [{"id": "s", "type": "start"}, {"id": "a", "type": "x"},
              {"id": "e", "type": "end"}],
             "edges": [{"source": "s", "target": "a"}, {"source": "s", "target": "e"},
              {"source": "a", "target": "e"}]}
            """#
        let other = text.replacing(
            #"{"source": "s", "target": "a"}, {"source": "s", "target": "e"}"#,
            with: #"{"source": "s", "target": "e"}, {"source": "s", "target": "a"}"#
        )
        #expect(try lines(text, other) == ["~ node s: its edges are in another order"])
    }

    @Test
    func `what says the same is no difference`() throws {
        #expect(try lines(Self.old, Self.old) == [])
        #expect(
            try lines(replacing: #""type": "parallel""#, with: #""type": "parallel", "config": {}"#)
                == []
        )
        #expect(try lines(replacing: #""id": "w","#, with: #""id": "w", "version": 1,"#) == [])
        #expect(try lines(replacing: #"{"path""#, with: #"{"type": "field", "path""#) == [])
    }

    @Test
    func `a difference is JSON, too`() throws {
        let old = try Definition(json: JSON(parsing: Self.old.utf8))
        let new = try Definition(
            json: JSON(
                parsing: Self.old.replacing(#""n": 1"#, with: #""n": 2"#)
                    .replacing(#""queue": "default","#, with: "").utf8
            )
        )
        #expect(
            Definition.difference(from: old, to: new).json == [
                ["change": "setting", "member": "queue", "old": "default"],
                [
                    "change": "node_changed", "node": "a",
                    "members": [["member": "config.n", "old": 1, "new": 2]],
                ],
            ]
        )
    }
}
