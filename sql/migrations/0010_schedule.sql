-- Schedules: rules that start runs.  A tick is one instant that a schedule names.
--
-- Firing is one transaction: insert the tick, insert its run, advance `next_at`, each by
-- compare-and-set.  Any number of schedulers may do it; none is the leader.
--
-- Invariants:
--   (1) There is one row per (schedule, tick): fired, with its run, or skipped, with the reason.
--   (2) A change of spec or zone recomputes `next_at` (null until a scheduler has).

create table pawl.schedule (
  name       text        primary key,
  workflow   text        not null references pawl.workflow,
  spec       text        not null,
  zone       text        not null default 'UTC',
  input      jsonb       not null default '{}',
  service    text        not null default 'default',  -- who declared it
  enabled    boolean     not null default true,
  next_at    timestamptz,
  last_tick  timestamptz,
  problem    text,        -- why it cannot fire, for people; null when it can
  created_at timestamptz not null default pawl.now(),

  constraint schedule_is_named check (length(name) between 1 and 200),
  constraint schedule_spec_is_short check (length(spec) between 1 and 256),
  constraint schedule_input_is_object check (jsonb_typeof(input) = 'object')
);

-- The scheduler reads this: what is due, and what has no next tick yet.
create index schedule_due on pawl.schedule (next_at nulls first) where enabled and problem is null;

create table pawl.schedule_fire (
  schedule text        not null,  -- no reference: the record outlives the schedule
  tick     timestamptz not null,
  outcome  text        not null,
  run_id   uuid,
  reason   text,
  at       timestamptz not null default pawl.now(),

  primary key (schedule, tick),  -- (1)
  constraint fire_outcome_is_known check (outcome in ('fired', 'skipped')),
  constraint fire_has_run check ((outcome = 'fired') = (run_id is not null)),
  constraint fire_skipped_has_reason check ((outcome = 'skipped') = (reason is not null))
);

create function pawl.reset_schedule() returns trigger
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
begin
  new.next_at := null;
  new.problem := null;
  return new;
end
$$;

create trigger schedule_is_recomputed  -- (2)
  before update on pawl.schedule
  for each row
  when (old.spec <> new.spec or old.zone <> new.zone or (new.enabled and not old.enabled))
  execute function pawl.reset_schedule();
