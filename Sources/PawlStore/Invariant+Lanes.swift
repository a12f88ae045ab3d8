import Postgres

extension Invariant {
    /// What limits promise.
    static let lanes = [
        Invariant(
            name: "lane_within_limit",
            statement: "no lane has more places taken than its limit has, unless that was lowered",
            violations: """
                select 'lane ' || p.lane || ' of limit ' || l.name || ': ' || count(*) || ' of '
                  || c.capacity
                from pawl.place p
                join pawl.limit l on l.id = split_part(p.lane, ':', 1)::int
                cross join lateral (
                  select case when strpos(p.lane, ':') > 0 then l.concurrency else l.total end as capacity
                ) c
                join pawl.task t on t.id = p.task
                group by p.lane, l.name, l.changed_at, c.capacity
                having count(*) > c.capacity
                  -- Those that began before the limit was changed stay.
                  and count(*) filter (where t.claimed_at > l.changed_at and t.fence = 1) > c.capacity
                """
        ),
        Invariant(
            name: "place_has_run",
            statement: "a place is held by a task that was admitted to its lane",
            violations: """
                select 'place of task ' || p.task || ' in lane ' || p.lane from pawl.place p
                left join pawl.task t on t.id = p.task
                where t.id is null or t.admitted is null or p.lane <> all (t.lanes)
                """
        ),
        Invariant(
            name: "line_is_watched",
            statement: "nobody stands in line while there is room and nobody was called",
            violations: """
                select 'line ' || ln.id || ' of lane ' || ln.lane from pawl.line ln
                left join pawl.limit l on l.id = split_part(ln.lane, ':', 1)::int
                cross join lateral (
                  select case when strpos(ln.lane, ':') > 0 then l.concurrency else l.total end as capacity
                ) c
                where exists (select from pawl.task t where t.queue = '@line ' || ln.id)
                  and not exists (select from pawl.call k where k.lane = ln.lane)
                  and ln.due_at = 'infinity'
                  and coalesce(
                    (select count(*) from pawl.place p where p.lane = ln.lane) < c.capacity, true)
                """
        ),
        Invariant(
            name: "in_line_is_claimable",
            statement: "a task in line has not begun, and its line exists",
            violations: """
                select 'task ' || t.id || ' in ' || t.queue from pawl.task t
                left join pawl.line ln on t.queue = '@line ' || ln.id
                where starts_with(t.queue, '@line ')
                  and (ln.id is null or t.admitted or t.worker is not null)
                """
        ),
    ]
}
