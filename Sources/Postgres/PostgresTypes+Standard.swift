// What fulfils a protocol is documented there.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

public import FoundationEssentials

extension Bool: PostgresEncodable, PostgresDecodable {
    @inlinable public static var postgresType: PostgresType { .bool }

    @inlinable
    public func encode(into writer: inout PostgresWriter) { writer.write(UInt8(self ? 1 : 0)) }

    @inlinable
    public init(cell: PostgresCell) throws(PostgresError) {
        guard cell.type == .bool else { throw cell.mismatch(Bool.self) }
        self = try cell.integer(UInt8.self, for: Bool.self) != 0
    }
}

extension Int16: PostgresEncodable, PostgresDecodable {
    @inlinable public static var postgresType: PostgresType { .int2 }

    @inlinable
    public func encode(into writer: inout PostgresWriter) { writer.write(self) }

    @inlinable
    public init(cell: PostgresCell) throws(PostgresError) {
        guard cell.type == .int2 else { throw cell.mismatch(Int16.self) }
        self = try cell.integer(Int16.self, for: Int16.self)
    }
}

extension Int32: PostgresEncodable, PostgresDecodable {
    @inlinable public static var postgresType: PostgresType { .int4 }

    @inlinable
    public func encode(into writer: inout PostgresWriter) { writer.write(self) }

    /// Reads an `integer` or a `smallint`.
    @inlinable
    public init(cell: PostgresCell) throws(PostgresError) {
        switch cell.type {
        case .int4: self = try cell.integer(Int32.self, for: Int32.self)
        case .int2: self = Int32(try cell.integer(Int16.self, for: Int32.self))
        default: throw cell.mismatch(Int32.self)
        }
    }
}

extension Int64: PostgresEncodable, PostgresDecodable {
    @inlinable public static var postgresType: PostgresType { .int8 }

    @inlinable
    public func encode(into writer: inout PostgresWriter) { writer.write(self) }

    /// Reads a `bigint`, an `integer` or a `smallint`.
    @inlinable
    public init(cell: PostgresCell) throws(PostgresError) {
        switch cell.type {
        case .int8: self = try cell.integer(Int64.self, for: Int64.self)
        case .int4: self = Int64(try cell.integer(Int32.self, for: Int64.self))
        case .int2: self = Int64(try cell.integer(Int16.self, for: Int64.self))
        default: throw cell.mismatch(Int64.self)
        }
    }
}

extension Int: PostgresEncodable, PostgresDecodable {
    @inlinable public static var postgresType: PostgresType { .int8 }

    @inlinable
    public func encode(into writer: inout PostgresWriter) { writer.write(Int64(self)) }

    /// Reads a `bigint`, an `integer` or a `smallint`.
    @inlinable
    public init(cell: PostgresCell) throws(PostgresError) {
        switch cell.type {
        case .int8: self = Int(try cell.integer(Int64.self, for: Int.self))
        case .int4: self = Int(try cell.integer(Int32.self, for: Int.self))
        case .int2: self = Int(try cell.integer(Int16.self, for: Int.self))
        default: throw cell.mismatch(Int.self)
        }
    }
}

extension Double: PostgresEncodable, PostgresDecodable {
    @inlinable public static var postgresType: PostgresType { .float8 }

    @inlinable
    public func encode(into writer: inout PostgresWriter) { writer.write(bitPattern) }

    /// Reads a `double precision` or a `real`.
    @inlinable
    public init(cell: PostgresCell) throws(PostgresError) {
        switch cell.type {
        case .float8: self = Double(bitPattern: try cell.integer(UInt64.self, for: Double.self))
        case .float4:
            self = Double(Float(bitPattern: try cell.integer(UInt32.self, for: Double.self)))
        default: throw cell.mismatch(Double.self)
        }
    }
}

extension String: PostgresEncodable, PostgresDecodable {
    @inlinable public static var postgresType: PostgresType { .text }

    @inlinable
    public func encode(into writer: inout PostgresWriter) { writer.write(text: utf8) }

    /// Reads any type whose binary format is its text, enums among them.
    public init(cell: PostgresCell) throws(PostgresError) {
        // "char", name, text, json, xml, unknown, character, character varying.
        switch cell.type.rawValue {
        case 18, 19, 25, 114, 142, 705, 1042, 1043, PostgresType.firstOfUser...:
            self = String(decoding: try cell.require(String.self), as: UTF8.self)
        default: throw cell.mismatch(String.self)
        }
    }
}

extension UUID: PostgresEncodable, PostgresDecodable {
    @inlinable public static var postgresType: PostgresType { .uuid }

    @inlinable
    public func encode(into writer: inout PostgresWriter) {
        withUnsafeBytes(of: uuid) { writer.write(bytes: $0) }
    }

    @inlinable
    public init(cell: PostgresCell) throws(PostgresError) {
        guard cell.type == .uuid else { throw cell.mismatch(UUID.self) }
        let bytes = try cell.require(UUID.self)
        guard bytes.count == 16 else { throw cell.malformed("\(bytes.count) bytes") }
        self.init(uuid: bytes.loadUnaligned(as: uuid_t.self))
    }
}

extension Duration: PostgresEncodable, PostgresDecodable {
    @inlinable public static var postgresType: PostgresType { .interval }

    /// Writes an `interval` of microseconds; what is shorter is cut off.
    public func encode(into writer: inout PostgresWriter) {
        if let microseconds = wholeMicroseconds {
            writer.write(microseconds)
        } else {
            writer.refuse("a duration of more than 292,000 years")
        }
        writer.write(Int32(0))
        writer.write(Int32(0))
    }

    /// Reads an `interval` without months, which have no fixed length; a day counts 24 hours.
    public init(cell: PostgresCell) throws(PostgresError) {
        guard cell.type == .interval else { throw cell.mismatch(Duration.self) }
        let bytes = try cell.require(Duration.self)
        guard bytes.count == 16 else { throw cell.malformed("\(bytes.count) bytes") }
        let microseconds = Int64(bigEndian: bytes.loadUnaligned(as: Int64.self))
        let days = Int32(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: Int32.self))
        let months = Int32(bigEndian: bytes.loadUnaligned(fromByteOffset: 12, as: Int32.self))
        guard months == 0 else {
            throw cell.malformed("an interval with months has no fixed duration")
        }
        self = .microseconds(microseconds) + .seconds(Int64(days) * 86_400)
    }

    /// The duration in microseconds, cut off; `nil` if they are too many.
    var wholeMicroseconds: Int64? {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
        let (sum, more) = product.addingReportingOverflow(attoseconds / 1_000_000_000_000)
        return overflow || more ? nil : sum
    }
}
