-- Enqueues that repeat: of those with the same key one run is made, after they have ceased (debounce), or
-- once in a time (throttle).
--
-- Invariants:
--   (1) The row of a key is locked before its run is looked at, so that of two calls one finds what the
--       other made.
--   (2) A row may go once `until` has passed: a call that finds none makes a run, as it would then.

create table pawl.repeat (
  kind     text        not null,
  tenant   text        not null,
  workflow text        not null,
  key      text        not null,
  run_id   uuid,
  since    timestamptz not null,  -- of the first call, or of the run
  until    timestamptz not null,

  primary key (kind, tenant, workflow, key),
  constraint repeat_kind_is_known check (kind in ('debounce', 'throttle')),
  constraint repeat_key_is_short check (length(key) between 1 and 255)
);

create index repeat_over on pawl.repeat (until);

-- Locks the row of a key, having made it if there was none (1).
create function pawl.lock_repeat(kind text, tenant text, workflow text, key text) returns pawl.repeat
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
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

-- Gives a run that has not begun another input and another time; false if it has begun.
create function pawl.put_off(run uuid, input jsonb, run_at timestamptz) returns boolean
  language plpgsql  -- with its caller's rights: who may only enqueue changes no run
  set search_path = pg_catalog, pg_temp
  as $$
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

-- Enqueues a run that begins when nobody has called with the key for a while, with the last input; at most
-- `most` after the first call.
create function pawl.debounce(
  workflow text,
  input    jsonb,
  key      text,
  wait     interval,
  most     interval default null,
  priority integer default null,
  queue    text default null,
  tenant   text default 'default'
) returns uuid
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
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

-- Enqueues a run unless one was enqueued with the key less than `period` ago; returns that one then.
create function pawl.throttle(
  workflow text,
  input    jsonb,
  key      text,
  period   interval,
  priority integer default null,
  queue    text default null,
  tenant   text default 'default'
) returns uuid
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
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
