/// A text is not an expression.
public struct ExpressionError: Error, Hashable, CustomStringConvertible {
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

    /// What is wrong, and where.
    var summary: String { "cannot read expression: \(message), at character \(offset + 1)" }

    /// What is wrong, where, and what is allowed, on one line.
    public var description: String { "\(summary) (\(hint))" }
}
