-- Accepting a run, with the lanes that its definition names: done for each row of an INSERT, at little cost.
--
-- The row trigger reads one row, of `pawl.workflow`, by its key.  So that row has what a run takes over
-- from its definition.  The clock is read once for a statement, not once for a row.
--
-- Invariants:
--   (1) What `pawl.workflow` has of a definition is that of its current version.

alter table pawl.workflow
  add column queue        text,
  add column priority     smallint,
  add column timeout      interval,
  add column input_schema jsonb,
  add column lanes        text[],
  add column weight       text;

create function pawl.follow_version() returns trigger
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
begin
  select d.queue, d.priority, d.timeout, d.input_schema, d.lanes, d.weight
  into new.queue, new.priority, new.timeout, new.input_schema, new.lanes, new.weight
  from pawl.definition d
  where d.workflow = new.name and d.version = new.version;
  return new;
end
$$;

create trigger workflow_follows_version  -- (1)
  before insert or update on pawl.workflow
  for each row
  execute function pawl.follow_version();

update pawl.workflow set version = version;

-- Notes how far pawl.now() is ahead of the server's clock, for the rows of the statement.
create function pawl.note_shift() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  as $$
begin
  perform set_config('pawl.shift', c.shift::text, true) from pawl.clock c;
  return null;
end
$$;

create trigger run_notes_shift
  before insert on pawl.run
  for each statement
  execute function pawl.note_shift();

-- A default, because the partition of a run is chosen before its triggers are executed.
alter table pawl.run alter id
  set default pawl.uuidv7(
    clock_timestamp() + coalesce(current_setting('pawl.shift', true), '0')::interval);

create or replace function pawl.uuidv7(at timestamptz) returns uuid
  language sql volatile
  as $$
    select encode(
      set_bit(set_bit(
        overlay(
          uuid_send(gen_random_uuid())
          placing substring(int8send(floor(date_part('epoch', at) * 1000)::bigint) from 3)
          from 1 for 6),
        52, 1), 53, 1),
      'hex')::uuid
  $$;

create or replace function pawl.accept_run() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  as $$
declare
  now     timestamptz := clock_timestamp() + current_setting('pawl.shift')::interval;
  timeout interval;
  schema  jsonb;
  pinned  integer := new.version;
  ways    text[];
  weight  text;
begin
  if pinned is null then
    select w.version, coalesce(new.queue, w.queue), coalesce(new.priority, w.priority), w.timeout,
      w.input_schema, w.lanes, w.weight
    into new.version, new.queue, new.priority, timeout, schema, ways, weight
    from pawl.workflow w
    where w.name = new.workflow;
  else
    select d.version, coalesce(new.queue, d.queue), coalesce(new.priority, d.priority), d.timeout,
      d.input_schema, d.lanes, d.weight
    into new.version, new.queue, new.priority, timeout, schema, ways, weight
    from pawl.definition d
    where d.workflow = new.workflow and d.version = pinned;
  end if;

  if new.version is null then
    if new.workflow is null then
      raise exception 'a run names no workflow'
        using errcode = 'not_null_violation', hint = 'pawl define --list prints the defined ones';
    end if;
    raise exception 'workflow "%"% is not defined', new.workflow,
        case when pinned is null then '' else ' version ' || pinned end
      using errcode = 'foreign_key_violation', hint = 'pawl define --list prints the defined ones';
  end if;
  if new.priority not between 0 and 9 then
    raise exception 'priority % is out of range', new.priority
      using errcode = 'check_violation', hint = 'use 0 (first) to 9 (last)';
  end if;
  if new.input is null then
    new.input := '{}';
  -- What is small has few levels, and a number that does not survive has at least 16 digits.
  elsif pg_column_size(new.input) > 256 or pg_column_compression(new.input) is not null
    or new.input::text ~ '[0-9.]{16}'
  then
    perform pawl.check_input(new.workflow, new.input);
  end if;
  if schema is not null then
    perform pawl.check_input_schema(new.workflow, schema, new.input);
  end if;
  if length(new.key) not between 1 and 255 then
    perform pawl.check_length('a key', new.key, 255, 'hash longer keys; leave out empty ones');
  end if;
  if length(new.queue) not between 1 and 64 then
    perform pawl.check_length('a queue', new.queue, 64, 'give a shorter name, or none');
  end if;
  if starts_with(new.queue, '@') then
    raise exception 'queue "%" begins with "@"', new.queue
      using errcode = 'check_violation', hint = 'queues of that kind are Pawl''s own';
  end if;
  if new.tenant is null then
    new.tenant := 'default';
  elsif length(new.tenant) not between 1 and 64 then
    perform pawl.check_length('a tenant', new.tenant, 64, 'give a shorter name, or none');
  end if;

  if ways is null then
    new.lanes := null;
    new.weight := null;
  else
    new.lanes := pawl.lanes_of(ways, new.input);
    if new.parent_task is not null then
      new.lanes := pawl.lanes_of_child(new.parent_run, new.lanes);
    end if;
    new.weight := case when weight is not null then pawl.weight_of(weight, new.input) end;
  end if;

  new.status := 'pending';
  new.created_at := now;
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
  if new.run_at is null then
    new.run_at := now;
  elsif not isfinite(new.run_at) then
    raise exception 'a run cannot be due at %', new.run_at
      using errcode = 'check_violation', hint = 'give an instant';
  end if;
  if new.deadline is null and timeout is not null then
    new.deadline := new.run_at + timeout;
  end if;
  if new.deadline is not null then
    new.deadline := nullif(new.deadline, 'infinity');
    if new.deadline <= new.run_at then
      raise exception 'the deadline % is not after the run is due', new.deadline
        using errcode = 'check_violation', hint = 'give a later deadline, or none';
    end if;
  end if;

  if substr(new.id::text, 15, 1) <> '7' then
    raise exception 'run id % is not a UUID of version 7', new.id
      using errcode = 'check_violation',
            hint = 'leave id out, or make one that starts with the time (version 7)';
  end if;
  return new;
