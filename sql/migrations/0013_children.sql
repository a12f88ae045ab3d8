-- Runs that belong to a step of another run.
--
--   parent's task ── spawns ──▶ child run
--        ▲                          │ ends: the parent's task is due
--        └──────────────────────────┘
--   parent ends, or the step is abandoned: the child gets a task that cancels it
--
-- The end of a child touches the parent's task alone, and the end of a parent only adds a task to the
-- child, so that neither waits for the other's lock while it holds its own.
--
-- Invariants:
--   (1) A child knows its parent from the beginning, and is one level deeper.
--   (2) A child with a `parent_task` ends before its parent, or is cancelled with it.

alter table pawl.run add column parent_run uuid;
alter table pawl.run add column parent_task bigint;  -- the step that waits for its end
alter table pawl.run add column depth integer not null default 0;
alter table pawl.run add column has_children boolean not null default false;
alter table pawl.run add column forked_from uuid;
alter table pawl.run add constraint run_child_has_parent
  check (parent_task is null or parent_run is not null);

create index run_children on pawl.run (parent_run) where parent_run is not null;

alter table pawl.definition add column timeout interval;  -- of runs that have no deadline

-- Tells a run's relatives that it ended (2).
create function pawl.tell_relatives() returns trigger
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
begin
  if new.parent_task is not null then
    update pawl.task t
    set phase = 'resume', run_at = pawl.now()
    from pawl.wait w
    where t.id = new.parent_task and t.run_id = new.parent_run and t.phase = 'wait'
      -- The task may have gone on to another step since.
      and w.task_id = t.id and w.status = 'open' and w.kind = 'child'
      and w.subject ->> 'run_id' = new.id::text;
    perform pawl.wake_workers();
  end if;
  if new.has_children then
    perform pawl.cancel_children(new.id, null);
  end if;
  return null;
end
$$;

-- Gives the live children of a run, or of some of its tasks, a task that cancels them.
create function pawl.cancel_children(parent uuid, tasks bigint[]) returns void
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
begin
  insert into pawl.task (run_id, queue, priority, run_at, path, kind)
  select c.id, c.queue, 0, pawl.now(), '@cancel', '@cancel'
  from pawl.run c
  where c.parent_run = cancel_children.parent and c.parent_task is not null
    and (cancel_children.tasks is null or c.parent_task = any(cancel_children.tasks))
    and c.ended_at is null
    and not exists (select from pawl.task t where t.run_id = c.id and t.kind = '@cancel');
  if found then
    perform pawl.wake_workers();
  end if;
end
$$;

-- Takes everything that a run has in the frontier, and tells those who have steps of it in hands.  The
-- caller holds the lock of the run.
create or replace function pawl.sweep(run uuid) returns void
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
begin
  if exists (select from pawl.task t where t.run_id = sweep.run and t.worker is not null) then
    perform pg_notify('pawl_cancel', sweep.run::text);
  end if;
  delete from pawl.task t where t.run_id = sweep.run;
  delete from pawl.scope s where s.run_id = sweep.run;
  update pawl.wait w set status = 'cancelled', resolved_at = pawl.now()
  where w.run_id = sweep.run and w.status = 'open';
  delete from pawl.checkpoint c where c.run_id = sweep.run;
end
$$;

create trigger run_tells_relatives
  after update of ended_at on pawl.run
  for each row
  when (new.ended_at is not null and old.ended_at is null
        and (new.parent_task is not null or new.has_children))
  execute function pawl.tell_relatives();

-- What a run gave: the output that its end declares, or the last one of its steps.
create function pawl.output(run uuid) returns json
  language sql stable
  set search_path = pg_catalog, pg_temp
  as $$
    select e.data from pawl.event e
    where e.run_id = output.run and e.kind in ('run_completed', 'step_completed')
      and e.data is not null
    order by e.seq desc
    limit 1
  $$;

