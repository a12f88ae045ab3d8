// What fulfils a protocol is documented there.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

/// A type whose values can be read from a result.
///
/// A type with a raw value that is decodable needs no more than to declare the conformance.
public protocol PostgresDecodable: PostgresArrayDecodable {
    /// Reads a value.
    ///
    /// - Throws: An error that names the column, if it is null or of another type.
    init(cell: PostgresCell) throws(PostgresError)
}

/// A type arrays of which can be read from a result; see ``PostgresArrayEncodable``.
public protocol PostgresArrayDecodable: Sendable {
    /// Reads an array.
    static func decodeArray(_ cell: PostgresCell) throws(PostgresError) -> [Self]
}

extension PostgresDecodable {
    @inlinable
    public static func decodeArray(_ cell: PostgresCell) throws(PostgresError) -> [Self] {
        guard var elements = try cell.elements(as: [Self].self) else { return [] }
        var array: [Self] = []
        array.reserveCapacity(elements.count)
        while let element = try elements.next() { array.append(try Self(cell: element)) }
        return array
    }
}

extension Array: PostgresArrayDecodable where Element: PostgresArrayDecodable {}

extension Array: PostgresDecodable where Element: PostgresArrayDecodable {
    @inlinable
    public init(cell: PostgresCell) throws(PostgresError) {
        self = try Element.decodeArray(cell)
    }
}

extension Optional: PostgresArrayDecodable where Wrapped: PostgresDecodable {}

extension Optional: PostgresDecodable where Wrapped: PostgresDecodable {
    @inlinable
    public init(cell: PostgresCell) throws(PostgresError) {
        self = cell.isNull ? nil : try Wrapped(cell: cell)
    }
}

extension PostgresDecodable where Self: RawRepresentable, RawValue: PostgresDecodable {
    @inlinable
    public init(cell: PostgresCell) throws(PostgresError) {
        let raw = try RawValue(cell: cell)
        guard let value = Self(rawValue: raw) else {
            throw cell.malformed("\"\(raw)\" is no \(Self.self)")
        }
        self = value
    }
}

extension UInt8: PostgresArrayDecodable {
    @inlinable
    public static func decodeArray(_ cell: PostgresCell) throws(PostgresError) -> [UInt8] {
        guard cell.type == .bytea else { throw cell.mismatch([UInt8].self) }
        return [UInt8](try cell.require([UInt8].self))
    }
}
