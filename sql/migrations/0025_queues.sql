-- What operators do to queues and limits, what handlers tell of their use, and what is tended now and then.

-- Lets nobody claim from a queue: neither steps nor what ends runs by their time.  What is at work goes on.
create function pawl.pause_queue(queue text, reason text default null, paused_by text default session_user)
  returns void
  language sql
  set search_path = pg_catalog, pg_temp
  as $$
    insert into pawl.queue as q (name, paused_at, paused_by, reason)
    values (pause_queue.queue, pawl.now(), coalesce(pause_queue.paused_by, session_user), pause_queue.reason)
    on conflict (name) do update
    set paused_at = coalesce(q.paused_at, excluded.paused_at), paused_by = excluded.paused_by,
        reason = excluded.reason
  $$;

-- Lets a queue be claimed from again; false if it was not paused.
create function pawl.resume_queue(queue text) returns boolean
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
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

-- Makes a limit, or gives it other numbers; what is null limits nothing.
create function pawl.set_limit(
  name        text,
  concurrency integer default null,
  total       integer default null,
  amount      double precision default null,
  period      interval default null
) returns integer
  language sql
  set search_path = pg_catalog, pg_temp
  as $$
    insert into pawl.limit as l (name, concurrency, total, amount, period)
    values (set_limit.name, set_limit.concurrency, set_limit.total, set_limit.amount, set_limit.period)
    on conflict (name) do update
    set concurrency = excluded.concurrency, total = excluded.total, amount = excluded.amount,
        period = excluded.period, changed_at = pawl.now()
    returning id
  $$;

-- Limits the runs of a queue, those that are in it included; without numbers nothing does.
create function pawl.limit_queue(
  queue       text,
  concurrency integer default null,
  amount      double precision default null,
  period      interval default null
) returns void
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
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

-- Calls all lines of a limit that has other numbers now.
create function pawl.call_lines_of_limit() returns trigger
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
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

create trigger limit_calls_its_lines
  after update or delete on pawl.limit
  for each row
  execute function pawl.call_lines_of_limit();

-- Notes what a run that is at work used of its rates in fact, instead of its weight.  The weight was taken
-- once, so that what later attempts use is added.  False if the fence is gone.
create function pawl.note_use(task bigint, fence bigint, used double precision) returns boolean
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
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

-- Takes back what was noted of a rate, the oldest first: so that it does not count for longer than what it
-- makes up for.
create function pawl.give_back(lane text, weight double precision) returns void
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
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

-- Calls lines that nobody has called though there is room, should there be any, and forgets what is over.
create function pawl.tend_lanes() returns void
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
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
