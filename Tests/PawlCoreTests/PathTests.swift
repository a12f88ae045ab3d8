import PawlCore
import Testing

/// How a path is read, and where it leads.
struct PathTests {
    private static let value: JSON = [
        "a": ["b": [10, ["c": nil], [["x"]]], "3": "digits", "": "empty", "d.e": ["f[0]": 1]],
        "a.b": "dotted", "t": "text", "0": "zero", "q\"": ["]": true],
    ]

    @Test(
        arguments: [
            ("a", ["a"]), ("a.b", ["a", "b"]), ("", [""]), (".", ["", ""]), ("a.", ["a", ""]),
            (".a", ["", "a"]), ("a..b", ["a", "", "b"]), ("a.0", ["a", "0"]), ("a[0]", ["a", 0]),
            ("a[0].b", ["a", 0, "b"]), ("a[0][12]", ["a", 0, 12]), ("[0]", [0]),
            ("[0].a", [0, "a"]),
            ("a.[0]", ["a", 0]), (#"a["b.c"].d"#, ["a", "b.c", "d"]), (#"["a.b"]"#, ["a.b"]),
            (#"["a"]["b"][0]"#, ["a", "b", 0]), (#"a["\"]"]"#, ["a", "\"]"]),
            (#"a["\u00e9"]"#, ["a", "é"]), (#"a[""]"#, ["a", ""]),
            ("a['b.c'].d", ["a", "b.c", "d"]), ("['a']['\\']", ["a", "\\"]), ("a['']", ["a", ""]),
            ("a['b", ["a['b"]), ("a['b'", ["a['b'"]), ("a['b'x]", ["a['b'x]"]), ("a[']", ["a[']"]),
            // What is no bracket of a path belongs to a name.
            ("{d.s", ["{d", "s"]), ("a[", ["a["]), ("a]", ["a]"]), ("a[]", ["a[]"]),
            ("a[x]", ["a[x]"]), ("a[-1]", ["a[-1]"]), ("a[0", ["a[0"]), ("a[0]b", ["a[0]b"]),
            ("a[0][x]", ["a[0][x]"]), ("a[[0]", ["a[", 0]), ("a[1.5]", ["a[1", "5]"]),
            ("a[99999999999999999999]", ["a[99999999999999999999]"]),
            (#"a["b"#, [#"a["b"#]), (#"a["b.c"#, [#"a["b"#, "c"]), (#"a["b"x]"#, [#"a["b"x]"#]),
            (#"a["\q"]"#, [#"a["\q"]"#]), (#"a["\"#, [#"a["\"#]), ("a[\"\n\"]", ["a[\"\n\"]"]),
            (" a . b ", [" a ", " b "]), ("é.☃", ["é", "☃"]), ("a.\u{301}b", ["a", "\u{301}b"]),
        ] as [(String, JSON)]
    )
    func `every text is a path`(text: String, segments: JSON) throws {
        let path = Path(text)
        let expected: [Path.Segment] = try #require(segments.arrayValue).compactMap { segment in
            segment.stringValue.map { .name($0) } ?? segment.intValue.map { .index($0) }
        }
        #expect(path.segments == expected)
        #expect(path.description == text)
        #expect(Path(Path(path.segments).description) == path)
    }

    @Test(
        arguments: [
            ("a.b[0]", 10), ("a.b[1].c", nil), ("a.b[2][0][0]", "x"), ("a.b.0", 10),
            ("a.b.2.0.0", "x"), ("a.3", "digits"), ("0", "zero"), ("a.", "empty"),
            (#"["a.b"]"#, "dotted"), (#"a["d.e"]["f[0]"]"#, 1), (#"["q\""]["]"]"#, true),
        ] as [(String, JSON)]
    )
    func `a path leads to a value`(path: String, value: JSON) {
        #expect(Path(path).value(in: Self.value) == value)
    }

    @Test(
        arguments: [
            "", "b", "a.b.c", "a.b[3]", "a.b.3", "a.b.-1", "a.b.+1", "a.b[1].c.d", "t.0", "t[0]",
            "a[3]", "[0]", "a.b.99999999999999999999", "a.b. 0", "t.", "A",
        ]
    )
    func `a path leads nowhere`(path: String) {
        #expect(Path(path).value(in: Self.value) == nil)
    }

    @Test
    func `paths are equal if they take the same steps`() {
        #expect(Path("a.b") == Path(#"["a"]["b"]"#))
        #expect(Set([Path("a.b"), Path(#"a["b"]"#)]).count == 1)
        #expect(Path("a.0") != Path("a[0]"))
        #expect(
            Path([.name("a"), .name("b.c"), .index(0), .name("")]).description
                == #"a["b.c"][0][""]"#
        )
    }

    @Test(arguments: ["[0]", "[\"", "[", "[\"a\"]", ".", "[\"\\"])
    func `a long path is read in one go`(unit: String) {
        let text = String(repeating: unit, count: 100_000) + "x"
        #expect(Path(text).description == text)
    }
}
