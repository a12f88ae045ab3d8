-- Places, rates and lines: what a claim needs to know and to write of a lane (0020_flow.sql has the picture).

-- Gives back the places of runs whose root tasks go, and calls the lines that wait for them.
create function pawl.leave_lanes() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  as $$
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

create trigger task_leaves_lanes
  after delete on pawl.task
  referencing old table as gone
  for each statement
  execute function pawl.leave_lanes();

-- What of a rate is taken at a time.
create function pawl.taken(lane text, since timestamptz) returns double precision
  language sql stable
  as $$
    select coalesce(sum(u.took), 0)
    from pawl.bucket b
    cross join lateral unnest(b.ends, b.took) as u (ends, took)
    where b.lane = taken.lane and u.ends > since
  $$;

-- Notes what was taken of rates.  Each period has 64 slices: what is taken in one counts until a period
-- after its end, so that no period ever has more than its amount, and a bucket stays small.
create function pawl.take(lane text, weight double precision, now timestamptz) returns void
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
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

-- Puts tasks in the lines of the lanes that have no room for them, and returns the lanes of new lines.
create function pawl.stand_in_line(queue text, tasks bigint[], lanes text[]) returns text[]
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
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

-- Makes sure that what will make room in lanes is heard by their lines (3) (4).
create function pawl.watch_lines(queue text, lanes text[], now timestamptz) returns void
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
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

-- When a rate has room for a weight.
create function pawl.has_room_at(lane text, weight double precision, terms pawl.limit, now timestamptz)
  returns timestamptz
  language sql stable
  set search_path = pg_catalog, pg_temp
  as $$
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

-- Takes tasks out of a lane's lines in a queue, as many as there is room for, and returns them.  The caller
-- has locked the lane.
create function pawl.call_up(queue text, lane text, most integer, now timestamptz) returns bigint[]
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
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
