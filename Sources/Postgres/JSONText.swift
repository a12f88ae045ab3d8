// What fulfils a protocol is documented there.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

/// A JSON document as the text it is, passed through untouched.
///
/// It is bound as `json`. Where the statement wants `jsonb`, write `\(value)::jsonb`.
public struct JSONText: Sendable, Hashable {
    /// The document's UTF-8.
    public var bytes: [UInt8]

    /// Wraps a document; whether it is one, only the server checks.
    @inlinable
    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Wraps a document; whether it is one, only the server checks.
    @inlinable
    public init(_ text: String) {
        self.bytes = Array(text.utf8)
    }

    /// The document as a string.
    public var text: String { String(decoding: bytes, as: UTF8.self) }
}

extension JSONText: PostgresEncodable, PostgresDecodable {
    @inlinable public static var postgresType: PostgresType { .json }

    @inlinable
    public func encode(into writer: inout PostgresWriter) { writer.write(text: bytes) }

    /// Reads a `json` or a `jsonb`.
    public init(cell: PostgresCell) throws(PostgresError) {
        let raw = try cell.require(JSONText.self)
        switch cell.type {
        case .json:
            self.init([UInt8](raw))
        case .jsonb:
            // A version, then the text.
            guard raw.first == 1 else { throw cell.malformed("an unknown version of jsonb") }
            self.init([UInt8](raw.dropFirst()))
        default: throw cell.mismatch(JSONText.self)
        }
    }
}

extension JSONText: ExpressibleByStringLiteral {
    public init(stringLiteral value: String) { self.init(value) }
}

extension JSONText: CustomStringConvertible {
    public var description: String { text }
}
