import Logging
import Pawl
import ServiceLifecycle

/// A worker in a service group, as a program runs it.
struct Stage: Sendable {
    private let group: ServiceGroup

    init(_ database: PostgresConfiguration, _ handlers: [Handler]) {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let worker = Worker(
            database,
            handlers: handlers,
            configuration: Workshop.brisk,
            logger: logger
        )
        group = ServiceGroup(
            configuration: ServiceGroupConfiguration(services: [worker], logger: logger)
        )
    }

    func play() async throws {
        do { try await group.run() } catch is CancellationError {}
    }

    func stop() async { await group.triggerGracefulShutdown() }
}
