import Foundation
import Pawl

/// A table, and a transaction script that clients send again and again.
struct RawShape {
    /// How many rows a script takes at once: as many as a worker settles together when there
    /// is much to do.
    static let group = 100
    /// More do not get more done on two cores.
    static let clients = 4

    let tables: String
    let script: String
    let rows: Int
    /// What one row counts for.
    var unitsOfRow = 1

    /// A narrow table of what is due and a history: claim a group, then delete and record it.
    static func drain(_ rows: Int) -> RawShape {
        RawShape(
            tables: """
                create table raw.due (
                  id bigint generated always as identity primary key,
                  worker int,
                  fence int not null default 0,
                  run_at timestamptz not null default clock_timestamp()
                ) with (fillfactor = 50);
                create index due_next on raw.due (run_at, id);
                create table raw.history (
                  id bigint not null,
                  seq int not null,
                  at timestamptz not null default clock_timestamp(),
                  data json,
                  primary key (id, seq)
                );
                insert into raw.due select from generate_series(1, \(rows));
                """,
            script: """
                with next as materialized (
                  select id from raw.due where worker is null order by run_at, id
                  limit \(group) for update skip locked
                ), claimed as (
                  update raw.due d set worker = :client_id, fence = fence + 1
                  from next where d.id = next.id returning d.id
                ) select array_agg(id) as ids from claimed \\gset
                with done as (
                  delete from raw.due
                  where id = any(cast(:ids as bigint[])) and worker = :client_id
                  returning id
                ) insert into raw.history (id, seq, data) select id, 1, '{}' from done;
                """,
            rows: rows
        )
    }

    /// Claims a group of workflows, commits each of their steps, and ends them.
    static func chain(_ flows: Int) -> RawShape {
        let claim = """
            with next as materialized (
              select id from raw.flow where worker is null order by id
              limit \(group) for update skip locked
            ), claimed as (
              update raw.flow f set worker = :client_id
              from next where f.id = next.id returning f.id
            ) select array_agg(id) as ids from claimed \\gset

            """
        let steps = (1...Chain.steps).map { step in
            """
            insert into raw.step (id, seq, data)
            select id, \(step), '{}' from unnest(cast(:ids as bigint[])) id;

            """
        }
        return RawShape(
            tables: """
                create table raw.flow (
                  id bigint generated always as identity primary key,
                  worker int
                ) with (fillfactor = 50);
                create table raw.step (
                  id bigint not null,
                  seq int not null,
                  at timestamptz not null default clock_timestamp(),
                  data json,
                  primary key (id, seq)
                );
                insert into raw.flow select from generate_series(1, \(flows));
                """,
            script: claim + steps.joined()
                + "delete from raw.flow where id = any(cast(:ids as bigint[]));",
            rows: flows,
            unitsOfRow: Chain.steps
        )
    }

    /// Inserts a group into a table like that of runs without its triggers.
    static func insert(_ rows: Int) -> RawShape {
        RawShape(
            tables: """
                create table raw.run (like pawl.run including all);
                alter table raw.run
                  alter id set default pawl.uuidv7(clock_timestamp()),
                  alter version set default 1,
                  alter queue set default 'default',
                  alter priority set default 5,
                  alter run_at set default clock_timestamp(),
                  alter created_at set default clock_timestamp();
                """,
            script: """
                insert into raw.run (workflow, input)
                select 'raw', jsonb_build_object('n', n) from generate_series(1, \(group)) n;
                """,
            rows: rows
        )
    }

    /// Makes the tables anew.
    func prepare(_ site: BenchSite) async throws {
        try await site.script("drop schema if exists raw cascade; create schema raw; \(tables)")
        try await site.execute("vacuum analyze")
    }

    /// How many units a second clients get done when they send the script to the end.
    func rate(_ site: BenchSite) throws -> Double {
        let file = FileManager.default.temporaryDirectory
            .appendingPathComponent("pawl-bench-\(getpid()).sql")
        try script.write(to: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        let each = rows / Self.group / Self.clients
        let output = try Program("pgbench").output(
            of: [
                "--no-vacuum", "--protocol=prepared", "--client=\(Self.clients)", "--jobs=2",
                "--transactions=\(each)", "--file=\(file.path)",
            ],
            in: site
        )
        guard let line = output.split(separator: "\n").first(where: { $0.hasPrefix("tps = ") }),
            let scripts = Double(line.dropFirst(6).prefix { $0 != " " })
        else { throw BenchError("cannot read what pgbench said: \(output)") }
        return scripts * Double(Self.group * unitsOfRow)
    }
}
