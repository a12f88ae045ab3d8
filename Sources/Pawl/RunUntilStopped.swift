public import Logging
public import ServiceLifecycle
import UnixSignals

/// Runs services until one of them ends or the process is told to stop.
///
/// The first SIGTERM or SIGINT shuts the services down gracefully, last to first: workers finish
/// what they have. The second cancels them: workers give their steps back.
///
/// - Throws: What a service throws.
public func runUntilStopped(_ services: [any Service], logger: Logger) async throws {
    // Of the group's two kinds of shutdown each has its own signals, and here the same signal means
    // first the one and then the other. So the group traps none.
    let group = ServiceGroup(
        configuration: ServiceGroupConfiguration(services: services, logger: logger)
    )
    try await withThrowingTaskGroup(of: Bool.self) { tasks in
        tasks.addTask {
            try await group.run()
            return true
        }
        tasks.addTask {
            var isAsked = false
            for await signal in await UnixSignalsSequence(trapping: .sigterm, .sigint) {
                if isAsked { return false }
                isAsked = true
                logger.info("stopping", metadata: ["signal": "\(signal)"])
                await group.triggerGracefulShutdown()
            }
            return false
        }
        // Either the services have ended, or a second signal cancels them: then they are waited for.
        let haveEnded = try await tasks.next() ?? true
        tasks.cancelAll()
        if !haveEnded { while try await tasks.next() != nil {} }
    }
}
