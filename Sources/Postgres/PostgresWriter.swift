import Glibc

/// Where values write themselves in PostgreSQL's binary format.
///
/// All binds of a statement share one writer, and so one buffer, which libpq reads in place.
public struct PostgresWriter: Sendable {
    @usableFromInline var bytes: [UInt8] = []
    @usableFromInline var isNull = false
    @usableFromInline var fault: String?

    @usableFromInline
    init() {}

    /// Writes `value` in network byte order.
    @inlinable
    public mutating func write(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }

    /// Writes `raw` as it is.
    @inlinable
    public mutating func write(bytes raw: some Sequence<UInt8>) {
        bytes.append(contentsOf: raw)
    }

    /// Writes UTF-8 text, and refuses it if a NUL is in it: PostgreSQL cannot store one.
    @inlinable
    public mutating func write(text: some Sequence<UInt8>) {
        let start = bytes.count
        bytes.append(contentsOf: text)
        if hasNUL(from: start) { refuse("a NUL character in text") }
    }

    @usableFromInline
    func hasNUL(from start: Int) -> Bool {
        bytes.withUnsafeBytes { bytes in
            guard let first = bytes.baseAddress, bytes.count > start else { return false }
            return memchr(first + start, 0, bytes.count - start) != nil
        }
    }

    /// Makes the value null; to be called instead of any `write`.
    @inlinable
    public mutating func writeNull() {
        isNull = true
    }

    /// Refuses the value: the statement it is for will throw an error that names `what`.
    @inlinable
    public mutating func refuse(_ what: String) {
        if fault == nil { fault = what }
    }

    /// Runs `encode` and returns the length of what it wrote, or -1 for null.
    @inlinable
    mutating func measure(_ encode: (inout PostgresWriter) -> Void) -> Int32 {
        let start = bytes.count
        encode(&self)
        if isNull {
            isNull = false
            bytes.removeSubrange(start...)
            return -1
        }
        guard let length = Int32(exactly: bytes.count - start) else {
            refuse("a value of more than 2 GB")
            return -1
        }
        return length
    }

    /// Writes a length, then what `encode` writes, and returns whether that was null.
    @inlinable
    mutating func frame(_ encode: (inout PostgresWriter) -> Void) -> Bool {
        let start = bytes.count
        write(Int32(0))
        let length = measure(encode)
        patch(length, at: start)
        return length < 0
    }

    @inlinable
    mutating func patch(_ value: Int32, at offset: Int) {
        withUnsafeBytes(of: value.bigEndian) { raw in
            for index in 0..<4 { bytes[offset + index] = raw[index] }
        }
    }
}
