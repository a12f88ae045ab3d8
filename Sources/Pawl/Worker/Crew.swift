import Logging
import Metrics
import PawlCore
import PawlStore
import Postgres
import Tracing

/// What the parts of a worker share.
final class Crew: Sendable {
    let handlers: [String: Handler]
    /// The kinds of Pawl's own that a handler of this worker does.
    let handled: Set<String>
    let limits: Limits
    let secrets: Secrets
    /// Whether a step without a handler fails, and is not left to other workers.
    let failsStrangers: Bool
    let lease: Duration
    let pool: Pool
    let logger: Logger
    let meters: WorkerMeters
    let course: Course
    let holdings = Holdings()
    /// Whether anybody traces; without it a step is spared the making of a span.
    let isTracing: Bool

    init(
        handlers: [Handler],
        configuration: WorkerConfiguration,
        pool: Pool,
        logger: Logger
    ) {
        self.handlers = Dictionary(
            handlers.map { ($0.kind, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        handled = Set(handlers.map(\.kind).filter { !Node.Kind(rawValue: $0).needsHandler })
        limits = configuration.limits
        secrets = configuration.secrets
        failsStrangers = configuration.failsStrangers
        lease = configuration.lease
        self.pool = pool
        self.logger = logger
        meters = WorkerMeters()
        course = Course()
        isTracing = !(InstrumentationSystem.tracer is NoOpTracer)
    }

    /// Whether this worker can execute a node kind.
    func serves(_ kind: Node.Kind) -> Bool {
        !kind.needsHandler || handlers[kind.rawValue] != nil || failsStrangers
    }

    /// Whether this worker can go on with the step that a transition leads to.
    func canGoOn(with transition: Transition) -> Bool {
        guard case .move(let position) = transition.disposition, !transition.abandons,
            course.claims
        else { return false }
        return serves(position.kind)
    }

    /// Gives tasks back, as if they had not been claimed.
    func giveBack(_ releases: [Release]) async {
        guard !releases.isEmpty else { return }
        for release in releases { holdings.drop(release.task) }
        do {
            let released = try await pool.run { try $0.release(releases) }
            meters.released.increment(by: released.count)
        } catch {
            holdings.doubt()
            logger.warning("could not release tasks", metadata: ["error": "\(error)"])
        }
    }
}
