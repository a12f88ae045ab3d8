-- Enqueueing is an INSERT into pawl.run.  The database applies the rest, so that any language, ORM,
-- trigger or COPY can do it.  Columns that may be given, and what they are when they are not:
--
--   workflow  required: the name of a defined workflow
--   input     '{}': a JSON object, at most 1 MiB of text and 64 levels deep, whose numbers survive
--             64-bit integers or IEEE doubles
--   key       null: at most one run per (tenant, workflow, key)
--   run_at    now: not claimed before
--   deadline  null: the run fails with TIMEOUT_ERROR if it has not ended by then; 'infinity' is null
--   priority  the definition's (5): 0 is first, 9 is last
--   queue     the definition's ('default')
--   tenant    'default'
--   version   the workflow's current one; it is pinned for the whole run
--   id        a UUID of version 7
--
-- status, created_at and ended_at are the engine's; what is given for them is not used.

-- Whether a JSON number comes back the same from a 64-bit integer or an IEEE double.
create function pawl.number_survives(number numeric) returns boolean
  language sql immutable strict
  set extra_float_digits = 1  -- the shortest text that is exact, whatever the session says
  set search_path = pg_catalog, pg_temp
  as $$
    select case
      when number = trunc(number) and number between -9223372036854775808 and 9223372036854775807
        then true
      when abs(number) > 1.7976931348623157e308 or (number <> 0 and abs(number) < 2.3e-308)
        then false
      else number = number::float8::text::numeric
    end
  $$;

-- Refuses a value that could not be passed on as it is, or only at great cost.
create function pawl.check_value(what text, value jsonb) returns void
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
declare
  size   integer;
  body   text;
  number numeric;
begin
  -- What was read from another table may be compressed, and its size say nothing.
  if pg_column_compression(value) is not null then
    value := jsonb_path_query_first(value, '$');
  end if;
  size := pg_column_size(value);

  -- A level takes eight bytes and two characters, so that small values need no look.
  if size > 256 and jsonb_path_exists(value, 'strict $.**{65}') then
    raise exception '% is nested deeper than 64 levels', what
      using errcode = 'program_limit_exceeded',
            hint = 'flatten it, or pass it as text';
  end if;

  -- A number of 100,000 digits takes a few bytes until it is printed.
  if size > 1024 then
    select n.value::numeric into number
    from jsonb_path_query(value, 'strict $.** ? (@.type() == "number")
      ? (@.abs() > 1.8e308 || (@.abs() < 2.2e-308 && @ != 0))') as n (value)
    limit 1;
  end if;

  if number is null then
    -- 1 MiB of text takes at most 8 MiB in memory (a list of digits does); this spares printing more.
    if size <= 8388608 then
      body := value::text;
    end if;
    if body is null or octet_length(body) > 1048576 then
      raise exception '% is larger than 1 MiB', what
        using errcode = 'program_limit_exceeded',
              hint = 'store large data elsewhere and pass a reference to it';
    end if;

    -- A number that does not survive has at least 16 digits; most values have none that long.
    if body ~ '[0-9.]{16}' then
      select n.value::numeric into number
      from jsonb_path_query(value, 'strict $.** ? (@.type() == "number")') as n (value)
      where not pawl.number_survives(n.value::numeric)
      limit 1;
    end if;
  end if;
  if number is not null then
    raise exception '% has a number that would not survive: %', what, left(number::text, 40)
      using errcode = 'numeric_value_out_of_range',
            hint = 'pass it as text: only 64-bit integers and IEEE doubles come back the same';
  end if;
end
$$;

create function pawl.check_input(workflow text, input jsonb) returns void
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
begin
  if jsonb_typeof(input) <> 'object' then
    raise exception 'the input of workflow "%" is not a JSON object but %', workflow,
        case jsonb_typeof(input)
          when 'array' then 'an array'
          when 'null' then 'null'
          else 'a ' || jsonb_typeof(input)
        end
      using errcode = 'check_violation',
            hint = 'give an object, for example {"items": [1, 2]}';
  end if;
  perform pawl.check_value(format('the input of workflow "%s"', workflow), input);
end
$$;

-- Refuses a name that is empty or too long.
create function pawl.check_length(what text, value text, longest integer, advice text) returns void
  language plpgsql immutable
  set search_path = pg_catalog, pg_temp
  as $$
begin
  if length(value) not between 1 and longest then
    raise exception '% has 1 to % characters, this one has %', what, longest, length(value)
      using errcode = 'check_violation', hint = advice;
  end if;
end
$$;

create function pawl.accept_run() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  as $$
declare
  accepted record;
begin
  select d.version, d.queue, d.priority, clock_timestamp() + c.shift as now
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

  new.status := 'pending';
  new.created_at := accepted.now;
  new.ended_at := null;
  new.run_at := coalesce(new.run_at, accepted.now);
  if not isfinite(new.run_at) then
    raise exception 'a run cannot be due at %', new.run_at
      using errcode = 'check_violation', hint = 'give an instant';
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

create trigger run_is_accepted
  before insert on pawl.run
  for each row
  execute function pawl.accept_run();

-- Tells sleeping workers that there is work.  Nothing is sent while all are busy: a NOTIFY makes
-- commits of the whole cluster stand in line, and busy workers look again by themselves.
create function pawl.wake_workers() returns void
  language plpgsql volatile
  set search_path = pg_catalog, pg_temp
  as $$
begin
  if exists (select from pawl.worker where asleep and lost_at is null) then
    perform pg_notify('pawl_work', '');
  end if;
end
$$;

create function pawl.begin_runs() returns trigger
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

  insert into pawl.task (run_id, queue, priority, run_at, path, kind)
  select f.id, f.queue, f.priority, f.run_at, d.entry_path, d.entry_kind
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

create trigger run_begins
  after insert on pawl.run
  referencing new table as fresh
  for each statement
  execute function pawl.begin_runs();

-- Enqueues a run, or returns the one that already has the key.
create function pawl.enqueue(
  workflow text,
  input    jsonb default '{}',
  key      text default null,
  run_at   timestamptz default null,
  priority integer default null,
  queue    text default null,
  tenant   text default 'default',
  deadline timestamptz default null
) returns uuid
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
declare
  owner text := coalesce(enqueue.tenant, 'default');
  made  uuid;
begin
  if enqueue.key is not null then
    select k.run_id into made
    from pawl.run_key k
    where k.tenant = owner and k.workflow = enqueue.workflow and k.key = enqueue.key;
  end if;
  if made is null then
    insert into pawl.run as r (workflow, input, key, run_at, priority, queue, tenant, deadline)
    values (enqueue.workflow, enqueue.input, enqueue.key, enqueue.run_at, enqueue.priority,
            enqueue.queue, owner, enqueue.deadline)
    returning r.id into made;
  end if;
  return made;
exception when unique_violation then
  -- Another transaction was first.
  select k.run_id into made
  from pawl.run_key k
  where k.tenant = owner and k.workflow = enqueue.workflow and k.key = enqueue.key;
  if made is null then
    raise;
  end if;
  return made;
end
$$;
