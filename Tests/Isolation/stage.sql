-- What the specs play on: the engine's own statements, and what a worker remembers between them.
--
-- `stage.statement`, `stage.part` and `stage.invariant` are filled from the engine's sources (see the file
-- "statements"), so a statement that is changed there is changed here.
--
-- A plan is a settlement as JSON, made by a function that is named for what becomes of the step: `stage.ends`,
-- `stage.moves`. It remembers task and fence from when it is made, like a worker does.

create schema stage;

create table stage.statement (name text not null, binds integer not null, sql text not null);

create table stage.part (position integer primary key, name text not null);

create table stage.invariant (name text primary key, sql text not null);

-- What a worker claimed, by the worker's name and the step's path.
create table stage.claimed (
  who text primary key, task bigint, fence bigint, run uuid, worker bigint, path text, visit integer, kind text,
  attempt integer, known integer
);

-- A statement of the engine with values for what it binds. The name is that of its function,
-- and its place there; with the end of its file's name before it if there are two.
create function stage.bound(wanted text, variadic given text[] default '{}') returns text
  language plpgsql as $$
declare
  known stage.statement;
begin
  if (select count(*) from stage.statement s where s.name ~ ('(^|[ +])' || wanted || '$')) <> 1 then
    raise exception 'the engine has no statement "%", or more than one', wanted
      using hint = 'mend Tests/Isolation/stage.sql: Tests/Isolation/statements prints the names';
  end if;
  select * into known from stage.statement s where s.name ~ ('(^|[ +])' || wanted || '$');
  if known.binds <> cardinality(given) then
    raise exception 'statement "%" binds % values, and is given %', known.name, known.binds, cardinality(given)
      using hint = 'mend Tests/Isolation/stage.sql';
  end if;
  -- From the last: a value may look like a place.
  for place in reverse cardinality(given)..1 loop
    known.sql := replace(known.sql, '$' || place || '$', quote_nullable(given[place]));
  end loop;
  return known.sql;
end
$$;

-- ## Things to play with

create procedure stage.define(workflow text, entry text, kind text, version integer default 1) language sql as $$
  insert into pawl.definition (workflow, version, body, digest, entry_path, entry_kind)
  values (workflow, version, jsonb_build_object('name', workflow), workflow || version, entry, kind);
  insert into pawl.workflow (name, version) values (workflow, version)
  on conflict (name) do update set version = excluded.version;
$$;

create procedure stage.hire(name text) language plpgsql as $$
begin
  execute stage.bound('register 1', name, '1', 'test', '{default}', '{}', '10', '10 seconds');
end
$$;

create function stage.worker(name text) returns bigint language sql as $$
  select id from pawl.worker where host = name
$$;

-- The run of a workflow that has one.
create function stage.run(name text) returns uuid language sql as $$
  select id from pawl.run where workflow = name
$$;

create function stage.events(run uuid) returns integer language sql as $$
  select coalesce(max(seq), 0) from pawl.event where run_id = run
$$;

create procedure stage.pass(span interval) language sql as $$
  update pawl.clock set shift = shift + span
$$;

-- Removes everything.
create procedure stage.reset() language plpgsql as $$
declare
  name text;
begin
  perform set_config('session_replication_role', 'replica', true), set_config('pawl.retention', 'on', true);
  for name in
    select tablename from pg_tables where schemaname = 'pawl' and tablename not in ('migration', 'clock')
  loop
    execute format('delete from pawl.%I', name);
  end loop;
  update pawl.clock set shift = '0';
  delete from stage.claimed;
  delete from stage.planned;
  perform set_config('session_replication_role', 'origin', true), set_config('pawl.retention', '', true);
end
$$;

-- ## What workers do

-- Claims up to ten tasks for a worker, and returns their paths.
create function stage.claim(name text, most integer default 10) returns text language sql as $$
  with claimed as (
    insert into stage.claimed
    select name || ' ' || path, task, fence, run, stage.worker(name), path, visit, kind, attempt, stage.events(run)
    from pawl.claim(stage.worker(name), 'default', most)
    on conflict (who) do update
    set task = excluded.task, fence = excluded.fence, run = excluded.run, worker = excluded.worker,
        visit = excluded.visit, kind = excluded.kind, attempt = excluded.attempt, known = excluded.known
    returning path
  )
  select coalesce(string_agg(path, ' ' order by path), '') from claimed
$$;

