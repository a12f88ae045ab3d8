import PawlCore
import Testing

/// What patterns match, what they refuse, and what they cost.
struct PatternTests {
    @Test(
        arguments: [
            // Anywhere, unless anchored.
            ("", "", true), ("", "abc", true), ("b", "abc", true), ("bc", "abc", true),
            ("ac", "abc", false), ("^b", "abc", false), ("^a", "abc", true), ("c$", "abc", true),
            ("b$", "abc", false), ("^$", "", true), ("^$", "\n", false), ("^abc$", "abc", true),
            ("a$", "a\n", false), ("^b", "a\nb", false), ("a^b", "ab", false), ("$a", "a", false),
            ("x*", "", true), ("^a$|^b$", "b", true), ("^a$|^b$", "ab", false),
            ("^(a|b)$", "ab", false), ("(^a|b)c", "xbc", true), ("(^a|b)c", "xac", false),
            // Any character of a line.
            (".", "", false), ("^.$", "☃", true), ("^.$", "\u{1f600}", true), (".", "\n", false),
            (".", "\r\n\u{2028}\u{2029}", false), ("^..$", "e\u{301}", true),
            // Classes.
            ("^[abc]+$", "cab", true), ("^[abc]+$", "cad", false), ("[^abc]", "abc", false),
            ("[^abc]", "abcd", true), ("^[a-c]$", "b", true), ("^[a-c]$", "-", false),
            ("^[a-c]$", "d", false), ("^[-a]$", "-", true), ("^[a-]$", "-", true),
            ("^[a\\-c]$", "b", false), ("^[a\\-c]$", "-", true), ("^[\\]]$", "]", true),
            ("^[\\\\]$", "\\", true), ("^[a^]$", "^", true), ("^[.]$", "a", false),
            ("^[.$*(]+$", "$.(*", true), ("^[\\d.]+$", "1.2", true), ("^[\\w-.]+$", "a-b.c", true),
            ("^[a-\\d]+$", "a-1", true), ("^[a-\\d]+$", "b", false), ("^[\\b]$", "\u{8}", true),
            ("^[^\\d\\s]$", "x", true), ("^[^\\d\\s]$", " ", false), ("^[\\D]$", "5", false),
            ("^[а-я]+$", "слово", true), ("^[\\u{1f600}-\\u{1f64f}]$", "\u{1f601}", true),
            ("[^\\x00-\\u{10ffff}]", "a", false), ("^[[]$", "[", true), ("[a-cx-z]", "y", true),
            // Escapes.
            ("^\\d+$", "0123456789", true), ("\\d", "٣", false), ("^\\D$", "x", true),
            ("^\\w+$", "aZ_09", true), ("\\w", "é-☃", false), ("^\\W$", "é", true),
            ("^\\s+$", " \t\r\n\u{b}\u{c}\u{a0}\u{feff}\u{2003}", true), ("\\S", " \t", false),
            ("^\\t\\n\\r\\f\\v\\0$", "\t\n\r\u{c}\u{b}\0", true), ("^\\.$", "x", false),
            ("^\\x41\\u0042\\u{43}$", "ABC", true), ("^\\^\\$\\/\\{\\}$", "^$/{}", true),
            ("\\bcat\\b", "a cat.", true), ("\\bcat\\b", "concat", false),
            ("\\Bcat", "concat", true),
            ("\\b", "", false), ("\\B", "", true),
            // Quantifiers.
            ("^ab*$", "a", true), ("^ab*$", "abbb", true), ("^ab+$", "a", false),
            ("^ab?$", "ab", true), ("^ab?$", "abb", false), ("^a{3}$", "aaa", true),
            ("^a{3}$", "aa", false), ("^a{3}$", "aaaa", false), ("^a{2,}$", "a", false),
            ("^a{2,}$", "aaaaa", true), ("^a{2,3}$", "aaa", true), ("^a{2,3}$", "aaaa", false),
            ("^a{0}$", "", true), ("^a{0}$", "a", false), ("^a{0,1}b$", "b", true),
            ("^(ab){2}$", "abab", true), ("^(ab){2}$", "aba", false), ("^a+?b*?c??$", "aab", true),
            ("^(a*)*$", "aaa", true), ("^(a*)+b$", "aab", true), ("^(|a)+$", "aa", true),
            ("^(?:a|){3}$", "aa", true), ("^(){1000}$", "", true), ("^((){9}a){2}$", "aa", true),
            // A brace that is no quantifier is a character.
            ("^{$", "{", true), ("^a{$", "a{", true), ("^a{,2}$", "a{,2}", true),
            ("^a{x}$", "a{x}", true), ("^{{a}}$", "{{a}}", true), ("^a{1$", "a{1", true),
            ("]", "]", true),
            // Groups.
            ("^(?:a|b)c$", "bc", true), ("^(a|(b|c)d)$", "cd", true), ("^(|a)$", "", true),
            ("^()$", "", true), ("^a|b", "xb", true), ("^(a|ab)(c|bcd)$", "abcd", true),
        ] as [(String, String, Bool)]
    )
    func `a pattern matches`(pattern: String, text: String, isMatch: Bool) throws {
        #expect(try Pattern(pattern).matches(text) == isMatch)
    }

