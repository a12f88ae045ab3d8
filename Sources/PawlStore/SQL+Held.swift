import Postgres

extension SQL {
    /// Joins the task that a row of settlements names, if its fence is still the one that it names.
    ///
    /// `rows` is what the rows are called, with `task` and `fence`; `name` is what the tasks are called,
    /// and their `place` is where they are.
    ///
    /// Rows are the outer side of the join whatever the statistics say. Those of a frontier that was
    /// empty a moment ago would have it read as a whole, once for each row.
    static func held(by rows: StaticString, as name: StaticString = "t") -> SQL {
        SQL(
            verbatim: """
                cross join lateral (
                  select h.*, h.ctid as place
                  from pawl.task h
                  where h.id = \(rows).task and h.fence = \(rows).fence
                  offset 0
                ) \(name)
                """
        )
    }
}
