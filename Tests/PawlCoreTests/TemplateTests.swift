import Testing

@testable import PawlCore

/// What templates become, and what they say if they cannot.
struct TemplateTests {
    static let known: JSON = [
        "start": ["output": ["input": ["t": "x"]]],
        "d": [
            "output": [
                "s": "str", "n": 3, "f": 1.0, "half": 0.5, "big": 1e21, "b": true, "nil": nil,
                "l": [1, "two", nil], "o": ["a": ["b": "deep"]], "empty": "",
                "braces": "{{d.output.n}}", "uni": "é☃", "dotted": ["a.b": 1], "none": [],
                "no": [:],
                "secret": "{{secrets.KEY}}", "dollar": "${{d.output.n}}",
            ]
        ],
    ]

    private func resolve(_ json: JSON) throws -> JSON {
        try Template(json: json).resolve(Self.known)
    }

    @Test(
        arguments: [
            ("plain", "plain"), ("", ""), ("{{ d.output.s }}", "str"), ("{{d.output.n}}", 3),
            ("${{d.output.n}}", 3), ("{{d.output.big}}", 1e21), ("{{d.output.nil}}", nil),
            ("{{d.output.b}}", true), ("{{d.output.l}}", [1, "two", nil]),
            ("{{d.output.empty}}", ""),
            ("{{d.output.o}}", ["a": ["b": "deep"]]), ("{{d.output.o.a.b}}", "deep"),
            ("\n{{d.output.n}}\n", 3), (" \t${{ d.output.n }} \u{a0}", 3),
            ("{{\td.output.n\t}}", 3), ("{{\u{a0}d.output.n\u{2003}}}", 3),
            // Within a text.
            ("x{{d.output.n}}", "x3"), ("x${{d.output.n}}", "x3"), ("$${{d.output.n}}", "$3"),
            ("$ {{d.output.n}}", "$ 3"), ("x{{d.output.nil}}", "xnull"),
            ("x{{d.output.b}}", "xtrue"),
            ("x{{d.output.f}}", "x1"), ("x{{d.output.half}}", "x0.5"),
            ("x{{d.output.big}}", "x1e+21"),
            ("x{{d.output.l}}", #"x[1,"two",null]"#), ("x{{d.output.o}}", #"x{"a":{"b":"deep"}}"#),
            ("x{{d.output.empty}}y", "xy"), ("{{d.output.uni}}!", "é☃!"),
            ("{{ d.output.n }} {{ d.output.n }}", "3 3"), ("{{d.output.n}}{{d.output.n}}", "33"),
            ("{{d.output.n}}.", "3."), ("\u{301}{{d.output.n}}\u{301}", "\u{301}3\u{301}"),
            // Once only: what a value says is not looked at.
            ("{{d.output.braces}}", "{{d.output.n}}"), ("x{{d.output.braces}}", "x{{d.output.n}}"),
            ("{{d.output.dollar}}", "${{d.output.n}}"),
            // What is no placeholder stays.
            ("{{}}", "{{}}"), ("${{}}", "${{}}"), ("d.output.s}}", "d.output.s}}"),
            ("{{d.output.s", "{{d.output.s"), ("{{d.output.s}", "{{d.output.s}"), ("{{", "{{"),
            ("{", "{"), ("}}", "}}"), ("{ {d.output.s} }", "{ {d.output.s} }"),
            ("${d.output.s}", "${d.output.s}"),
            ("{{d.output\n.s}}", "{{d.output\n.s}}"), ("{{\n}}", "{{\n}}"),
            ("{{d\n{{d.output.n}}", "{{d\n3"),
            ("{{\r\nd}} {{d.output.n", "{{\r\nd}} {{d.output.n"), ("{{}} {{", "{{}} {{"),
            // Other values, and keys, which are not resolved.
            (nil, nil), (1.5, 1.5), (true, true), ([], []), (["{{d.output.n}}", 1], [3, 1]),
            (["{{d.output.s}}": "{{d.output.l}}"], ["{{d.output.s}}": [1, "two", nil]]),
            (["a": ["b": [["c": "{{d.output.s}}"]]]], ["a": ["b": [["c": "str"]]]]),
            // The steps of a path.
            ("{{d.output.l[1]}}", "two"), (#"{{d.output.dotted["a.b"]}}"#, 1),
            (#"{{["d"].output.n}}"#, 3),
        ] as [(JSON, JSON)]
    )
    func `a template is resolved`(template: JSON, value: JSON) throws {
        #expect(try resolve(template) == value)
        #expect(try resolve(template).serialized() == value.serialized())
    }

    @Test(
        arguments: [
            ("{{d.output.l.0}}", "d.output.l.0"), ("pre {{ghost.output}}", "ghost.output"),
            ("{{ }}", ""), ("{{{d.output.s}}}", "{d.output.s"), ("{{start.input}}", "start.input"),
            ("{{{}}}", "{"), ("{{}}}", "}"), ("{{}}}}", "}"),
            ("{{}} {{d.output.n}}", "}} {{d.output.n"),
            ("{{{{d.output.n}}}}", "{{d.output.n"), ("{{d.output.n.x}}", "d.output.n.x"),
            ("{{d.output.n }} {{ nope }}", "nope"),
            ("{{d.output.s}} {{ d.output.S }}", "d.output.S"),
            ("{{d.output. s}}", "d.output. s"), ("{{d.output.n|upper}}", "d.output.n|upper"),
            ("{{d.output.l[3]}}", "d.output.l[3]"), ("{{steps.d.output.n}}", "steps.d.output.n"),
            ("{{d.output.o.a.b.0}}", "d.output.o.a.b.0"),
        ] as [(JSON, String)]
    )
    func `a path that leads nowhere is an error`(template: JSON, path: String) throws {
        let error = #expect(throws: TemplateError.self) { try resolve(template) }
        #expect(error?.message == "Template path not found: \(path)")
        #expect(try Template(json: template).resolveLeniently(Self.known).stringValue != nil)
    }

    @Test(
        arguments: [
            ("ghost.output", "known are d, start"),
            ("d.output.o.b", "d.output.o has a"),
            ("d.output.o.a.c.x", "d.output.o.a has b"),
            ("d.output.l.0", "d.output.l is a list of 3: write d.output.l[0] for the first"),
            ("d.output.l[7]", "d.output.l is a list of 3: write d.output.l[0] for the first"),
            ("d.output.none[0]", "d.output.none is an empty list"),
            ("d.output.no.x", "d.output.no has no members"),
            ("d.output.s.x", "d.output.s is a text"), ("d.output.n.x", "d.output.n is 3"),
            ("d.output.nil.x", "d.output.nil is null"), ("start.input", "start has output"),
        ]
    )
    func `an error says what there is instead`(path: String, hint: String) {
        let error = #expect(throws: TemplateError.self) { try resolve(.string("{{\(path)}}")) }
        #expect(error?.hint == hint)
    }

    @Test
    func `an error lists twenty names, and where in the template it is`() throws {
        let many = JSON.object(
            Dictionary(uniqueKeysWithValues: (100..<125).map { ("k\($0)", .null) })
        )
        let template = try Template(json: ["url": "x", "headers": [["a.b": "{{x.y}}"]]])
        let error = #expect(throws: TemplateError.self) {
            try template.resolve(["x": many] as JSON)
        }
        #expect(
            error?.hint == "x has " + (100..<120).map { "k\($0)" }.joined(separator: ", ")
                + " and 5 more"
        )
        #expect(error?.place == #"headers[0]["a.b"]"#)
        let nothing = #expect(throws: TemplateError.self) { try template.resolve([:] as JSON) }
        #expect(
            nothing?.description
                == #"Template path not found: x.y, at headers[0]["a.b"] (nothing is known yet)"#
        )
    }

