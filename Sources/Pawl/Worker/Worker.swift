public import Logging
public import PawlCore
import PawlStore
public import Postgres
public import ServiceLifecycle

/// A process's share in the work: it claims due steps, executes them, and settles what they come to.
///
/// ```swift
/// let worker = Worker(database, handlers: [greet])
/// let group = ServiceGroup(services: [worker], gracefulShutdownSignals: [.sigterm], logger: logger)
/// try await group.run()
/// ```
///
/// Any number of workers may share a database. On graceful shutdown a worker claims nothing more and
/// lets its steps end, for ``WorkerConfiguration/drainTimeout``; then, or when its task is cancelled,
/// it cancels them and gives them back without charging an attempt.
public final class Worker: Service {
    private let database: PostgresConfiguration
    private let handlers: [Handler]
    private let workflows: [Definition]
    private let configuration: WorkerConfiguration
    private let logger: Logger

    /// Creates a worker; nothing happens until ``run()``.
    ///
    /// When it starts it defines `workflows`, and the one-step workflows of handlers that are jobs,
    /// unless they are defined already.
    ///
    /// - Precondition: no two handlers have the same kind.
    public init(
        _ database: PostgresConfiguration,
        handlers: [Handler],
        workflows: [Definition] = [],
        configuration: WorkerConfiguration = WorkerConfiguration(),
        logger: Logger
    ) {
        precondition(
            Set(handlers.map(\.kind)).count == handlers.count,
            "two handlers have the same kind"
        )
        precondition(configuration.slots >= 1, "a worker has at least one slot")
        precondition(!configuration.queues.isEmpty, "a worker serves at least one queue")
        self.database = database
        self.handlers = handlers
        self.workflows = workflows
        self.configuration = configuration
        self.logger = logger
    }

    /// Works until graceful shutdown or cancellation.
    ///
    /// - Throws: ``SchemaMismatch`` if the database's schema does not fit, or a `PostgresError` if it
    ///   cannot be reached at the start. Later failures are waited out.
    public func run() async throws {
        let voyage = Voyage(
            database,
            handlers: handlers,
            configuration: configuration,
            logger: logger
        )
        try await voyage.prepare(
            defining: workflows
                + handlers.filter(\.isJob).map {
                    Definition.job($0.kind, limits: $0.limits)
                }
        )
        await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                await voyage.sail()
            } onGracefulShutdown: {
                voyage.drain()
            }
        } onCancel: {
            voyage.abandon()
        }
    }
}

/// The database's schema is not the one that this program was built for.
public struct SchemaMismatch: Error, Hashable, Sendable, CustomStringConvertible {
    /// What differs, and what to do.
    public let description: String
}
