package import Postgres

/// Something that holds in every committed state of the database.
///
/// Its query returns what breaks it, a line each, and nothing if all is well.
package struct Invariant: Sendable {
    /// A short name.
    package let name: String
    /// What holds, in a sentence.
    package let statement: String
    /// Selects what breaks it, a line each.
    package let violations: SQL

    /// All of them.
    ///
    /// What a constraint can say, a constraint says; these need more than one row.
    package static let all: [Invariant] =
        frontier + containers + family + lanes + history + edges
}

extension Invariant {
    /// Runs have tasks exactly while they live.
    private static let frontier = [
        Invariant(
            name: "no_wedge",
            statement: "a run that has not ended has a task",
            violations: """
                select 'run ' || r.id from pawl.run r
                where r.ended_at is null
                  and not exists (
                    select from pawl.task t
                    where t.run_id = r.id and t.kind not in ('@deadline', '@cancel'))
                """
        ),
        Invariant(
            name: "ended_is_quiet",
            statement: "a run that ended has no task but one that would end it, scope or open wait",
            violations: """
                select 'task ' || t.id || ' of run ' || t.run_id from pawl.task t
                left join pawl.run r on r.id = t.run_id
                where r.id is null or r.ended_at is not null and t.kind <> '@cancel'
                union all
                select 'scope of run ' || s.run_id from pawl.scope s
                left join pawl.run r on r.id = s.run_id
                where r.id is null or r.ended_at is not null
                union all
                select 'wait ' || w.id || ' of run ' || w.run_id from pawl.wait w
                left join pawl.run r on r.id = w.run_id
                where w.status = 'open' and (r.id is null or r.ended_at is not null)
                """
        ),
        Invariant(
            name: "parked_has_reason",
            statement: "a parked task waits for an answer, for children, or for a time",
            violations: """
                select 'task ' || t.id || ' of run ' || t.run_id from pawl.task t
                where t.phase = 'wait' and t.kind <> '@deadline'
                  and not (t.kind in ('wait', 'function') and t.run_at < 'infinity')
                  and not exists (
                    select from pawl.wait w where w.task_id = t.id and w.status = 'open')
                  and not exists (
                    select from pawl.scope s where s.task_id = t.id and s.remaining > 0)
                """
        ),
        Invariant(
            name: "wait_has_task",
            statement: "an open wait has a parked task at its step, or one that looks at what came",
            violations: """
                select 'wait ' || w.id || ' of run ' || w.run_id from pawl.wait w
                left join pawl.task t on t.id = w.task_id
                  and t.path = w.path and t.visit = w.visit
                  and (t.phase = 'wait' or t.phase = 'resume' and w.kind in ('signal', 'child'))
                where w.status = 'open' and t.id is null
                """
        ),
        Invariant(
            name: "one_task_per_step",
            statement: "a step has at most one task",
            violations: """
                select 'run ' || run_id || ' step ' || path || '#' || visit from pawl.task
                group by run_id, path, visit
                having count(*) > 1
                """
        ),
        Invariant(
            name: "status_fits_frontier",
            statement: """
                a run is waiting exactly when all its tasks are parked, or a child's end is the only news
                """,
            violations: """
                select 'run ' || r.id || ' is ' || r.status from pawl.run r
                left join lateral (
                  select count(*) as live,
                    count(*) filter (where t.kind = 'workflow' and t.phase = 'resume') as told
                  from pawl.task t
                  where t.run_id = r.id and t.phase in ('enter', 'resume', 'skip')
                    and t.kind <> '@cancel'
                ) n on true
                where (r.status = 'running' and n.live = 0)
                  or (r.status = 'waiting' and n.live > n.told)
                """
        ),
        Invariant(
            name: "leases_are_rescued",
            statement: "no task is held by a worker that has been dead for half a minute",
            violations: """
                select 'task ' || t.id || ' held by worker ' || t.worker from pawl.task t
                left join pawl.worker w on w.id = t.worker
                where t.worker is not null
                  and t.claimed_at < pawl.now() - interval '30 seconds'
                  and (w.id is null or w.beat_at + w.lease < pawl.now() - interval '30 seconds')
                """
        ),
    ]