    @Test(
        arguments: [
            ("(", "a group does not end", 0), ("a(b", "a group does not end", 1),
            ("a)", "\")\" closes no group", 1), ("[a", "a class does not end", 0),
            ("[", "a class does not end", 0), ("[]", "a class is empty", 0),
            ("[^]", "a class is empty", 0), ("[a-", "a class does not end", 0),
            ("x[z-a]", "a range is in the wrong order", 2),
            ("[\\", "the pattern ends in \"\\\"", 1),
            ("[[:alpha:]]", "named classes are not supported", 1),
            ("[\\B]", "an anchor is not in a class", 1),
            ("*", "\"*\" has nothing to repeat", 0), ("a|+", "\"+\" has nothing to repeat", 2),
            ("(?)", "this kind of group is not known", 0),
            ("{2}", "a quantifier has nothing to repeat", 0),
            ("a**", "a quantifier follows a quantifier", 2),
            ("a*+", "a quantifier follows a quantifier", 2),
            ("a{2}{3}", "a quantifier follows a quantifier", 4),
            ("^*", "an anchor cannot be repeated", 1), ("\\b+", "an anchor cannot be repeated", 2),
            ("a{3,2}", "a repetition is out of range", 1),
            ("a{99999999999999999999}", "a repetition is out of range", 1),
            ("a{0,2001}", "a repetition is out of range", 1),
            ("(a)\\1", "backreferences are not supported", 3),
            ("\\k<a>", "backreferences are not supported", 0),
            ("\\01", "backreferences are not supported", 0),
            ("(?=a)", "lookaround is not supported", 0),
            ("(?!a)", "lookaround is not supported", 0),
            ("x(?<=a)", "lookaround is not supported", 1),
            ("(?<!a)", "lookaround is not supported", 0),
            ("(?<n>a)", "this kind of group is not known", 0),
            ("(?i)a", "this kind of group is not known", 0),
            ("\\", "the pattern ends in \"\\\"", 0), ("\\q", "unknown escape \"\\q\"", 0),
            ("\\p{L}", "unknown escape \"\\p\"", 0), ("\\Aa", "unknown escape \"\\A\"", 0),
            ("\\x4", "an escape is not the number of a character", 0),
            ("\\u00", "an escape is not the number of a character", 0),
            ("\\ud800", "an escape is not the number of a character", 0),
            ("\\u{110000}", "an escape is not the number of a character", 0),
            ("\\u{}", "an escape is not the number of a character", 0),
        ] as [(String, String, Int)]
    )
    func `a text that is no pattern is refused with the place`(
        pattern: String,
        message: String,
        offset: Int
    ) {
        let error = #expect(throws: PatternError.self) { try Pattern(pattern) }
        #expect(error?.message == message)
        #expect(error?.offset == offset)
        #expect(error?.hint.isEmpty == false)
    }

