package import Postgres

/// How large a table is, with all its partitions and indexes, by the server's statistics.
package struct TableSize: Sendable {
    package let name: String
    package let partitions: Int
    package let bytes: Int
    package let live: Int
    package let dead: Int
    /// The rows that were updated, and how many of them without touching an index.
    package let updates: (all: Int, hot: Int)
    package let lastVacuum: Instant?
}

/// How partitions stand.
package struct PartitionHealth: Sendable {
    package let count: Int
    /// How long from now ids have partitions; negative if they have none now.
    package let ahead: Duration
    /// How long they should.
    package let wanted: Duration
    /// The rows that have no partition of their own: runs and events, each counted up to a limit.
    package let strays: Int
    /// The oldest partition that should have been dropped a day ago.
    package let overdue: String?
}

/// How often the server wrote all its dirty pages, and why.
package struct CheckpointCounts: Sendable {
    /// Because it was time.
    package let timed: Int
    /// Because much WAL had been written, or somebody asked for it.
    package let requested: Int
}

/// How far two counters have come.
package struct WALReading: Sendable {
    /// The bytes that the server has written ahead, for all its databases.
    package let bytes: Int
    /// The events that Pawl has recorded in this one.
    package let events: Int
}

extension Session {
    /// The sizes of the tables that carry everything.
    package func tableSizes() throws(PostgresError) -> [TableSize] {
        let rows = try query(
            """
            select t.name, count(*) - (count(*) > 1)::int, sum(pg_total_relation_size(p.relid))::bigint,
              coalesce(sum(s.n_live_tup), 0)::bigint, coalesce(sum(s.n_dead_tup), 0)::bigint,
              coalesce(sum(s.n_tup_upd), 0)::bigint, coalesce(sum(s.n_tup_hot_upd), 0)::bigint,
              max(greatest(s.last_vacuum, s.last_autovacuum))
            from unnest(array['pawl.task', 'pawl.run', 'pawl.event']) as t (name)
            cross join lateral (
              select t.name::regclass as relid
              union all
              select i.inhrelid from pg_inherits i where i.inhparent = t.name::regclass
            ) p
            left join pg_stat_user_tables s on s.relid = p.relid
            group by t.name
            order by t.name desc
            """
        )
        var sizes: [TableSize] = []
        for row in rows {
            sizes.append(
                TableSize(
                    name: try row.decode(String.self, at: 0),
                    partitions: try row.decode(Int.self, at: 1),
                    bytes: try row.decode(Int.self, at: 2),
                    live: try row.decode(Int.self, at: 3),
                    dead: try row.decode(Int.self, at: 4),
                    updates: (
                        all: try row.decode(Int.self, at: 5), hot: try row.decode(Int.self, at: 6)
                    ),
                    lastVacuum: try row.decode(Instant?.self, at: 7)
                )
            )
        }
        return sizes
    }

    /// How partitions stand; strays are counted up to `limit` in each table.
    package func partitionHealth(limit: Int) throws(PostgresError) -> PartitionHealth {
        let row = try query(
            """
            select (select count(*) from pawl.partition),
              coalesce((select max(until) from pawl.partition), n.now) - n.now,
              (select ahead from pawl.storage),
              (select count(*) from (select from pawl.run_default limit \(limit)) r)
                + (select count(*) from (select from pawl.event_default limit \(limit)) e),
              (select p.runs
               from pawl.partition p
               cross join pawl.retention_span s
               where p.until + s.longest + interval '1 day' < n.now
               order by p.until
               limit 1)
            from (select pawl.now() as now) n
            """
        )[0]
        return PartitionHealth(
            count: try row.decode(Int.self, at: 0),
            ahead: try row.decode(Duration.self, at: 1),
            wanted: try row.decode(Duration.self, at: 2),
            strays: try row.decode(Int.self, at: 3),
            overdue: try row.decode(String?.self, at: 4)
        )
    }

    /// The value of a setting that is an amount of memory, in bytes.
    package func bytes(of setting: String) throws(PostgresError) -> Int {
        try query("select pg_size_bytes(current_setting(\(setting)))")[0].decode(Int.self, at: 0)
    }

    /// The checkpoints since the server's statistics were reset.
    package func checkpoints(serverVersion: Int) throws(PostgresError) -> CheckpointCounts {
        let row = try query(
            serverVersion >= 170_000
                ? "select num_timed, num_requested from pg_stat_checkpointer"
                : "select checkpoints_timed, checkpoints_req from pg_stat_bgwriter"
        )[0]
        return CheckpointCounts(
            timed: try row.decode(Int.self, at: 0),
            requested: try row.decode(Int.self, at: 1)
        )
    }

    /// Reads how much WAL has been written and how many events were recorded.
    ///
    /// Two readings, some time apart, tell what an event costs. The server's totals would not: the
    /// two were not reset together.
    package func walReading() throws(PostgresError) -> WALReading {
        let row = try query(
            """
            select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint,
              (select coalesce(sum(s.n_tup_ins), 0)::bigint from pg_stat_user_tables s
               join pg_inherits i on i.inhrelid = s.relid
               where i.inhparent = 'pawl.event'::regclass)
            """
        )[0]
        return WALReading(
            bytes: try row.decode(Int.self, at: 0),
            events: try row.decode(Int.self, at: 1)
        )
    }
}
