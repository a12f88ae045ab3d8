import PawlStore
import Postgres

/// Where in its queues a worker looks for work, and when it looks everywhere again.
///
/// A claim goes on where the one before it ended: what is gone from the frontier stays in its index for as
/// long as some transaction may see it, and would be passed over each time. What comes due before that
/// place is found when the worker looks from the beginning, every second, or less often where that
/// takes long.
struct Lookout: Sendable {
    private let queues: [String]
    private var places: [ClaimPlace]
    private var nextSweep = ContinuousClock.now

    /// How often a worker looks from the beginning.
    private static let sweepInterval = Duration.seconds(1)
    /// How much of its time it may spend on that: a twentieth.
    private static let sweepShare = 20

    init(_ queues: [String]) {
        self.queues = queues
        places = queues.map { _ in ClaimPlace() }
    }

    /// Claims due tasks, each time from another queue first, so that a full one does not starve the
    /// others.
    mutating func claim(
        _ limit: Int,
        for worker: Int64,
        with session: Session
    ) throws(PostgresError) -> [Claim] {
        let start = ContinuousClock.now
        let isSweep = start >= nextSweep
        if isSweep { places = queues.map { _ in ClaimPlace() } }
        var claims: [Claim] = []
        let first = Int.random(in: queues.indices)
        for offset in queues.indices where claims.count < limit {
            let index = (first + offset) % queues.count
            claims += try session.claim(
                limit - claims.count,
                from: queues[index],
                after: &places[index],
                for: worker
            )
        }
        if isSweep {
            let took = start.duration(to: .now)
            nextSweep = .now + max(Self.sweepInterval, took * Self.sweepShare)
        }
        return claims
    }
}
