/// A regular expression that takes time in proportion to the text.
///
/// It knows literals, `.`, classes such as `[a-z_]` and `[^,]`, `\d \w \s` and `\D \W \S`, the
/// anchors `^ $ \b \B`, groups `( )` and `(?: )`, `|`, and the quantifiers `* + ? {m} {m,} {m,n}`,
/// with the meaning that they have in ECMAScript. It compares Unicode scalars. What needs
/// backtracking, backreferences and lookaround, is refused.
///
/// All states that a text can lead to are followed at once, so that no pattern takes more time than
/// its size times the length of the text.
public struct Pattern: Sendable {
    /// The longest text of a pattern, in Unicode scalars.
    public static let maximumLength = 1_000
    /// The most states that a pattern may come to once its repetitions are written out.
    public static let maximumStates = 2_000

    /// The text that it was made from.
    public let text: String
    let program: [PatternState]

    /// Compiles a pattern.
    ///
    /// - Throws: ``PatternError`` if the text is not a pattern, or one that is too large.
    public init(_ text: String) throws(PatternError) {
        var parser = PatternParser(text)
        var compiler = PatternCompiler()
        program = try compiler.program(of: try parser.pattern())
        self.text = text
    }
}

extension Pattern: Hashable, CustomStringConvertible {
    /// Returns whether two patterns were made from the same text.
    public static func == (lhs: Pattern, rhs: Pattern) -> Bool {
        // By scalars, as it matches: Swift takes some texts of different scalars for equal.
        lhs.text.unicodeScalars.elementsEqual(rhs.text.unicodeScalars)
    }

    /// Hashes the text.
    public func hash(into hasher: inout Hasher) { hasher.combine(text) }

    /// The text that it was made from.
    public var description: String { text }
}

/// A text is not a pattern.
public struct PatternError: Error, Hashable, CustomStringConvertible {
    /// What is wrong, without the place.
    public let message: String
    /// The place, in Unicode scalars from the start of the text.
    public let offset: Int
    /// What is allowed there.
    public let hint: String

    init(_ message: String, at offset: Int, hint: String) {
        self.message = message
        self.offset = offset
        self.hint = hint
    }

    /// What is wrong, where, and what is allowed, on one line.
    public var description: String { "\(summary) (\(hint))" }

    /// What is wrong, and where.
    var summary: String { "cannot read pattern: \(message), at character \(offset + 1)" }
}
