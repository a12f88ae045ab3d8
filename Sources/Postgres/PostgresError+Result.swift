import CLibPQ

extension PostgresError {
    /// Reads the error that `result` carries; without fields it is libpq's own.
    init(result: OpaquePointer) {
        let state = field(DIAG_SQLSTATE, of: result).map(SQLState.init(rawValue:))
        self.init(
            field(DIAG_MESSAGE, of: result) ?? text(PQresultErrorMessage(result)),
            remedy: Remedy(for: state),
            sqlState: state,
            detail: field(DIAG_DETAIL, of: result),
            hint: field(DIAG_HINT, of: result),
            constraint: field(DIAG_CONSTRAINT, of: result),
            severity: field(DIAG_SEVERITY, of: result) ?? "ERROR"
        )
    }

    /// Reads the last error of `connection`, which no result carries.
    init(connection: OpaquePointer) {
        let lost = PQstatus(connection) == CONNECTION_BAD
        self.init(text(PQerrorMessage(connection)), remedy: lost ? .reconnect : .bug)
    }

    /// Reads why `connection` could not be opened.
    ///
    /// libpq gives no code for that, only text. What is not recognised, as in a server that speaks
    /// another language than English, is something to try again.
    init(opening connection: OpaquePointer) {
        let reason = text(PQerrorMessage(connection))
        let full = ["too many clients", "too many connections", "connection slots are reserved"]
        let wrong = [
            "authentication failed", "no pg_hba.conf entry", "no password supplied",
            "does not exist", "invalid connection option", "invalid sslmode",
            "permission denied for database", "is not permitted to log in",
        ]
        // A socket that is not there yet says "No such file", never "does not exist".
        if full.contains(where: reason.contains) {
            self.init(
                reason,
                remedy: .backOff,
                sqlState: .tooManyConnections,
                hint: "raise max_connections on the server, or open fewer connections",
                severity: "FATAL"
            )
        } else {
            self.init(
                reason,
                remedy: wrong.contains(where: reason.contains) ? .bug : .reconnect,
                hint: "check that the server runs and that host, port, database and user are right",
                severity: "FATAL"
            )
        }
    }
}

extension Notice {
    init(result: OpaquePointer) {
        self.init(
            severity: field(DIAG_SEVERITY, of: result) ?? "NOTICE",
            sqlState: field(DIAG_SQLSTATE, of: result).map(SQLState.init(rawValue:)),
            message: field(DIAG_MESSAGE, of: result) ?? text(PQresultErrorMessage(result)),
            detail: field(DIAG_DETAIL, of: result),
            hint: field(DIAG_HINT, of: result),
            sourceFunction: field(DIAG_SOURCE_FUNCTION, of: result)
        )
    }
}

private func field(_ code: Int32, of result: OpaquePointer) -> String? {
    PQresultErrorField(result, code).map { String(cString: $0) }
}

/// libpq indents the second line of some messages.
private func text(_ message: UnsafePointer<CChar>?) -> String {
    guard let message else { return "out of memory" }
    let lines = String(cString: message).split(whereSeparator: \.isNewline)
    guard !lines.isEmpty else { return "the connection was lost" }
    return lines.map { $0.drop { $0.isWhitespace } }.joined(separator: " ")
}
