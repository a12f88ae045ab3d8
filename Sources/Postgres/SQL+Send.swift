import CLibPQ

extension SQL {
    var key: StatementCache.Key { StatementCache.Key(text: text, types: types) }

    /// Queues the statement's preparation as `name`.
    func sendPrepare(as name: String, to connection: OpaquePointer) -> Bool {
        PQsendPrepare(connection, name, text, Int32(types.count), types) == 1
    }

    /// Queues the execution of what was prepared as `name`, values and result in binary.
    func send(_ name: String, to connection: OpaquePointer) -> Bool {
        withValues { count, values, formats in
            PQsendQueryPrepared(connection, name, count, values, lengths, formats, 1) == 1
        }
    }

    /// Queues the statement's execution without leaving a name on the server.
    func sendUnnamed(to connection: OpaquePointer) -> Bool {
        withValues { count, values, formats in
            PQsendQueryParams(connection, text, count, types, values, lengths, formats, 1) == 1
        }
    }

    /// Lends libpq the values where they are.
    private func withValues(
        _ body: (
            Int32, UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?
        ) -> Bool
    ) -> Bool {
        let count = lengths.count
        guard count > 0 else { return body(0, nil, nil) }
        return writer.bytes.withUnsafeBytes { bytes in
            withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: count) {
                values in
                withUnsafeTemporaryAllocation(of: Int32.self, capacity: count) { formats in
                    // An empty array has no address, and to libpq no address is null.
                    let start = bytes.baseAddress ?? UnsafeRawPointer(formats.baseAddress)
                    var offset = 0
                    for index in 0..<count {
                        let length = Int(lengths[index])
                        let value = length < 0 ? nil : start?.advanced(by: offset)
                        values.initializeElement(
                            at: index,
                            to: value?.assumingMemoryBound(to: CChar.self)
                        )
                        formats.initializeElement(at: index, to: 1)
                        offset += max(length, 0)
                    }
                    return body(
                        Int32(count),
                        UnsafePointer(values.baseAddress),
                        UnsafePointer(formats.baseAddress)
                    )
                }
            }
        }
    }
}
