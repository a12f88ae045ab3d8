-- Claiming: what is due becomes a worker's.
--
--   alive? ──▶ pick and lock the most urgent tasks ──▶ claim them, return them with their runs
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
create function pawl.pick(
  queue      text,
  most       integer,
  now        timestamptz,
  since_at   timestamptz[],
  since_task bigint[]
) returns bigint[]
  language plpgsql  -- one in SQL would be planned anew in each claim
  set search_path = pg_catalog, pg_temp
  set enable_seqscan = off
  set enable_sort = off  -- (2): of the indexes it must be the one that is in order
  set jit = off          -- the price that makes a plan unattractive would make it worth compiling
  set plan_cache_mode = force_generic_plan
  as $$
begin
  return array(
    -- One priority after the other, because due times are contiguous in the index only within one.
    select due.id
    from generate_series(0, 9) as urgency
    cross join lateral (
      select t.id
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
    limit most);
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
  set enable_seqscan = off  -- (2)
  set jit = off
  set plan_cache_mode = force_generic_plan
  as $$
declare
  now    timestamptz := pawl.now();
  picked bigint[];
begin
  perform from pawl.worker w
  where w.id = claim.worker and w.lost_at is null
  for key share;  -- (3)
  if not found then
    return;
  end if;

  picked := pawl.pick(claim.queue, most, now, since_at, since_task);  -- (1)

  return query
  with claimed as (
    update pawl.task t
    set worker = claim.worker, claimed_at = now, attempt = t.attempt + 1, fence = t.fence + 1
    where t.id = any (picked)
    returning t.*
  )
  select c.id, c.fence, c.run_id, r.tenant, r.workflow, r.version, r.key, c.path, c.visit, c.kind,
    c.phase, c.attempt, c.crashes, c.hops, r.status = 'running',
    r.deadline is not null or r.parent_task is not null,
    -- An input may be large, and its run may have thousands of steps: it is sent once.
    case when row_number() over (partition by c.run_id) = 1 then r.input end,
    c.priority, c.run_at
  from claimed c
  join pawl.run r on r.id = c.run_id
  order by c.priority, c.run_at, c.id;
end
$$;
