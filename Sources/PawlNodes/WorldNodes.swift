public import Pawl

/// The node kinds that touch the world: `http`, `command` and `notification`.
///
/// ```swift
/// let worker = Worker(database, handlers: [greet] + WorldNodes.handlers(), logger: logger)
/// ```
///
/// `pawl worker` and `pawl dev` have them. They are executed at least once, like every handler; requests carry the
/// step's idempotency key, so that services which know it do the work once.
public enum WorldNodes {
    /// Returns the handlers of these kinds, which share connections and a thread for them.
    public static func handlers(
        _ configuration: WorldNodesConfiguration = WorldNodesConfiguration()
    ) -> [Handler] {
        let client = HTTPClient(
            allowed: configuration.httpAllow,
            longestRetryAfter: configuration.longestRetryAfter
        )
        let channels: [any NotificationChannel] =
            [LogChannel(), WebhookChannel(client: client)] + configuration.channels
        return [
            HTTPNode(client: client).handler,
            CommandNode(configuration).handler,
            NotificationNode(channels).handler,
        ]
    }
}
