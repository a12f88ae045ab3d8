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

    /// Runs that end so that others can start; they are locked.
    private mutating func appendEndings() {
        let ended = firings.compactMap(\.ended)
        let reason = "its schedule is due again"
        let paused = ended.filter { $0.ending == .gently }.map(\.run)
        if !paused.isEmpty {
            statements.append(
                """
                select pawl.pause(id, \(reason), 'scheduler') from pawl.run
                where id = any(\(paused)) and ended_at is null and status <> 'paused'
                """
            )
        }
        let cancelled = ended.filter { $0.ending == .atOnce }.map(\.run)
        if !cancelled.isEmpty {
            statements.append(
                """
                select pawl.cancel(id, \(reason), 'scheduler') from pawl.run
                where id = any(\(cancelled))
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
        if !starts.isEmpty { statements.append(Self.starting(starts)) }
    }

    /// Enqueues the runs of ticks, and records that these are fired.
    static func starting(_ starts: [(String, Firing.Start)]) -> SQL {
        """
        with clock as materialized (select pawl.now() as now),
        due as materialized (
          select d.*, pawl.uuidv7(n.now) as run_id, n.now
          from unnest(
              \(starts.map(\.0))::text[], \(starts.map(\.1.tick))::timestamptz[],
              \(starts.map(\.1.cause.rawValue))::text[],
              \(starts.map(\.1.workflow))::text[],
              \(starts.map { JSONText($0.1.input) })::json[],
              \(starts.map(\.1.tenant))::text[], \(starts.map(\.1.queue))::text[],
              \(starts.map { $0.1.priority.map(Int16.init(clamping:)) })::smallint[],
              \(starts.map(\.1.due))::timestamptz[], \(starts.map(\.1.timeout))::interval[])
            as d (schedule, tick, cause, workflow, input, tenant, queue, priority, run_at,
                  timeout)
          cross join clock n
          where not exists (
            select from pawl.schedule_fire f
            where f.schedule = d.schedule and f.tick = d.tick and f.outcome = 'fired')
        ),
        runs as (
          insert into pawl.run
            (id, workflow, input, tenant, queue, priority, run_at, deadline)
          select d.run_id, d.workflow, d.input::jsonb, d.tenant, d.queue, d.priority, d.run_at,
            greatest(d.run_at, d.now) + d.timeout
          from due d
          order by d.schedule, d.tick
        ),
        fired as (
          insert into pawl.schedule_fire (schedule, tick, outcome, run_id, cause)
          select d.schedule, d.tick, 'fired', d.run_id, d.cause
          from due d
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
            returning s.name
            """
        )
    }
}
