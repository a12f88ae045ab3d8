import PawlCore
import Postgres

extension Session {
    /// Stores what a definition says of its limits, and returns the ways to the lanes of its runs;
    /// `nil` if it has none.
    ///
    /// A shared limit that nobody has made yet is made without numbers: it limits nothing until
    /// somebody sets them.
    func ways(of definition: Definition) throws(PostgresError) -> [String]? {
        let ways = definition.settings.limits.ways(of: definition.name)
        guard !ways.isEmpty else { return nil }
        var lanes: [String] = []
        for way in ways {
            let rows = try query(
                """
                insert into pawl.limit as l (name, concurrency, total, amount, period)
                values (
                  \(way.name), \(way.terms?.concurrency.map(Int32.init)),
                  \(way.terms?.total.map(Int32.init)), \(way.terms?.amount), \(way.terms?.period))
                on conflict (name) do update
                set (concurrency, total, amount, period, changed_at) = (
                  select excluded.concurrency, excluded.total, excluded.amount, excluded.period,
                    pawl.now()
                  where \(way.terms != nil)
                  union all
                  select l.concurrency, l.total, l.amount, l.period, l.changed_at
                  where \(way.terms == nil))
                returning id
                """
            )
            let id = try rows[0].decode(Int32.self, at: 0)
            lanes.append("\(id):" + way.key.joined(separator: "."))
        }
        return lanes
    }
}
