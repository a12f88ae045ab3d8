-- What workers and others do on the stage: each function makes the engine's statements, in its order.

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
  execute stage.bound('tasksHeld 1', stage.worker(name)::text);
  for stray in execute stage.bound('tasksHeld 2', stage.worker(name)::text) loop
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
    execute stage.bound('define 5', workflow, workflow, body, body, 'work', 'job', 'default', '5', null,
      null, null, workflow)
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

create table stage.doomed (id uuid);

-- Locks the runs that have expired, and returns how many they are.
create function stage.doom() returns bigint language plpgsql as $$
declare
  seen record;
begin
  for seen in execute replace(
    stage.bound('Retention sweep 1', null, null, '100'), 'd.id is not null,', 'd.id is not null as is_doomed,')
  loop
    insert into stage.doomed select seen.id where seen.is_doomed;
  end loop;
  return (select count(*) from stage.doomed);
end
$$;

-- Deletes those runs.
create function stage.sweep() returns void language plpgsql as $$
declare
  doomed text := (select coalesce(array_agg(id), '{}')::text from stage.doomed);
begin
  execute stage.bound('Retention sweep 2');
  execute stage.bound('Retention sweep 3', doomed);
  execute stage.bound('Retention sweep 4', doomed);
  execute stage.bound('Retention sweep 5', doomed);
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
