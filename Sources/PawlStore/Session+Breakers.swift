package import PawlCore
package import Postgres

/// How an attempt went, as a breaker counts it.
package enum BreakerNote: Sendable {
    case success, failure
}

extension Session {
    /// Asks a breaker for an attempt.
    ///
    /// - Returns: How long the breaker stays open at least, or `nil` if the attempt may be made.
    package func admit(through breaker: Node.Breaker) throws(PostgresError) -> Duration? {
        try query("select pawl.admit(\(breaker.name), \(breaker.cooldown))")[0]
            .decode(Duration?.self, at: 0)
    }

    /// Tells a breaker how an attempt went.
    package func note(
        _ note: BreakerNote,
        through breaker: Node.Breaker
    ) throws(PostgresError) {
        _ = try query(
            """
            select pawl.note_attempt(
              \(breaker.name), \(note == .success), \(Int32(breaker.failures)))
            """
        )
    }
}
