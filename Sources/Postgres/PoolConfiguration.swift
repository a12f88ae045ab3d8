/// How many connections a pool keeps, and how long.
public struct PoolConfiguration: Sendable, Hashable {
    /// The most connections open at once.
    ///
    /// Each costs the server a process. Defaults to 8.
    public var maximumConnections = 8
    /// How many are kept open although nobody uses them.
    ///
    /// Defaults to 1.
    public var minimumIdle = 1
    /// How long others are kept that nobody uses.
    ///
    /// Defaults to one minute.
    public var idleTimeout: Duration = .seconds(60)
    /// How long a connection is used before a new one takes its place.
    ///
    /// What a session gathers in memory on the server goes with it, and new servers get their
    /// share. Defaults to one hour.
    public var maximumAge: Duration = .seconds(3_600)

    /// Creates a configuration with the defaults.
    public init(maximumConnections: Int = 8) {
        self.maximumConnections = maximumConnections
    }
}
