import PawlStore
import Postgres

/// Where in its queues a worker looks for work, and when it looks everywhere again.
///
/// A claim goes on where the one before it ended: what is gone from the frontier stays in its index for as
/// long as some transaction may see it, and would be passed over each time. What comes due before that
/// place is found by a sweep, which looks from the beginning: every second while there is much to do,
/// and when nothing was found. Where a sweep takes long there are fewer.
struct Lookout: Sendable {
    private let queues: [String]
    private var places: [ClaimPlace]
    private var nextSweep = ContinuousClock.now
    private var restsUntil = ContinuousClock.now

    /// How often a worker sweeps that finds enough without.
    private static let sweepInterval = Duration.seconds(1)
    /// How much of its time sweeps may take: a twentieth.
    private static let sweepShare = 20

    init(_ queues: [String]) {
        self.queues = queues
        places = queues.map { _ in ClaimPlace() }
    }

    /// Claims due tasks.
    mutating func claim(
        _ limit: Int,
        for worker: Int64,
        with session: Session
    ) throws(PostgresError) -> [Claim] {
        if ContinuousClock.now >= max(nextSweep, restsUntil) {
            return try sweep(limit, for: worker, with: session)
        }
        let claims = try look(limit, for: worker, with: session)
        guard claims.isEmpty, ContinuousClock.now >= restsUntil else { return claims }
        return try sweep(limit, for: worker, with: session)
    }

    private mutating func sweep(
        _ limit: Int,
        for worker: Int64,
        with session: Session
    ) throws(PostgresError) -> [Claim] {
        let start = ContinuousClock.now
        places = queues.map { _ in ClaimPlace() }
        let claims = try look(limit, for: worker, with: session)
        let end = ContinuousClock.now
        nextSweep = end + Self.sweepInterval
        restsUntil = end + start.duration(to: end) * Self.sweepShare
        return claims
    }

    /// Each time from another queue first, so that a full one does not starve the others.
    private mutating func look(
        _ limit: Int,
        for worker: Int64,
        with session: Session
    ) throws(PostgresError) -> [Claim] {
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
        return claims
    }
}
