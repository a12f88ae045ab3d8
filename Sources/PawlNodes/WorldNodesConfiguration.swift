/// What nodes may reach in the world: by default public web servers, and no program.
public struct WorldNodesConfiguration: Sendable {
    /// Hosts and addresses of one's own network that requests may go to.
    ///
    /// Defaults to none: a definition may name any URL, and the data of a run may complete it.
    public var httpAllow = HTTPAllowList()

    /// The programs that nodes may run: names that are looked up along `PATH`, or absolute paths.
    ///
    /// `*` allows all. Defaults to none: a definition is data, and data does not run programs.
    public var commands: [String] = []

    /// The environment variables that programs get from this process.
    ///
    /// Defaults to what programs need to find others, their files, their language and the time.
    /// Everything else stays here, the database's password to begin with.
    public var commandVariables = ["PATH", "HOME", "LANG", "TZ"]

    /// How long a program may take to end after it was asked to.
    ///
    /// Defaults to 3 seconds: less than the 5 that a worker which is given up has.
    public var commandGrace = Duration.seconds(3)

    /// The longest delay that a server's `Retry-After` is granted.
    ///
    /// Defaults to an hour: a slip of one server does not hold a run for a year.
    public var longestRetryAfter = Duration.seconds(3_600)

    /// Channels of notifications, besides `log` and `webhook`.
    ///
    /// One of the same name takes the place of an earlier one.
    public var channels: [any NotificationChannel] = []

    /// Creates the configuration with its defaults.
    public init() {}
}
