import Logging
import Metrics
import PawlCore
import PawlStore
import Postgres

/// What the parts of a worker share.
struct Crew: Sendable {
    let handlers: [String: Handler]
    let limits: Limits
    let lease: Duration
    let pool: Pool
    let logger: Logger
    let meters: WorkerMeters
    let course: Course
    let holdings = Holdings()

    /// Whether this worker can execute a node kind.
    func serves(_ kind: Node.Kind) -> Bool {
        switch kind {
        case .handler(let name): handlers[name] != nil
        case .start, .end, .log, .parallel, .human, .deadline: true
        }
    }

    /// Whether this worker can go on with the step that a transition leads to.
    func canGoOn(with transition: Transition) -> Bool {
        guard case .move(let position) = transition.disposition, course.claims else { return false }
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