    /// The history is whole, and the heads and the frontier say what it says.
    private static let history = [
        Invariant(
            name: "events_gapless",
            statement: "the events of a run are numbered 1, 2, 3 …",
            violations: """
                select 'run ' || run_id from pawl.event
                group by run_id
                having min(seq) <> 1 or max(seq) <> count(*)
                """
        ),
        Invariant(
            name: "events_have_run",
            statement: "events belong to a run",
            violations: """
                select distinct 'run ' || e.run_id from pawl.event e
                where not exists (select from pawl.run r where r.id = e.run_id)
                """
        ),
        Invariant(
            name: "end_is_last",
            statement: "after the event that ends a run comes nothing, or that it was retried",
            violations: """
                select 'run ' || run_id || ' event ' || seq
                from (
                  select run_id, seq, kind,
                    lead(kind) over (partition by run_id order by seq) as following
                  from pawl.event
                ) e
                where kind in ('run_completed', 'run_failed', 'run_cancelled')
                  and following <> 'run_retried'
                """
        ),
        Invariant(
            name: "head_says_end",
            statement: "the last event of a run says that it ended exactly when its head does",
            violations: """
                select 'run ' || r.id || ' is ' || r.status || ' after ' || coalesce(e.kind, 'nothing')
                from pawl.run r
                left join lateral (
                  select kind from pawl.event where run_id = r.id order by seq desc limit 1
                ) e on true
                where (r.ended_at is not null
                       or e.kind in ('run_completed', 'run_failed', 'run_cancelled'))
                  and e.kind is distinct from 'run_' || r.status
                """
        ),
        Invariant(
            name: "result_once",
            statement: "a visit to a step completes at most once",
            violations: """
                select 'run ' || run_id || ' step ' || path || '#' || visit from pawl.event e
                where kind = 'step_completed'
                  -- Where one more step ran last, the run's end is not that step's.
                  or (kind = 'run_completed' and not exists (
                    select from pawl.event o
                    where o.run_id = e.run_id and o.kind = 'run_ending' and o.seq < e.seq))
                group by run_id, path, visit
                having count(*) > 1
                """
        ),
        Invariant(
            name: "live_is_not_done",
            statement: "a step that has a task has not completed",
            violations: """
                select 'task ' || t.id || ' of run ' || t.run_id from pawl.task t
                join pawl.event e on e.run_id = t.run_id and e.path = t.path and e.visit = t.visit
                  and e.kind in ('step_completed', 'step_failed')
                where t.kind <> '@retry'  -- It goes on from a step that has ended.
                  and e.seq > coalesce((
                    select max(r.seq) from pawl.event r
                    where r.run_id = t.run_id and r.kind = 'run_retried'), 0)
                """
        ),
        Invariant(
            name: "crashes_have_events",
            statement: "each counted crash of a step has an event",
            violations: """
                select 'task ' || t.id || ' of run ' || t.run_id from pawl.task t
                left join pawl.event e on e.run_id = t.run_id and e.path = t.path
                  and e.visit = t.visit and e.kind = 'step_lost'
                where t.crashes > 0
                group by t.id
                having t.crashes > count(e.seq)
                """
        ),
        Invariant(
            name: "decision_once",
            statement:
                "a decision has one answer exactly when it is resolved; a signal is taken once",
            violations: """
                select 'decision ' || w.id || ' of run ' || w.run_id from pawl.wait w
                left join pawl.event e on e.run_id = w.run_id and e.path = w.path
                  and e.visit = w.visit and e.kind = 'decision_resolved'
                where w.kind = 'decision'
                group by w.id
                having count(e.seq) <> (w.status = 'resolved')::int
                  or (w.status = 'resolved'
                      and (w.resolved_at > w.due_at
                           or bool_or(e.data ->> 'choice' is distinct from w.choice)))
                union all
                select 'signal ' || (e.data ->> 'number') || ' of run ' || e.run_id
                from pawl.event e
                where e.kind = 'signal_taken'
                group by e.run_id, e.data ->> 'number'
                having count(*) > 1
                """
        ),
    ]

    /// Where runs come from.
    private static let edges = [
        Invariant(
            name: "one_run_per_key",
            statement: "a key belongs to the one run that carries it",
            violations: """
                select 'run ' || r.id || ' with key ' || r.key from pawl.run r
                left join pawl.run_key k
                  on k.tenant = r.tenant and k.workflow = r.workflow and k.key = r.key
                where r.key is not null and k.run_id is distinct from r.id
                """
        ),
        Invariant(
            name: "version_is_defined",
            statement: "a run that has not ended is pinned to a version that exists",
            violations: """
                select 'run ' || r.id from pawl.run r
                left join pawl.definition d on d.workflow = r.workflow and d.version = r.version
                where r.ended_at is null and d.workflow is null
                """
        ),
        Invariant(
            name: "one_run_per_tick",
            statement: "a fired tick has a run of its own, which was not started before it",
            violations: """
                select 'tick ' || f.tick || ' of ' || f.schedule from pawl.schedule_fire f
                left join pawl.run r on r.id = f.run_id
                where f.outcome = 'fired' and r.created_at < f.tick
                union all
                select 'run ' || run_id from pawl.schedule_fire
                where run_id is not null
                group by run_id
                having count(*) > 1
                """
        ),
        Invariant(
            name: "checkpoints_are_live",
            statement: "a checkpoint belongs to a step that has a task",
            violations: """
                select distinct 'run ' || c.run_id || ' step ' || c.path from pawl.checkpoint c
                where not exists (
                  select from pawl.task t
                  where t.run_id = c.run_id and t.path = c.path and t.visit = c.visit)
                """
        ),
    ]
}

extension Session {
    /// Checks every invariant in one snapshot.
    ///
    /// - Returns: Each invariant with what breaks it, at most `limit` lines.
    package func verify(limit: Int = 20) throws -> [(invariant: Invariant, violations: [String])] {
        try transaction { session in
            _ = try session.execute("set transaction isolation level repeatable read read only")
            return try Invariant.all.map { invariant in
                let rows = try session.query(
                    "select v.line from (\(invariant.violations)) as v (line) limit \(limit)"
                )
                return (invariant, try rows.map { try $0.decode(String.self, at: 0) })
            }
        }
    }
}