    @Test(
        arguments: [
            (#"{{x.y | default("none")}}"#, "none"), (#"{{d.output.n | default(5)}}"#, 3),
            (#"{{d.output.nil | default(5)}}"#, nil), (#"{{x|default(null)}}"#, nil),
            (#"{{ x  |  default ( [1, {"a":{"b":{}}}] )  }}"#, [1, ["a": ["b": [:]]]]),
            (#"${{x | default({"a":{"b":1}})}}"#, ["a": ["b": 1]]),
            (#"a {{x | default(")}} \" {{")}} b"#, #"a )}} " {{ b"#),
            (#"{{x | default({})}}{{y | default(1.5)}}"#, "{}1.5"),
            (#"{{x | default("{{d.output.n}}")}}"#, "{{d.output.n}}"),
            (#"{{ | default(1)}}"#, 1), (#"{{x | default("☃")}}!"#, "☃!"),
        ] as [(JSON, JSON)]
    )
    func `a default stands for what is not there`(template: JSON, value: JSON) throws {
        #expect(try resolve(template) == value)
    }

    @Test(
        arguments: [
            (#"{{x | default(none)}}"#, "is not JSON"), (#"{{x | default()}}"#, "is not JSON"),
            (#"{{x | default("a" "b")}}"#, "is not JSON"),
            (#"{{x | default("a"}}"#, "does not end"),
            (#"{{x | default("a)}}"#, "does not end"),
            (#"{{x | default(1) + 1}}"#, "is not followed by }}"),
            (#"{{x | default([1)}}"#, "does not end"), ("{{x | default(\n1)}}", nil),
            (#"{{x | default(1)}} {{x | default(1))}}"#, "is not followed by }}"),
        ] as [(JSON, String?)]
    )
    func `a default that is not JSON is a problem`(template: JSON, message: String?) throws {
        guard let message else {
            #expect(try resolve(template) == template)
            return
        }
        let error = #expect(throws: TemplateError.self) { try Template(json: ["a": [template]]) }
        #expect(error?.message.hasPrefix(#"the default of "x" \#(message)"#) == true)
        var problems: [Problem] = []
        #expect(
            Template(json: ["a": [template]], at: "nodes[1].config", problems: &problems) == nil
        )
        #expect(problems.map(\.place) == ["nodes[1].config.a[0]"])
    }

    @Test
    func `what leads nowhere can be left as it is written`() throws {
        let template = try Template(json: [
            "a": "{{ghost.x}}", "b": "{{d.output.n}}", "c": "x ${{ ghost.x }} {{d.output.n}}{{ }}",
            "d": "{{secrets.KEY}}", "e": ["{{ghost | default(1)}}", " {{ghost}} "],
        ])
        #expect(
            template.resolveLeniently(Self.known) == [
                "a": "{{ghost.x}}", "b": 3, "c": "x ${{ ghost.x }} 3{{ }}",
                "d": "{{secrets.KEY}}", "e": [1, "{{ghost}}"],
            ]
        )
    }
}