-- Gives up workers whose leases have run out; returns how many there are.
create function stage.give_up() returns bigint language plpgsql as $$
declare
  count bigint;
begin
  execute stage.bound('giveUpDeadWorkers 1');
  get diagnostics count = row_count;
  return count;
end
$$;

-- Takes over what lost workers held; returns how many tasks that was.
create function stage.rescue() returns bigint language plpgsql as $$
declare
  lost  bigint[] := '{}';
  one   bigint;
  tasks bigint[] := '{}';
  count bigint := 0;
begin
  for one in execute stage.bound('giveUpDeadWorkers 2') loop lost := lost || one; end loop;
  for one in execute stage.bound('rescue 1', lost::text, '100') loop tasks := tasks || one; end loop;
  if cardinality(tasks) > 0 then
    execute stage.bound('rescue 2', tasks::text, lost::text);
    get diagnostics count = row_count;
  end if;
  return count;
end
$$;

-- Renews a worker's leases, and tells whether it lives.
create function stage.beat(name text) returns boolean language plpgsql as $$
declare
  count bigint;
begin
  execute stage.bound('beat 1', stage.worker(name)::text);
  get diagnostics count = row_count;
  return count = 1;
end
$$;

-- Gives back what a worker claimed, and tells whether it was still held.
create function stage.release(step text) returns boolean language plpgsql as $$
declare
  held  stage.claimed;
  count bigint;
begin
  select * into held from stage.claimed where who = step;
  execute stage.bound('lock 1', array[held.run]::text);
  execute stage.bound('release 1', array[held.task]::text, array[held.fence]::text, '{0}');
  get diagnostics count = row_count;
  return count = 1;
end
$$;

-- Gives back what a worker holds and has in none of its hands, which are empty; returns how many tasks that is.
create function stage.drop_strays(name text) returns integer language plpgsql as $$
declare
  stray record;
  count integer := 0;
begin
  for stray in execute stage.bound('tasksHeld 1', stage.worker(name)::text) loop
    execute stage.bound('lock 1', array[stray.run_id]::text);
    execute stage.bound('release 1', array[stray.id]::text, array[stray.fence]::text, '{0}');
    count := count + 1;
  end loop;
  return count;
end
$$;

-- Whether a worker still holds what it moved and keeps, by what it knows of the settlement.
create function stage.is_kept(step text) returns boolean language plpgsql as $$
declare
  held stage.claimed;
  task bigint;
begin
  select * into held from stage.claimed where who = step;
  execute stage.bound('kept 1', array[held.task]::text, array[held.fence + 1]::text, array[held.worker]::text)
  into task;
  return task is not null;
end
$$;

create function stage.keep_run(step text) returns void language plpgsql as $$
begin
  execute stage.bound('keep 1', (select run::text from stage.claimed where who = step));
end
$$;

-- Writes a checkpoint of a step that is kept, and tells whether it was still held.
create function stage.save(step text, name text) returns boolean language plpgsql as $$
declare
  held  stage.claimed;
  count bigint;
begin
  select * into held from stage.claimed where who = step;
  execute stage.bound('saveCheckpoint 1', name, '1', held.task::text, held.fence::text);
  get diagnostics count = row_count;
  return count = 1;
end
$$;

-- ## What others do

-- Keeps everybody from enqueueing and defining a workflow.
create function stage.hold(workflow text) returns void language plpgsql as $$
begin
  execute stage.bound('holding 1', workflow);
  execute stage.bound('holding 2', workflow);
end
$$;

-- Removes a version that no run is pinned to, and tells whether it did.
create function stage.remove(workflow text, version integer) returns boolean language plpgsql as $$
declare
  total bigint;
  live  bigint;
begin
  execute stage.bound('Removal runs 1', workflow, version::text) into live, total;
  if total > 0 then
    return false;
  end if;
  execute stage.bound('Removal remove 1', workflow, version::text);
  return true;
end
$$;

-- Defines a workflow, and returns the version that the text has.
create function stage.define_text(workflow text, text text) returns integer language plpgsql as $$
declare
  body    text := jsonb_build_object('name', workflow, 'text', text)::text;
  version integer;
begin
  execute stage.bound('define 1', workflow);
  execute stage.bound('define 2', workflow);
  execute stage.bound('define 3', workflow, body) into version;
  if version is null then
    execute stage.bound('define 5', workflow, workflow, body, body, 'work', 'job', 'default', '5', null, workflow)
    into version;
    execute stage.bound('define 6', version::text, workflow);
  end if;
  return version;
