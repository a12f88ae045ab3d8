/// An error of the server, of the connection to it, or in a value on its way there or back.
public struct PostgresError: Error, Sendable, Hashable {
    /// The kind of error, or `nil` if no server said it.
    public let sqlState: SQLState?
    /// What went wrong, in one line.
    public let message: String
    /// More about it.
    public let detail: String?
    /// What to do.
    public let hint: String?
    /// The constraint that was violated.
    public let constraint: String?
    /// `ERROR`, `FATAL` or `PANIC`; the latter two end the connection.
    public let severity: String
    /// What helps.
    public let remedy: Remedy
    /// True if this is our own cancel coming back; ``Connection`` throws `CancellationError` then.
    package let isCancellation: Bool

    package init(
        _ message: String,
        remedy: Remedy,
        sqlState: SQLState? = nil,
        detail: String? = nil,
        hint: String? = nil,
        constraint: String? = nil,
        severity: String = "ERROR",
        isCancellation: Bool = false
    ) {
        self.sqlState = sqlState
        self.message = message
        self.detail = detail
        self.hint = hint
        self.constraint = constraint
        self.severity = severity
        self.remedy = remedy
        self.isCancellation = isCancellation
    }

    func with(remedy: Remedy, hint: String? = nil, isCancellation: Bool = false) -> PostgresError {
        PostgresError(
            message,
            remedy: remedy,
            sqlState: sqlState,
            detail: detail,
            hint: hint ?? self.hint,
            constraint: constraint,
            severity: severity,
            isCancellation: isCancellation
        )
    }
}

extension PostgresError: CustomStringConvertible {
    /// The message, the code, the detail and the hint, in one line.
    public var description: String {
        var text = message
        if let sqlState { text += " (\(sqlState))" }
        if let detail { text += "; detail: \(detail)" }
        if let hint { text += "; hint: \(hint)" }
        return text
    }
}

extension PostgresError {
    /// The statement was not sent, because the task that asked for it is cancelled.
    static let cancelledBefore = PostgresError(
        "the statement was cancelled before it was sent",
        remedy: .retryTransaction,
        sqlState: .queryCanceled,
        isCancellation: true
    )

    static func closed(_ what: String) -> PostgresError {
        PostgresError("the \(what) is closed", remedy: .reconnect)
    }

    /// True for a prepared statement whose tables have changed since.
    ///
    /// The server says so with a code that means much else too, hence the look at the text; in
    /// another language than English it is merely reported.
    var isStalePlan: Bool {
        sqlState == .featureNotSupported && message.contains("cached plan")
    }
}
