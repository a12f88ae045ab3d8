import CLibPQ

/// The result of a statement.
///
/// It owns the server's answer as it came, and reads values out of it when asked. It may be handed
/// from task to task.
public final class Rows: Sendable {
    private let result: ForeignPointer
    /// How many rows there are.
    public let count: Int
    /// How many columns a row has.
    public let columnCount: Int

    /// Takes over `result`.
    init(owning result: OpaquePointer) {
        self.result = ForeignPointer(raw: result)
        self.count = Int(PQntuples(result))
        self.columnCount = Int(PQnfields(result))
    }

    deinit { PQclear(result.raw) }

    /// How many rows the statement inserted, updated, deleted, or returned.
    public var affected: Int {
        guard let text = PQcmdTuples(result.raw) else { return 0 }
        return Int(String(cString: text)) ?? 0  // empty after a statement that affects no rows
    }

    /// What the server calls what it did, such as `INSERT 0 1`.
    var tag: String { PQcmdStatus(result.raw).map { String(cString: $0) } ?? "" }

    /// The names of the columns.
    public var columnNames: [String] {
        (0..<columnCount).map { name(of: $0).map { String(cString: $0) } ?? "" }
    }

    private func name(of column: Int) -> UnsafePointer<CChar>? {
        UnsafePointer(PQfname(result.raw, Int32(column)))
    }

    @usableFromInline
    func cell(row: Int, column: Int) -> PostgresCell {
        precondition((0..<count).contains(row), "the result has \(count) rows, not row \(row)")
        precondition(
            (0..<columnCount).contains(column),
            "the result has \(columnCount) columns, not column \(column)"
        )
        let (row, column) = (Int32(row), Int32(column))
        let type = PostgresType(rawValue: PQftype(result.raw, column))
        // A null and an empty value both have length 0.
        if PQgetisnull(result.raw, row, column) != 0 {
            return PostgresCell(type: type, bytes: nil, column: name(of: Int(column)))
        }
        let bytes = UnsafeRawBufferPointer(
            start: PQgetvalue(result.raw, row, column),
            count: Int(PQgetlength(result.raw, row, column))
        )
        return PostgresCell(type: type, bytes: bytes, column: name(of: Int(column)))
    }

    @usableFromInline
    func column(named name: String) throws(PostgresError) -> Int {
        for column in 0..<columnCount {
            guard let candidate = self.name(of: column) else { continue }
            if name.utf8.elementsEqual(UnsafeCString(start: candidate)) { return column }
        }
        throw PostgresError(
            "the result has no column \"\(name)\"",
            remedy: .bug,
            hint: "its columns are \(columnNames.joined(separator: ", "))"
        )
    }
}

extension Rows: RandomAccessCollection {
    /// The first row's position.
    public var startIndex: Int { 0 }

    /// The position after the last row's.
    public var endIndex: Int { count }

    /// The row at `position`.
    public subscript(position: Int) -> Row {
        precondition(position >= 0 && position < count, "no row \(position) in \(count)")
        return Row(rows: self, index: position)
    }
}

/// The bytes of a C string up to its end.
private struct UnsafeCString: Sequence, IteratorProtocol {
    var position: UnsafePointer<CChar>

    init(start: UnsafePointer<CChar>) { position = start }

    mutating func next() -> UInt8? {
        guard position.pointee != 0 else { return nil }
        defer { position += 1 }
        return UInt8(bitPattern: position.pointee)
    }
}