    @Test
    func `an error says what is wrong, where and what is allowed`() {
        let error = #expect(throws: PatternError.self) { try Pattern("(a)\\1") }
        #expect(
            error?.description
                == "cannot read pattern: backreferences are not supported, at character 4 "
                + "(write out what is repeated)"
        )
    }

    @Test(
        .timeLimit(.minutes(1)),
        arguments: ["(a+)+$", "^(a|a)*$", "^(a*)*$", "(a|aa)+$", "^(([a-z])+.)+[A-Z]([a-z])+$"]
    )
    func `a pattern that makes others backtrack for ever takes a moment`(pattern: String) throws {
        let text = String(repeating: "a", count: 100_000) + "!"
        #expect(try !Pattern(pattern).matches(text))
    }

    @Test(
        arguments: [
            "(((a{100}){100}){100}){100}", "a{2000}", "(a{1,45}){45}", "((((a|b)*){50}){50}){50}",
            "(()a){2000}",
        ]
    )
    func `a pattern with too many states is refused`(pattern: String) {
        let error = #expect(throws: PatternError.self) { try Pattern(pattern) }
        #expect(error?.message == "the pattern is too large")
    }

    @Test(arguments: ["((((){2000}){2000}){2000}){2000}", "a{1999}", "((){2000}(){2000}){2000}"])
    func `what is repeated without being anything costs nothing`(pattern: String) throws {
        #expect(try Pattern(pattern).matches(String(repeating: "a", count: 2_000)))
    }

    @Test
    func `a pattern that is too long or too deep is refused`() throws {
        let long = String(repeating: "a", count: 1_001)
        #expect(throws: PatternError.self) { try Pattern(long) }
        #expect(try Pattern(String(long.dropLast())).matches(long))
        func nested(_ depth: Int) -> String {
            String(repeating: "(", count: depth) + "a" + String(repeating: ")", count: depth)
        }
        #expect(try Pattern(nested(100)).matches("a"))
        let error = #expect(throws: PatternError.self) { try Pattern(nested(101)) }
        #expect(error?.message == "groups nest too deep")
        #expect(throws: PatternError.self) {
            try Pattern(String(repeating: "(", count: 1_000_000))
        }
    }

    @Test
    func `patterns of the same text are equal`() throws {
        #expect(try Pattern("a+") == Pattern("a+"))
        #expect(try Pattern("a+") != Pattern("a*"))
        #expect(try Pattern("e\u{301}") != Pattern("\u{e9}"))
    }

    @Test
    func `patterns match what another engine matches`() throws {
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<500 {
            let text = Self.pattern(depth: 2, using: &generator)
            let ours = try Pattern(text)
            let theirs = try Regex(text).wordBoundaryKind(.simple)
            for _ in 0..<5 {
                let length = Int.random(in: 0...6, using: &generator)
                let sample = (0..<length).map { _ in Self.one(of: "a b -", using: &generator) }
                    .joined()
                #expect(ours.matches(sample) == sample.contains(theirs), "\(text) in \(sample)")
            }
        }
    }

    private static func pattern(depth: Int, using generator: inout SeededGenerator) -> String {
        var text = ""
        for _ in 0..<Int.random(in: 0...3, using: &generator) {
            switch Int.random(in: 0..<(depth > 0 ? 8 : 4), using: &generator) {
            case 0: text += one(of: "^ $ \\b \\B", using: &generator)
            case 1...3:
                text += one(of: "a b . \\w [^a]", using: &generator)
                text += one(of: "* + ? {2} {1,3} {2,} {0} |", using: &generator)
            default:
                let first = pattern(depth: depth - 1, using: &generator)
                let second = pattern(depth: depth - 1, using: &generator)
                // Not counted: the other engine gives up once a repetition matched nothing.
                text += "(?:\(first)|\(second))" + one(of: "* + ?", using: &generator)
            }
        }
        return text
    }

    private static func one(of words: String, using generator: inout SeededGenerator) -> String {
        words.split(separator: " ").randomElement(using: &generator).map(String.init) ?? ""
    }
}
