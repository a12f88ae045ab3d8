import Postgres

// What holds of containers and of runs that belong to each other.
extension Invariant {
    /// Joins count right.
    static let containers = [
        Invariant(
            name: "scope_counts_children",
            statement: "an open container waits for as many children as have tasks",
            violations: """
                select 'container ' || s.path || ' of run ' || s.run_id from pawl.scope s
                left join pawl.task c on c.parent = s.task_id
                where s.kind = 'join'
                group by s.task_id
                having s.remaining <> count(c.id)
                """
        ),
        Invariant(
            name: "scope_has_task",
            statement: "an open container has a task, which is parked until enough children ended",
            violations: """
                select 'container ' || s.path || ' of run ' || s.run_id from pawl.scope s
                left join pawl.task t on t.id = s.task_id and t.path = s.path and t.visit = s.visit
                where s.kind = 'join'
                  and (t.id is null
                       or t.phase in ('wait', 'resume') and (t.phase = 'resume')
                         <> (s.remaining = 0 or coalesce(s.needed <= 0 or s.remaining < s.needed, false)))
                union all
                select 'gate of ' || s.path || ' of run ' || s.run_id from pawl.scope s
                left join pawl.task t on t.id = s.task_id and t.phase = 'held'
                where s.kind = 'gate' and (t.id is null or s.remaining = 0)
                """
        ),
        Invariant(
            name: "child_has_scope",
            statement: "a child's container is open",
            violations: """
                select 'task ' || c.id || ' of run ' || c.run_id from pawl.task c
                left join pawl.scope s on s.task_id = c.parent and s.run_id = c.run_id
                where c.parent is not null and s.task_id is null
                """
        ),
        Invariant(
            name: "gate_counts_siblings",
            statement: "a step waits for no more siblings to end than have not ended",
            violations: """
                select 'gate of ' || g.path || ' of run ' || g.run_id from pawl.scope g
                join pawl.task h on h.id = g.task_id
                left join pawl.task c on c.parent = h.parent and c.id <> h.id
                where g.kind = 'gate'
                group by g.task_id
                having g.remaining > count(c.id)
                """
        ),
        Invariant(
            name: "held_is_let_in",
            statement: "a step is held back by its dependencies, or by siblings that have begun",
            violations: """
                select 'task ' || h.id || ' of run ' || h.run_id from pawl.task h
                left join pawl.task p on p.id = h.parent
                where h.phase = 'held' and p.phase is distinct from 'resume'
                  and not exists (
                    select from pawl.task c where c.parent = h.parent and c.phase <> 'held')
                """
        ),
    ]

    /// Runs belong to each other.
    static let family = [
        Invariant(
            name: "child_is_below_parent",
            statement: "a run that belongs to another one is a level deeper",
            violations: """
                select 'run ' || c.id from pawl.run c
                left join pawl.run p on p.id = c.parent_run
                where c.depth <> case when c.parent_run is null then 0 else p.depth + 1 end
                """
        ),
        Invariant(
            name: "child_is_awaited",
            statement:
                "a step waits for the end of a run exactly while that run has not told of it",
            violations: """
                select 'run ' || c.id from pawl.run c
                where c.parent_task is not null and c.ended_at is null
                  and not exists (
                    select from pawl.wait w
                    where w.task_id = c.parent_task and w.status = 'open' and w.kind = 'child'
                      and w.subject ->> 'run_id' = c.id::text)
                  and not exists (
                    select from pawl.task t where t.run_id = c.id and t.kind = '@cancel')
                  -- One that was retried when its parent had gone on.
                  and not exists (
                    select from pawl.event e where e.run_id = c.id and e.kind = 'run_retried')
                union all
                select 'wait ' || w.id || ' of run ' || w.run_id from pawl.wait w
                join pawl.task t on t.id = w.task_id
                left join pawl.run c on c.id = (w.subject ->> 'run_id')::uuid
                where w.status = 'open' and w.kind = 'child' and t.phase = 'wait'
                  and t.worker is null and (c.id is null or c.ended_at is not null)
                """
        ),
    ]
}
