-- Runs: the head.  One row per execution of a workflow, written when it is enqueued and when its
-- status changes, never once per step.
--
--   pending ──▶ running ◀──▶ waiting
--      │           │            │
--      └───────────┴────────────┴──▶ completed │ failed │ cancelled
--
-- `pending` means that nothing has been recorded yet; a step shorter than a second may well end its
-- run before it was ever seen as `running`.  `paused` is an operator's.
--
-- Invariants:
--   (1) A run has an end time exactly when its status is final.
--   (2) There is one run per (tenant, workflow, key).
--   (3) A run that has not ended has at least one task (`pawl verify`: no_wedge).
--   (4) A run that has not ended is never deleted: nobody would claim the tasks that it left behind,
--       and claims would stop at them.

create table pawl.run (
  id         uuid        primary key,
  tenant     text        not null default 'default',
  workflow   text        not null,
  version    integer     not null,
  status     text        not null default 'pending',
  queue      text        not null,
  priority   smallint    not null,
  key        text,
  input      jsonb       not null default '{}',
  run_at     timestamptz not null,
  deadline   timestamptz,
  created_at timestamptz not null,
  ended_at   timestamptz,

  constraint run_status_is_known check (
    status in ('pending', 'running', 'waiting', 'paused', 'completed', 'failed', 'cancelled')
  ),
  constraint run_ended_when_final check (  -- (1)
    (status in ('completed', 'failed', 'cancelled')) = (ended_at is not null)
  ),
  constraint run_priority_in_range check (priority between 0 and 9)
) with (fillfactor = 85);  -- room for the updates of status beside the row

create trigger run_is_kept  -- (4)
  before delete on pawl.run
  for each row
  when (old.ended_at is null)
  execute function pawl.refuse_change('a run that has not ended is never deleted', 'cancel it first: select pawl.cancel(id)');

create trigger runs_are_kept  -- (4)
  before truncate on pawl.run
  for each statement
  execute function pawl.refuse_change('runs are never deleted together', 'delete those that have ended');

-- (2), apart from `run` so that it holds across partitions of `run` and outlives them.
create table pawl.run_key (
  tenant   text not null,
  workflow text not null,
  key      text not null,
  run_id   uuid not null,

  primary key (tenant, workflow, key)
);
