-- Claiming: what is due becomes a worker's.
--
--   alive? ──▶ pick and lock the most urgent tasks ──▶ claim them, return them with their runs
--                     │ some have lanes                  ▲
--                     └──▶ let in those with room ───────┘ the others stand in line (0020_flow.sql)
--
-- Functions, because it is more than one statement: each sees what was committed before it, and each is
-- planned once in a session.
--
-- Invariants:
--   (1) Tasks are picked in a statement of their own: a locking read inside another statement may be
--       executed again, and would lock more than the limit.
--   (2) A plan that is made once must be right for an empty frontier and for a million rows.
--   (3) A worker that was given up gets nothing: its row is locked against that until the claim is over.

-- (2): `id + 0`, because for a frontier that was empty when the plan was made, any index that has the id
-- would do to look up a task by it, and this one is read as a whole then.
drop index pawl.task_due;
create index task_due on pawl.task (queue, priority, run_at, (id + 0));

-- (2): beside the list of open waits, which would do for a table that was empty.
create index wait_open on pawl.wait (task_id) where status = 'open';

-- Picks and locks up to `most` due tasks of a queue, the most urgent first.
--
-- `since_at` and `since_task` say for each priority, 0 to 9, where to start; null is the beginning.  Tasks that
-- are gone stay in the index for as long as anybody may see them, and so whoever has claimed up to some task
-- starts there the next time.  What comes due before that place (a task that was given back, a run whose
-- INSERT took long to commit) is found by a claim from the beginning, which a worker makes now and then.
-- `laned` tells whether any of them has to be admitted first.
create function pawl.pick(
  queue      text,
  most       integer,
  now        timestamptz,
  since_at   timestamptz[],
  since_task bigint[],
  is_limited boolean,
  out tasks  bigint[],
  out laned  boolean
)
  language plpgsql  -- one in SQL would be planned anew in each claim
  set search_path = pg_catalog, pg_temp
  set enable_seqscan = off
  set enable_sort = off  -- (2): of the indexes it must be the one that is in order
  set jit = off          -- the price that makes a plan unattractive would make it worth compiling
  set plan_cache_mode = force_generic_plan
  as $$
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

-- Of the tasks that a claim has picked and locked, admits those that may begin and puts the others in line.
--
-- Returns what may be claimed, at most `most`: what needs no admission, too, and what a line let go.
create function pawl.let_in(
  queue      text,
  most       integer,
  limit_id   integer,   -- of the queue
  picked     bigint[],
  is_first   boolean,   -- whether it is the first time in this claim
  is_called  boolean,
  out tasks  bigint[],
  out called bigint[],  -- of them, those that were in line
  out parked integer,
  out others boolean    -- whether there are some to be looked at once more
)
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
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

-- Claims up to `most` due tasks of a queue for a worker, and returns them most urgent first.
--
-- Tasks that somebody else is claiming at this moment are skipped, not waited for.
create function pawl.claim(
  worker     bigint,
  queue      text,
  most       integer,
  since_at   timestamptz[] default null,
  since_task bigint[] default null
) returns table (
  task bigint, fence bigint, run uuid, tenant text, workflow text, version integer, key text,
  path text, visit integer, kind text, phase text, attempt integer, crashes integer, hops integer,
  is_running boolean, has_company boolean, input jsonb, priority smallint, run_at timestamptz
)
  language plpgsql
  set search_path = pg_catalog, pg_temp
  set enable_seqscan = off
  set jit = off
  set plan_cache_mode = force_generic_plan
  as $$
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
