-- The whole schema as of today, made from the migrations by scripts/schema.

CREATE SCHEMA pawl;

CREATE FUNCTION pawl.accept_run() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION pawl.add_partitions() RETURNS integer
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  rule  pawl.storage;
  now   timestamptz := pawl.now();
  since timestamptz;
  until timestamptz;
  name  text;
  made  integer := 0;
begin
  -- One at a time; this spells "pawl" and "part".
  perform pg_advisory_xact_lock(1885435756, 1885434484);
  select * into strict rule from pawl.storage;
  select greatest(max(p.until), date_bin(rule.width, now, timestamptz '2001-01-01 00:00Z'))
  into since
  from pawl.partition p;

  while since < now + rule.ahead loop
    until := date_bin(rule.width, since, timestamptz '2001-01-01 00:00Z') + rule.width;
    if made = 0 then
      lock table pawl.run_default, pawl.event_default in access exclusive mode;
    end if;
    if not exists (  -- (2)
      select from pawl.run_default r
      where r.id >= pawl.first_id(since) and r.id < pawl.first_id(until)
    ) and not exists (
      select from pawl.event_default e
      where e.run_id >= pawl.first_id(since) and e.run_id < pawl.first_id(until)
    ) then
      name := to_char(since at time zone 'UTC', 'YYYYMMDD_HH24');
      execute format(
        'create table pawl.%I (like pawl.run including defaults including constraints)',
        'run_' || name);
      execute format(
        'create table pawl.%I (like pawl.event including defaults including constraints)',
        'event_' || name);
      execute format(
        'alter table pawl.run attach partition pawl.%I for values from (%L) to (%L)',
        'run_' || name, pawl.first_id(since), pawl.first_id(until));
      execute format(
        'alter table pawl.event attach partition pawl.%I for values from (%L) to (%L)',
        'event_' || name, pawl.first_id(since), pawl.first_id(until));
      perform pawl.guard_partition('run_' || name, 'event_' || name);
      made := made + 1;
    end if;
    since := until;
  end loop;
  return made;
end
$$;

CREATE FUNCTION pawl.admit(breaker text, cooldown interval) RETURNS interval
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  known pawl.breaker;
  now   timestamptz;
begin
  select * into known from pawl.breaker b where b.name = admit.breaker;
  if known.opened_at is null then
    return null;  -- Closed, which is what nearly every attempt finds.
  end if;
  select * into known from pawl.breaker b where b.name = admit.breaker for update;
  now := pawl.now();
  if known.opened_at is null then
    return null;
  end if;
  if known.opened_at + cooldown > now then
    return known.opened_at + cooldown - now;
  end if;
  if known.probing_at + cooldown > now then  -- (2)
    return known.probing_at + cooldown - now;
  end if;
  update pawl.breaker b set probing_at = now, changed_at = now where b.name = admit.breaker;
  return null;
end
$$;

CREATE FUNCTION pawl.answer(run uuid, step text, output jsonb, answered_by text DEFAULT SESSION_USER) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  asked pawl.wait;
begin
  perform pawl.lock_live_run(answer.run);
  select * into asked from pawl.wait w
  where w.run_id = answer.run and w.status = 'open' and w.kind = 'decision'
    and (w.path = answer.step or w.path like '%.' || answer.step)
  order by w.path <> answer.step, w.id
  limit 1
  for update;
  if not found then
    raise exception 'run % does not wait for an answer at "%"', answer.run, answer.step
      using errcode = 'object_not_in_prerequisite_state',
            hint = 'pawl show prints what a run waits for';
  end if;
  if asked.due_at <= pawl.now() then
    raise exception 'step "%" was due at %', answer.step, asked.due_at
      using errcode = 'object_not_in_prerequisite_state',
            hint = 'its run goes on with the fallback, or fails if there is none';
  end if;
  perform pawl.check_value(format('the answer to step "%s"', answer.step), answer.output);
  update pawl.wait w
  set status = 'resolved', output = coalesce(answer.output, 'null'), resolved_at = pawl.now(),
      resolved_by = coalesce(answer.answered_by, session_user)
  where w.id = asked.id;
  perform pawl.append(answer.run, 'decision_resolved', asked.path, asked.visit,
    json_build_object('decision', asked.id, 'output', coalesce(answer.output, 'null'),
      'resolved_by', coalesce(answer.answered_by, session_user)));
  update pawl.task t
  set phase = 'resume', run_at = pawl.now(), worker = null, claimed_at = null, fence = fence + 1
  where t.id = asked.task_id;
  update pawl.run r set status = 'running' where r.id = answer.run and r.status = 'waiting';
  perform pawl.wake_workers();
end
$$;

CREATE FUNCTION pawl.append(run uuid, kind text, path text, visit integer, data json) RETURNS integer
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    insert into pawl.event (run_id, seq, at, kind, path, visit, data)
    values (
      append.run,
      (select coalesce(max(e.seq), 0) + 1 from pawl.event e where e.run_id = append.run),
      pawl.now(), append.kind, append.path, append.visit, append.data
    )
    returning seq
  $$;

CREATE FUNCTION pawl.backfill_schedule(schedule text, since timestamp with time zone, until timestamp with time zone, most integer DEFAULT 10000, asked_by text DEFAULT SESSION_USER) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  perform pawl.lock_schedule(backfill_schedule.schedule);
  if not coalesce(since < until and until <= pawl.now(), false) then
    raise exception 'there is nothing to fill from % to %', since, until
      using errcode = 'check_violation',
            hint = 'give a beginning and a later end that has passed; the end itself is not in it';
  end if;
  insert into pawl.schedule_backfill (schedule, next_at, until, most, asked_by)
  values (backfill_schedule.schedule, since, until, backfill_schedule.most,
          coalesce(backfill_schedule.asked_by, session_user));
end
$$;

CREATE FUNCTION pawl.begin_runs() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION pawl.call_lines_of_limit() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  insert into pawl.call (queue, lane)
  select distinct ln.queue, ln.lane
  from pawl.line ln
  where split_part(ln.lane, ':', 1) = old.id::text;
  if found then
    perform pawl.wake_workers();
  end if;
  return null;
end
$$;

CREATE FUNCTION pawl.call_up(queue text, lane text, most integer, now timestamp with time zone) RETURNS bigint[]
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  terms  pawl.limit;
  keyed  boolean := strpos(call_up.lane, ':') > 0;
  room   integer := most;
  capacity integer;
  rest   double precision;
  line   pawl.line;
  head   record;
  stuck  boolean;
  gone   boolean;
  called bigint[] := '{}';
begin
  select * into terms from pawl.limit l where l.id = split_part(call_up.lane, ':', 1)::int;
  capacity := case when keyed then terms.concurrency else terms.total end;
  if capacity is not null then
    select least(room, capacity - count(*)) into room from pawl.place p where p.lane = call_up.lane;
  end if;
  if keyed and terms.amount is not null then
    rest := terms.amount - pawl.taken(call_up.lane, now - terms.period);
  end if;
  while room > 0 loop
    gone := true;
    for line in
      select * from pawl.line ln
      where ln.lane = call_up.lane and ln.queue = call_up.queue
      order by ln.turn
      limit room
    loop
      stuck := true;
      for head in
        select t.id, t.lanes, least(coalesce(t.weight, 1), terms.amount) as weight
        from pawl.task t
        where t.queue = '@line ' || line.id
        order by t.priority, t.run_at, t.id + 0
        limit case when line.share = '' then room else 1 end
        for update skip locked
      loop
        stuck := false;
        exit when head.weight > rest;
        -- Nobody waits here (2): the caller holds other locks.
        exit when not (
          select bool_and(pg_try_advisory_xact_lock(pawl.lane_lock(l))) from unnest(head.lanes) as l);
        update pawl.task t set queue = call_up.queue where t.id = head.id;
        called := called || head.id;
        rest := rest - head.weight;
        room := room - 1;
        gone := false;
      end loop;
      if stuck and not exists (select from pawl.task t where t.queue = '@line ' || line.id) then
        delete from pawl.line ln where ln.id = line.id;
      elsif line.share <> '' then
        update pawl.line ln set turn = nextval('pawl.turn') where ln.id = line.id;
      end if;
      exit when room <= 0;
    end loop;
    exit when gone;
  end loop;
  return called;
end
$$;

CREATE FUNCTION pawl.cancel(run uuid, reason text DEFAULT NULL::text, cancelled_by text DEFAULT SESSION_USER) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  head pawl.run;
  said jsonb;
begin
  select * into head from pawl.run where id = cancel.run for update;
  if not found then
    raise exception 'run % does not exist', cancel.run
      using errcode = 'no_data_found', hint = 'pawl runs prints the latest ones';
  end if;
  if head.ended_at is not null then
    return false;
  end if;
  if exists (select from pawl.task where run_id = cancel.run and worker is not null) then
    perform pg_notify('pawl_cancel', cancel.run::text);
  end if;
  said := jsonb_build_object('reason', reason,
    'cancelled_by', coalesce(cancelled_by, session_user));
  perform pawl.check_value('the reason', said);
  perform pawl.sweep(cancel.run);
  perform pawl.append(cancel.run, 'run_cancelled', null, null, said::json);
  update pawl.run set status = 'cancelled', ended_at = pawl.now() where id = cancel.run;
  return true;
end
$$;