-- An input may be any JSON value.
create or replace function pawl.check_input(workflow text, input jsonb) returns void
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
begin
  perform pawl.check_value(format('the input of workflow "%s"', workflow), input);
end
$$;

create or replace function pawl.accept_run() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  as $$
declare
  accepted record;
begin
  select d.version, d.queue, d.priority, d.timeout, d.input_schema,
    clock_timestamp() + c.shift as now
  into accepted
  from pawl.clock c
  left join pawl.workflow w on w.name = new.workflow
  left join pawl.definition d on d.workflow = w.name and d.version = coalesce(new.version, w.version);

  if accepted.version is null then
    if new.workflow is null then
      raise exception 'a run names no workflow'
        using errcode = 'not_null_violation', hint = 'pawl define --list prints the defined ones';
    end if;
    raise exception 'workflow "%"% is not defined', new.workflow,
        case when new.version is null then '' else ' version ' || new.version end
      using errcode = 'foreign_key_violation', hint = 'pawl define --list prints the defined ones';
  end if;
  if new.priority is null then
    new.priority := accepted.priority;
  elsif new.priority not between 0 and 9 then
    raise exception 'priority % is out of range', new.priority
      using errcode = 'check_violation', hint = 'use 0 (first) to 9 (last)';
  end if;
  if new.input is null then
    new.input := '{}';
  elsif new.input <> '{}' then
    perform pawl.check_input(new.workflow, new.input);
  end if;
  if accepted.input_schema is not null then
    perform pawl.check_input_schema(new.workflow, accepted.input_schema, new.input);
  end if;
  if length(new.key) not between 1 and 255 then
    perform pawl.check_length('a key', new.key, 255, 'hash longer keys; leave out empty ones');
  end if;

  new.version := accepted.version;
  new.queue := coalesce(new.queue, accepted.queue);
  new.tenant := coalesce(new.tenant, 'default');
  if length(new.queue) not between 1 and 64 or length(new.tenant) not between 1 and 64 then
    perform pawl.check_length('a queue', new.queue, 64, 'give a shorter name, or none');
    perform pawl.check_length('a tenant', new.tenant, 64, 'give a shorter name, or none');
  end if;
  if starts_with(new.queue, '@') then
    raise exception 'queue "%" begins with "@"', new.queue
      using errcode = 'check_violation', hint = 'queues of that kind are Pawl''s own';
  end if;

  new.status := 'pending';
  new.created_at := accepted.now;
  new.ended_at := null;
  new.has_children := false;
  new.depth := 0;
  if new.parent_run is not null then
    select r.depth + 1 into new.depth from pawl.run r where r.id = new.parent_run;
    if new.depth is null or new.depth > 32 then
      raise exception 'workflow "%" would run % levels below another run', new.workflow,
          coalesce(new.depth::text, 'an unknown number of')
        using errcode = 'program_limit_exceeded',
              hint = 'runs are nested at most 32 deep; look for a workflow that starts itself';
    end if;
  end if;
  new.run_at := coalesce(new.run_at, accepted.now);
  if not isfinite(new.run_at) then
    raise exception 'a run cannot be due at %', new.run_at
      using errcode = 'check_violation', hint = 'give an instant';
  end if;
  if new.deadline is null and accepted.timeout is not null then
    new.deadline := new.run_at + accepted.timeout;
  end if;
  new.deadline := nullif(new.deadline, 'infinity');
  if new.deadline <= new.run_at then
    raise exception 'the deadline % is not after the run is due', new.deadline
      using errcode = 'check_violation', hint = 'give a later deadline, or none';
  end if;

  if new.id is null then
    new.id := pawl.uuidv7(accepted.now);
  elsif substr(new.id::text, 15, 1) <> '7' then
    raise exception 'run id % is not a UUID of version 7', new.id
      using errcode = 'check_violation',
            hint = 'leave id out, or make one that starts with the time (version 7)';
  end if;
  return new;
end
$$;
