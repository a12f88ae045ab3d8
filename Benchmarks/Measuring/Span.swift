import Pawl

/// From the first events that were recorded after a moment to the last, by the server's clock.
///
/// How long workers took to start is not in it, and nobody has to look on while they work.
struct Span: Sendable {
    let seconds: Double
    /// The share of the events that came after the first moment.
    let share: Double

    /// How many a second, if so many came of all the events.
    func rate(of units: Int) -> Double { Double(units) * share / seconds }

    /// Reads the span of the events after `start`, a time of ``BenchSite/now()``.
    init(of site: BenchSite, since start: Instant) async throws {
        (seconds, share) = try await site.pool.run { session in
            let row = try session.query(
                """
                with seen as (select at from pawl.event where at > \(start))
                select extract(epoch from max(at) - min(at))::float8,
                  count(*) filter (where at > (select min(at) from seen))::float8 / count(*)
                from seen
                """
            )[0]
            return (try row.decode(Double.self, at: 0), try row.decode(Double.self, at: 1))
        }
    }
}

extension BenchSite {
    /// The time by which the product records events.
    func now() async throws -> Instant {
        try await pool.run { try $0.query("select pawl.now()")[0].decode(Instant.self, at: 0) }
    }
}