end
$$;

create table stage.planned (who text primary key, tick timestamptz);

-- A scheduler locks what is due, and plans the tick of schedule "s"; returns whether there is one.
create function stage.plan_tick(scheduler text) returns boolean language plpgsql as $$
declare
  due    text := 'next_at <= (select pawl.now()) order by next_at';
  locked text;
begin
  delete from stage.planned where who = scheduler;
  -- The condition is a part of the statement.
  execute replace(stage.bound('lockDueSchedules 1', due, '10'), quote_literal(due), due) into locked;
  insert into stage.planned select scheduler, next_at from pawl.schedule s where s.name = locked;
  return locked is not null;
end
$$;

-- Fires the tick that a scheduler planned; the next one is an hour later. Fails if the schedule has changed.
create function stage.fire_tick(scheduler text) returns void language plpgsql as $$
declare
  planned timestamptz := (select tick from stage.planned where who = scheduler);
  count   bigint;
begin
  if planned is null then
    return;
  end if;
  execute stage.bound('starting 1', '{s}', array[planned]::text, '{tick}', '{job}', '{"{}"}', '{default}', '{null}',
    '{null}', array[planned]::text, '{null}');
  execute stage.bound('appendSchedules 1', '{s}', array[planned]::text, array[planned + interval '1 hour']::text,
    array[planned]::text, '{1}', '{0}');
  get diagnostics count = row_count;
  if count <> 1 then
    raise exception 'a schedule has changed' using errcode = 'object_not_in_prerequisite_state';
  end if;
end
$$;

create function stage.migrate_lock() returns void language plpgsql as $$
begin
  execute stage.bound('Migrate apply 1');
end
$$;

-- Applies a migration under the lock, unless that was done.
create function stage.migrate(version integer, script text) returns boolean language plpgsql as $$
declare
  known boolean;
  count bigint;
begin
  execute stage.bound('Migrate apply 2', version::text);
  get diagnostics count = row_count;
  if count > 0 then
    return false;
  end if;
  execute script;
  execute stage.bound('Migrate apply 3', version::text, 'test', 'test');
  return true;
end
$$;

-- Does what may be refused, and says how that went.
create function stage.try(statement text) returns text language plpgsql as $$
begin
  execute statement;
  return 'done';
exception
  when object_not_in_prerequisite_state or no_data_found or unique_violation or foreign_key_violation then
    return 'refused: ' || regexp_replace(sqlerrm, '[0-9a-f-]{36}|[0-9]+', '…', 'g');
end
$$;

-- ## The verdict

-- Says "ok", or what is wrong: the complaints that are not null, and the invariants that do not hold.
create function stage.verdict(variadic complaints text[] default '{}') returns text language plpgsql as $$
declare
  rule stage.invariant;
  line text;
begin
  complaints := array_remove(complaints, null);
  for rule in select * from stage.invariant loop
    for line in execute rule.sql loop
      complaints := complaints || (rule.name || ': ' || line);
    end loop;
  end loop;
  return coalesce(nullif(array_to_string(complaints, '; '), ''), 'ok');
end
$$;

-- A complaint, unless something is so.
create function stage.expect(holds boolean, what text) returns text language sql as $$
  select case when holds is not true then 'not so: ' || what end
$$;

-- The kinds of a run's events, in order.
create function stage.history(run uuid) returns text language sql as $$
  select coalesce(string_agg(kind, ' ' order by seq), '') from pawl.event where run_id = run
$$;

-- ## Mutants

-- Changes the engine's statements of such names; complains if that changes none of them.
create procedure stage.mutate(pattern text, was text, becomes text) language plpgsql as $$
declare
  count bigint;
begin
  update stage.statement s set sql = regexp_replace(s.sql, was, becomes, 'g')
  where s.name ~ pattern and s.sql ~ was;
  get diagnostics count = row_count;
  if count = 0 then
    raise exception 'no statement is named % and has %', pattern, was
      using hint = 'the engine has changed: mend the mutant';
  end if;
end
$$;

-- Changes a function of the engine; complains if that changes nothing.
create procedure stage.mutate_function(name text, was text, becomes text) language plpgsql as $$
declare
  body text := pg_get_functiondef(('pawl.' || name)::regproc);
begin
  if body !~ was then
    raise exception 'function pawl.% has no %', name, was using hint = 'the engine has changed: mend the mutant';
  end if;
  execute regexp_replace(body, was, becomes, 'g');
end
$$;