end
$$;

-- As before, and a run's root task has the run's lanes.
create or replace function pawl.begin_runs() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  as $$
declare
  keyed    bigint;
  claimed  bigint;
  taken    record;
begin
  select count(key) into keyed from fresh;
  if keyed > 0 then
    -- In the order of keys, so that two inserts of the same keys cannot deadlock.
    insert into pawl.run_key (tenant, workflow, key, run_id)
    select tenant, workflow, key, id from fresh where key is not null
    order by tenant, workflow, key
    on conflict do nothing;
    get diagnostics claimed = row_count;
    if claimed < keyed then
      select f.workflow, f.key, k.run_id into taken
      from fresh f
      join pawl.run_key k using (tenant, workflow, key)
      where k.run_id <> f.id
      limit 1;
      raise exception 'workflow "%" already has a run with key "%"', taken.workflow, taken.key
        using errcode = 'unique_violation',
              detail = case when exists (select from fresh where id = taken.run_id)
                then 'The key is given twice.' else 'It is run ' || taken.run_id || '.' end,
              hint = 'pawl.enqueue(…) returns the run that has the key instead of failing';
    end if;
  end if;

  insert into pawl.task (run_id, queue, priority, run_at, path, kind, lanes, weight)
  select f.id, f.queue, f.priority, f.run_at, d.entry_path, d.entry_kind, f.lanes, f.weight
  from fresh f
  join pawl.definition d on d.workflow = f.workflow and d.version = f.version
  order by f.id;

  -- A deadline is a task of its own that comes due then.
  insert into pawl.task (run_id, queue, priority, run_at, path, kind, phase)
  select id, queue, 0, deadline, '@deadline', '@deadline', 'wait'
  from fresh
  where deadline is not null;

  perform pawl.wake_workers();
  return null;
end
$$;

-- Gives a failed run a task at the step at which it failed, in the lanes that it had.  The caller holds
-- the lock of the run.
create or replace function pawl.revive(head pawl.run, step text, phase text, revived_by text) returns void
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
declare
  failed record;
begin
  -- If one more step ran last, the run was decided to fail before it.
  select e.path, e.visit into failed
  from pawl.event e
  where e.run_id = head.id and e.kind in ('run_failed', 'run_ending')
    and e.seq > coalesce((
      select max(r.seq) from pawl.event r where r.run_id = head.id and r.kind = 'run_retried'), 0)
  order by e.seq
  limit 1;
  if failed.path is null or failed.path = '@deadline' then
    raise exception 'run % failed by its deadline, not at a step', head.id
      using errcode = 'object_not_in_prerequisite_state', hint = 'enqueue a new run';
  end if;
  if revive.step is not null and revive.step <> failed.path then
    raise exception 'run % failed at step "%", not at "%"', head.id, failed.path, revive.step
      using errcode = 'object_not_in_prerequisite_state', hint = 'name the step that failed';
  end if;
  insert into pawl.task
    (run_id, queue, priority, run_at, path, visit, kind, phase, hops, lanes, weight)
  values (head.id, head.queue, head.priority, pawl.now(), failed.path, failed.visit, '@retry',
          revive.phase, 1, head.lanes, head.weight);
  update pawl.run r set status = 'running', ended_at = null, deadline = null where r.id = head.id;
  perform pawl.append(head.id, 'run_retried', failed.path, failed.visit,
    json_build_object('retried_by', coalesce(revived_by, session_user)));
  perform pawl.wake_workers();
end
$$;
