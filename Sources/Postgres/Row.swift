/// One row of a result.
public struct Row: Sendable {
    @usableFromInline let rows: Rows
    @usableFromInline let index: Int

    @inlinable
    init(rows: Rows, index: Int) {
        self.rows = rows
        self.index = index
    }

    /// Reads the value in `column`, counted from 0.
    ///
    /// - Throws: An error that names the column, if it is null or of another type.
    @inlinable
    public func decode<Value: PostgresDecodable>(
        _ type: Value.Type = Value.self,
        at column: Int
    ) throws(PostgresError) -> Value {
        // The cell points into the result, which the row alone may keep alive.
        defer { withExtendedLifetime(rows) {} }
        return try Value(cell: rows.cell(row: index, column: column))
    }

    /// Reads the value in the column called `name`.
    ///
    /// - Throws: An error that names the column, if it is missing, null or of another type.
    @inlinable
    public func decode<Value: PostgresDecodable>(
        _ type: Value.Type = Value.self,
        named name: String
    ) throws(PostgresError) -> Value {
        try decode(at: try rows.column(named: name))
    }

    /// Reads the value in `column`, counted from 0.
    @inlinable
    public subscript<Value: PostgresDecodable>(column: Int) -> Value {
        get throws(PostgresError) { try decode(at: column) }
    }

    /// Reads the value in the column called `name`.
    @inlinable
    public subscript<Value: PostgresDecodable>(name: String) -> Value {
        get throws(PostgresError) { try decode(named: name) }
    }

    /// Lends the bytes in `column` to `body` without a copy; `nil` is null.
    ///
    /// They are in PostgreSQL's binary format and must not leave `body`.
    public func bytes<Output, Failure: Error>(
        at column: Int,
        _ body: (UnsafeRawBufferPointer?) throws(Failure) -> Output
    ) throws(Failure) -> Output {
        defer { withExtendedLifetime(rows) {} }
        return try body(rows.cell(row: index, column: column).bytes)
    }
}
