import Testing

@testable import PawlCore

/// What `input` means in templates and conditions: the output of the node before.
struct PreviousOutputTests {
    private static let look: JSON = ["action": "json_transform", "template": ["saw": "{{input}}"]]

    @Test
    func `after start it is the run's input, then what the node before gave`() throws {
        let run = try Rehearsal(
            .graph(
                "a:function b:work c:function",
                "start>a a>b b>c c>end",
                configs: ["a": Self.look, "c": Self.look]
            ),
            input: ["n": 1],
            ["b": [Rehearsal.gave(["n": 2])]]
        )
        #expect(try run.output("a") == ["saw": ["n": 1]])
        #expect(try run.output("c") == ["saw": ["n": 2]])
    }

    @Test
    func `at an edge it is what the node itself gave`() throws {
        let run = try Rehearsal(
            .graph(
                "a:work b:work c:work",
                "start>a a>b a>c b>end c>end",
                conditions: ["a>b": ["path": "input.n", "op": "eq", "value": 2]]
            ),
            ["a": [Rehearsal.gave(["n": 2])]]
        )
        #expect(run.calls == ["a", "b"])
    }

    @Test
    func `children begin with what their container was reached with`() throws {
        let run = try Rehearsal(
            .graph(
                """
                a:work p:parallel p/s:sequence s/b:function s/c:work s/d:function p/e:function \
                l:loop l/f:function
                """,
                "start>a a>p p>l l>end",
                configs: [
                    "b": Self.look, "d": Self.look, "e": Self.look, "f": Self.look,
                    "l": ["mode": "for_each", "over": [1, 2]],
                ]
            ),
            ["a": [Rehearsal.gave("left")]]
        )
        #expect(try run.output("p.s.b") == ["saw": "left"])
        #expect(try run.output("p.s.d") == ["saw": "p.s.c"])
        #expect(try run.output("p.e") == ["saw": "left"])
        let gathered = try run.output("p")
        #expect(try run.output("l.0.f") == ["saw": #require(gathered)])
        #expect(try run.output("l.1.f") == ["saw": #require(gathered)])
    }

    @Test
    func `in a dag it is what a step depends on that ended last`() throws {
        let run = try Rehearsal(
            .graph(
                "a:work d:dag d/b:work d/c:function d/e:function",
                "start>a a>d d>end",
                configs: ["c": Self.look, "e": Self.look],
                members: ["c": ["depends_on": ["b"]]]
            )
        )
        #expect(try run.output("d.c") == ["saw": "d.b"])
        #expect(try run.output("d.e") == ["saw": "a"])
    }

    @Test
    func `who stands in sees what the failed one saw, and a cycle comes from where it came`() throws
    {
        let run = try Rehearsal(
            .graph(
                "a:work b:work c:function d:work",
                "start>a a>b b>d d>a d>end",
                configs: ["c": Self.look],
                conditions: ["d>a": ["path": "input", "op": "eq", "value": "again"]],
                members: ["b": ["on_error": ["strategy": "fallback", "node": "c"]]]
            ),
            [
                "a": [Rehearsal.gave(1), Rehearsal.gave(2)],
                "b": [Rehearsal.failed, Rehearsal.failed],
                "d": [Rehearsal.gave("again"), Rehearsal.gave("on")],
            ]
        )
        #expect(run.calls == ["a", "b", "d", "a", "b", "d"])
        #expect(try run.output("c") == ["saw": 2])
    }

    @Test
    func `a sequence that is visited again begins anew`() throws {
        let run = try Rehearsal(
            .graph(
                "a:work s:sequence s/b:function s/c:work",
                "start>a a>s s>a s>end",
                configs: ["b": Self.look],
                conditions: ["s>a": ["path": "c.output", "op": "eq", "value": "again"]]
            ),
            [
                "a": [Rehearsal.gave(1), Rehearsal.gave(2)],
                "s.c": [Rehearsal.gave("again"), Rehearsal.gave("on")],
            ]
        )
        #expect(try run.output("s.b") == ["saw": 2])
    }
}
