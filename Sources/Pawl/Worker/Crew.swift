import Logging
import Metrics
import PawlCore
import PawlStore
import Postgres

/// What the parts of a worker share.
struct Crew: Sendable {
    let handlers: [String: Handler]
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

    /// The kinds of Pawl's own that a handler of this worker does.
    var handled: Set<String> {
        Set(handlers.keys.filter { !Node.Kind(rawValue: $0).needsHandler })
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
