import CLibPQ
import Glibc

extension Wire {
    /// What the next answer in a pipeline is to.
    private enum Expected {
        case preparation(StatementCache.Key, name: String)
        case statement
    }

    /// Executes statements in one round trip.
    func pipeline(_ statements: [SQL]) throws(PostgresError) -> [Rows] {
        guard !statements.isEmpty else { return [] }
        for sql in statements { try refuseFaults(sql) }
        try makeRoom(for: statements)
        do {
            return try pipelineOnce(statements)
        } catch {
            guard try mayRepeat(after: error, statements) else { throw error }
            return try pipelineOnce(statements)
        }
    }

    private func pipelineOnce(_ statements: [SQL]) throws(PostgresError) -> [Rows] {
        let exchange = try begin()
        let connection = exchange.connection
        var rows: [Rows] = []
        var failure: PostgresError?
        if let expected = send(statements, to: connection) {
            failure = receive(expected, into: &rows, from: connection)
        } else {
            failure = PostgresError(connection: connection)
        }
        if PQstatus(connection) == CONNECTION_OK, PQexitPipelineMode(connection) == 0 {
            // Part of it may have been sent, but no Sync: the server undoes it when we go.
            let reason = failure ?? PostgresError(connection: connection)
            _ = gate.end()
            close()
            throw reason.with(remedy: .reconnect)
        }
        try conclude(
            exchange,
            failure,
            effect: statements.map { StatementEffect(of: $0.text) }.max() ?? .reads
        )
        return rows
    }

    /// Sends all statements and a Sync, and returns what answers will come; `nil` on failure.
    private func send(_ statements: [SQL], to connection: OpaquePointer) -> [Expected]? {
        // A blocking libpq would wait until the server has read everything, and the server until
        // we have read its answers.
        guard PQsetnonblocking(connection, 1) == 0 else { return nil }
        defer { PQsetnonblocking(connection, 0) }
        guard PQenterPipelineMode(connection) == 1 else { return nil }
        var expected: [Expected] = []
        expected.reserveCapacity(statements.count)
        var fresh: [StatementCache.Key: String] = [:]
        for sql in statements {
            if preparesStatements {
                let name: String
                if let known = cache.name(for: sql.key) ?? fresh[sql.key] {
                    name = known
                } else {
                    name = cache.newName()
                    guard sql.sendPrepare(as: name, to: connection) else { return nil }
                    fresh[sql.key] = name
                    expected.append(.preparation(sql.key, name: name))
                }
                guard sql.send(name, to: connection) else { return nil }
            } else {
                guard sql.sendUnnamed(to: connection) else { return nil }
            }
            expected.append(.statement)
        }
        guard PQpipelineSync(connection) == 1, flush(connection) else { return nil }
        return expected
    }

    /// Sends what is buffered, and meanwhile reads what comes.
    private func flush(_ connection: OpaquePointer) -> Bool {
        while true {
            switch PQflush(connection) {
            case 0: return true
            case 1: break
            default: return false
            }
            var socket = pollfd(
                fd: PQsocket(connection),
                events: Int16(POLLIN | POLLOUT),
                revents: 0
            )
            guard poll(&socket, 1, -1) >= 0 || errno == EINTR else { return false }
            if socket.revents & Int16(POLLIN) != 0, PQconsumeInput(connection) == 0 {
                return false
            }
        }
    }

    /// Reads the answers up to the Sync's, and returns the first error.
    private func receive(
        _ expected: [Expected],
        into rows: inout [Rows],
        from connection: OpaquePointer
    ) -> PostgresError? {
        var failure: PostgresError?
        var position = 0
        // Between the answers of two statements comes one `nil`; two in a row mean the end.
        var wasSeparator = false
        while true {
            guard let result = PQgetResult(connection) else {
                if wasSeparator || PQstatus(connection) == CONNECTION_BAD { break }
                wasSeparator = true
                continue
            }
            wasSeparator = false
            switch PQresultStatus(result) {
            case PGRES_PIPELINE_SYNC:
                PQclear(result)
                return failure
            case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
                if position < expected.count,
                    case .preparation(let key, let name) = expected[position]
                {
                    cache.insert(key, name: name)
                    PQclear(result)
                } else {
                    rows.append(Rows(owning: result))
                }
            case PGRES_PIPELINE_ABORTED:
                PQclear(result)
            default:
                failure = failure ?? PostgresError(result: result)
                PQclear(result)
            }
            position += 1
        }
        return failure ?? PostgresError(connection: connection)
    }
}
