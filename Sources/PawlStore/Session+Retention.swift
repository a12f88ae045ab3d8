package import FoundationEssentials
package import Postgres

/// What a step through the runs, oldest first, came to.
package struct Sweep: Sendable {
    /// The runs that were deleted.
    package var runs = 0
    /// Their events, deleted with them.
    package var events = 0
    /// The run that it came to; null if no more can have expired.
    package var last: UUID?
}

extension Session {
    /// Lets one program at a time look after storage, until the transaction ends.
    ///
    /// - Returns: False if another one is at it.
    package func takeUpkeep() throws(PostgresError) -> Bool {
        // This spells "pawl" and "keep".
        try query("select pg_try_advisory_xact_lock(1885435756, 1801807216)")[0]
            .decode(Bool.self, at: 0)
    }

    /// Makes the partitions that are missing, and returns how many.
    ///
    /// - Throws: With ``SQLState/lockNotAvailable`` if somebody uses the tables for longer than
    ///   `patience`.
    package func addPartitions(patience: Duration) throws -> Int {
        try transaction { session in
            _ = try session.query(.waitForLocks(patience))
            return Int(
                try session.query("select pawl.add_partitions()")[0].decode(Int32.self, at: 0)
            )
        }
    }

    /// The partitions in which every run has expired, oldest first.
    ///
    /// It may read all of a partition.
    package func spentPartitions() throws(PostgresError) -> [String] {
        let rows = try query(
            """
            select p.runs
            from pawl.partition p
            cross join (select pawl.now() as now) n
            cross join pawl.retention_span s
            where p.until + s.shortest <= n.now
              and not exists (
                select from pawl.task t
                where t.run_id >= coalesce(p.lower, '00000000-0000-0000-0000-000000000000')
                  and t.run_id < p.upper)
              and not exists (
                select from pawl.run_expiry e
                where e.id >= coalesce(p.lower, '00000000-0000-0000-0000-000000000000')
                  and e.id < p.upper
                  and (e.expires_at is null or e.expires_at > n.now or exists (
                    select from pawl.run r where r.id = e.parent_run and r.ended_at is null)))
            order by p.until
            """
        )
        var names: [String] = []
        for row in rows { names.append(try row.decode(String.self, at: 0)) }
        return names
    }

    /// Deletes what belongs to the runs of a partition and is not in it, at most `limit` rows.
    ///
    /// - Returns: How many it were.
    package func clearWaits(of partition: String, limit: Int) throws(PostgresError) -> Int {
        try execute(
            """
            delete from pawl.wait
            where id in (
              select w.id
              from pawl.partition p
              join pawl.wait w
                on w.run_id >= coalesce(p.lower, '00000000-0000-0000-0000-000000000000')
                and w.run_id < p.upper
              where p.runs = \(partition) and w.status <> 'open'
              limit \(limit))
            """
        )
    }

    /// Drops a partition of runs that have expired, with their events.
    ///
    /// - Returns: False if it is gone already, or a run in it was taken up again.
    /// - Throws: With ``SQLState/lockNotAvailable`` if somebody uses the tables for longer than
    ///   `patience`.
    package func drop(_ partition: String, patience: Duration) throws -> Bool {
        try transaction { session in
            _ = try session.query(.waitForLocks(patience))
            return try session.query("select pawl.drop_partition(\(partition))")[0]
                .decode(Bool.self, at: 0)
        }
    }

    /// Deletes runs that have expired and whose partition will not be dropped soon, in the order of
    /// their ids.
    ///
    /// It goes on after the run `last`, looks at `examined` runs, and deletes at most `events` events
    /// or, if it has more, one run. Runs that somebody has locked are left for another time.
    package func sweep(after last: UUID?, examined: Int, events: Int) throws -> Sweep {
        try transaction { session in
            let rows = try session.query(
                """
                with rule as materialized (
                  select n.now, s.longest, pawl.first_id(n.now - s.shortest) as young,
                    (select p.upper from pawl.partition p
                     where p.until + s.longest <= n.now
                     order by p.upper desc
                     limit 1) as spent
                  from pawl.retention_span s
                  cross join (select pawl.now() as now) n
                ),
                examined as materialized (
                  select e.*
                  from pawl.run_expiry e
                  where (\(last)::uuid is null or e.id > \(last))
                    and e.id < (select young from rule)
                  order by e.id
                  limit \(examined)
                ),
                doomed as materialized (
                  select r.id
                  from examined e
                  cross join rule
                  join pawl.run r on r.id = e.id
                  where e.expires_at <= rule.now
                    -- What is kept longest goes with its partition, as long as that can be.
                    and (rule.longest is null or e.period < rule.longest or e.id < rule.spent
                      or e.tableoid = 'pawl.run_default'::regclass)
                    and not exists (
                      select from pawl.run p where p.id = e.parent_run and p.ended_at is null)
                    and not exists (select from pawl.task t where t.run_id = e.id)
                    -- Unless it was taken up again meanwhile.
                    and r.ended_at = e.ended_at
                  order by r.id
                  for update of r skip locked
                )
                select e.id, d.id is not null, coalesce(h.seq, 0)
                from examined e
                left join doomed d on d.id = e.id
                left join lateral (
                  select max(seq) as seq from pawl.event where run_id = d.id
                ) h on true
                order by e.id
                """
            )
            var sweep = Sweep()
            var doomed: [UUID] = []
            for row in rows {
                let run = try row.decode(UUID.self, at: 0)
                if try row.decode(Bool.self, at: 1) {
                    let size = Int(try row.decode(Int32.self, at: 2))
                    if !doomed.isEmpty, sweep.events + size > events { break }
                    sweep.events += size
                    doomed.append(run)
                }
                sweep.last = run
            }
            sweep.runs = doomed.count
            guard !doomed.isEmpty else { return sweep }
            // By a join, because `any` of an array is looked for in every partition.
            _ = try session.pipeline([
                "select set_config('pawl.retention', 'on', true)",
                """
                delete from pawl.event t
                using unnest(\(doomed)::uuid[]) as d (id)
                where t.run_id = d.id
                """,
                """
                delete from pawl.wait t
                using unnest(\(doomed)::uuid[]) as d (id)
                where t.run_id = d.id
                """,
                """
                delete from pawl.run t
                using unnest(\(doomed)::uuid[]) as d (id)
                where t.id = d.id
                """,
            ])
            return sweep
        }
    }

    /// Deletes keys whose time has passed and whose runs are gone, at most `limit`.
    package func sweepKeys(limit: Int) throws(PostgresError) -> Int {
        try execute(
            """
            delete from pawl.run_key
            where (tenant, workflow, key) in (
              select k.tenant, k.workflow, k.key
              from pawl.run_key k
              where k.run_id < (select pawl.first_id(pawl.now() - keys) from pawl.storage)
                and not exists (select from pawl.run r where r.id = k.run_id)
              limit \(limit)
              for update skip locked)
            """
        )
    }

    /// Deletes ticks that were dealt with long ago, at most `limit`.
    package func sweepTicks(limit: Int) throws(PostgresError) -> Int {
        try execute(
            """
            delete from pawl.schedule_fire
            where (schedule, tick) in (
              select f.schedule, f.tick
              from pawl.schedule_fire f
              where f.tick < (select pawl.now() - ticks from pawl.storage)
                and f.outcome <> 'waiting'
              limit \(limit)
              for update skip locked)
            """
        )
    }
}
