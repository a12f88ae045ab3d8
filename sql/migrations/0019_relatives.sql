-- What runs, and those who look at them, know of one another; and how many there may be.
--
-- Invariants:
--   (1) The end of a child wakes the step that waits for it, and never what came after that step.
--   (2) All the runs that a run has started, and those have, are at most 100,000: a workflow that
--       starts itself several times over would otherwise not end before the disk is full.

create or replace function pawl.tell_relatives() returns trigger
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
begin
  if new.parent_task is not null then
    -- A statement of its own: the next one sees the wait as whoever held the task has left it.
    perform from pawl.task t where t.id = new.parent_task for update;
    update pawl.task t
    set phase = 'resume', run_at = pawl.now()
    from pawl.wait w
    where t.id = new.parent_task and t.run_id = new.parent_run and t.phase = 'wait'
      and w.task_id = t.id and w.status = 'open' and w.kind = 'child'
      and w.subject ->> 'run_id' = new.id::text;  -- (1)
    perform pawl.wake_workers();
  end if;
  if new.has_children then
    perform pawl.cancel_children(new.id, null);
  end if;
  return null;
end
$$;

create table pawl.lineage (
  root uuid    primary key,  -- no reference: it would be checked with each change of a run
  runs integer not null
);

create function pawl.forget_lineage() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  as $$
begin
  delete from pawl.lineage l using gone g where l.root = g.id;
  return null;
end
$$;

create trigger run_leaves_lineage
  after delete on pawl.run
  referencing old table as gone
  for each statement
  execute function pawl.forget_lineage();

create function pawl.count_lineage() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  as $$
declare
  largest record;
begin
  if not exists (select from fresh where parent_run is not null) then
    return null;
  end if;
  with recursive above as (
    select f.id, f.parent_run as run from fresh f where f.parent_run is not null
    union all
    select a.id, r.parent_run
    from above a
    join pawl.run r on r.id = a.run
    where r.parent_run is not null
  ),
  counted as (
    insert into pawl.lineage (root, runs)
    select a.run, count(*)
    from above a
    join pawl.run r on r.id = a.run and r.parent_run is null
    group by a.run
    order by a.run
    on conflict (root) do update set runs = lineage.runs + excluded.runs
    returning root, runs
  )
  select * into largest from counted order by runs desc limit 1;
  if largest.runs > 100000 then  -- (2)
    raise exception 'run % has started 100000 runs, those of its children included', largest.root
      using errcode = 'program_limit_exceeded',
            hint = 'does a workflow start itself? start runs that nobody waits for by an INSERT';
  end if;
  return null;
end
$$;

create trigger run_is_counted
  after insert on pawl.run
  referencing new table as fresh
  for each statement
  execute function pawl.count_lineage();

-- Lets a paused run go on.  A deadline that has passed is lifted, with the task that would tell of it.
create or replace function pawl.resume(run uuid, resumed_by text default session_user) returns void
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
declare
  head pawl.run := pawl.lock_live_run(resume.run);
begin
  if head.status <> 'paused' then
    raise exception 'run % is %, not paused', resume.run, head.status
      using errcode = 'object_not_in_prerequisite_state', hint = 'pawl.pause(run) stops a run';
  end if;
  delete from pawl.task t
  where t.run_id = resume.run and t.kind = '@deadline' and head.deadline <= pawl.now();
  update pawl.task t set queue = head.queue where t.run_id = resume.run and t.queue = '@paused';
  update pawl.run r
  set status = case when exists (
      select from pawl.task t
      where t.run_id = resume.run and t.phase in ('enter', 'resume', 'skip') and t.kind <> '@cancel'
    ) then 'running' else 'waiting' end,
    deadline = case when r.deadline > pawl.now() then r.deadline end
  where r.id = resume.run;
  perform pawl.append(resume.run, 'run_resumed', null, null, json_build_object(
    'resumed_by', coalesce(resume.resumed_by, session_user)));
  perform pawl.wake_workers();
end
$$;

-- A question to one agent is answered by that one.
create function pawl.check_decider() returns trigger
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
begin
  if exists (select from pawl.task t where t.id = new.task_id and t.kind = 'reasoning') then
    raise exception 'decision % is for "%", not for "%"', new.id, new.assignee, new.resolved_by
      using errcode = 'check_violation',
            hint = 'say who decides: decided_by in SQL, --by on the command line';
  end if;
  return new;
end
$$;

create trigger wait_is_answered_by_target
  before update on pawl.wait
  for each row
  when (new.status = 'resolved' and old.status = 'open' and new.choice is not null
        and new.assignee <> new.resolved_by)
  execute function pawl.check_decider();
