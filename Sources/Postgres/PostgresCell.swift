/// One value of a result, in PostgreSQL's binary format.
///
/// It points into the result, and is valid only in the call that it is given to.
public struct PostgresCell {
    /// The value's type.
    public let type: PostgresType
    /// The value's bytes, or `nil` for null.
    public let bytes: UnsafeRawBufferPointer?
    /// The column's name, for errors; libpq's memory.
    @usableFromInline let column: UnsafePointer<CChar>?

    @inlinable
    init(type: PostgresType, bytes: UnsafeRawBufferPointer?, column: UnsafePointer<CChar>?) {
        self.type = type
        self.bytes = bytes
        self.column = column
    }

    /// True if the value is null.
    @inlinable
    public var isNull: Bool { bytes == nil }

    /// Returns the value's bytes.
    ///
    /// - Throws: An error that names the column, if it is null.
    @inlinable
    public func require<T>(_ target: T.Type) throws(PostgresError) -> UnsafeRawBufferPointer {
        guard let bytes else { throw unexpectedNull(T.self) }
        return bytes
    }

    /// Reads an integer in network byte order, the value's only content, for a `target`.
    @inlinable
    public func integer<I: FixedWidthInteger, T>(
        _ type: I.Type,
        for target: T.Type
    ) throws(PostgresError) -> I {
        let bytes = try require(T.self)
        guard bytes.count == MemoryLayout<I>.size else {
            throw malformed("\(bytes.count) bytes, not \(MemoryLayout<I>.size)")
        }
        return I(bigEndian: bytes.loadUnaligned(as: I.self))
    }

    /// Makes the error for a value that is null, though `target` has no null.
    @inline(never)
    public func unexpectedNull<T>(_ target: T.Type) -> PostgresError {
        PostgresError(
            "cannot decode null in column \"\(columnName)\" as \(T.self)",
            remedy: .bug,
            hint: "decode as \(T.self)? or make the statement return a value"
        )
    }

    /// Makes the error for a value of a type that `target` is not decoded from.
    @inline(never)
    public func mismatch<T>(_ target: T.Type) -> PostgresError {
        PostgresError(
            "cannot decode column \"\(columnName)\" of type \(type) as \(T.self)",
            remedy: .bug,
            hint: "decode as another type or cast the column in the statement"
        )
    }

    /// Makes the error for bytes that are not what the type promises.
    @inline(never)
    public func malformed(_ reason: String) -> PostgresError {
        PostgresError(
            "cannot decode column \"\(columnName)\" of type \(type): \(reason)",
            remedy: .bug
        )
    }

    private var columnName: String { column.map { String(cString: $0) } ?? "?" }
}

extension PostgresCell {
    /// The elements of an array, one after the other.
    public struct Elements {
        /// How many elements there are.
        public let count: Int
        @usableFromInline var left: Int
        @usableFromInline var rest: UnsafeRawBufferPointer
        @usableFromInline let elementType: PostgresType
        @usableFromInline let array: PostgresCell

        @inlinable
        init(count: Int, rest: UnsafeRawBufferPointer, type: PostgresType, array: PostgresCell) {
            self.count = count
            self.left = count
            self.rest = rest
            self.elementType = type
            self.array = array
        }

        /// Returns the next element, or `nil` after the last.
        @inlinable
        public mutating func next() throws(PostgresError) -> PostgresCell? {
            guard left > 0 else { return nil }
            left -= 1
            guard rest.count >= 4 else { throw array.malformed("the array is cut short") }
            let length = Int(Int32(bigEndian: rest.loadUnaligned(as: Int32.self)))
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(4))
            if length < 0 {
                return PostgresCell(type: elementType, bytes: nil, column: array.column)
            }
            guard rest.count >= length else { throw array.malformed("the array is cut short") }
            let bytes = UnsafeRawBufferPointer(rebasing: rest.prefix(length))
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(length))
            return PostgresCell(type: elementType, bytes: bytes, column: array.column)
        }
    }

    /// Reads the header of an array of one dimension, or returns `nil` for an empty array.
    @inlinable
    public func elements<T>(as target: T.Type) throws(PostgresError) -> Elements? {
        let bytes = try require(T.self)
        guard isArray, bytes.count >= 12 else { throw mismatch(T.self) }
        func word(_ index: Int) -> UInt32 {
            UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self))
        }
        if word(0) == 0 { return nil }
        guard word(0) == 1, bytes.count >= 20 else {
            throw malformed("it has more than one dimension")
        }
        let count = Int(word(3))
        // Each element takes four bytes at least: a wrong count must not make us reserve memory.
        guard count <= (bytes.count - 20) / 4 else { throw malformed("the array is cut short") }
        return Elements(
            count: count,
            rest: UnsafeRawBufferPointer(rebasing: bytes.dropFirst(20)),
            type: PostgresType(rawValue: word(2)),
            array: self
        )
    }

    /// False if the type is surely none of arrays; arrays of a user's types are not known to us.
    @usableFromInline var isArray: Bool {
        type.rawValue >= PostgresType.firstOfUser || type.isKnownArray
    }
}
