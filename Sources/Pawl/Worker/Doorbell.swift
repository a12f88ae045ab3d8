import Logging
import Postgres

/// Listens for notifications: there is work, a run was cancelled.
///
/// They are hints. One that is lost costs a poll interval, or a heartbeat.
struct Doorbell: Sendable {
    let configuration: PostgresConfiguration
    let logger: Logger
    let onWork: @Sendable () -> Void
    let onCancel: @Sendable () -> Void

    /// Listens until the task is cancelled, connecting again when the connection is lost.
    func run() async {
        var pause = Backoff()
        while !Task.isCancelled {
            do {
                let connection = try Connection(configuration)
                try await connection.open()
                let notifications = try await connection.listen(to: ["pawl_work", "pawl_cancel"])
                pause.reset()
                onWork()  // What came while nobody listened.
                for await notification in notifications {
                    notification.channel == "pawl_cancel" ? onCancel() : onWork()
                }
                await connection.close()
            } catch {
                logger.debug("could not listen", metadata: ["error": "\(error)"])
            }
            await pause.wait()
        }
    }
}
