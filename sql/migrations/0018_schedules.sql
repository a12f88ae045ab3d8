-- Schedules, with all that they can say.
--
--   declared ──▶ due (next_at) ──▶ tick ──┬──▶ fired: its run is enqueued
--      ▲                            ▲     ├──▶ skipped: the reason is recorded
--      └── edited, resumed          │     └──▶ waiting, until the run before has ended
--                    backfill, trigger by hand
--
-- A tick that waits is due when the run before it has ended.  A scheduler looks for both.
--
-- Invariants:
--   (1) There is one row per (schedule, tick): fired, skipped or waiting.
--   (2) A change of what a timetable is made of sets `next_at` back to null and `since` anew, in the
--       transaction of the change.  The next tick is the first one after `since`, whenever a scheduler
--       comes to compute it.  What was due by then is recorded as skipped if the rule is another one
--       now, and is still due if only days, bounds or the number of ticks have changed.
--   (3) `waiting` counts the ticks of the schedule that wait.

-- Sets of days that schedules share.  A schedule names one as '@name' among its days.
create table pawl.calendar (
  name text   primary key,
  days text[] not null,  -- 2026-12-25, 2026-12-24..2027-01-01, 12-25, 12-24..12-31, sat, mon..fri

  constraint calendar_is_named check (name ~ '^[^@\s].{0,199}$'),
  constraint calendar_has_days check (cardinality(days) between 1 and 1000),
  constraint calendar_is_a_list check (array_ndims(days) = 1 and array_position(days, null) is null)
);

alter table pawl.schedule
  drop constraint schedule_input_is_object,  -- any JSON value is an input
  add column missing_time   text        not null default 'after',   -- a time that the clock leaves out
  add column repeated_time  text        not null default 'first',   -- a time that it shows twice
  add column only_days      text[]      not null default '{}',
  add column except_days    text[]      not null default '{}',
  add column starts_at      timestamptz,
  add column ends_at        timestamptz,
  add column missed         text        not null default 'latest',  -- what becomes of missed ticks
  add column missed_limit   integer     not null default 100,       -- of all, so many are fired
  add column start_deadline interval,    -- a tick that is later than this is skipped
  add column overlap        text        not null default 'allow',
  add column jitter         interval    not null default '0',
  add column max_fires      integer,
  add column fires          integer     not null default 0,
  add column queue          text,
  add column priority       smallint,
  add column tenant         text        not null default 'default',
  add column timeout        interval,    -- of its runs
  add column note           text,        -- for people: why it is paused, say
  add column since          timestamptz not null default pawl.now(),
  add column last_run       uuid,
  add column waiting        integer     not null default 0,

  add constraint schedule_missing_time_is_known check (missing_time in ('skip', 'after')),
  add constraint schedule_repeated_time_is_known
    check (repeated_time in ('first', 'second', 'both')),
  add constraint schedule_missed_is_known check (missed in ('skip', 'latest', 'all')),
  add constraint schedule_missed_limit_in_range check (missed_limit between 1 and 1000),
  add constraint schedule_overlap_is_known
    check (overlap in ('allow', 'skip', 'buffer_one', 'buffer_all', 'cancel', 'terminate')),
  add constraint schedule_days_are_few
    check (cardinality(only_days) <= 1000 and cardinality(except_days) <= 1000),
  add constraint schedule_days_are_lists check (
    coalesce(array_ndims(only_days), 1) = 1 and array_position(only_days, null) is null
    and coalesce(array_ndims(except_days), 1) = 1 and array_position(except_days, null) is null),
  add constraint schedule_jitter_in_range
    check (jitter between interval '0' and interval '1 day'),
  add constraint schedule_deadline_is_positive check (start_deadline > interval '0'),
  add constraint schedule_timeout_is_positive check (timeout > interval '0'),
  -- A month is of no fixed length.
  add constraint schedule_times_are_lengths check (
    date_part('year', jitter) = 0 and date_part('month', jitter) = 0
    and date_part('year', start_deadline) = 0 and date_part('month', start_deadline) = 0
    and date_part('year', timeout) = 0 and date_part('month', timeout) = 0),
  add constraint schedule_instants_are_finite check (
    isfinite(starts_at) and isfinite(ends_at) and isfinite(since) and next_at > '-infinity'),
  add constraint schedule_max_fires_is_positive check (max_fires > 0),
  add constraint schedule_ends_after_start check (ends_at > starts_at),
  add constraint schedule_priority_in_range check (priority between 0 and 9),
  add constraint schedule_note_is_short check (length(note) <= 1000),
  add constraint schedule_waiting_is_counted check (waiting >= 0);

-- The scheduler reads this: whose ticks wait.
create index schedule_waiting on pawl.schedule (name) where waiting > 0;


