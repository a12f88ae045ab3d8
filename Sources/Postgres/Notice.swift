/// What the server remarks beside its answers, as `raise notice` does.
public struct Notice: Sendable, Hashable {
    /// `WARNING`, `NOTICE`, `INFO`, `LOG` or `DEBUG`; `FATAL` when the server ends an idle session.
    public let severity: String
    /// The kind of remark.
    public let sqlState: SQLState?
    /// The remark, in one line.
    public let message: String
    /// More about it.
    public let detail: String?
    /// What to do.
    public let hint: String?
    /// The function in the server's source that said it; unlike the text it is never translated.
    let sourceFunction: String?

    /// The most that are kept of one statement.
    static let limit = 32
}

extension Notice {
    /// True if a transaction was committed here, but perhaps on no standby.
    ///
    /// PostgreSQL only warns then, with a code that `raise warning` has too.
    var saysReplicationUnknown: Bool { sourceFunction == "SyncRepWaitForLSN" }
}
