/// One connection to PostgreSQL, used synchronously by one thread.
///
/// Every call blocks until the server has answered. In a task use a ``Pool`` or a ``Connection``,
/// which lend a session on a thread of its own.
public final class Session {
    let wire: Wire
    /// Why the session may not be used any more.
    var ending: Ending?
    /// How many transactions this one is inside of, itself included.
    let depth: Int

    enum Ending {
        case closed
        case transactionEnded
    }

    init(wire: Wire, depth: Int) {
        self.wire = wire
        self.depth = depth
    }

    /// Connects to the server.
    public static func open(_ configuration: PostgresConfiguration) throws(PostgresError) -> Session
    {
        Session(wire: try Wire(configuration), depth: 0)
    }

    /// Ends the connection; the server rolls back what is not committed.
    public func close() {
        ending = .closed
        wire.close()
    }

    /// Executes a statement and returns its rows.
    ///
    /// Outside a transaction it commits by itself. Its text is prepared the first time, and then
    /// called by name, unless the configuration says otherwise.
    public func query(_ sql: SQL) throws(PostgresError) -> Rows {
        try checkUsable()
        return try wire.query(sql)
    }

    /// Executes a statement and returns how many rows it affected.
    @discardableResult
    public func execute(_ sql: SQL) throws(PostgresError) -> Int {
        try query(sql).affected
    }

    /// Executes text of any number of statements, separated by semicolons.
    ///
    /// Outside a transaction they are one transaction together, unless they say otherwise.
    /// Whatever is in `text` is executed: nothing that comes from outside belongs there.
    public func script(_ text: String) throws(PostgresError) {
        try checkUsable()
        try wire.script(text)
    }

    /// Executes statements in one round trip and returns the rows of each.
    ///
    /// Outside a transaction they are one transaction together. The first that fails ends it: its
    /// error is thrown, what follows is not executed, and nothing is kept.
    @discardableResult
    public func pipeline(_ statements: [SQL]) throws(PostgresError) -> [Rows] {
        try checkUsable()
        return try wire.pipeline(statements)
    }

    /// What the server remarked during the last statement: the last 32 remarks.
    public var notices: [Notice] { wire.notices }

    /// Called with each remark of the server as it comes, on the session's thread.
    public var noticeHandler: ((Notice) -> Void)? {
        get { wire.noticeHandler }
        set { wire.noticeHandler = newValue }
    }

    /// True if the connection is known to be gone.
    public var isLost: Bool { wire.isLost }

    /// The server's process that serves this session, as in `pg_stat_activity`.
    public var processID: Int32 { wire.processID }

    /// Returns `name` as it must be written in a statement to mean a table, channel or the like.
    package static func quoted(identifier name: String) -> String {
        "\""
            + name.split(separator: "\"", omittingEmptySubsequences: false)
            .joined(separator: "\"\"") + "\""
    }

    func checkUsable() throws(PostgresError) {
        switch ending {
        case nil: return
        case .closed: throw .closed("session")
        case .transactionEnded:
            throw PostgresError(
                "cannot use a transaction after it has ended",
                remedy: .bug,
                hint: "do not let the session leave the closure that it was given to"
            )
        }
    }
}
