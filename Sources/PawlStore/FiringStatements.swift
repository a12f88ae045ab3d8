import FoundationEssentials
import PawlCore
import Postgres

/// The statements that write what becomes of ticks, those left out that would write nothing.
struct FiringStatements {
    private let firings: [Firing]
    private var statements: [SQL] = []

    init(_ firings: [Firing]) { self.firings = firings }

    mutating func make() -> [SQL] {
        appendEndings()
        appendSkips()
        appendWaits()
        appendStarts()
        appendSchedules()
        return statements
    }

    /// Runs that end so that others can start, locked in the order of their ids as everywhere.
    private mutating func appendEndings() {
        let ended = firings.compactMap(\.ended)
        for ending in [OverlapPlan.Ending.gently, .atOnce] {
            let runs = ended.filter { $0.ending == ending }.map(\.run)
            guard !runs.isEmpty else { continue }
            let reason = "its schedule is due again"
            let change: SQL =
                ending == .gently
                ? "pawl.pause(r.id, \(reason), 'scheduler')"
                : "pawl.cancel(r.id, \(reason), 'scheduler')"
            statements.append(
                """
                select \(change)
                from (
                  select id from pawl.run
                  where id = any(\(runs)) and ended_at is null
                    and (status <> 'paused' or \(ending == .atOnce))
                  order by id
                  for update
                ) r
                """
            )
        }
    }

    private mutating func appendSkips() {
        let skips = firings.flatMap { firing in firing.skipped.map { (firing.schedule, $0) } }
        guard !skips.isEmpty else { return }
        statements.append(
            """
            insert into pawl.schedule_fire (schedule, tick, outcome, reason)
            select s.schedule, s.tick, 'skipped', s.reason
            from unnest(\(skips.map(\.0))::text[], \(skips.map(\.1.tick))::timestamptz[],
                        \(skips.map(\.1.reason))::text[]) as s (schedule, tick, reason)
            on conflict (schedule, tick) do update
            set outcome = 'skipped', reason = excluded.reason, at = excluded.at
            where schedule_fire.outcome = 'waiting'
            """
        )
    }

    private mutating func appendWaits() {
        let waits = firings.flatMap { firing in firing.waiting.map { (firing.schedule, $0) } }
        guard !waits.isEmpty else { return }
        statements.append(
            """
            insert into pawl.schedule_fire (schedule, tick, outcome, cause)
            select w.schedule, w.tick, 'waiting', w.cause
            from unnest(\(waits.map(\.0))::text[], \(waits.map(\.1.tick))::timestamptz[],
                        \(waits.map(\.1.cause.rawValue))::text[]) as w (schedule, tick, cause)
            on conflict (schedule, tick) do update
            set outcome = 'waiting', cause = excluded.cause, reason = null, at = excluded.at
            where schedule_fire.outcome = 'skipped' and excluded.cause = 'backfill'
            """
        )
    }

    private mutating func appendStarts() {
        let starts = firings.flatMap { firing in firing.starts.map { (firing.schedule, $0) } }
        guard !starts.isEmpty else { return }
        statements.append(
            """
            with due as (
              select d.* from unnest(
                  \(starts.map(\.0))::text[], \(starts.map(\.1.tick))::timestamptz[],
                  \(starts.map(\.1.cause.rawValue))::text[],
                  \(starts.map { "schedule:\($0.0):\($0.1.tick)" })::text[],
                  \(starts.map(\.1.workflow))::text[],
                  \(starts.map { JSONText($0.1.input) })::json[],
                  \(starts.map(\.1.tenant))::text[], \(starts.map(\.1.queue))::text[],
                  \(starts.map { $0.1.priority.map(Int16.init(clamping:)) })::smallint[],
                  \(starts.map(\.1.due))::timestamptz[], \(starts.map(\.1.timeout))::interval[])
                as d (schedule, tick, cause, key, workflow, input, tenant, queue, priority, run_at,
                      timeout)
              where not exists (
                select from pawl.schedule_fire f
                where f.schedule = d.schedule and f.tick = d.tick and f.outcome = 'fired')
            ),
            runs as (
              insert into pawl.run
                (workflow, input, key, tenant, queue, priority, run_at, deadline)
              select d.workflow, d.input::jsonb, d.key, d.tenant, d.queue, d.priority, d.run_at,
                d.run_at + d.timeout
              from due d
              order by d.schedule, d.tick
              returning id, key
            ),
            fired as (
              insert into pawl.schedule_fire (schedule, tick, outcome, run_id, cause)
              select d.schedule, d.tick, 'fired', r.id, d.cause
              from due d
              join runs r on r.key = d.key
              on conflict (schedule, tick) do update  -- (2)
              set outcome = 'fired', run_id = excluded.run_id, reason = null, at = excluded.at
              returning schedule, tick, run_id
            )
            update pawl.schedule s
            set last_run = f.run_id
            from (
              select distinct on (schedule) schedule, run_id from fired order by schedule, tick desc
            ) f
            where s.name = f.schedule
            """
        )
    }

    private mutating func appendSchedules() {
        statements.append(
            """
            update pawl.schedule s
            set next_at = f.next_at, last_tick = greatest(s.last_tick, f.last_tick),
                fires = s.fires + f.counted, waiting = f.waiting
            from unnest(\(firings.map(\.schedule))::text[],
                        \(firings.map(\.wasDue))::timestamptz[],
                        \(firings.map(\.next))::timestamptz[],
                        \(firings.map(\.lastTick))::timestamptz[],
                        \(firings.map { Int32($0.counted) })::int[],
                        \(firings.map { Int32($0.waiting.count) })::int[])
              as f (schedule, was_due, next_at, last_tick, counted, waiting)
            where s.name = f.schedule and s.next_at is not distinct from f.was_due
            """
        )
    }
}
