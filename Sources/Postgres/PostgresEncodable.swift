// What fulfils a protocol is documented there.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

/// A type whose values can be binds.
///
/// A type with a raw value that is encodable needs no more than to declare the conformance.
public protocol PostgresEncodable: PostgresArrayEncodable {
    /// The type that the server sees.
    static var postgresType: PostgresType { get }

    /// Writes the value's binary format.
    func encode(into writer: inout PostgresWriter)
}

/// A type arrays of which can be binds.
///
/// It stands apart from ``PostgresEncodable`` for the sake of `UInt8`, which PostgreSQL does not
/// have, and arrays of which are `bytea`.
public protocol PostgresArrayEncodable: Sendable {
    /// The type of arrays of this type.
    static var postgresArrayType: PostgresType { get }

    /// Writes the binary format of an array.
    static func encode(array: [Self], into writer: inout PostgresWriter)
}

extension PostgresEncodable {
    @inlinable
    public static var postgresArrayType: PostgresType { postgresType.array }

    @inlinable
    public static func encode(array: [Self], into writer: inout PostgresWriter) {
        if postgresArrayType == .unspecified { writer.refuse("an array of \(Self.self)") }
        // Dimensions, whether there are nulls, the element's type; then size and lower bound of
        // the one dimension. An empty array has none.
        writer.write(Int32(array.isEmpty ? 0 : 1))
        let nullsOffset = writer.bytes.count
        writer.write(Int32(0))
        writer.write(postgresType.rawValue)
        guard !array.isEmpty else { return }
        writer.write(Int32(truncatingIfNeeded: array.count))
        writer.write(Int32(1))
        var hasNulls = false
        for element in array where writer.frame({ element.encode(into: &$0) }) {
            hasNulls = true
        }
        if hasNulls { writer.patch(1, at: nullsOffset) }
    }
}

extension Array: PostgresArrayEncodable where Element: PostgresArrayEncodable {}

extension Array: PostgresEncodable where Element: PostgresArrayEncodable {
    @inlinable
    public static var postgresType: PostgresType { Element.postgresArrayType }

    @inlinable
    public func encode(into writer: inout PostgresWriter) {
        Element.encode(array: self, into: &writer)
    }
}

extension Optional: PostgresArrayEncodable where Wrapped: PostgresEncodable {}

extension Optional: PostgresEncodable where Wrapped: PostgresEncodable {
    @inlinable
    public static var postgresType: PostgresType { Wrapped.postgresType }

    @inlinable
    public func encode(into writer: inout PostgresWriter) {
        if let self { self.encode(into: &writer) } else { writer.writeNull() }
    }
}

extension PostgresEncodable where Self: RawRepresentable, RawValue: PostgresEncodable {
    @inlinable
    public static var postgresType: PostgresType { RawValue.postgresType }

    @inlinable
    public func encode(into writer: inout PostgresWriter) { rawValue.encode(into: &writer) }
}

extension UInt8: PostgresArrayEncodable {
    @inlinable
    public static var postgresArrayType: PostgresType { .bytea }

    @inlinable
    public static func encode(array: [UInt8], into writer: inout PostgresWriter) {
        writer.write(bytes: array)
    }
}