CREATE FUNCTION pawl.cancel_children(parent uuid, tasks bigint[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION pawl.check_decider() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  if exists (select from pawl.task t where t.id = new.task_id and t.kind = 'reasoning') then
    raise exception 'decision % is for "%", not for "%"', new.id, new.assignee, new.resolved_by
      using errcode = 'check_violation',
            hint = 'say who decides: decided_by in SQL, --by on the command line';
  end if;
  return new;
end
$$;

CREATE FUNCTION pawl.check_input(workflow text, input jsonb) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  perform pawl.check_value(format('the input of workflow "%s"', workflow), input);
end
$$;

CREATE FUNCTION pawl.check_input_schema(workflow text, schema jsonb, input jsonb) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  reason text := pawl.input_misfit(schema, input);
begin
  if reason is not null then
    raise exception 'the input of workflow "%" does not fit its schema: %', workflow, reason
      using errcode = 'check_violation',
            hint = 'the member "input_schema" of the definition says what fits: pawl define --show '
              || workflow;
  end if;
end
$$;

CREATE FUNCTION pawl.check_length(what text, value text, longest integer, advice text) RETURNS void
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  if length(value) not between 1 and longest then
    raise exception '% has 1 to % characters, this one has %', what, longest, length(value)
      using errcode = 'check_violation', hint = advice;
  end if;
end
$$;

CREATE FUNCTION pawl.check_value(what text, value jsonb) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
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
$_$;

CREATE FUNCTION pawl.claim(worker bigint, queue text, most integer, since_at timestamp with time zone[] DEFAULT NULL::timestamp with time zone[], since_task bigint[] DEFAULT NULL::bigint[]) RETURNS TABLE(task bigint, fence bigint, run uuid, tenant text, workflow text, version integer, key text, path text, visit integer, kind text, phase text, attempt integer, crashes integer, hops integer, is_running boolean, has_company boolean, input jsonb, priority smallint, run_at timestamp with time zone)
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET jit TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
declare
  now     timestamptz := pawl.now();
  state   record;
  picked  bigint[];
  laned   boolean;
  called  bigint[];
  parked  integer;
  others  boolean;
  size    integer := most;
  got     integer;
  looked  integer := 0;
begin
  perform from pawl.worker w
  where w.id = claim.worker and w.lost_at is null
  for key share;  -- (3)
  if not found then
    return;
  end if;
  select q.paused_at is not null as is_paused, q.limit_id,
    exists (select from pawl.call c where c.queue = claim.queue)
      or exists (
        select from pawl.line ln
        where ln.queue = claim.queue and ln.due_at <= now and ln.due_at < 'infinity'
      ) as is_called
  into state
  from (select) one
  left join pawl.queue q on q.name = claim.queue;
  if state.is_paused then
    return;
  end if;

  loop
    select p.tasks, p.laned into picked, laned
    from pawl.pick(claim.queue, size, now, since_at, since_task, state.limit_id is not null) p;  -- (1)
    called := '{}';
    parked := 0;
    others := false;
    if laned or state.is_called and looked = 0 then
      select l.tasks, l.called, l.parked, l.others into picked, called, parked, others
      from pawl.let_in(
        claim.queue, most, state.limit_id, picked, looked = 0, state.is_called and looked = 0) l;
    end if;

    return query
    with claimed as (
      update pawl.task t
      set worker = claim.worker, claimed_at = now, attempt = t.attempt + 1, fence = t.fence + 1,
          admitted = case when t.lanes is not null then true end
      where t.id = any (picked[1:most])
      returning t.*
    )
    select c.id, c.fence, c.run_id, r.tenant, r.workflow, r.version, r.key, c.path, c.visit, c.kind,
      c.phase, c.attempt, c.crashes, c.hops, r.status = 'running',
      r.deadline is not null or r.parent_task is not null,
      -- An input may be large, and its run may have thousands of steps: it is sent once.
      case when row_number() over (partition by c.run_id) = 1 then r.input end,
      c.priority,
      -- Those of a line say nothing about how far the queue was looked through.
      case when c.id <> all (called) then c.run_at end
    from claimed c
    join pawl.run r on r.id = c.run_id
    order by c.priority, c.run_at, c.id;
    get diagnostics got = row_count;

    -- A thousand runs of one key do not stand in front of the others.
    most := most - got;
    looked := looked + got + parked;
    exit when most <= 0 or looked >= 10000 or parked = 0 and not (others and got > 0);
    size := least(size * 4, 2000);
  end loop;
end
$$;

CREATE FUNCTION pawl.count_lineage() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION pawl.debounce(workflow text, input jsonb, key text, wait interval, most interval DEFAULT NULL::interval, priority integer DEFAULT NULL::integer, queue text DEFAULT NULL::text, tenant text DEFAULT 'default'::text) RETURNS uuid
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  owner text := coalesce(debounce.tenant, 'default');
  known pawl.repeat;
  now   timestamptz;
  due   timestamptz;
begin
  if not coalesce(debounce.wait > interval '0', false) then
    raise exception 'a run cannot wait for %', coalesce(debounce.wait::text, 'an unknown time')
      using errcode = 'check_violation', hint = 'give a positive interval';
  end if;
  known := pawl.lock_repeat('debounce', owner, debounce.workflow, debounce.key);
  now := pawl.now();
  if known.run_id is not null then
    due := least(now + debounce.wait, known.since + debounce.most);
    if pawl.put_off(known.run_id, debounce.input, due) then
      update pawl.repeat r set until = due
      where r.kind = 'debounce' and r.tenant = owner and r.workflow = debounce.workflow
        and r.key = debounce.key;
      return known.run_id;
    end if;
  end if;
  due := now + least(debounce.wait, debounce.most);
  known.run_id := pawl.enqueue(debounce.workflow, debounce.input, run_at => due,
    priority => debounce.priority, queue => debounce.queue, tenant => owner);
  update pawl.repeat r set run_id = known.run_id, since = now, until = due
  where r.kind = 'debounce' and r.tenant = owner and r.workflow = debounce.workflow
    and r.key = debounce.key;
  return known.run_id;
end
$$;

CREATE FUNCTION pawl.decide(decision bigint, choice text, reasoning text DEFAULT NULL::text, data jsonb DEFAULT NULL::jsonb, decided_by text DEFAULT SESSION_USER) RETURNS uuid
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  asked   pawl.wait;
  options text[];
  now     timestamptz;
  answer  jsonb;
begin
  select * into asked from pawl.wait w where w.id = decision and w.kind = 'decision';
  if not found then
    raise exception 'decision % does not exist', decision
      using errcode = 'no_data_found', hint = 'pawl decide --list prints the open ones';
  end if;
  perform pawl.lock_live_run(asked.run_id);
  -- Again, under the lock of the run.
  select * into asked from pawl.wait w where w.id = decision for update;
  if asked.status <> 'open' then
    raise exception 'decision % is already %', decision, asked.status
      using errcode = 'object_not_in_prerequisite_state',
            detail = case when asked.resolved_by is null then ''
              else format('It was "%s", by %s.', asked.choice, asked.resolved_by) end,
            hint = 'the first answer counts';
  end if;
  now := pawl.now();
  if asked.due_at <= now then
    raise exception 'decision % was due at %', decision, asked.due_at
      using errcode = 'object_not_in_prerequisite_state',
            hint = 'its run goes on with the fallback, or fails if there is none';
  end if;

  select array_agg(coalesce(o ->> 'id', o #>> '{}')) into options
  from jsonb_array_elements(
    case jsonb_typeof(asked.subject -> 'options') when 'array' then asked.subject -> 'options'
    else '[]' end) o;
  if decide.choice is null or not decide.choice = any (coalesce(options, array[decide.choice])) then
    raise exception 'decision % has no option "%"', decision, coalesce(decide.choice, '')
      using errcode = 'check_violation',
            hint = 'choose one of: ' || coalesce(array_to_string(options, ', '), 'any text');
  end if;

  -- It becomes the output of the step, for which the same holds as for an input.
  answer := jsonb_build_object('decision', decision, 'choice', decide.choice,
    'reasoning', decide.reasoning, 'data', decide.data,
    'resolved_by', coalesce(decide.decided_by, session_user));
  perform pawl.check_value(format('the answer to decision %s', decision), answer);

  update pawl.wait w
  set status = 'resolved', choice = decide.choice, reasoning = decide.reasoning,
      data = decide.data, resolved_by = answer ->> 'resolved_by', resolved_at = now
  where w.id = decision;
  perform pawl.append(asked.run_id, 'decision_resolved', asked.path, asked.visit, answer::json);

  update pawl.task t
  set phase = 'resume', run_at = now, worker = null, claimed_at = null, fence = fence + 1
  where t.id = asked.task_id;
  update pawl.run r set status = 'running' where r.id = asked.run_id and r.status = 'waiting';
  perform pawl.wake_workers();
  return asked.run_id;
end
$$;

CREATE FUNCTION pawl.drop_partition(runs text) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  part pawl.partition;
begin
  select * into part from pawl.partition p where p.runs = drop_partition.runs;
  if not found then
    return false;
  end if;
  part.lower := coalesce(part.lower, '00000000-0000-0000-0000-000000000000');
  lock table pawl.run, pawl.event in access exclusive mode;
  -- Who takes a run up again makes a task.
  if exists (
    select from pawl.task t where t.run_id >= part.lower and t.run_id < part.upper
  ) then
    return false;
  end if;
  delete from pawl.wait w where w.run_id >= part.lower and w.run_id < part.upper;
  delete from pawl.lineage l where l.root >= part.lower and l.root < part.upper;
  execute format('drop table pawl.%I, pawl.%I', part.runs, part.events);
  return true;
end
$$;

CREATE FUNCTION pawl.enqueue(workflow text, input jsonb DEFAULT '{}'::jsonb, key text DEFAULT NULL::text, run_at timestamp with time zone DEFAULT NULL::timestamp with time zone, priority integer DEFAULT NULL::integer, queue text DEFAULT NULL::text, tenant text DEFAULT 'default'::text, deadline timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS uuid
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION pawl.excerpt(value jsonb) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select case jsonb_typeof(value)
      when 'object' then 'an object'
      when 'array' then 'an array'
      when 'string' then case
        when length(value #>> '{}') <= 40 then value::text
        else to_jsonb(left(value #>> '{}', 40) || '…')::text
      end
      else left(value::text, 40)
    end
  $$;

CREATE FUNCTION pawl.first_id(at timestamp with time zone) RETURNS uuid
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
    select encode(
      substring(int8send(floor(extract(epoch from at) * 1000)::bigint) from 3)
        || '\x00000000000000000000'::bytea,
      'hex')::uuid
  $$;

CREATE FUNCTION pawl.follow_version() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  select d.queue, d.priority, d.timeout, d.input_schema, d.lanes, d.weight
  into new.queue, new.priority, new.timeout, new.input_schema, new.lanes, new.weight
  from pawl.definition d
  where d.workflow = new.name and d.version = new.version;
  return new;
end
$$;

CREATE FUNCTION pawl.forget_lineage() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  delete from pawl.lineage l using gone g where l.root = g.id;
  return null;
end
$$;

CREATE FUNCTION pawl.give_back(lane text, weight double precision) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  perform from pawl.bucket b where b.lane = give_back.lane for update;
  update pawl.bucket b
  set took = (
    select array_agg(
      s.took - greatest(0, least(s.took, give_back.weight - (s.upto - s.took))) order by s.ends)
    from (
      select u.ends, u.took, sum(u.took) over (order by u.ends) as upto
      from unnest(b.ends, b.took) as u (ends, took)
      join pawl.limit l on l.id = split_part(b.lane, ':', 1)::int
    ) s)
  where b.lane = give_back.lane and b.took <> '{}';
  insert into pawl.call (queue, lane)
  select distinct ln.queue, ln.lane from pawl.line ln where ln.lane = give_back.lane;
end
$$;

CREATE FUNCTION pawl.guard_partition(runs text, events text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  name text;
begin
  foreach name in array array[runs, events] loop
    execute format(  -- (1)
      'create trigger partition_is_not_written before insert or update or delete on pawl.%I '
        'for each statement execute function pawl.refuse_change(%L, %L)',
      name, format('"%s" is a partition', name),
      format('write to pawl.%s', case when name = runs then 'run' else 'event' end));
    execute format('alter table pawl.%I enable always trigger partition_is_not_written', name);
  end loop;
  execute format(
    'create trigger runs_are_kept before truncate on pawl.%I '
      'for each statement execute function pawl.refuse_change(%L, %L)',
    runs, 'runs are never deleted together', 'delete those that have ended');
  execute format(
    'create trigger event_is_kept before truncate on pawl.%I '
      'for each statement execute function pawl.refuse_event_delete()',
    events);
  execute format('alter table pawl.%I enable always trigger event_is_kept', events);

  -- A head is updated once or twice in its life, beside where it stands.
  execute format(
    'alter table pawl.%I set (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05)', runs);
  -- Events never change: what a vacuum has seen once is frozen, and need not be written again later.
  execute format(
    'alter table pawl.%I set (autovacuum_vacuum_insert_scale_factor = 0.05, '
      'autovacuum_freeze_min_age = 0)',
    events);
end
$$;

CREATE FUNCTION pawl.now() RETURNS timestamp with time zone
    LANGUAGE plpgsql
    AS $$
begin
  return clock_timestamp() + (select shift from pawl.clock);
end
$$;

CREATE TABLE pawl."limit" (
    id integer NOT NULL,
    name text NOT NULL,
    concurrency integer,
    total integer,
    amount double precision,
    period interval,
    changed_at timestamp with time zone DEFAULT pawl.now() NOT NULL,
    CONSTRAINT limit_amount_has_period CHECK (((amount IS NULL) = (period IS NULL))),
    CONSTRAINT limit_counts_are_sound CHECK (((concurrency >= 0) AND (total >= 0) AND (amount > (0)::double precision))),
    CONSTRAINT limit_is_named CHECK (((length(name) >= 1) AND (length(name) <= 220))),
    CONSTRAINT limit_period_is_sound CHECK (((period >= '00:00:00.1'::interval) AND (period <= '366 days'::interval)))
);

CREATE FUNCTION pawl.has_room_at(lane text, weight double precision, terms pawl."limit", now timestamp with time zone) RETURNS timestamp with time zone
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select coalesce(min(f.frees) filter (where f.freed >= f.missing), has_room_at.now)
    from (
      select u.ends + terms.period as frees, sum(u.took) over (order by u.ends) as freed,
        sum(u.took) over () + has_room_at.weight - terms.amount as missing
      from pawl.bucket b
      cross join lateral unnest(b.ends, b.took) as u (ends, took)
      where b.lane = has_room_at.lane and u.ends > has_room_at.now - terms.period
    ) f
    where f.missing > 0
  $$;

CREATE FUNCTION pawl.hold_definition(workflow text, version integer) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  perform pg_advisory_xact_lock_shared(pawl.workflow_lock(hold_definition.workflow));
  if current_setting('transaction_isolation') = 'read committed' then
    perform from pawl.definition d
    where d.workflow = hold_definition.workflow and d.version = hold_definition.version;
  else
    -- An old snapshot still shows what was removed since; who locks the row is told.
    perform from pawl.definition d
    where d.workflow = hold_definition.workflow and d.version = hold_definition.version
    for key share;
  end if;
  if not found then
    raise exception 'workflow "%" version % is not defined', hold_definition.workflow,
        hold_definition.version
      using errcode = 'foreign_key_violation', hint = 'pawl define --list prints the defined ones';
  end if;
end
$$;

CREATE FUNCTION pawl.hold_definition_again() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  perform pawl.hold_definition(new.workflow, new.version);
  return null;
end
$$;

CREATE FUNCTION pawl.hold_definitions() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  pinned record;
begin
  for pinned in select distinct workflow, version from fresh order by workflow, version loop
    perform pawl.hold_definition(pinned.workflow, pinned.version);
  end loop;
  return null;
end
$$;

CREATE FUNCTION pawl.id_time(id uuid) RETURNS timestamp with time zone
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
    select timestamptz 'epoch'
      + ('x' || left(replace(id::text, '-', ''), 12))::bit(48)::bigint * interval '1 millisecond'
  $$;

CREATE FUNCTION pawl.input_misfit(schema jsonb, input jsonb) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  members jsonb := coalesce(schema -> 'properties', '{}');
  reason  text;
begin
  if schema ->> 'type' is distinct from 'object' or jsonb_typeof(input) <> 'object' then
    reason := pawl.misfit(schema, input);
    if reason is not null then
      return 'input ' || reason;
    end if;
    if jsonb_typeof(schema) <> 'object' or jsonb_typeof(input) <> 'object' then
      return null;
    end if;
  end if;
  if jsonb_typeof(members) <> 'object' then
    return null;
  end if;

  if jsonb_typeof(schema -> 'required') = 'array' then
    select format('input has no member %s', pawl.excerpt(r.key)) into reason
    from jsonb_array_elements(schema -> 'required') as r (key)
    where not input ? (r.key #>> '{}') and jsonb_typeof(r.key) = 'string'
    limit 1;
  end if;

  if reason is null then
    -- Most members have the type that is asked for, and nothing else is asked of them.
    select format('%s %s', pawl.input_place(m.key), m.reason) into reason
    from (
      select i.key, pawl.misfit(members -> i.key, i.value) as reason
      from jsonb_each(input) as i (key, value)
      where members ? i.key
        and (
          members -> i.key ->> 'type' is distinct from jsonb_typeof(i.value)
          or members -> i.key ?| '{const,enum,minimum,maximum,exclusiveMinimum,exclusiveMaximum}'
        )
      offset 0
    ) as m
    where m.reason is not null
    limit 1;
  end if;

  if reason is null and schema -> 'additionalProperties' = 'false'
    and not schema ? 'patternProperties'
  then
    select pawl.input_place(i.key) || ' is not allowed' into reason
    from jsonb_object_keys(input) as i (key)
    where not members ? i.key
    limit 1;
  end if;

  -- What is missing, too much or wrong may be another member for who compares characters.
  if reason is not null and exists (
    select from jsonb_object_keys(input) as i (key) where pawl.may_be_respelled(i.key)
    union all
    select from jsonb_object_keys(members) as m (key) where pawl.may_be_respelled(m.key)
    union all
    select where pawl.may_be_respelled((schema -> 'required')::text)
  ) then
    return null;
  end if;
  return reason;
end
$$;

CREATE FUNCTION pawl.input_place(key text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
    select case
      when key ~ '^[A-Za-z0-9_$@-]{1,40}$' then 'input.' || key
      else format('input[%s]', pawl.excerpt(to_jsonb(key)))
    end
  $_$;

CREATE FUNCTION pawl.lane_lock(lane text) RETURNS bigint
    LANGUAGE sql IMMUTABLE STRICT
    AS $$
    select pg_catalog.hashtextextended('pawl.lane ' || lane, 0)
  $$;

CREATE FUNCTION pawl.lanes_of(ways text[], input jsonb) RETURNS text[]
    LANGUAGE plpgsql IMMUTABLE
    AS $$
declare
  lanes text[];
  way   text;
  mark  integer;
  key   text;
begin
  foreach way in array ways loop
    mark := strpos(way, ':');
    if mark < length(way) then
      key := input #>> string_to_array(substr(way, mark + 1), '.');
      way := left(way, mark);
      if key <> '' then
        -- Indexes refuse what is long.
        way := way || case when length(key) > 100 then md5(key) else key end;
      end if;
    end if;
    lanes := lanes || way;
  end loop;
  return lanes;
end
$$;

CREATE FUNCTION pawl.lanes_of_child(parent uuid, lanes text[]) RETURNS text[]
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    with recursive above as (
      select r.parent_run, r.parent_task, r.lanes from pawl.run r where r.id = lanes_of_child.parent
      union all
      select r.parent_run, r.parent_task, r.lanes
      from above a
      join pawl.run r on r.id = a.parent_run
      where a.parent_task is not null
    )
    select array_agg(own.lane)
    from unnest(lanes_of_child.lanes) as own (lane)
    where not exists (
      select from above a, unnest(a.lanes) as held
      where split_part(held, ':', 1) = split_part(own.lane, ':', 1))
  $$;

CREATE FUNCTION pawl.leave_lanes() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  if not exists (select from gone g where g.admitted) then
    return null;
  end if;
  delete from pawl.place p
  using gone g cross join lateral unnest(g.lanes) as left_lane
  where g.admitted and p.lane = left_lane and p.task = g.id;
  if current_setting('transaction_isolation') = 'read committed' then
    if not exists (select from pawl.line) then
      return null;
    end if;
    insert into pawl.call (queue, lane)
    select distinct ln.queue, ln.lane
    from gone g cross join lateral unnest(g.lanes) as left_lane
    join pawl.line ln on ln.lane = left_lane
    where g.admitted;
  else
    -- An old snapshot does not show every line; a call that nobody needs does no harm.
    insert into pawl.call (queue, lane)
    select distinct r.queue, left_lane
    from gone g cross join lateral unnest(g.lanes) as left_lane
    join pawl.run r on r.id = g.run_id
    where g.admitted;
  end if;
  if found then
    perform pawl.wake_workers();
  end if;
  return null;
end
$$;

CREATE FUNCTION pawl.leave_ticks() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  update pawl.schedule_fire f
  set outcome = 'skipped', reason = 'the schedule was removed', at = pawl.now()
  where f.schedule = old.name and f.outcome = 'waiting';
  return null;
end
$$;

CREATE FUNCTION pawl.let_in(queue text, most integer, limit_id integer, picked bigint[], is_first boolean, is_called boolean, OUT tasks bigint[], OUT called bigint[], OUT parked integer, OUT others boolean) RETURNS record
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  now    timestamptz;
  heard  text[];
  shut   bigint[];
  doors  text[];
  begun  text[];
  busy   text[];
begin
  called := '{}';
  -- A total, and the limit of the queue, hold for the tasks that come across them.
  if limit_id is not null or exists (select from pawl.limit l where l.total is not null) then
    update pawl.task t
    set lanes = t.lanes || more.lanes
    from (
      select t.id, array_agg(distinct m.lane) as lanes
      from pawl.task t
      cross join lateral (
        select let_in.limit_id || ':' as lane where let_in.limit_id is not null
        union all
        select l.id::text
        from unnest(t.lanes) as known
        join pawl.limit l on l.id = split_part(known, ':', 1)::int and l.total is not null
      ) m
      where t.id = any (picked) and t.admitted is null and t.parent is null
        and t.kind not in ('@deadline', '@cancel')
        -- What a run waits for does not wait for that run.
        and (t.lanes is not null
             or not exists (select from pawl.run r where r.id = t.run_id and r.parent_task is not null))
        and m.lane <> all (coalesce(t.lanes, '{}'))
      group by t.id
    ) more
    where t.id = more.id;
  end if;

  if is_called then
    now := pawl.now();
    with oldest as materialized (
      -- As many as cost little; the next claim hears the others.
      select c.id from pawl.call c where c.queue = let_in.queue order by c.id limit 500 for update skip locked
    ),
    gone as (
      delete from pawl.call c using oldest o where c.id = o.id returning c.lane
    )
    select array_agg(distinct h.lane) into heard
    from (
      select g.lane from gone g
      union all
      (select ln.lane from pawl.line ln
       where ln.queue = let_in.queue and ln.due_at <= now and ln.due_at < 'infinity'
       limit 500)
    ) h;
  end if;

  if is_first then
    perform pg_advisory_xact_lock(k.key)  -- in the order of 0020_flow.sql (2)
    from (
      select distinct pawl.lane_lock(w.lane) as key
      from (
        select lane from unnest(heard) as lane
        union all
        select lane from pawl.task t, unnest(t.lanes) as lane
        where t.id = any (picked) and t.admitted is null
      ) w
      order by 1
    ) k;
  else
    -- This claim holds locks of lanes already, so that it does not wait for others.
    select array_agg(w.lane) into busy
    from (
      select distinct lane from pawl.task t, unnest(t.lanes) as lane
      where t.id = any (picked) and t.admitted is null
    ) w
    where not pg_try_advisory_xact_lock(pawl.lane_lock(w.lane));
    if busy is not null then
      picked := array(
        select o.id
        from unnest(picked) with ordinality as o (id, position)
        join pawl.task t on t.id = o.id
        where t.admitted or t.lanes is null or not t.lanes && busy
        order by o.position);
    end if;
  end if;
  now := pawl.now();

  for i in 1 .. coalesce(cardinality(heard), 0) loop
    called := called || pawl.call_up(let_in.queue, heard[i], most - cardinality(called), now);
  end loop;

  with asked as (
    select o.position, t.id, w.lane collate "C" as lane, l.period,
      case when strpos(w.lane, ':') > 0 then l.concurrency else l.total end as capacity,
      case when strpos(w.lane, ':') > 0 then l.amount end as amount,
      coalesce(t.weight, 1)::double precision as weight,
      o.position <= cardinality(called) as was_called,
      row_number() over (partition by w.lane collate "C" order by o.position) as rank
    from unnest(called || picked) with ordinality as o (id, position)
    join pawl.task t on t.id = o.id
    left join lateral unnest(case when t.admitted is null then t.lanes end) as w (lane) on true
    left join pawl.limit l on l.id = split_part(w.lane, ':', 1)::int
  ),
  told as (  -- A lane is asked once, for the first who wants it.
    select a.*,
      case when a.rank = 1 and a.lane is not null and (select exists (select from pawl.line))
        then exists (select from pawl.line ln where ln.lane = a.lane) end as has_line,
      case when a.rank = 1 and a.capacity is not null
        then a.capacity - (select count(*) from pawl.place p where p.lane = a.lane) end as room,
      case when a.rank = 1 and a.amount is not null
        then a.amount - pawl.taken(a.lane, now - a.period) end as rest
    from asked a
  ),
  judged as (
    select s.position, s.id, s.lane, s.weight, s.capacity, s.amount,
      coalesce(s.rank <= s.room, true) and coalesce(s.load <= s.rest, true) as fits,
      coalesce(s.room <= 0, false) or coalesce(s.weight > s.rest, false)
        or coalesce(s.has_line, false) and not s.was_called as is_shut
    from (
      select t.position, t.id, t.lane, t.rank, t.was_called, t.capacity, t.amount,
        least(t.weight, t.amount) as weight,  -- what weighs more than there ever is takes all of it
        max(t.room) over ahead as room, max(t.rest) over ahead as rest,
        bool_or(t.has_line) over ahead as has_line,
        sum(least(t.weight, t.amount)) over ahead as load
      from told t
      window ahead as (partition by t.lane order by t.position)
    ) s
  ),
  verdict as (
    select j.position, j.id, bool_and(j.fits and not j.is_shut) as fits,
      -- A key's own lane rather than the total: whoever waits for that has a turn to take.
      max(j.lane) filter (where j.is_shut) as door,
      array_agg(j.lane) filter (where j.capacity is not null) as counted,
      array_agg(j.lane) filter (where j.amount is not null) as rated,
      min(j.weight) as weight
    from judged j
    group by j.position, j.id
  ),
  chosen as (
    select v.* from verdict v where v.fits order by v.position limit let_in.most
  ),
  placed as (
    insert into pawl.place (lane, task)
    select unnest(c.counted), c.id from chosen c
  ),
  paid as (
    select pawl.take(s.lane, s.weight, now)
    from (
      select r.lane, sum(c.weight) as weight
      from chosen c cross join lateral unnest(c.rated) as r (lane)
      group by r.lane
      order by r.lane
    ) s
  )
  select (select array_agg(c.id order by c.position) from chosen c),
    (select array_agg(v.id order by v.position) from verdict v where v.door is not null),
    (select array_agg(v.door order by v.position) from verdict v where v.door is not null),
    -- Who comes after one that is refused may find room when that one is not counted.
    exists (select from verdict v where not v.fits and v.door is null)
  into tasks, shut, doors, others
  from (select count(*) from paid) p;

  parked := coalesce(cardinality(shut), 0);
  if parked > 0 then
    begun := pawl.stand_in_line(let_in.queue, shut, doors);
  end if;
  if begun is not null or heard is not null then
    perform pawl.watch_lines(let_in.queue, array(select unnest(begun) union select unnest(heard)), now);
  end if;
end
$$;

CREATE FUNCTION pawl.limit_queue(queue text, concurrency integer DEFAULT NULL::integer, amount double precision DEFAULT NULL::double precision, period interval DEFAULT NULL::interval) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  made integer;
begin
  made := pawl.set_limit('queue/' || limit_queue.queue, limit_queue.concurrency, null,
    limit_queue.amount, limit_queue.period);
  insert into pawl.queue as q (name, limit_id)
  values (limit_queue.queue, made)
  on conflict on constraint queue_pkey do update set limit_id = excluded.limit_id;
  if limit_queue.concurrency is null and limit_queue.amount is null then
    update pawl.queue q set limit_id = null where q.name = limit_queue.queue;
  end if;
end
$$;

CREATE FUNCTION pawl.uuidv7(at timestamp with time zone) RETURNS uuid
    LANGUAGE sql
    AS $$
    select encode(
      set_bit(set_bit(
        overlay(
          uuid_send(gen_random_uuid())
          placing substring(int8send(floor(date_part('epoch', at) * 1000)::bigint) from 3)
          from 1 for 6),
        52, 1), 53, 1),
      'hex')::uuid
  $$;

CREATE TABLE pawl.run (
    id uuid DEFAULT pawl.uuidv7((clock_timestamp() + (COALESCE(current_setting('pawl.shift'::text, true), '0'::text))::interval)) NOT NULL,
    tenant text DEFAULT 'default'::text NOT NULL,
    workflow text NOT NULL,
    version integer NOT NULL,
    status text DEFAULT 'pending'::text NOT NULL,
    queue text NOT NULL,
    priority smallint NOT NULL,
    key text,
    input jsonb DEFAULT '{}'::jsonb NOT NULL,
    run_at timestamp with time zone NOT NULL,
    deadline timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    parent_run uuid,
    parent_task bigint,
    depth integer DEFAULT 0 NOT NULL,
    has_children boolean DEFAULT false NOT NULL,
    forked_from uuid,
    lanes text[],
    weight real,
    CONSTRAINT run_child_has_parent CHECK (((parent_task IS NULL) OR (parent_run IS NOT NULL))),
    CONSTRAINT run_ended_when_final CHECK (((status = ANY (ARRAY['completed'::text, 'failed'::text, 'cancelled'::text])) = (ended_at IS NOT NULL))),
    CONSTRAINT run_priority_in_range CHECK (((priority >= 0) AND (priority <= 9))),
    CONSTRAINT run_status_is_known CHECK ((status = ANY (ARRAY['pending'::text, 'running'::text, 'waiting'::text, 'paused'::text, 'completed'::text, 'failed'::text, 'cancelled'::text])))
)
PARTITION BY RANGE (id);

CREATE FUNCTION pawl.lock_live_run(run uuid) RETURNS pawl.run
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  locked pawl.run;
begin
  select * into locked from pawl.run where id = lock_live_run.run for update;
  if not found then
    raise exception 'run % does not exist', lock_live_run.run
      using errcode = 'no_data_found', hint = 'pawl runs prints the latest ones';
  end if;
  if locked.ended_at is not null then
    raise exception 'run % is already %', lock_live_run.run, locked.status
      using errcode = 'object_not_in_prerequisite_state',
            hint = 'nothing can be done to a run that has ended, except to retry one that failed';
  end if;
  return locked;
end
$$;

CREATE TABLE pawl.repeat (
    kind text NOT NULL,
    tenant text NOT NULL,
    workflow text NOT NULL,
    key text NOT NULL,
    run_id uuid,
    since timestamp with time zone NOT NULL,
    until timestamp with time zone NOT NULL,
    CONSTRAINT repeat_key_is_short CHECK (((length(key) >= 1) AND (length(key) <= 255))),
    CONSTRAINT repeat_kind_is_known CHECK ((kind = ANY (ARRAY['debounce'::text, 'throttle'::text])))
);

CREATE FUNCTION pawl.lock_repeat(kind text, tenant text, workflow text, key text) RETURNS pawl.repeat
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  locked pawl.repeat;
begin
  if lock_repeat.key is null then
    raise exception 'what is to happen once needs a key'
      using errcode = 'not_null_violation', hint = 'name what the calls have in common';
  end if;
  perform pawl.check_length('a key', lock_repeat.key, 255, 'hash longer keys');
  insert into pawl.repeat as r (kind, tenant, workflow, key, since, until)
  values (lock_repeat.kind, lock_repeat.tenant, lock_repeat.workflow, lock_repeat.key, pawl.now(), 'infinity')
  on conflict on constraint repeat_pkey do update set key = excluded.key
  returning * into locked;
  return locked;
end
$$;

CREATE TABLE pawl.schedule (
    name text NOT NULL,
    workflow text NOT NULL,
    spec text NOT NULL,
    zone text DEFAULT 'UTC'::text NOT NULL,
    input jsonb DEFAULT '{}'::jsonb NOT NULL,
    service text DEFAULT 'default'::text NOT NULL,
    enabled boolean DEFAULT true NOT NULL,
    next_at timestamp with time zone,
    last_tick timestamp with time zone,
    problem text,
    created_at timestamp with time zone DEFAULT pawl.now() NOT NULL,
    missing_time text DEFAULT 'after'::text NOT NULL,
    repeated_time text DEFAULT 'first'::text NOT NULL,
    only_days text[] DEFAULT '{}'::text[] NOT NULL,
    except_days text[] DEFAULT '{}'::text[] NOT NULL,
    starts_at timestamp with time zone,
    ends_at timestamp with time zone,
    missed text DEFAULT 'latest'::text NOT NULL,
    missed_limit integer DEFAULT 100 NOT NULL,
    start_deadline interval,
    overlap text DEFAULT 'allow'::text NOT NULL,
    jitter interval DEFAULT '00:00:00'::interval NOT NULL,
    max_fires integer,
    fires integer DEFAULT 0 NOT NULL,
    queue text,
    priority smallint,
    tenant text DEFAULT 'default'::text NOT NULL,
    timeout interval,
    note text,
    since timestamp with time zone DEFAULT pawl.now() NOT NULL,
    last_run uuid,
    waiting integer DEFAULT 0 NOT NULL,
    CONSTRAINT schedule_days_are_few CHECK (((cardinality(only_days) <= 1000) AND (cardinality(except_days) <= 1000))),
    CONSTRAINT schedule_days_are_lists CHECK (((COALESCE(array_ndims(only_days), 1) = 1) AND (array_position(only_days, NULL::text) IS NULL) AND (COALESCE(array_ndims(except_days), 1) = 1) AND (array_position(except_days, NULL::text) IS NULL))),
    CONSTRAINT schedule_deadline_is_positive CHECK ((start_deadline > '00:00:00'::interval)),
    CONSTRAINT schedule_ends_after_start CHECK ((ends_at > starts_at)),
    CONSTRAINT schedule_instants_are_finite CHECK ((isfinite(starts_at) AND isfinite(ends_at) AND isfinite(since) AND (next_at > '-infinity'::timestamp with time zone))),
    CONSTRAINT schedule_is_named CHECK (((length(name) >= 1) AND (length(name) <= 200))),
    CONSTRAINT schedule_jitter_in_range CHECK (((jitter >= '00:00:00'::interval) AND (jitter <= '1 day'::interval))),
    CONSTRAINT schedule_max_fires_is_positive CHECK ((max_fires > 0)),
    CONSTRAINT schedule_missed_is_known CHECK ((missed = ANY (ARRAY['skip'::text, 'latest'::text, 'all'::text]))),
    CONSTRAINT schedule_missed_limit_in_range CHECK (((missed_limit >= 1) AND (missed_limit <= 1000))),
    CONSTRAINT schedule_missing_time_is_known CHECK ((missing_time = ANY (ARRAY['skip'::text, 'after'::text]))),
    CONSTRAINT schedule_note_is_short CHECK ((length(note) <= 1000)),
    CONSTRAINT schedule_overlap_is_known CHECK ((overlap = ANY (ARRAY['allow'::text, 'skip'::text, 'buffer_one'::text, 'buffer_all'::text, 'cancel'::text, 'terminate'::text]))),
    CONSTRAINT schedule_priority_in_range CHECK (((priority >= 0) AND (priority <= 9))),
    CONSTRAINT schedule_repeated_time_is_known CHECK ((repeated_time = ANY (ARRAY['first'::text, 'second'::text, 'both'::text]))),
    CONSTRAINT schedule_spec_is_short CHECK (((length(spec) >= 1) AND (length(spec) <= 256))),
    CONSTRAINT schedule_timeout_is_positive CHECK ((timeout > '00:00:00'::interval)),
    CONSTRAINT schedule_times_are_lengths CHECK (((date_part('year'::text, jitter) = (0)::double precision) AND (date_part('month'::text, jitter) = (0)::double precision) AND (date_part('year'::text, start_deadline) = (0)::double precision) AND (date_part('month'::text, start_deadline) = (0)::double precision) AND (date_part('year'::text, timeout) = (0)::double precision) AND (date_part('month'::text, timeout) = (0)::double precision))),
    CONSTRAINT schedule_waiting_is_counted CHECK ((waiting >= 0))
);

CREATE FUNCTION pawl.lock_schedule(name text) RETURNS pawl.schedule
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  locked pawl.schedule;
begin
  select * into locked from pawl.schedule s where s.name = lock_schedule.name for update;
  if not found then
    raise exception 'schedule "%" does not exist', lock_schedule.name
      using errcode = 'no_data_found', hint = 'pawl schedule list prints them';
  end if;
  return locked;
end
$$;

CREATE FUNCTION pawl.may_be_respelled(value text) RETURNS boolean
    LANGUAGE sql IMMUTABLE STRICT
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select value ~ '[^\u0001-\u007f]'
  $$;

CREATE FUNCTION pawl.misfit(schema jsonb, value jsonb) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT
    AS $$
declare
  kind    text := jsonb_typeof(value);
  types   jsonb := schema -> 'type';
  choices jsonb;
  bound   jsonb;
  reason  text;
begin
  if jsonb_typeof(schema) <> 'object' then
    return null;
  end if;

  if jsonb_typeof(types) = 'string' then
    types := jsonb_build_array(types);
  end if;
  if jsonb_typeof(types) = 'array' and not types ? kind and types <> '[]'
    and types <@ '["string", "number", "integer", "boolean", "object", "array", "null"]'
  then
    if kind = 'number' and types ? 'integer' then
      if value::numeric <> trunc(value::numeric) and pawl.number_is_exact(value) then
        reason := 'is %s, not of type %s';
      end if;
    else
      reason := 'is %s, not of type %s';
    end if;
    if reason is not null then
      return format(reason, pawl.excerpt(value),
        (select string_agg(t.name, ' or ') from jsonb_array_elements_text(types) as t (name)));
    end if;
  end if;

  if kind = 'object' or kind = 'array' then
    return null;
  end if;

  choices := schema -> 'enum';
  if schema ? 'const' then
    choices := jsonb_build_array(schema -> 'const');
  end if;
  if jsonb_typeof(choices) = 'array' and not choices @> value then
    if not exists (
      select from jsonb_array_elements(choices || value) as c (value)
      where jsonb_typeof(c.value) = kind
        and case kind
          when 'string' then pawl.may_be_respelled(c.value #>> '{}')
          when 'number' then not pawl.number_is_exact(c.value)
          else false
        end
    ) then
      return format('is %s, not one of the values that are allowed', pawl.excerpt(value));
    end if;
  end if;

  if kind = 'number' then
    bound := schema -> 'minimum';
    if jsonb_typeof(bound) = 'number' and value < bound then
      reason := 'is %s, less than the minimum %s';
    else
      bound := schema -> 'maximum';
      if jsonb_typeof(bound) = 'number' and value > bound then
        reason := 'is %s, more than the maximum %s';
      else
        bound := schema -> 'exclusiveMinimum';
        if jsonb_typeof(bound) = 'number' and value <= bound then
          reason := 'is %s, not more than %s';
        else
          bound := schema -> 'exclusiveMaximum';
          if jsonb_typeof(bound) = 'number' and value >= bound then
            reason := 'is %s, not less than %s';
          end if;
        end if;
      end if;
    end if;
    if reason is not null and pawl.number_is_exact(value) and pawl.number_is_exact(bound) then
      return format(reason, value, bound);
    end if;
  end if;
  return null;
end
$$;

CREATE FUNCTION pawl.note_attempt(breaker text, succeeded boolean, most integer) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  is_open boolean;
begin
  if succeeded then
    update pawl.breaker b
    set failures = 0, opened_at = null, probing_at = null, changed_at = pawl.now()
    where b.name = note_attempt.breaker and (b.failures > 0 or b.opened_at is not null);
    return false;
  end if;
  insert into pawl.breaker as b (name, failures, opened_at)
  values (note_attempt.breaker, 1, case when most <= 1 then pawl.now() end)
  on conflict (name) do update
  set failures = b.failures + 1, probing_at = null, changed_at = pawl.now(),
      opened_at = case when b.failures + 1 >= most then pawl.now() else b.opened_at end
  returning b.opened_at is not null into is_open;
  return is_open;
end
$$;

CREATE FUNCTION pawl.note_shift() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  perform set_config('pawl.shift', c.shift::text, true) from pawl.clock c;
  return null;
end
$$;

CREATE FUNCTION pawl.note_use(task bigint, fence bigint, used double precision) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  owner  uuid;
  root   pawl.task;
  excess double precision;
  rated  text;
begin
  if not coalesce(note_use.used between 0 and 1e30, false) then
    raise exception 'a run cannot use %', note_use.used
      using errcode = 'check_violation', hint = 'give a number from 0';
  end if;
  select t.run_id into owner from pawl.task t where t.id = note_use.task;
  perform from pawl.run r where r.id = owner for no key update;
  perform from pawl.task t where t.id = note_use.task and t.fence = note_use.fence;
  if not found then
    return false;
  end if;
  select * into root from pawl.task t where t.run_id = owner and t.lanes is not null for update;
  if not found then
    return true;
  end if;
  excess := note_use.used - coalesce(root.weight, 1);
  update pawl.task t set weight = 0 where t.id = root.id;
  for rated in
    select lane
    from unnest(root.lanes) as lane
    join pawl.limit l on l.id = split_part(lane, ':', 1)::int and l.amount is not null
    where strpos(lane, ':') > 0
    order by lane
  loop
    if excess > 0 then
      perform pawl.take(rated, excess, pawl.now());
    elsif excess < 0 then
      perform pawl.give_back(rated, - excess);
    end if;
  end loop;
  return true;
end
$$;

CREATE FUNCTION pawl.number_is_exact(value jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE STRICT
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select case
      when jsonb_typeof(value) <> 'number' then false
      when abs(value::numeric) > 9007199254740992 then false
      else pawl.number_survives(value::numeric)
    end
  $$;

CREATE FUNCTION pawl.number_survives(number numeric) RETURNS boolean
    LANGUAGE sql IMMUTABLE STRICT
    SET extra_float_digits TO '1'
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select case
      when number = trunc(number) and number between -9223372036854775808 and 9223372036854775807
        then true
      when abs(number) > 1.7976931348623157e308 or (number <> 0 and abs(number) < 2.3e-308)
        then false
      else number = number::float8::text::numeric
    end
  $$;

CREATE FUNCTION pawl.output(run uuid) RETURNS json
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select e.data from pawl.event e
    where e.run_id = output.run and e.kind in ('run_completed', 'step_completed')
      and e.data is not null
    order by e.seq desc
    limit 1
  $$;

CREATE FUNCTION pawl.pause(run uuid, reason text DEFAULT NULL::text, paused_by text DEFAULT SESSION_USER) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  head pawl.run := pawl.lock_live_run(pause.run);
begin
  if head.status = 'paused' then
    return;
  end if;
  update pawl.task t set queue = '@paused'
  where t.run_id = pause.run and t.kind not in ('@deadline', '@cancel');
  update pawl.run r set status = 'paused' where r.id = pause.run;
  perform pawl.append(pause.run, 'run_paused', null, null, json_build_object(
    'reason', pause.reason, 'paused_by', coalesce(pause.paused_by, session_user)));
end
$$;

CREATE FUNCTION pawl.pause_queue(queue text, reason text DEFAULT NULL::text, paused_by text DEFAULT SESSION_USER) RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    insert into pawl.queue as q (name, paused_at, paused_by, reason)
    values (pause_queue.queue, pawl.now(), coalesce(pause_queue.paused_by, session_user), pause_queue.reason)
    on conflict (name) do update
    set paused_at = coalesce(q.paused_at, excluded.paused_at), paused_by = excluded.paused_by,
        reason = excluded.reason
  $$;

CREATE FUNCTION pawl.pick(queue text, most integer, now timestamp with time zone, since_at timestamp with time zone[], since_task bigint[], is_limited boolean, OUT tasks bigint[], OUT laned boolean) RETURNS record
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET enable_sort TO 'off'
    SET jit TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
begin
  select array_agg(p.id), coalesce(bool_or(p.laned), false) into tasks, laned
  from (
    select due.id, due.laned
    from generate_series(0, 9) as urgency
    cross join lateral (
      -- One priority after the other, because due times are contiguous in the index only within one.
      select t.id,
        t.admitted is null
          and (t.lanes is not null
               or is_limited and t.parent is null and t.kind not in ('@deadline', '@cancel'))
          as laned
      from pawl.task t
      where t.queue = pick.queue and t.priority = urgency and t.run_at <= pick.now
        and t.worker is null
        -- Nobody starts later than 200 ms ago: what is being inserted may be due before what is there.
        and (t.run_at, t.id + 0) >= (
          least(coalesce(since_at[urgency + 1], '-infinity'), pick.now - interval '200 ms'),
          coalesce(since_task[urgency + 1], 0))
      order by t.run_at, t.id + 0
      limit most
      for update skip locked
    ) due
    limit most
  ) p;
end
$$;

CREATE FUNCTION pawl.put_off(run uuid, input jsonb, run_at timestamp with time zone) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  head   pawl.run;
  terms  pawl.definition;
  first  bigint;
  later  interval;
begin
  select * into head from pawl.run r where r.id = put_off.run for update;
  if not found or head.status <> 'pending' then
    return false;
  end if;
  select t.id into first
  from pawl.task t
  where t.run_id = put_off.run and t.kind not in ('@deadline', '@cancel')
    and t.fence = 0 and t.worker is null
  for update;
  if not found then
    return false;
  end if;
  select * into terms from pawl.definition d where d.workflow = head.workflow and d.version = head.version;
  put_off.input := coalesce(put_off.input, '{}');
  perform pawl.check_input(head.workflow, put_off.input);
  if terms.input_schema is not null then
    perform pawl.check_input_schema(head.workflow, terms.input_schema, put_off.input);
  end if;
  later := put_off.run_at - head.run_at;
  update pawl.run r
  set input = put_off.input, run_at = put_off.run_at, deadline = r.deadline + later,
      lanes = case when terms.lanes is not null then pawl.lanes_of(terms.lanes, put_off.input) end,
      weight = case when terms.lanes is not null then pawl.weight_of(terms.weight, put_off.input) end
  where r.id = head.id
  returning * into head;
  update pawl.task t
  set run_at = put_off.run_at, queue = head.queue, lanes = head.lanes, weight = head.weight
  where t.id = first;
  update pawl.task t set run_at = head.deadline where t.run_id = head.id and t.kind = '@deadline';
  return true;
end
$$;

CREATE FUNCTION pawl.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  raise exception '%', tg_argv[0]
    using errcode = 'object_not_in_prerequisite_state', hint = tg_argv[1],
          schema = tg_table_schema, table = tg_table_name;
end
$$;

CREATE FUNCTION pawl.refuse_event_delete() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  if coalesce(current_setting('pawl.retention', true), '') <> 'on' then
    raise exception 'an event is never deleted by hand'
      using errcode = 'object_not_in_prerequisite_state',
            hint = 'retention removes whole runs that ended';
  end if;
  return null;
end
$$;

CREATE FUNCTION pawl.refuse_null_id() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  raise exception 'the id of a run is null'
    using errcode = 'not_null_violation',
          hint = 'leave the column "id" out, or make a UUID of version 7';
end
$$;

CREATE FUNCTION pawl.reset_schedule() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  now timestamptz := pawl.now();
begin
  if tg_op = 'INSERT' then
    new.since := now;
    new.fires := 0;
    new.waiting := 0;
    new.last_tick := null;
    -- One of that name may have been removed while its run goes on.
    new.last_run := (
      select f.run_id from pawl.schedule_fire f
      where f.schedule = new.name and f.outcome = 'fired'
      order by f.tick desc
      limit 1);
  elsif (old.spec, old.zone, old.missing_time, old.repeated_time)
      is distinct from (new.spec, new.zone, new.missing_time, new.repeated_time) then
    perform pawl.skip_due_tick(old, 'the schedule was changed before it was fired');
    new.since := now;
  elsif new.enabled and not old.enabled then
    new.since := now;
  elsif old.next_at is not null then
    new.since := least(now, old.next_at - interval '1 microsecond');
  end if;
  new.next_at := null;  -- (2)
  new.problem := null;
  return new;
end
$$;

CREATE FUNCTION pawl.reset_schedules_of_calendar() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  names text[] := array['@' || old.name, '@' || new.name];
begin
  update pawl.schedule s
  set next_at = null, problem = null,
      since = case
        when s.next_at is null then s.since
        else least(pawl.now(), s.next_at - interval '1 microsecond')
      end
  where s.only_days && names or s.except_days && names;
  return null;
end
$$;

CREATE FUNCTION pawl.rest_schedule() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  perform pawl.skip_due_tick(old, 'the schedule was paused before it was fired');
  return null;
end
$$;

CREATE FUNCTION pawl.resume(run uuid, resumed_by text DEFAULT SESSION_USER) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION pawl.resume_queue(queue text) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  update pawl.queue q
  set paused_at = null, paused_by = null, reason = null
  where q.name = resume_queue.queue and q.paused_at is not null;
  if found then
    perform pawl.wake_workers();
    return true;
  end if;
  return false;
end
$$;

CREATE FUNCTION pawl.retry(run uuid, retried_by text DEFAULT SESSION_USER) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  head pawl.run;
begin
  select * into head from pawl.run r where r.id = retry.run for update;
  if not found then
    raise exception 'run % does not exist', retry.run
      using errcode = 'no_data_found', hint = 'pawl runs prints the latest ones';
  end if;
  if head.status <> 'failed' then
    raise exception 'run % is %, not failed', retry.run, head.status
      using errcode = 'object_not_in_prerequisite_state',
            hint = 'only a failed run can be retried; enqueue a new one instead';
  end if;
  perform pawl.revive(head, null, 'enter', retried_by);
end
$$;

CREATE FUNCTION pawl.revive(head pawl.run, step text, phase text, revived_by text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION pawl.set_limit(name text, concurrency integer DEFAULT NULL::integer, total integer DEFAULT NULL::integer, amount double precision DEFAULT NULL::double precision, period interval DEFAULT NULL::interval) RETURNS integer
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    insert into pawl.limit as l (name, concurrency, total, amount, period)
    values (set_limit.name, set_limit.concurrency, set_limit.total, set_limit.amount, set_limit.period)
    on conflict (name) do update
    set concurrency = excluded.concurrency, total = excluded.total, amount = excluded.amount,
        period = excluded.period, changed_at = pawl.now()
    returning id
  $$;

CREATE FUNCTION pawl.set_variable(run uuid, name text, value jsonb, set_by text DEFAULT SESSION_USER) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  said jsonb;
begin
  perform pawl.lock_live_run(set_variable.run);
  perform pawl.check_length('the name of a variable', coalesce(set_variable.name, ''), 200,
    'give it one');
  said := jsonb_build_object('name', set_variable.name, 'value', set_variable.value,
    'set_by', coalesce(set_variable.set_by, session_user));
  perform pawl.check_value(format('variable "%s"', set_variable.name), said);
  perform pawl.append(set_variable.run, 'variable_set', null, null, said::json);
  update pawl.run r set status = 'running'  -- As above.
  where r.id = set_variable.run and r.status = 'pending';
end
$$;

CREATE FUNCTION pawl.signal(run uuid, name text, payload jsonb DEFAULT NULL::jsonb, sent_by text DEFAULT SESSION_USER) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  said jsonb;
begin
  perform pawl.lock_live_run(signal.run);
  if signal.name is null then
    raise exception 'a signal has no name'
      using errcode = 'not_null_violation', hint = 'give the name that a wait node names';
  end if;
  perform pawl.check_length('the name of a signal', signal.name, 200, 'give a shorter name');
  said := jsonb_build_object('name', signal.name, 'payload', signal.payload,
    'sent_by', coalesce(signal.sent_by, session_user));
  perform pawl.check_value(format('signal "%s"', signal.name), said);
  perform pawl.append(signal.run, 'signal_received', null, null, said::json);
  -- Whether it passes a filter is for the planner to say.
  update pawl.task t
  set phase = 'resume', run_at = pawl.now()
  from pawl.wait w
  where w.run_id = signal.run and w.kind = 'signal' and w.status = 'open'
    and w.subject ->> 'name' = signal.name
    and t.id = w.task_id and t.phase = 'wait';
  -- A run that has a history is not pending any more: its first step has to read it.
  update pawl.run r set status = 'running'
  where r.id = signal.run and (r.status = 'pending' or found and r.status = 'waiting');
  perform pawl.wake_workers();
end
$$;

CREATE FUNCTION pawl.skip(run uuid, step text, skipped_by text DEFAULT SESSION_USER) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  head   pawl.run;
  target pawl.task;
begin
  select * into head from pawl.run r where r.id = skip.run for update;
  if found and head.status = 'failed' then
    perform pawl.revive(head, skip.step, 'skip', skip.skipped_by);
    return;
  end if;
  head := pawl.lock_live_run(skip.run);
  select * into target from pawl.task t
  where t.run_id = skip.run and t.path = skip.step and t.kind not like '@%'
  for update;
  if not found then
    raise exception 'run % has no live step "%"', skip.run, skip.step
      using errcode = 'no_data_found', hint = 'pawl show prints the live steps of a run';
  end if;
  if target.phase = 'held' then
    raise exception 'step "%" has not begun', skip.step
      using errcode = 'object_not_in_prerequisite_state',
            hint = 'skip the steps that it waits for, or wait until it begins';
  end if;
  if target.worker is not null then
    perform pg_notify('pawl_cancel', skip.run::text);
  end if;
  update pawl.wait w set status = 'cancelled', resolved_at = pawl.now()
  where w.task_id = target.id and w.status = 'open';
  if target.kind = 'workflow' then
    perform pawl.cancel_children(skip.run, array[target.id]);
  end if;
  update pawl.task t
  set phase = 'skip', run_at = pawl.now(), worker = null, claimed_at = null, fence = fence + 1
  where t.id = target.id;
  update pawl.run r set status = 'running' where r.id = skip.run and r.status = 'waiting';
  perform pawl.wake_workers();
end
$$;

CREATE FUNCTION pawl.skip_due_tick(rule pawl.schedule, reason text) RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    insert into pawl.schedule_fire (schedule, tick, outcome, reason)
    select rule.name, rule.next_at, 'skipped', reason
    where rule.enabled and rule.next_at <= pawl.now()
    on conflict do nothing
  $$;

CREATE FUNCTION pawl.stand_in_line(queue text, tasks bigint[], lanes text[]) RETURNS text[]
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  begun text[];
begin
  with place as (
    select s.task, s.lane, s.number,
      case when strpos(s.lane, ':') > 0 then '' else coalesce(
        -- The keys of a limit take turns at its total.
        (select own from unnest(t.lanes) as own where starts_with(own, s.lane || ':') limit 1),
        '') end as share
    from unnest(stand_in_line.tasks, stand_in_line.lanes) with ordinality as s (task, lane, number)
    join pawl.task t on t.id = s.task
  ),
  made as (
    insert into pawl.line (lane, queue, share, turn)
    select n.lane, stand_in_line.queue, n.share, nextval('pawl.turn')
    from (
      select p.lane, p.share from place p group by p.lane, p.share order by min(p.number)
    ) n
    where not exists (
      select from pawl.line ln
      where ln.lane = n.lane and ln.queue = stand_in_line.queue and ln.share = n.share)
    returning id, line.lane, line.share
  ),
  known as (
    select ln.id, ln.lane, ln.share from pawl.line ln where ln.queue = stand_in_line.queue
      and ln.lane = any (stand_in_line.lanes)
    union all
    select m.id, m.lane, m.share from made m
  ),
  moved as (
    update pawl.task t
    set queue = '@line ' || k.id
    from place p
    join known k on k.lane = p.lane and k.share = p.share
    where t.id = p.task
  )
  select array_agg(distinct m.lane) into begun from made m;
  return begun;
end
$$;

CREATE FUNCTION pawl.sweep(run uuid) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION pawl.take(lane text, weight double precision, now timestamp with time zone) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  length   interval;
  slice    timestamptz;
  bucket   pawl.bucket;
begin
  select l.period into length from pawl.limit l where l.id = split_part(take.lane, ':', 1)::int;
  if length is null then
    return;
  end if;
  slice := date_bin(length / 64, now, timestamptz '2000-01-01') + length / 64;
  insert into pawl.bucket as b (lane, ends, took)
  values (take.lane, array[slice], array[take.weight])
  on conflict on constraint bucket_pkey do update
  set (ends, took) = (
    select coalesce(array_agg(s.ends order by s.ends), '{}'),
      coalesce(array_agg(s.took order by s.ends), '{}')
    from (
      select u.ends, sum(u.took) as took
      from (
        select * from unnest(b.ends, b.took) as k (ends, took)
        union all
        select slice, take.weight
      ) u
      where u.ends > take.now - length
      group by u.ends
    ) s);
end
$$;

CREATE FUNCTION pawl.taken(lane text, since timestamp with time zone) RETURNS double precision
    LANGUAGE sql STABLE
    AS $$
    select coalesce(sum(u.took), 0)
    from pawl.bucket b
    cross join lateral unnest(b.ends, b.took) as u (ends, took)
    where b.lane = taken.lane and u.ends > since
  $$;

CREATE FUNCTION pawl.tell_relatives() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION pawl.tend_lanes() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  now timestamptz := pawl.now();
begin
  -- One call is as good as many; where nobody claims from a queue they gather.
  delete from pawl.call c
  using (select queue, lane, max(id) as id from pawl.call group by queue, lane having count(*) > 1) last
  where c.queue = last.queue and c.lane = last.lane and c.id < last.id
    and c.id in (select k.id from pawl.call k order by k.id limit 10000 for update skip locked);

  insert into pawl.call (queue, lane)
  select distinct ln.queue, ln.lane
  from pawl.line ln
  left join pawl.limit l on l.id = split_part(ln.lane, ':', 1)::int
  cross join lateral (
    select case when strpos(ln.lane, ':') > 0 then l.concurrency else l.total end as capacity
  ) c
  where not exists (select from pawl.call k where k.queue = ln.queue and k.lane = ln.lane)
    and ln.due_at = 'infinity'
    and coalesce((select count(*) from pawl.place p where p.lane = ln.lane) < c.capacity, true)
  limit 1000;  -- as many as a claim or two look after
  if found then
    perform pawl.wake_workers();
  end if;

  delete from pawl.bucket b
  where b.lane in (
    select k.lane
    from pawl.bucket k
    left join pawl.limit l on l.id = split_part(k.lane, ':', 1)::int
    where l.period is null or k.ends[cardinality(k.ends)] < now - l.period
    limit 10000
    for update of k skip locked);

  delete from pawl.repeat p
  where (p.kind, p.tenant, p.workflow, p.key) in (
    select r.kind, r.tenant, r.workflow, r.key
    from pawl.repeat r
    where r.until < now
    limit 10000
    for update skip locked);
end
$$;

CREATE FUNCTION pawl.throttle(workflow text, input jsonb, key text, period interval, priority integer DEFAULT NULL::integer, queue text DEFAULT NULL::text, tenant text DEFAULT 'default'::text) RETURNS uuid
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  owner text := coalesce(throttle.tenant, 'default');
  known pawl.repeat;
  now   timestamptz;
begin
  if not coalesce(throttle.period > interval '0', false) then
    raise exception 'there is no period of %', coalesce(throttle.period::text, 'unknown length')
      using errcode = 'check_violation', hint = 'give a positive interval';
  end if;
  known := pawl.lock_repeat('throttle', owner, throttle.workflow, throttle.key);
  now := pawl.now();
  if known.run_id is not null and known.since + throttle.period > now then
    return known.run_id;
  end if;
  known.run_id := pawl.enqueue(throttle.workflow, throttle.input, priority => throttle.priority,
    queue => throttle.queue, tenant => owner);
  update pawl.repeat r set run_id = known.run_id, since = now, until = now + throttle.period
  where r.kind = 'throttle' and r.tenant = owner and r.workflow = throttle.workflow
    and r.key = throttle.key;
  return known.run_id;
end
$$;

CREATE FUNCTION pawl.trigger_schedule(schedule text) RETURNS timestamp with time zone
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  rule pawl.schedule := pawl.lock_schedule(trigger_schedule.schedule);
  tick timestamptz := pawl.now();
begin
  if rule.problem is not null then
    raise exception 'schedule "%" cannot be followed: %', rule.name, rule.problem
      using errcode = 'object_not_in_prerequisite_state', hint = 'mend it first';
  end if;
  if rule.waiting >= 1000 then
    raise exception '% ticks of schedule "%" wait already', rule.waiting, rule.name
      using errcode = 'program_limit_exceeded',
            hint = 'look at the run that they wait for: pawl schedule show ' || rule.name;
  end if;
  insert into pawl.schedule_fire (schedule, tick, outcome, cause)
  values (trigger_schedule.schedule, tick, 'waiting', 'manual');
  update pawl.schedule s set waiting = waiting + 1 where s.name = trigger_schedule.schedule;
  return tick;
end
$$;

CREATE FUNCTION pawl.wake_workers() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  if exists (select from pawl.worker where asleep and lost_at is null) then
    perform pg_notify('pawl_work', '');
  end if;
end
$$;

CREATE FUNCTION pawl.watch_lines(queue text, lanes text[], now timestamp with time zone) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  watched  text;
  terms    pawl.limit;
  capacity integer;
  taken    bigint;
  first    record;
  frees    timestamptz;
begin
  foreach watched in array lanes loop
    select t.weight into first
    from pawl.line ln
    cross join lateral (
      select coalesce(t.weight, 1) as weight from pawl.task t
      where t.queue = '@line ' || ln.id
      order by t.priority, t.run_at, t.id + 0
      limit 1
    ) t
    where ln.lane = watched
    order by ln.turn
    limit 1;
    if not found then
      delete from pawl.line ln
      where ln.lane = watched
        and not exists (select from pawl.task t where t.queue = '@line ' || ln.id);
      continue;
    end if;
    select * into terms from pawl.limit l where l.id = split_part(watched, ':', 1)::int;
    capacity := case when strpos(watched, ':') > 0 then terms.concurrency else terms.total end;
    if capacity is not null then
      -- Who is about to give back a place has locked it, and may not have seen the line.
      select count(*) into taken
      from (select from pawl.place p where p.lane = watched for key share skip locked) p;
    end if;
    if strpos(watched, ':') > 0 and terms.amount is not null then
      frees := pawl.has_room_at(watched, least(first.weight, terms.amount), terms, now);
      update pawl.line ln set due_at = frees where ln.lane = watched;
      -- A place may be free that the rate forbids to take.
      continue when capacity is null or frees > now;
    end if;
    if capacity is null or taken < capacity then
      insert into pawl.call (queue, lane)
      select distinct ln.queue, ln.lane from pawl.line ln where ln.lane = watched;
    end if;
  end loop;
end
$$;

CREATE FUNCTION pawl.weight_of(rule text, input jsonb) RETURNS real
    LANGUAGE plpgsql IMMUTABLE
    AS $$
declare
  given text;
begin
  if rule is null or rule ~ '^[0-9]' then
    return rule::real;
  end if;
  given := input #>> string_to_array(rule, '.');
  if given is null then
    return null;
  end if;
  if jsonb_typeof(input #> string_to_array(rule, '.')) <> 'number'
    or given::numeric not between 0 and 1e30
  then
    raise exception 'the weight of a run is %', left(given, 50)
      using errcode = 'check_violation',
            hint = 'the definition says that input.' || rule || ' is its weight; give a number from 0';
  end if;
  return given;
end
$$;

CREATE FUNCTION pawl.workflow_lock(workflow text) RETURNS bigint
    LANGUAGE sql IMMUTABLE STRICT
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select hashtextextended('pawl.workflow ' || workflow, 0)
  $$;

CREATE TABLE pawl.breaker (
    name text NOT NULL,
    failures integer DEFAULT 0 NOT NULL,
    opened_at timestamp with time zone,
    probing_at timestamp with time zone,
    changed_at timestamp with time zone DEFAULT pawl.now() NOT NULL,
    CONSTRAINT breaker_probes_when_open CHECK (((probing_at IS NULL) OR (opened_at IS NOT NULL)))
);

CREATE TABLE pawl.bucket (
    lane text NOT NULL COLLATE pg_catalog."C",
    ends timestamp with time zone[] DEFAULT '{}'::timestamp with time zone[] NOT NULL,
    took double precision[] DEFAULT '{}'::double precision[] NOT NULL
);

CREATE TABLE pawl.calendar (
    name text NOT NULL,
    days text[] NOT NULL,
    CONSTRAINT calendar_has_days CHECK (((cardinality(days) >= 1) AND (cardinality(days) <= 1000))),
    CONSTRAINT calendar_is_a_list CHECK (((array_ndims(days) = 1) AND (array_position(days, NULL::text) IS NULL))),
    CONSTRAINT calendar_is_named CHECK ((name ~ '^[^@\s].{0,199}$'::text))
);

CREATE TABLE pawl.call (
    id bigint NOT NULL,
    queue text NOT NULL,
    lane text NOT NULL COLLATE pg_catalog."C"
);

ALTER TABLE pawl.call ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME pawl.call_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE pawl.checkpoint (
    run_id uuid NOT NULL,
    path text NOT NULL,
    visit integer NOT NULL,
    name text NOT NULL,
    value json NOT NULL,
    at timestamp with time zone DEFAULT pawl.now() NOT NULL
);

CREATE TABLE pawl.clock (
    one boolean DEFAULT true NOT NULL,
    shift interval DEFAULT '00:00:00'::interval NOT NULL,
    CONSTRAINT clock_one_check CHECK (one)
);

CREATE TABLE pawl.definition (
    workflow text NOT NULL,
    version integer NOT NULL,
    body jsonb NOT NULL,
    digest text NOT NULL,
    entry_path text NOT NULL,
    entry_kind text NOT NULL,
    queue text DEFAULT 'default'::text NOT NULL,
    priority smallint DEFAULT 5 NOT NULL,
    defined_at timestamp with time zone DEFAULT pawl.now() NOT NULL,
    input_schema jsonb GENERATED ALWAYS AS (NULLIF((body -> 'input_schema'::text), 'null'::jsonb)) STORED,
    timeout interval,
    lanes text[],
    weight text,
    CONSTRAINT definition_priority_in_range CHECK (((priority >= 0) AND (priority <= 9))),
    CONSTRAINT definition_queue_is_named CHECK (((length(queue) >= 1) AND (length(queue) <= 64))),
    CONSTRAINT definition_version_counts_from_one CHECK ((version >= 1))
);

CREATE TABLE pawl.event (
    run_id uuid NOT NULL,
    seq integer NOT NULL,
    at timestamp with time zone NOT NULL,
    kind text NOT NULL,
    path text,
    visit integer,
    attempt integer,
    worker bigint,
    took interval,
    data json
)
PARTITION BY RANGE (run_id);

CREATE TABLE pawl.event_default (
    run_id uuid NOT NULL,
    seq integer NOT NULL,
    at timestamp with time zone NOT NULL,
    kind text NOT NULL,
    path text,
    visit integer,
    attempt integer,
    worker bigint,
    took interval,
    data json
)
WITH (autovacuum_vacuum_insert_scale_factor='0.05', autovacuum_freeze_min_age='0');

ALTER TABLE pawl."limit" ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME pawl.limit_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE pawl.line (
    id bigint NOT NULL,
    lane text NOT NULL COLLATE pg_catalog."C",
    queue text NOT NULL,
    share text NOT NULL COLLATE pg_catalog."C",
    turn bigint NOT NULL,
    due_at timestamp with time zone DEFAULT 'infinity'::timestamp with time zone NOT NULL
);

ALTER TABLE pawl.line ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME pawl.line_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE pawl.lineage (
    root uuid NOT NULL,
    runs integer NOT NULL
);

CREATE TABLE pawl.migration (
    version integer NOT NULL,
    name text NOT NULL,
    fingerprint text NOT NULL,
    applied_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

CREATE VIEW pawl.partition AS
 SELECT (r.relname)::text AS runs,
    replace((r.relname)::text, 'run_'::text, 'event_'::text) AS events,
    b.lower,
    b.upper,
    pawl.id_time(b.lower) AS since,
    pawl.id_time(b.upper) AS until
   FROM (((pg_inherits i
     JOIN pg_class r ON ((r.oid = i.inhrelid)))
     CROSS JOIN LATERAL ( SELECT pg_get_expr(r.relpartbound, r.oid) AS text) bound)
     CROSS JOIN LATERAL ( SELECT ("substring"(bound.text, 'FROM \(''([0-9a-f-]{36})''\)'::text))::uuid AS lower,
            ("substring"(bound.text, 'TO \(''([0-9a-f-]{36})''\)'::text))::uuid AS upper) b)
  WHERE ((i.inhparent = ('pawl.run'::regclass)::oid) AND (b.upper IS NOT NULL))
  ORDER BY b.upper;

CREATE TABLE pawl.place (
    lane text NOT NULL COLLATE pg_catalog."C",
    task bigint NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0.02', autovacuum_vacuum_threshold='1000', autovacuum_vacuum_cost_delay='0');

CREATE TABLE pawl.queue (
    name text NOT NULL,
    paused_at timestamp with time zone,
    paused_by text,
    reason text,
    limit_id integer,
    CONSTRAINT queue_is_named CHECK ((((length(name) >= 1) AND (length(name) <= 64)) AND (NOT starts_with(name, '@'::text)))),
    CONSTRAINT queue_paused_by_someone CHECK (((paused_at IS NULL) = (paused_by IS NULL)))
);

CREATE TABLE pawl.removed (
    workflow text NOT NULL,
    version integer NOT NULL,
    CONSTRAINT removed_version_counts_from_one CHECK ((version >= 1))
);

CREATE TABLE pawl.retention (
    workflow text NOT NULL,
    completed interval,
    failed interval,
    cancelled interval,
    CONSTRAINT retention_is_not_negative CHECK (((completed >= '00:00:00'::interval) AND (failed >= '00:00:00'::interval) AND (cancelled >= '00:00:00'::interval))),
    CONSTRAINT retention_times_are_lengths CHECK (((date_part('year'::text, completed) = (0)::double precision) AND (date_part('month'::text, completed) = (0)::double precision) AND (date_part('year'::text, failed) = (0)::double precision) AND (date_part('month'::text, failed) = (0)::double precision) AND (date_part('year'::text, cancelled) = (0)::double precision) AND (date_part('month'::text, cancelled) = (0)::double precision)))
);

CREATE VIEW pawl.retention_span AS
 SELECT min(LEAST(retention.completed, retention.failed, retention.cancelled)) AS shortest,
        CASE
            WHEN bool_and((num_nulls(retention.completed, retention.failed, retention.cancelled) = 0)) THEN max(GREATEST(retention.completed, retention.failed, retention.cancelled))
            ELSE NULL::interval
        END AS longest
   FROM pawl.retention;

CREATE TABLE pawl.run_default (
    id uuid DEFAULT pawl.uuidv7((clock_timestamp() + (COALESCE(current_setting('pawl.shift'::text, true), '0'::text))::interval)) NOT NULL,
    tenant text DEFAULT 'default'::text NOT NULL,
    workflow text NOT NULL,
    version integer NOT NULL,
    status text DEFAULT 'pending'::text NOT NULL,
    queue text NOT NULL,
    priority smallint NOT NULL,
    key text,
    input jsonb DEFAULT '{}'::jsonb NOT NULL,
    run_at timestamp with time zone NOT NULL,
    deadline timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    parent_run uuid,
    parent_task bigint,
    depth integer DEFAULT 0 NOT NULL,
    has_children boolean DEFAULT false NOT NULL,
    forked_from uuid,
    lanes text[],
    weight real,
    CONSTRAINT run_child_has_parent CHECK (((parent_task IS NULL) OR (parent_run IS NOT NULL))),
    CONSTRAINT run_ended_when_final CHECK (((status = ANY (ARRAY['completed'::text, 'failed'::text, 'cancelled'::text])) = (ended_at IS NOT NULL))),
    CONSTRAINT run_priority_in_range CHECK (((priority >= 0) AND (priority <= 9))),
    CONSTRAINT run_status_is_known CHECK ((status = ANY (ARRAY['pending'::text, 'running'::text, 'waiting'::text, 'paused'::text, 'completed'::text, 'failed'::text, 'cancelled'::text])))
)
WITH (fillfactor='50', autovacuum_vacuum_scale_factor='0.05');

CREATE VIEW pawl.run_expiry AS
 SELECT r.id,
    r.tableoid,
    r.ended_at,
    r.parent_run,
    k.period,
    (r.ended_at + k.period) AS expires_at
   FROM (((pawl.run r
     LEFT JOIN pawl.retention own ON ((own.workflow = r.workflow)))
     LEFT JOIN pawl.retention other ON ((other.workflow = '*'::text)))
     CROSS JOIN LATERAL ( SELECT
                CASE r.status
                    WHEN 'completed'::text THEN
                    CASE
                        WHEN (own.workflow IS NULL) THEN other.completed
                        ELSE own.completed
                    END
                    WHEN 'failed'::text THEN
                    CASE
                        WHEN (own.workflow IS NULL) THEN other.failed
                        ELSE own.failed
                    END
                    WHEN 'cancelled'::text THEN
                    CASE
                        WHEN (own.workflow IS NULL) THEN other.cancelled
                        ELSE own.cancelled
                    END
                    ELSE NULL::interval
                END AS period) k);

CREATE TABLE pawl.run_key (
    tenant text NOT NULL,
    workflow text NOT NULL,
    key text NOT NULL,
    run_id uuid NOT NULL
);

CREATE TABLE pawl.schedule_backfill (
    id bigint NOT NULL,
    schedule text NOT NULL,
    next_at timestamp with time zone NOT NULL,
    until timestamp with time zone NOT NULL,
    most integer DEFAULT 10000 NOT NULL,
    asked_by text DEFAULT SESSION_USER NOT NULL,
    CONSTRAINT backfill_is_a_range CHECK (((next_at < until) AND isfinite(next_at) AND isfinite(until))),
    CONSTRAINT backfill_is_bounded CHECK (((most >= 1) AND (most <= 1000000)))
);

ALTER TABLE pawl.schedule_backfill ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME pawl.schedule_backfill_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE pawl.schedule_fire (
    schedule text NOT NULL,
    tick timestamp with time zone NOT NULL,
    outcome text NOT NULL,
    run_id uuid,
    reason text,
    at timestamp with time zone DEFAULT pawl.now() NOT NULL,
    cause text DEFAULT 'tick'::text NOT NULL,
    CONSTRAINT fire_cause_is_known CHECK ((cause = ANY (ARRAY['tick'::text, 'backfill'::text, 'manual'::text]))),
    CONSTRAINT fire_has_run CHECK (((outcome = 'fired'::text) = (run_id IS NOT NULL))),
    CONSTRAINT fire_outcome_is_known CHECK ((outcome = ANY (ARRAY['fired'::text, 'skipped'::text, 'waiting'::text]))),
    CONSTRAINT fire_skipped_has_reason CHECK (((outcome = 'skipped'::text) = (reason IS NOT NULL)))
);

CREATE VIEW pawl.schedule_status AS
 SELECT s.name,
    s.workflow,
    s.spec,
    s.zone,
    s.service,
    s.enabled,
    s.note,
    s.problem,
    s.last_tick,
    s.last_run,
    r.status AS last_status,
    r.ended_at AS last_ended_at,
        CASE
            WHEN s.enabled THEN NULLIF(s.next_at, 'infinity'::timestamp with time zone)
            ELSE NULL::timestamp with time zone
        END AS next_at,
    s.waiting,
    s.fires
   FROM (pawl.schedule s
     LEFT JOIN pawl.run r ON ((r.id = s.last_run)));

CREATE TABLE pawl.scope (
    task_id bigint NOT NULL,
    run_id uuid NOT NULL,
    path text NOT NULL,
    visit integer NOT NULL,
    total integer NOT NULL,
    remaining integer NOT NULL,
    kind text DEFAULT 'join'::text NOT NULL,
    needed integer,
    CONSTRAINT scope_kind_is_known CHECK ((kind = ANY (ARRAY['join'::text, 'gate'::text]))),
    CONSTRAINT scope_remaining_in_range CHECK (((remaining >= 0) AND (remaining <= total)))
);

CREATE TABLE pawl.storage (
    one boolean DEFAULT true NOT NULL,
    width interval DEFAULT '7 days'::interval NOT NULL,
    ahead interval DEFAULT '14 days'::interval NOT NULL,
    keys interval DEFAULT '365 days'::interval,
    ticks interval DEFAULT '90 days'::interval,
    CONSTRAINT storage_ahead_in_range CHECK (((ahead >= '00:00:00'::interval) AND (ahead <= '366 days'::interval))),
    CONSTRAINT storage_keeps_for_a_length CHECK (((keys >= '00:00:00'::interval) AND (date_part('year'::text, keys) = (0)::double precision) AND (date_part('month'::text, keys) = (0)::double precision) AND (ticks >= '00:00:00'::interval) AND (date_part('year'::text, ticks) = (0)::double precision) AND (date_part('month'::text, ticks) = (0)::double precision))),
    CONSTRAINT storage_one_check CHECK (one),
    CONSTRAINT storage_times_are_lengths CHECK (((date_part('year'::text, width) = (0)::double precision) AND (date_part('month'::text, width) = (0)::double precision) AND (date_part('year'::text, ahead) = (0)::double precision) AND (date_part('month'::text, ahead) = (0)::double precision))),
    CONSTRAINT storage_width_in_range CHECK (((width >= '01:00:00'::interval) AND (width <= '366 days'::interval)))
);

CREATE TABLE pawl.task (
    id bigint NOT NULL,
    run_id uuid NOT NULL,
    parent bigint,
    queue text NOT NULL,
    priority smallint NOT NULL,
    run_at timestamp with time zone NOT NULL,
    path text NOT NULL,
    visit integer DEFAULT 1 NOT NULL,
    kind text NOT NULL,
    phase text DEFAULT 'enter'::text NOT NULL,
    attempt integer DEFAULT 0 NOT NULL,
    crashes integer DEFAULT 0 NOT NULL,
    hops integer DEFAULT 0 NOT NULL,
    fence bigint DEFAULT 0 NOT NULL,
    worker bigint,
    claimed_at timestamp with time zone,
    lanes text[],
    weight real,
    admitted boolean,
    CONSTRAINT task_claimed_together CHECK (((worker IS NULL) = (claimed_at IS NULL))),
    CONSTRAINT task_counts_are_sound CHECK (((visit >= 1) AND (hops >= 0) AND (fence >= 0) AND ((crashes >= 0) AND (crashes <= attempt)))),
    CONSTRAINT task_held_is_not_due CHECK (((phase <> 'held'::text) OR ((run_at = 'infinity'::timestamp with time zone) AND (worker IS NULL)))),
    CONSTRAINT task_phase_is_known CHECK ((phase = ANY (ARRAY['enter'::text, 'held'::text, 'wait'::text, 'resume'::text, 'skip'::text]))),
    CONSTRAINT task_priority_in_range CHECK (((priority >= 0) AND (priority <= 9)))
)
WITH (fillfactor='50', autovacuum_vacuum_scale_factor='0.02', autovacuum_vacuum_threshold='1000', autovacuum_vacuum_cost_delay='0');

ALTER TABLE pawl.task ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME pawl.task_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE SEQUENCE pawl.turn
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

CREATE TABLE pawl.wait (
    id bigint NOT NULL,
    task_id bigint NOT NULL,
    run_id uuid NOT NULL,
    path text NOT NULL,
    visit integer NOT NULL,
    kind text NOT NULL,
    status text DEFAULT 'open'::text NOT NULL,
    subject jsonb DEFAULT '{}'::jsonb NOT NULL,
    assignee text,
    due_at timestamp with time zone,
    fallback text,
    choice text,
    reasoning text,
    data jsonb,
    resolved_by text,
    created_at timestamp with time zone DEFAULT pawl.now() NOT NULL,
    resolved_at timestamp with time zone,
    output jsonb,
    CONSTRAINT wait_closed_has_time CHECK (((status = 'open'::text) = (resolved_at IS NULL))),
    CONSTRAINT wait_decision_has_answer CHECK (((kind <> 'decision'::text) OR (status <> 'resolved'::text) OR (choice IS NOT NULL) OR (output IS NOT NULL))),
    CONSTRAINT wait_kind_is_known CHECK ((kind = ANY (ARRAY['timer'::text, 'signal'::text, 'decision'::text, 'child'::text]))),
    CONSTRAINT wait_resolved_names_who CHECK (((status = 'resolved'::text) = (resolved_by IS NOT NULL))),
    CONSTRAINT wait_status_is_known CHECK ((status = ANY (ARRAY['open'::text, 'resolved'::text, 'expired'::text, 'cancelled'::text])))
);

ALTER TABLE pawl.wait ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME pawl.wait_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE pawl.worker (
    id bigint NOT NULL,
    host text NOT NULL,
    pid integer NOT NULL,
    version text NOT NULL,
    queues text[] NOT NULL,
    kinds text[] NOT NULL,
    slots integer NOT NULL,
    lease interval NOT NULL,
    started_at timestamp with time zone DEFAULT pawl.now() NOT NULL,
    beat_at timestamp with time zone DEFAULT pawl.now() NOT NULL,
    asleep boolean DEFAULT false NOT NULL,
    draining boolean DEFAULT false NOT NULL,
    lost_at timestamp with time zone
)
WITH (fillfactor='50');

ALTER TABLE pawl.worker ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME pawl.worker_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE pawl.workflow (
    name text NOT NULL,
    version integer NOT NULL,
    defined_at timestamp with time zone DEFAULT pawl.now() NOT NULL,
    queue text,
    priority smallint,
    timeout interval,
    input_schema jsonb,
    lanes text[],
    weight text,
    CONSTRAINT workflow_is_named CHECK (((length(name) >= 1) AND (length(name) <= 200)))
);

ALTER TABLE ONLY pawl.event ATTACH PARTITION pawl.event_default DEFAULT;

ALTER TABLE ONLY pawl.run ATTACH PARTITION pawl.run_default DEFAULT;

ALTER TABLE ONLY pawl.breaker
    ADD CONSTRAINT breaker_pkey PRIMARY KEY (name);

ALTER TABLE ONLY pawl.bucket
    ADD CONSTRAINT bucket_pkey PRIMARY KEY (lane);

ALTER TABLE ONLY pawl.calendar
    ADD CONSTRAINT calendar_pkey PRIMARY KEY (name);

ALTER TABLE ONLY pawl.call
    ADD CONSTRAINT call_pkey PRIMARY KEY (id);

ALTER TABLE ONLY pawl.checkpoint
    ADD CONSTRAINT checkpoint_pkey PRIMARY KEY (run_id, path, visit, name);

ALTER TABLE ONLY pawl.clock
    ADD CONSTRAINT clock_pkey PRIMARY KEY (one);

ALTER TABLE ONLY pawl.definition
    ADD CONSTRAINT definition_digest UNIQUE (workflow, digest);

ALTER TABLE ONLY pawl.definition
    ADD CONSTRAINT definition_pkey PRIMARY KEY (workflow, version);

ALTER TABLE ONLY pawl.event
    ADD CONSTRAINT event_pkey PRIMARY KEY (run_id, seq);

ALTER TABLE ONLY pawl.event_default
    ADD CONSTRAINT event_default_pkey PRIMARY KEY (run_id, seq);

ALTER TABLE ONLY pawl."limit"
    ADD CONSTRAINT limit_name_key UNIQUE (name);

ALTER TABLE ONLY pawl."limit"
    ADD CONSTRAINT limit_pkey PRIMARY KEY (id);

ALTER TABLE ONLY pawl.line
    ADD CONSTRAINT line_lane_queue_share_key UNIQUE (lane, queue, share);

ALTER TABLE ONLY pawl.line
    ADD CONSTRAINT line_pkey PRIMARY KEY (id);

ALTER TABLE ONLY pawl.lineage
    ADD CONSTRAINT lineage_pkey PRIMARY KEY (root);

ALTER TABLE ONLY pawl.migration
    ADD CONSTRAINT migration_pkey PRIMARY KEY (version);

ALTER TABLE ONLY pawl.place
    ADD CONSTRAINT place_pkey PRIMARY KEY (lane, task);

ALTER TABLE ONLY pawl.queue
    ADD CONSTRAINT queue_pkey PRIMARY KEY (name);

ALTER TABLE ONLY pawl.removed
    ADD CONSTRAINT removed_pkey PRIMARY KEY (workflow);

ALTER TABLE ONLY pawl.repeat
    ADD CONSTRAINT repeat_pkey PRIMARY KEY (kind, tenant, workflow, key);

ALTER TABLE ONLY pawl.retention
    ADD CONSTRAINT retention_pkey PRIMARY KEY (workflow);

ALTER TABLE ONLY pawl.run
    ADD CONSTRAINT run_pkey PRIMARY KEY (id);

ALTER TABLE ONLY pawl.run_default
    ADD CONSTRAINT run_default_pkey PRIMARY KEY (id);

ALTER TABLE ONLY pawl.run_key
    ADD CONSTRAINT run_key_pkey PRIMARY KEY (tenant, workflow, key);

ALTER TABLE ONLY pawl.schedule_backfill
    ADD CONSTRAINT schedule_backfill_pkey PRIMARY KEY (id);

ALTER TABLE ONLY pawl.schedule_fire
    ADD CONSTRAINT schedule_fire_pkey PRIMARY KEY (schedule, tick);

ALTER TABLE ONLY pawl.schedule
    ADD CONSTRAINT schedule_pkey PRIMARY KEY (name);

ALTER TABLE ONLY pawl.scope
    ADD CONSTRAINT scope_pkey PRIMARY KEY (task_id);

ALTER TABLE ONLY pawl.storage
    ADD CONSTRAINT storage_pkey PRIMARY KEY (one);

ALTER TABLE ONLY pawl.task
    ADD CONSTRAINT task_pkey PRIMARY KEY (id);

ALTER TABLE ONLY pawl.wait
    ADD CONSTRAINT wait_once_per_visit UNIQUE (run_id, path, visit);

ALTER TABLE ONLY pawl.wait
    ADD CONSTRAINT wait_pkey PRIMARY KEY (id);

ALTER TABLE ONLY pawl.worker
    ADD CONSTRAINT worker_pkey PRIMARY KEY (id);

ALTER TABLE ONLY pawl.workflow
    ADD CONSTRAINT workflow_pkey PRIMARY KEY (name);

CREATE INDEX call_queue ON pawl.call USING btree (queue, id);

CREATE INDEX line_due ON pawl.line USING btree (queue, due_at) WHERE (due_at < 'infinity'::timestamp with time zone);

CREATE INDEX line_turn ON pawl.line USING btree (lane, queue, turn);

CREATE INDEX repeat_over ON pawl.repeat USING btree (until);

CREATE INDEX run_children ON ONLY pawl.run USING btree (parent_run) WHERE (parent_run IS NOT NULL);

CREATE INDEX run_default_parent_run_idx ON pawl.run_default USING btree (parent_run) WHERE (parent_run IS NOT NULL);

CREATE INDEX run_key_age ON pawl.run_key USING brin (run_id);

CREATE INDEX schedule_due ON pawl.schedule USING btree (next_at NULLS FIRST) WHERE (enabled AND (problem IS NULL));

CREATE INDEX schedule_fire_age ON pawl.schedule_fire USING brin (tick);

CREATE INDEX schedule_fire_waiting ON pawl.schedule_fire USING btree (schedule, tick) WHERE (outcome = 'waiting'::text);

CREATE INDEX schedule_waiting ON pawl.schedule USING btree (name) WHERE (waiting > 0);

CREATE INDEX scope_step ON pawl.scope USING btree (run_id, path);

CREATE INDEX task_children ON pawl.task USING btree (parent) WHERE (parent IS NOT NULL);

CREATE INDEX task_due ON pawl.task USING btree (queue, priority, run_at, ((id + 0)));

CREATE INDEX task_held ON pawl.task USING btree (parent, id) WHERE (phase = 'held'::text);

CREATE INDEX task_run ON pawl.task USING btree (run_id, phase);

CREATE INDEX wait_inbox ON pawl.wait USING btree (kind, created_at) WHERE (status = 'open'::text);

CREATE INDEX wait_open ON pawl.wait USING btree (task_id) WHERE (status = 'open'::text);

CREATE INDEX wait_task ON pawl.wait USING btree (task_id);

ALTER INDEX pawl.event_pkey ATTACH PARTITION pawl.event_default_pkey;

ALTER INDEX pawl.run_children ATTACH PARTITION pawl.run_default_parent_run_idx;

ALTER INDEX pawl.run_pkey ATTACH PARTITION pawl.run_default_pkey;

CREATE TRIGGER calendar_is_recomputed AFTER INSERT OR DELETE OR UPDATE ON pawl.calendar FOR EACH ROW EXECUTE FUNCTION pawl.reset_schedules_of_calendar();

CREATE TRIGGER definition_is_immutable BEFORE UPDATE ON pawl.definition FOR EACH STATEMENT EXECUTE FUNCTION pawl.refuse_change('a definition is never changed', 'define the workflow again: that makes a new version');

CREATE TRIGGER event_is_immutable BEFORE UPDATE ON pawl.event FOR EACH STATEMENT EXECUTE FUNCTION pawl.refuse_change('an event is never changed', 'append an event that corrects it');

ALTER TABLE pawl.event ENABLE ALWAYS TRIGGER event_is_immutable;

CREATE TRIGGER event_is_kept BEFORE DELETE OR TRUNCATE ON pawl.event FOR EACH STATEMENT EXECUTE FUNCTION pawl.refuse_event_delete();

ALTER TABLE pawl.event ENABLE ALWAYS TRIGGER event_is_kept;

CREATE TRIGGER event_is_kept BEFORE TRUNCATE ON pawl.event_default FOR EACH STATEMENT EXECUTE FUNCTION pawl.refuse_event_delete();

ALTER TABLE pawl.event_default ENABLE ALWAYS TRIGGER event_is_kept;

CREATE TRIGGER limit_calls_its_lines AFTER DELETE OR UPDATE ON pawl."limit" FOR EACH ROW EXECUTE FUNCTION pawl.call_lines_of_limit();

CREATE TRIGGER partition_is_not_written BEFORE INSERT OR DELETE OR UPDATE ON pawl.event_default FOR EACH STATEMENT EXECUTE FUNCTION pawl.refuse_change('"event_default" is a partition', 'write to pawl.event');

ALTER TABLE pawl.event_default ENABLE ALWAYS TRIGGER partition_is_not_written;

CREATE TRIGGER partition_is_not_written BEFORE INSERT OR DELETE OR UPDATE ON pawl.run_default FOR EACH STATEMENT EXECUTE FUNCTION pawl.refuse_change('"run_default" is a partition', 'write to pawl.run');

ALTER TABLE pawl.run_default ENABLE ALWAYS TRIGGER partition_is_not_written;

CREATE TRIGGER run_begins AFTER INSERT ON pawl.run REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION pawl.begin_runs();

CREATE TRIGGER run_has_id BEFORE INSERT ON pawl.run_default FOR EACH ROW WHEN ((new.id IS NULL)) EXECUTE FUNCTION pawl.refuse_null_id();

CREATE TRIGGER run_holds_definition AFTER INSERT ON pawl.run REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION pawl.hold_definitions();

CREATE TRIGGER run_holds_definition_again AFTER UPDATE ON pawl.run FOR EACH ROW WHEN (((old.ended_at IS NOT NULL) AND (new.ended_at IS NULL))) EXECUTE FUNCTION pawl.hold_definition_again();

CREATE TRIGGER run_is_accepted BEFORE INSERT ON pawl.run FOR EACH ROW EXECUTE FUNCTION pawl.accept_run();

CREATE TRIGGER run_is_counted AFTER INSERT ON pawl.run REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION pawl.count_lineage();

CREATE TRIGGER run_is_kept BEFORE DELETE ON pawl.run FOR EACH ROW WHEN ((old.ended_at IS NULL)) EXECUTE FUNCTION pawl.refuse_change('a run that has not ended is never deleted', 'cancel it first: select pawl.cancel(id)');

CREATE TRIGGER run_leaves_lineage AFTER DELETE ON pawl.run REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION pawl.forget_lineage();

CREATE TRIGGER run_notes_shift BEFORE INSERT ON pawl.run FOR EACH STATEMENT EXECUTE FUNCTION pawl.note_shift();

CREATE TRIGGER run_tells_relatives AFTER UPDATE OF ended_at ON pawl.run FOR EACH ROW WHEN (((new.ended_at IS NOT NULL) AND (old.ended_at IS NULL) AND ((new.parent_task IS NOT NULL) OR new.has_children))) EXECUTE FUNCTION pawl.tell_relatives();

CREATE TRIGGER runs_are_kept BEFORE TRUNCATE ON pawl.run FOR EACH STATEMENT EXECUTE FUNCTION pawl.refuse_change('runs are never deleted together', 'delete those that have ended');

CREATE TRIGGER runs_are_kept BEFORE TRUNCATE ON pawl.run_default FOR EACH STATEMENT EXECUTE FUNCTION pawl.refuse_change('runs are never deleted together', 'delete those that have ended');

CREATE TRIGGER schedule_is_new BEFORE INSERT ON pawl.schedule FOR EACH ROW EXECUTE FUNCTION pawl.reset_schedule();

CREATE TRIGGER schedule_is_recomputed BEFORE UPDATE ON pawl.schedule FOR EACH ROW WHEN (((((((((((old.spec IS DISTINCT FROM new.spec) OR (old.zone IS DISTINCT FROM new.zone)) OR (old.missing_time IS DISTINCT FROM new.missing_time)) OR (old.repeated_time IS DISTINCT FROM new.repeated_time)) OR (old.only_days IS DISTINCT FROM new.only_days)) OR (old.except_days IS DISTINCT FROM new.except_days)) OR (old.starts_at IS DISTINCT FROM new.starts_at)) OR (old.ends_at IS DISTINCT FROM new.ends_at)) OR (old.max_fires IS DISTINCT FROM new.max_fires)) OR (new.enabled AND (NOT old.enabled)) OR ((old.problem IS NOT NULL) AND ((((old.input IS DISTINCT FROM new.input) OR (old.workflow IS DISTINCT FROM new.workflow)) OR (old.tenant IS DISTINCT FROM new.tenant)) OR (old.queue IS DISTINCT FROM new.queue))))) EXECUTE FUNCTION pawl.reset_schedule();

CREATE TRIGGER schedule_keeps_name BEFORE UPDATE ON pawl.schedule FOR EACH ROW WHEN ((old.name <> new.name)) EXECUTE FUNCTION pawl.refuse_change('a schedule is never renamed', 'make another one, and remove this one');

CREATE TRIGGER schedule_leaves_ticks AFTER DELETE ON pawl.schedule FOR EACH ROW EXECUTE FUNCTION pawl.leave_ticks();

CREATE TRIGGER schedule_rests AFTER UPDATE ON pawl.schedule FOR EACH ROW WHEN ((old.enabled AND (NOT new.enabled))) EXECUTE FUNCTION pawl.rest_schedule();

CREATE TRIGGER task_leaves_lanes AFTER DELETE ON pawl.task REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION pawl.leave_lanes();

CREATE TRIGGER wait_is_answered_by_target BEFORE UPDATE ON pawl.wait FOR EACH ROW WHEN (((new.status = 'resolved'::text) AND (old.status = 'open'::text) AND (new.choice IS NOT NULL) AND (new.assignee <> new.resolved_by))) EXECUTE FUNCTION pawl.check_decider();

CREATE TRIGGER workflow_follows_version BEFORE INSERT OR UPDATE ON pawl.workflow FOR EACH ROW EXECUTE FUNCTION pawl.follow_version();

ALTER TABLE ONLY pawl.definition
    ADD CONSTRAINT definition_workflow_fkey FOREIGN KEY (workflow) REFERENCES pawl.workflow(name) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY pawl.queue
    ADD CONSTRAINT queue_limit_id_fkey FOREIGN KEY (limit_id) REFERENCES pawl."limit"(id);

ALTER TABLE ONLY pawl.schedule_backfill
    ADD CONSTRAINT schedule_backfill_schedule_fkey FOREIGN KEY (schedule) REFERENCES pawl.schedule(name) ON DELETE CASCADE;

ALTER TABLE ONLY pawl.schedule
    ADD CONSTRAINT schedule_workflow_fkey FOREIGN KEY (workflow) REFERENCES pawl.workflow(name);

ALTER TABLE ONLY pawl.workflow
    ADD CONSTRAINT workflow_version_is_defined FOREIGN KEY (name, version) REFERENCES pawl.definition(workflow, version) DEFERRABLE INITIALLY DEFERRED;

