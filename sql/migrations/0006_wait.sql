-- Waits: what a waiting step waits for.  Its task is parked beside it, due when the wait is.
--
--   open ──▶ resolved (pawl.decide)  │  expired (its time came)  │  cancelled (its run ended)
--
-- Invariants:
--   (1) A wait leaves `open` once, by compare-and-set under the lock of its run, in the
--       transaction that makes its task ready.
--   (2) A task is in phase 'wait' exactly while it has an open wait or open children, or is a run's
--       deadline (`pawl verify`: wait_has_task, parked_has_reason).
--   (3) A resolved wait names who resolved it, and when.

create table pawl.wait (
  id          bigint      generated always as identity primary key,
  task_id     bigint      not null,
  run_id      uuid        not null,
  path        text        not null,
  visit       integer     not null,
  kind        text        not null,
  status      text        not null default 'open',
  subject     jsonb       not null default '{}',  -- what is asked: prompt, options, context
  assignee    text,
  due_at      timestamptz,
  fallback    text,       -- the choice that is taken when nobody answered in time
  choice      text,
  reasoning   text,
  data        jsonb,
  resolved_by text,
  created_at  timestamptz not null default pawl.now(),
  resolved_at timestamptz,

  constraint wait_once_per_visit unique (run_id, path, visit),
  constraint wait_kind_is_known check (kind in ('timer', 'signal', 'decision', 'child')),
  constraint wait_status_is_known check (status in ('open', 'resolved', 'expired', 'cancelled')),
  constraint wait_closed_has_time check ((status = 'open') = (resolved_at is null)),
  constraint wait_resolved_names_who check ((status = 'resolved') = (resolved_by is not null)),  -- (3)
  constraint wait_decision_has_choice check (
    kind <> 'decision' or status <> 'resolved' or choice is not null
  )
);

-- The inbox: open questions, oldest first.
create index wait_inbox on pawl.wait (kind, created_at) where status = 'open';

-- A task that goes on reads what it waited for.
create index wait_task on pawl.wait (task_id);

-- Scopes: open containers.  The counter is the join: it is decremented under the row's lock, never
-- counted from siblings, which would not see each other's uncommitted ends.
create table pawl.scope (
  task_id   bigint  primary key,  -- the container's own task, parked until `remaining` is 0
  run_id    uuid    not null,
  path      text    not null,
  visit     integer not null,
  total     integer not null,
  remaining integer not null,

  constraint scope_remaining_in_range check (remaining between 0 and total)
);

create index scope_run on pawl.scope (run_id);

-- Checkpoints: results inside a step, kept so that the next attempt does not compute them again.
-- They go when the step is settled.
create table pawl.checkpoint (
  run_id uuid        not null,
  path   text        not null,
  visit  integer     not null,
  name   text        not null,
  value  json        not null,
  at     timestamptz not null default pawl.now(),

  primary key (run_id, path, visit, name)
);
