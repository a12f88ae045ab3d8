-- Retention: how long what is kept.
--
--   run ended ── its time passes ──▶ expired ──▶ its partition is dropped with all in it, or, while
--                                                something else in there is kept, it is deleted
--
-- Invariants:
--   (1) A run goes whole: its events are a gapless sequence, or none.
--   (2) A run is kept until it has ended, its time has passed, it has no task left, and the run that
--       it belongs to has ended.
--   (3) A key is kept at least as long as its run.

-- How long runs are kept after their end, by how they ended; null is for ever.  Workflows that have no
-- row of their own are kept as the row '*' says.
create table pawl.retention (
  workflow  text     primary key,
  completed interval,
  failed    interval,
  cancelled interval,

  constraint retention_is_not_negative check (
    completed >= interval '0' and failed >= interval '0' and cancelled >= interval '0'),
  -- A month is of no fixed length.
  constraint retention_times_are_lengths check (
    date_part('year', completed) = 0 and date_part('month', completed) = 0
    and date_part('year', failed) = 0 and date_part('month', failed) = 0
    and date_part('year', cancelled) = 0 and date_part('month', cancelled) = 0)
);

-- One time for all, so that whole partitions go.
insert into pawl.retention values ('*', '30 days', '30 days', '30 days');

-- Keys, counted from when their runs were enqueued, and ticks that were fired or skipped; null is for
-- ever.  Both are small, and missed long after: a client that repeats itself, a range that is filled
-- again.
alter table pawl.storage
  add column keys interval default '365 days',
  add column ticks interval default '90 days',
  add constraint storage_keeps_for_a_length check (
    keys >= interval '0' and date_part('year', keys) = 0 and date_part('month', keys) = 0
    and ticks >= interval '0' and date_part('year', ticks) = 0 and date_part('month', ticks) = 0);

-- Both tables grow in the order of time, so a summary of a few pages finds what is old.
create index run_key_age on pawl.run_key using brin (run_id);
create index schedule_fire_age on pawl.schedule_fire using brin (tick);

-- When runs that ended expire; null is never.
create view pawl.run_expiry as
  select r.id, r.tableoid, r.ended_at, r.parent_run, k.period, r.ended_at + k.period as expires_at
  from pawl.run r
  left join pawl.retention own on own.workflow = r.workflow
  left join pawl.retention other on other.workflow = '*'
  cross join lateral (
    select case r.status
      when 'completed' then case when own.workflow is null then other.completed else own.completed end
      when 'failed' then case when own.workflow is null then other.failed else own.failed end
      when 'cancelled' then case when own.workflow is null then other.cancelled else own.cancelled end
    end as period) k;

-- What follows from the settings: nothing younger than `shortest` expires, and what is older than
-- `longest` all does; null is never.
create view pawl.retention_span as
  select
    min(least(completed, failed, cancelled)) as shortest,
    case when bool_and(num_nulls(completed, failed, cancelled) = 0)
      then max(greatest(completed, failed, cancelled)) end as longest
  from pawl.retention;

-- Drops a partition in which every run has expired; false if one of them was taken up again.
-- It asks for locks that workers' statements stand in the way of: set lock_timeout.
create function pawl.drop_partition(runs text) returns boolean
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
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
