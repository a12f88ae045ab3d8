/// What may be said about a run when it is enqueued, besides its workflow and input.
public struct EnqueueOptions: Hashable, Sendable {
    /// At most one run per tenant, workflow and key: a second enqueue returns the first run.
    public var key: String?
    /// The run is due that long from now.
    public var delay: Duration?
    /// The run fails if it has not ended that long after it is due.
    public var timeout: Duration?
    /// From 0, which is first, to 9; `nil` is the definition's.
    public var priority: Int?
    /// The queue; `nil` is the definition's.
    public var queue: String?
    /// Whose run it is.
    public var tenant: String

    /// Creates options.
    public init(
        key: String? = nil,
        delay: Duration? = nil,
        timeout: Duration? = nil,
        priority: Int? = nil,
        queue: String? = nil,
        tenant: String = "default"
    ) {
        self.key = key
        self.delay = delay
        self.timeout = timeout
        self.priority = priority
        self.queue = queue
        self.tenant = tenant
    }
}
