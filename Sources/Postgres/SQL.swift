/// A statement: its text, and the values that go with it.
///
/// Interpolated values never become part of the text. They are sent beside it, in binary:
///
/// ```swift
/// let sql: SQL = "select name from users where id = \(id) and age > \(age)"
/// // text: select name from users where id = $1 and age > $2
/// ```
///
/// An interpolated `SQL` is spliced in, with its values.
public struct SQL: Sendable {
    /// The text, with `$1` for the first value, and so on.
    public internal(set) var text: String
    var writer = PostgresWriter()
    /// The length of each value in `writer`, or -1 for null.
    var lengths: [Int32] = []
    var types: [UInt32] = []
    /// Where in the text's UTF-8 the placeholders begin, so that splicing can number them anew.
    var placeholders: [Int] = []

    /// Makes a statement without values from `text` as it is.
    ///
    /// Whatever is in `text` is executed: nothing that comes from outside belongs there.
    public init(verbatim text: String) {
        self.text = text
    }
}

extension SQL: ExpressibleByStringInterpolation {
    /// Makes a statement without values.
    public init(stringLiteral value: String) {
        self.init(verbatim: value)
    }

    /// Makes a statement with the values in it.
    public init(stringInterpolation: StringInterpolation) {
        self = stringInterpolation.sql
    }

    /// Collects the pieces of a statement.
    public struct StringInterpolation: StringInterpolationProtocol {
        @usableFromInline var sql = SQL(verbatim: "")

        /// Makes room for the pieces.
        public init(literalCapacity: Int, interpolationCount: Int) {
            sql.text.reserveCapacity(literalCapacity + 3 * interpolationCount)
            sql.lengths.reserveCapacity(interpolationCount)
            sql.types.reserveCapacity(interpolationCount)
            sql.placeholders.reserveCapacity(interpolationCount)
        }

        /// Adds text.
        public mutating func appendLiteral(_ literal: String) {
            sql.text += literal
        }

        /// Adds a value.
        @inlinable
        public mutating func appendInterpolation<Value: PostgresEncodable>(_ value: Value) {
            sql.bind(Value.postgresType) { value.encode(into: &$0) }
        }

        /// Adds a value that may be NULL.
        @inlinable
        public mutating func appendInterpolation<Value: PostgresEncodable>(_ value: Value?) {
            sql.bind(Value.postgresType) { value.encode(into: &$0) }
        }

        /// Adds a piece of a statement, with its values.
        public mutating func appendInterpolation(_ piece: SQL) {
            sql.append(piece)
        }
    }
}

extension SQL: CustomStringConvertible {
    /// The text; values may be secret, and are left out.
    public var description: String { text }
}

extension SQL {
    @usableFromInline
    mutating func bind(_ type: PostgresType, _ encode: (inout PostgresWriter) -> Void) {
        lengths.append(writer.measure(encode))
        types.append(type.rawValue)
        appendPlaceholder()
    }

    private mutating func appendPlaceholder() {
        placeholders.append(text.utf8.count)
        text += "$"
        text += String(placeholders.count)
    }

    fileprivate mutating func append(_ piece: SQL) {
        writer.write(bytes: piece.writer.bytes)
        if let fault = piece.writer.fault { writer.refuse(fault) }
        lengths += piece.lengths
        types += piece.types
        let utf8 = piece.text.utf8
        var start = utf8.startIndex
        for (number, offset) in piece.placeholders.enumerated() {
            let end = utf8.index(utf8.startIndex, offsetBy: offset)
            text += piece.text[start..<end]
            appendPlaceholder()
            start = utf8.index(end, offsetBy: 1 + String(number + 1).utf8.count)
        }
        text += piece.text[start...]
    }
}
