import Testing

@testable import PawlCore

/// What expressions say, and what is said about texts that are none.
struct ExpressionTests {
    private static let known: JSON = [
        "a": [
            "output": [
                "n": 5, "b": true, "no": false, "s": "x1", "list": [1, 2, "two"], "o": ["k": 1],
            ]
        ],
        "my node": ["output": ["x": "it's"]], "my-node": ["output": ["x": 1.5]],
        "in": ["output": 7],
    ]

    @Test(
        arguments: [
            ("a.output.n == 5", true), ("a.output.n == 5.0", true), ("a.output.n != 5", false),
            ("a.output.n>=5", true), ("a.output.n > 5", false), ("a.output.n<6", true),
            ("a.output.n <= 4", false), ("5 == a.output.n", true), ("3 < a.output.n", true),
            ("a.output.n == a.output.n", true), ("a.output.n == a.output.s", false),
            ("1 < 2", true),
            ("a.output.n > -1", true), ("a.output.n < 1e2", true), ("a.output.n < 1e+2", true),
            ("a.output.n in [1, 5]", true), ("a.output.n not in [1, 5]", false),
            ("a.output.n not  in [1]", true), ("2 in a.output.list", true),
            ("'k' in a.output.o", true),
            ("a.output.list contains 2", true), ("a.output.list contains \"wo\"", true),
            ("a.output.s matches \"^x[0-9]$\"", true), (#"a.output.s matches "^x\\d$""#, true),
            (#"a.output.s matches '^x\d$'"#, true), ("a.output.s matches '^y'", false),
            ("exists(a.output.n)", true), ("exists(a.output.m)", false),
            ("exists ( a.output.n )", true),
            ("a.output.n exists", true), ("not a.output.m exists", true),
            ("!exists(a.output.m)", true),
            ("a.output.o == {\"k\": 1}", true), ("a.output.o == {\"k\":{}}", false),
            ("a.output.list == [1,2,\"two\"]", true), ("a.output.s == null", false),
            ("a.output.b == true", true), ("a.output.no == false", true),
            // A path alone is true if it leads to `true`.
            ("a.output.b", true), ("a.output.no", false), ("a.output.n", false),
            ("a.output.m", false),
            ("not a.output.m", true), ("true", true), ("false", false),
            // What is missing makes every comparison false.
            ("a.output.m != 1", false), ("1 != a.output.m", false),
            ("a.output.m not in [1]", false),
            ("not (a.output.m != 1)", true), ("a.output.m matches ''", false),
            // `and` binds more than `or`, `not` more than both, comparisons most.
            ("true or true and false", true), ("(true or true) and false", false),
            ("not true or true", true), ("not (true or true)", false),
            ("not a.output.n == 6", true),
            ("! a.output.n == 6", true), ("not not true", true), ("!!true", true),
            ("true && true || false", true), ("false||true&&true", true),
            ("false or false or true", true),
            ("true and true and false", false), ("((true))", true),
            (
                "a.output.n >= 3 and not (a.output.s matches \"^y\" or a.output.list contains 9)",
                true
            ),
            // How paths are spelled.
            ("{{a.output.n}} == 5", true), ("${{ a.output.n }} == 5", true),
            ("!{{a.output.b}}", false),
            ("a.output.list[1] == 2", true), ("a.output[\"n\"] == 5", true),
            ("[\"my node\"].output.x == 'it''s'", true),
            ("[\"my node\"][\"output\"].x == \"it's\"", true),
            ("my-node.output.x == 1.5", true), ("in.output == 7", true),
            ("[\"in\"].output == 7", true),
            ("a.output.n in [5]", true), ("'two' in [\"two\"]", true), ("'x' in [\"y\"]", false),
            ("\n a.output.n\n\t== 5 \n", true),
        ]
    )
    func `an expression holds`(text: String, result: Bool) throws {
        #expect(try Expression.condition(text).holds(in: Self.known) == result)
        #expect(try Condition(text).holds(in: Self.known) == result)
    }

    @Test(
        arguments: [
            ("a.output.n", .path("a.output.n")), (" {{ a.output.n }} ", .path("a.output.n")),
            ("a[0][\"b.c\"]", .path(#"a[0]["b.c"]"#)), ("é", .path("é")),
            ("1st.output", .path("1st.output")),
            ("a['b c'].d", .path(#"a["b c"].d"#)), ("['b c'].d", .path(#"["b c"].d"#)),
            ("5", .value(5)), ("-0.5", .value(-0.5)), ("1E-2", .value(0.01)),
            ("\"a\"", .value("a")),
            ("'a\\'", .value("a\\")), ("'\"'", .value("\"")), ("''", .value("")),
            ("true", .value(true)),
            ("null", .value(nil)), ("[]", .value([])), ("[\"a\"]", .value(["a"])),
            ("{\"a\": [\"]}\"]}", .value(["a": ["]}"]])), (#""\"\u00e9""#, .value("\"é")),
            ("12345678901234567890", .value(1.2345678901234567e19)), ("android", .path("android")),
        ] as [(String, Operand)]
    )
    func `a path or a value is an operand`(text: String, operand: Operand) throws {
        #expect(try Expression.operand(text) == operand)
    }

    @Test(
        arguments: [
            ("", "the text ends where a path or a value is expected", 0),
            ("  ", "the text ends where a path or a value is expected", 2),
            ("a.n ==", "the text ends where a path or a value is expected", 6),
            ("a.n == and", "found and where a path or a value is expected", 7),
            ("a.n = 5", "unexpected \"=\"", 4), ("a & b", "unexpected \"&\"", 2),
            ("a | b", "unexpected \"|\"", 2), ("a + 1 == 2", "unexpected \"+\"", 2),
            ("-a == 1", "unexpected \"-\"", 0), ("a, b", "unexpected \",\"", 1),
            ("]", "unexpected \"]\"", 0),
            (".5 == a", "unexpected \".\"", 0), ("a..b", "no name follows the \".\"", 2),
            ("a. == 1", "no name follows the \".\"", 2), ("a.", "no name follows the \".\"", 2),
            ("a b", "found b where the end is expected", 2),
            ("a == 1 2", "found 2 where the end is expected", 7),
            ("(a", "the text ends where \")\" is expected", 2),
            ("a)", "found ) where the end is expected", 1),
            ("()", "found ) where a path or a value is expected", 1),
            ("(a) == 1", "found == where the end is expected", 4),
            ("1 < a < 3", "a comparison follows a comparison", 6),
            ("a == 1 matches 'x'", "a comparison follows a comparison", 7),
            ("a not 5", "found not where the end is expected", 2),
            ("5", "5 alone is no condition", 0), ("a and 'x'", "\"x\" alone is no condition", 6),
            ("exists a", "found a where \"(\" is expected", 7),
            ("exists(5)", "found 5 where a path is expected", 7),
            ("exists(a", "the text ends where \")\" is expected", 8),
            ("5 exists", "found 5 where a path is expected", 0),
            ("a matches b", "found b where a pattern is expected", 10),
            ("a matches 5", "found 5 where a pattern is expected", 10),
            ("a matches '('", "cannot read pattern: a group does not end, at character 1", 10),
            ("a == 'x", "a string does not end", 5), ("a == {{b", "a {{ does not end", 5),
            ("{{a b}}", "a {{ }} does not hold one path", 0),
            ("{{}}", "a {{ }} does not hold one path", 0),
            ("{{a | default(1)}}", "a {{ }} does not hold one path", 0),
            ("a == \"x", "a value is not JSON: a string does not end", 5),
            ("a == [1, ]", "a value is not JSON: found \"]\" where a value is expected", 9),
            ("é == [é]", "a value is not JSON: found byte 195 where a value is expected", 6),
            ("a == [1", "a value is not JSON: the text ends where \",\" or \"]\" is expected", 7),
            ("a[x] == 1", "a value is not JSON: found \"x\" where a value is expected", 2),
        ]
    )
    func `a text that is no condition is refused with the place`(
        text: String,
        message: String,
        offset: Int
    ) {
        let error = #expect(throws: ExpressionError.self) { try Expression.condition(text) }
        #expect(error?.message == message)
        #expect(error?.offset == offset)
        #expect(error?.hint.isEmpty == false)
    }

    @Test(arguments: ["", "a b", "a == 1", "not a", "(a)", "and"])
    func `a text that is no operand is refused`(text: String) {
        #expect(throws: ExpressionError.self) { try Expression.operand(text) }
    }

    @Test
    func `an error says what is wrong, where and what is allowed`() {
        let error = #expect(throws: ExpressionError.self) { try Condition("a = 1") }
        #expect(
            error?.description
                == "cannot read expression: unexpected \"=\", at character 3 (write == to compare)"
        )
    }

    @Test
    func `an expression is limited in length, depth and comparisons`() throws {
        #expect(try Condition(String(repeating: "a&&", count: 499) + "a").holds { _ in true })
        let many = #expect(throws: ExpressionError.self) {
            try Condition(String(repeating: "a&&", count: 500) + "a")
        }
        #expect(many?.message == "the expression has too many comparisons")
        #expect(
            try Expression.operand("'" + String(repeating: "x", count: 4_094) + "'") != .value("")
        )
        let long = #expect(throws: ExpressionError.self) {
            try Expression.operand(String(repeating: "x", count: 4_097))
        }
        #expect(long?.message == "the expression is too long")
        for (open, close) in [("(", ")"), ("!", ""), ("not(", ")")] {
            let count = open == "not(" ? 16 : 32
            let inner = {
                String(repeating: open, count: $0) + "true" + String(repeating: close, count: $0)
            }
            #expect(try Condition(inner(count)).holds { _ in nil })
            let deep = #expect(throws: ExpressionError.self) { try Condition(inner(count + 1)) }
            #expect(deep?.message == "the expression nests too deep")
        }
    }

    @Test
    func `any text is either read or refused`() {
        let units = [
            "a", ".", "[", "]", "\"", "'", "(", ")", "{{", "}}", "{", "}", "$", " and ", " or ",
            " not ", " in ",
            " matches ", " contains ", "exists", "==", "!", "<", "1", "-", "\\", ",", ":", "é",
            "true", "|", "=",
        ]
        var generator = SeededGenerator(seed: 3)
        var read = 0
        for _ in 0..<20_000 {
            let length = Int.random(in: 0...8, using: &generator)
            let text = (0..<length).map { _ in units.randomElement(using: &generator) ?? "" }
                .joined()
            do {
                _ = try Condition(text).holds(in: Self.known)
                read += 1
            } catch {
                #expect(error.offset <= text.unicodeScalars.count)
            }
        }
        #expect(read > 100)
    }
}
