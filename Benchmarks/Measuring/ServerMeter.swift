import Foundation
import Pawl

/// What the server has used since it started; the difference of two readings is what was used between.
struct ServerMeter: Sendable {
    /// Seconds of the processors, of all of the server's processes.
    let processor: Double
    let walBytes: Double
    let walSyncs: Double
    let commits: Double
    /// Rows whose old version has to be vacuumed away.
    let deadRows: Double

    /// Reads the server's counters.
    ///
    /// Its processes report at the latest when they end, so those of workers are waited for.
    static func read(_ site: BenchSite) async throws -> ServerMeter {
        try await site.wait(
            until: """
                select count(*) = 0 from pg_stat_activity
                where datname = current_database() and backend_type = 'client backend'
                  and application_name <> \(BenchSite.applicationName)
                """
        )
        let (values, backend) = try await site.pool.run { session in
            // Statistics are sent by the statement after.
            try session.execute("select pg_stat_force_next_flush()")
            try session.execute("select pg_stat_clear_snapshot()")
            let row = try session.query(
                """
                select (pg_current_wal_insert_lsn() - '0/0')::float8,
                  (select wal_sync from pg_stat_wal)::float8,
                  (select xact_commit from pg_stat_database
                   where datname = current_database())::float8,
                  (select sum(n_tup_upd + n_tup_del) from pg_stat_user_tables)::float8
                """
            )[0]
            return (
                try (0..<4).map { try row.decode(Double.self, at: $0) }, session.processID
            )
        }
        let postmaster = try ProcessorTime.parent(of: backend)
        return ServerMeter(
            processor: try ProcessorTime.ofFamily(postmaster),
            walBytes: values[0],
            walSyncs: values[1],
            commits: values[2],
            deadRows: values[3]
        )
    }

    static func - (after: ServerMeter, before: ServerMeter) -> ServerMeter {
        ServerMeter(
            processor: after.processor - before.processor,
            walBytes: after.walBytes - before.walBytes,
            walSyncs: after.walSyncs - before.walSyncs,
            commits: after.commits - before.commits,
            deadRows: after.deadRows - before.deadRows
        )
    }
}
