import PawlCore
package import Postgres

/// What a server says of itself.
package struct ServerFacts: Sendable {
    package let version: String
    package let versionNumber: Int
    package let database: String
    package let user: String
    /// Whether it only follows another server.
    package let isStandby: Bool
    /// The process that serves this session, as it sees itself.
    package let processID: Int32
    /// The connections that are open, and how many there may be for ordinary roles.
    package let connections: (used: Int, limit: Int)
    package let extensions: [String]
}

/// What keeps dead rows from being removed: nothing that died after it began may go.
package struct HorizonHolder: Sendable {
    /// What it is, such as `session 4711 of app (idle in transaction)`.
    package let name: String
    /// What it does, for a session: the start of its statement.
    package let activity: String?
    /// The transactions that began since.
    package let transactions: Int
    /// How long a session's transaction has been open.
    package let time: Duration?
    /// What lets go of it, should nobody need it.
    package let remedy: String
}

/// Tasks that are due and that no live worker can execute.
package struct UnservedKind: Sendable {
    package let queue: String
    package let kind: String
    package let tasks: Int
    /// Whether some live worker serves the queue.
    package let hasQueue: Bool
}

extension Session {
    package func serverFacts() throws(PostgresError) -> ServerFacts {
        let row = try query(
            """
            select current_setting('server_version'), current_setting('server_version_num')::bigint,
              current_database()::text, current_user::text, pg_is_in_recovery(), pg_backend_pid(),
              (select count(*) from pg_stat_activity where backend_type = 'client backend'),
              current_setting('max_connections')::bigint
                - current_setting('superuser_reserved_connections')::bigint,
              array(select extname::text from pg_extension where extname <> 'plpgsql' order by 1)
            """
        )[0]
        return ServerFacts(
            version: try row.decode(String.self, at: 0),
            versionNumber: try row.decode(Int.self, at: 1),
            database: try row.decode(String.self, at: 2),
            user: try row.decode(String.self, at: 3),
            isStandby: try row.decode(Bool.self, at: 4),
            processID: try row.decode(Int32.self, at: 5),
            connections: (
                used: try row.decode(Int.self, at: 6), limit: try row.decode(Int.self, at: 7)
            ),
            extensions: try row.decode([String].self, at: 8)
        )
    }

    /// The values of settings, by name, as this session has them.
    package func settings(_ names: [String]) throws(PostgresError) -> [String: String] {
        let rows = try query(
            "select name, current_setting(name) from pg_settings where name = any(\(names))"
        )
        var settings: [String: String] = [:]
        for row in rows {
            settings[try row.decode(String.self, at: 0)] = try row.decode(String.self, at: 1)
        }
        return settings
    }

    /// The server's own clock, and how far `pawl.now()` is set ahead of it.
    package func clocks() throws(PostgresError) -> (server: Instant, shift: Duration) {
        let row = try query("select clock_timestamp(), shift from pawl.clock")[0]
        return (try row.decode(Instant.self, at: 0), try row.decode(Duration.self, at: 1))
    }

    /// The time that counts: `pawl.now()`.
    package func now() throws(PostgresError) -> Instant {
        try query("select pawl.now()")[0].decode(Instant.self, at: 0)
    }

    /// Who holds the horizon back most, oldest first; vacuums and this session left out.
    package func horizonHolders(limit: Int) throws(PostgresError) -> [HorizonHolder] {
        let rows = try query(
            """
            select name, activity, age, since, remedy
            from (
              select format('session %s of %s (%s)', a.pid, coalesce(a.usename, '?'),
                  concat_ws(', ', nullif(a.application_name, ''), a.state)) as name,
                left(regexp_replace(a.query, '\\s+', ' ', 'g'), 80) as activity,
                greatest(age(a.backend_xmin), age(a.backend_xid))::bigint as age,
                clock_timestamp() - a.xact_start as since,
                format('end it: select pg_terminate_backend(%s)', a.pid) as remedy
              from pg_stat_activity a
              where a.pid <> pg_backend_pid() and a.backend_type = 'client backend'
                and coalesce(a.backend_xmin, a.backend_xid) is not null
                and a.datname = current_database()
              union all
              select format('replication slot %s (%s)', slot_name,
                  case when active then 'active' else 'not active' end),
                null, greatest(age(xmin), age(catalog_xmin))::bigint, null,
                format('let its reader catch up, or drop it: select pg_drop_replication_slot(%L)',
                  slot_name)
              from pg_replication_slots
              where coalesce(xmin, catalog_xmin) is not null
              union all
              select format('prepared transaction %s of %s', gid, owner), null,
                age(transaction)::bigint, clock_timestamp() - prepared,
                format('commit or roll back what nobody will: rollback prepared %L', gid)
              from pg_prepared_xacts
              where database = current_database()
              union all
              select format('standby %s (hot_standby_feedback)', application_name), null,
                age(backend_xmin)::bigint, null,
                'look there for what takes long, or set hot_standby_feedback to off'
              from pg_stat_replication
              where backend_xmin is not null
            ) holder
            order by age desc
            limit \(limit)
            """
        )
        var holders: [HorizonHolder] = []
        for row in rows {
            holders.append(
                HorizonHolder(
                    name: try row.decode(String.self, at: 0),
                    activity: try row.decode(String?.self, at: 1),
                    transactions: try row.decode(Int.self, at: 2),
                    time: try row.decode(Duration?.self, at: 3),
                    remedy: try row.decode(String.self, at: 4)
                )
            )
        }
        return holders
    }

    /// What is due and no live worker can execute, by queue and kind.
    package func unservedKinds() throws(PostgresError) -> [UnservedKind] {
        let rows = try query(
            """
            with alive as (
              select w.queues, w.kinds
              from pawl.worker w, (select pawl.now() as now) n
              where w.lost_at is null and not w.draining and w.beat_at + w.lease > n.now
            )
            select due.queue, due.kind, due.phase = 'enter', due.tasks,
              exists (select from alive where due.queue = any(queues)),
              exists (select from alive where due.queue = any(queues) and due.kind = any(kinds))
            from (
              select t.queue, t.kind, t.phase, count(*) as tasks
              from pawl.task t
              -- What nobody could execute was put off for a few seconds, to be offered again.
              where t.worker is null and t.run_at <= pawl.now() + interval '15 seconds'
                and t.queue <> '@paused'  -- Their runs wait for somebody to resume them.
              group by t.queue, t.kind, t.phase
            ) due
            order by due.queue, due.kind
            """
        )
        var unserved: [UnservedKind] = []
        for row in rows {
            let kind = try row.decode(String.self, at: 1)
            let hasQueue = try row.decode(Bool.self, at: 4)
            var isServed = hasQueue
            if case .handler = Node.Kind(rawValue: kind), try row.decode(Bool.self, at: 2) {
                isServed = try row.decode(Bool.self, at: 5)
            }
            guard !isServed else { continue }
            unserved.append(
                UnservedKind(
                    queue: try row.decode(String.self, at: 0),
                    kind: kind,
                    tasks: try row.decode(Int.self, at: 3),
                    hasQueue: hasQueue
                )
            )
        }
        return unserved
    }
}