alter table pawl.schedule_fire
  add column cause text not null default 'tick',
  drop constraint fire_outcome_is_known,
  add constraint fire_outcome_is_known check (outcome in ('fired', 'skipped', 'waiting')),
  add constraint fire_cause_is_known check (cause in ('tick', 'backfill', 'manual'));

-- The scheduler reads this: which ticks wait.
create index schedule_fire_waiting on pawl.schedule_fire (schedule, tick) where outcome = 'waiting';

-- Ranges whose ticks are fired now.  `next_at` goes forward as they are.
create table pawl.schedule_backfill (
  id       bigint      generated always as identity primary key,
  schedule text        not null references pawl.schedule on delete cascade,
  next_at  timestamptz not null,
  until    timestamptz not null,  -- exclusive
  most     integer     not null default 10000,  -- it ends after so many ticks
  asked_by text        not null default session_user,

  constraint backfill_is_a_range check (next_at < until and isfinite(next_at) and isfinite(until)),
  constraint backfill_is_bounded check (most between 1 and 1000000)
);

-- Records a tick that is due and will not be fired.
create function pawl.skip_due_tick(rule pawl.schedule, reason text) returns void
  language sql
  set search_path = pg_catalog, pg_temp
  as $$
    insert into pawl.schedule_fire (schedule, tick, outcome, reason)
    select rule.name, rule.next_at, 'skipped', reason
    where rule.enabled and rule.next_at <= pawl.now()
    on conflict do nothing
  $$;

create or replace function pawl.reset_schedule() returns trigger
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
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

-- What is due when a schedule is paused is not fired any more.
create function pawl.rest_schedule() returns trigger
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
begin
  perform pawl.skip_due_tick(old, 'the schedule was paused before it was fired');
  return null;
end
$$;

create trigger schedule_rests
  after update on pawl.schedule
  for each row
  when (old.enabled and not new.enabled)
  execute function pawl.rest_schedule();

create trigger schedule_keeps_name
  before update on pawl.schedule
  for each row
  when (old.name <> new.name)
  execute function pawl.refuse_change(
    'a schedule is never renamed', 'make another one, and remove this one');

drop trigger schedule_is_recomputed on pawl.schedule;

create trigger schedule_is_new
  before insert on pawl.schedule
  for each row
  execute function pawl.reset_schedule();

create trigger schedule_is_recomputed  -- (2)
  before update on pawl.schedule
  for each row
  when (
    (old.spec, old.zone, old.missing_time, old.repeated_time, old.only_days, old.except_days,
     old.starts_at, old.ends_at, old.max_fires)
      is distinct from
    (new.spec, new.zone, new.missing_time, new.repeated_time, new.only_days, new.except_days,
     new.starts_at, new.ends_at, new.max_fires)
    or (new.enabled and not old.enabled)
    -- Whatever kept it from firing may be mended by this.
    or (old.problem is not null and (old.input, old.workflow, old.tenant, old.queue)
        is distinct from (new.input, new.workflow, new.tenant, new.queue))
  )
  execute function pawl.reset_schedule();

create function pawl.reset_schedules_of_calendar() returns trigger
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
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

create trigger calendar_is_recomputed  -- (2)
  after insert or update or delete on pawl.calendar
  for each row
  execute function pawl.reset_schedules_of_calendar();

-- What waited will not be fired any more.
create function pawl.leave_ticks() returns trigger
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
begin
  update pawl.schedule_fire f
  set outcome = 'skipped', reason = 'the schedule was removed', at = pawl.now()
  where f.schedule = old.name and f.outcome = 'waiting';
  return null;
end
$$;

create trigger schedule_leaves_ticks
  after delete on pawl.schedule
  for each row
  execute function pawl.leave_ticks();

create function pawl.lock_schedule(name text) returns pawl.schedule
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
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

-- Fires a schedule now, also if it is paused; as its overlap policy says, the run may have to wait.
-- Returns the instant that stands for the tick.
create function pawl.trigger_schedule(schedule text) returns timestamptz
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
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

-- Fires the ticks of a range that were not fired, in order, `most` of them; also those that were
-- skipped.  It goes on while the schedule is not paused; `delete from pawl.schedule_backfill` ends it.
create function pawl.backfill_schedule(
  schedule text,
  since    timestamptz,
  until    timestamptz,
  most     integer default 10000,
  asked_by text default session_user
) returns void
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
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

-- Where schedules stand, with their last run.
create view pawl.schedule_status as
  select s.name, s.workflow, s.spec, s.zone, s.service, s.enabled, s.note, s.problem, s.last_tick,
    s.last_run, r.status as last_status, r.ended_at as last_ended_at,
    case when s.enabled then nullif(s.next_at, 'infinity') end as next_at, s.waiting, s.fires
  from pawl.schedule s
  left join pawl.run r on r.id = s.last_run;
