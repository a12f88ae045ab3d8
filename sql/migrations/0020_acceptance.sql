-- Accepting a run, which is done for each row of an INSERT, at little cost.
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
  add column input_schema jsonb;

create function pawl.follow_version() returns trigger
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
begin
  select d.queue, d.priority, d.timeout, d.input_schema
  into new.queue, new.priority, new.timeout, new.input_schema
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

-- Half a page is left for what becomes of its rows: nearly all of them change once, when they end, and a
-- row that finds no room beside itself needs new entries in all indexes.
alter table pawl.run set (fillfactor = 50);

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
begin
  if pinned is null then
    select w.version, coalesce(new.queue, w.queue), coalesce(new.priority, w.priority), w.timeout,
      w.input_schema
    into new.version, new.queue, new.priority, timeout, schema
    from pawl.workflow w
    where w.name = new.workflow;
  else
    select d.version, coalesce(new.queue, d.queue), coalesce(new.priority, d.priority), d.timeout,
      d.input_schema
    into new.version, new.queue, new.priority, timeout, schema
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
