import CLibPQ
import Glibc

extension Wire {
    /// Executes one statement in one round trip, or two when it is prepared first.
    func query(_ sql: SQL) throws(PostgresError) -> Rows {
        try refuseFaults(sql)
        try makeRoom(for: [sql])
        do {
            return try queryOnce(sql)
        } catch {
            guard try mayRepeat(after: error, [sql]) else { throw error }
            return try queryOnce(sql)
        }
    }

    private func queryOnce(_ sql: SQL) throws(PostgresError) -> Rows {
        let exchange = try begin()
        let connection = exchange.connection
        var failure: PostgresError?
        var rows: Rows?
        if preparesStatements {
            let name: String?
            (name, failure) = prepare(sql, on: connection)
            if let name {
                (rows, failure) =
                    sql.send(name, to: connection)
                    ? collect(connection) : (nil, PostgresError(connection: connection))
            }
        } else {
            (rows, failure) =
                sql.sendUnnamed(to: connection)
                ? collect(connection) : (nil, PostgresError(connection: connection))
        }
        try conclude(exchange, failure, effect: StatementEffect(of: sql.text))
        guard let rows else { throw PostgresError("the server gave no answer", remedy: .bug) }
        return rows
    }

    /// Executes text of any number of statements, without values.
    @discardableResult
    func script(
        _ text: String,
        effect: StatementEffect = .commits,
        isShielded: Bool = false
    ) throws(PostgresError) -> Rows? {
        try refuseNUL(in: text)
        let exchange = try begin(isShielded: isShielded)
        let (rows, failure) =
            PQsendQuery(exchange.connection, text) == 1
            ? collect(exchange.connection)
            : (nil, PostgresError(connection: exchange.connection))
        try conclude(exchange, failure, effect: effect)
        return rows
    }

    private func prepare(_ sql: SQL, on connection: OpaquePointer) -> (String?, PostgresError?) {
        if let name = cache.name(for: sql.key) { return (name, nil) }
        let name = cache.newName()
        guard sql.sendPrepare(as: name, to: connection) else {
            return (nil, PostgresError(connection: connection))
        }
        if let failure = collect(connection).1 { return (nil, failure) }
        cache.insert(sql.key, name: name)
        return (name, nil)
    }

    /// Reads answers until there are no more; gives the last, and the first error.
    private func collect(_ connection: OpaquePointer) -> (Rows?, PostgresError?) {
        var rows: Rows?
        var failure: PostgresError?
        while let result = PQgetResult(connection) {
            switch PQresultStatus(result) {
            case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
                rows = Rows(owning: result)
            case PGRES_COPY_IN, PGRES_COPY_OUT:
                PQclear(result)
                endCopy(connection)
                failure = failure ?? refused("copy to or from the client")
            default:
                failure = failure ?? PostgresError(result: result)
                PQclear(result)
            }
        }
        if rows == nil, failure == nil { failure = PostgresError(connection: connection) }
        return (rows, failure)
    }

    /// Ends a copy in either direction; until then the server would answer nothing else.
    private func endCopy(_ connection: OpaquePointer) {
        PQputCopyEnd(connection, "copy is not supported here")
        var line: UnsafeMutablePointer<CChar>?
        while PQgetCopyData(connection, &line, 0) > 0 { PQfreemem(line) }
    }
}

extension Wire {
    func refused(_ what: String) -> PostgresError {
        PostgresError("cannot send \(what)", remedy: .bug)
    }

    /// Throws if a value or the text cannot be sent as it is.
    func refuseFaults(_ sql: SQL) throws(PostgresError) {
        if let fault = sql.writer.fault {
            throw PostgresError(
                "cannot bind \(fault)",
                remedy: .bug,
                detail: "statement: \(sql.text)"
            )
        }
        if sql.lengths.count > 65_535 {  // the protocol counts them in 16 bits
            throw PostgresError(
                "cannot bind \(sql.lengths.count) values to one statement",
                remedy: .bug,
                hint: "bind arrays and select from unnest"
            )
        }
        try refuseNUL(in: sql.text)
    }

    /// Refuses text that libpq would cut off in its middle.
    private func refuseNUL(in text: String) throws(PostgresError) {
        var text = text
        let hasNUL = text.withUTF8 { utf8 in
            utf8.baseAddress.map { memchr($0, 0, utf8.count) != nil } ?? false
        }
        if hasNUL {
            throw refused("a NUL character in the statement's text")
        }
    }

    /// Frees statements on the server if there would be too many with those in `statements`.
    func makeRoom(for statements: [SQL]) throws(PostgresError) {
        guard preparesStatements, !cache.hasRoom(for: statements.count) else { return }
        try deallocate(cache.makeRoom(for: statements.map(\.key)))
    }

    private func deallocate(_ names: some Collection<String>) throws(PostgresError) {
        guard !names.isEmpty else { return }
        try script(names.map { "deallocate \($0)" }.joined(separator: "; "), effect: .reads)
    }

    /// Forgets plans that a change of a table has made stale, and returns whether the statements
    /// can be executed again here and now.
    func mayRepeat(after error: PostgresError, _ statements: [SQL]) throws(PostgresError) -> Bool {
        guard error.isStalePlan else { return false }
        let names = Set(statements.compactMap { cache.name(for: $0.key) })
        for sql in statements { cache.forget(sql.key) }
        guard transactionStatus == PQTRANS_IDLE else { throw error.with(remedy: .retryTransaction) }
        try deallocate(names)
        return true
    }
}
