/// The small language of conditions, for people: `a.output.n >= 3 and not exists(b.output.s)`.
///
/// ```
/// condition  = conjunction { ("or" | "||") conjunction }
/// conjunction = negation { ("and" | "&&") negation }
/// negation   = ("not" | "!") negation | "(" condition ")" | comparison
/// comparison = "exists" "(" path ")" | operand "exists" | operand operator operand | operand
/// operator   = "==" | "!=" | "<" | "<=" | ">" | ">=" | "in" | "not" "in" | "contains" | "matches"
/// operand    = path | "{{" path "}}" | JSON | "'" text "'"
/// ```
///
/// It says nothing that ``Condition`` cannot say as JSON, and has no effects, no arithmetic and no
/// functions, so that reading and evaluating it always ends, and soon.
package enum Expression {
    /// The longest text of an expression, in bytes.
    package static let maximumLength = 4_096
    /// How deep parentheses and negations may nest; reading one level costs stack.
    package static let maximumDepth = 32
    /// The most comparisons of an expression.
    package static let maximumTerms = 500

    /// Reads a condition.
    package static func condition(_ text: String) throws(ExpressionError) -> Condition {
        var parser = try ExpressionParser(text)
        return try parser.whole { parser throws(ExpressionError) in try parser.condition() }
    }

    /// Reads a single path or value.
    package static func operand(_ text: String) throws(ExpressionError) -> Operand {
        var parser = try ExpressionParser(text)
        return try parser.whole { parser throws(ExpressionError) in try parser.operand() }
    }
}
