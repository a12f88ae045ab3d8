-- Tasks: the frontier.  One narrow row per live step: ready, delayed, being executed or waiting.
--
--              claim                 settle
--    due ─────────────────▶ claimed ──────────▶ moved to the next step (same row), or deleted
--     ▲                      │   │ park
--     │ retry, release,      │   └──────────▶ phase 'wait', due when its wait is
--     │ rescue               │                  │ resolved, or its time comes
--     └──────────────────────┘◀─────────────────┘ phase 'resume'
--
-- Who moves it: the claim (any worker), the settlement and the release (its holder), the rescue (any
-- worker, from a dead one), and pawl.decide, pawl.cancel, pawl.retry.
--
-- Invariants:
--   (1) `fence` only grows: with each claim, move and rescue, and with each answer to a wait.  Every
--       write by a worker names the task and the fence that it holds, so a late write matches no row.
--   (2) A task has a worker exactly while it is claimed.
--   (3) Whoever changes the fence of a claimed task holds the lock of its run first.
--   (4) A claim changes no indexed column, so it stays a heap-only update.

create table pawl.task (
  id         bigint      generated always as identity primary key,
  run_id     uuid        not null,
  parent     bigint,               -- the task of the container that this step is a child of
  queue      text        not null,
  priority   smallint    not null,
  run_at     timestamptz not null, -- due from then on
  path       text        not null, -- the node, inside its containers
  visit      integer     not null default 1,
  kind       text        not null,
  phase      text        not null default 'enter',
  attempt    integer     not null default 0,  -- tries that were charged, this one included
  crashes    integer     not null default 0,  -- of them, those that died with their worker
  hops       integer     not null default 0,  -- steps before this one on its way: 0 is the first
  fence      bigint      not null default 0,
  worker     bigint,
  claimed_at timestamptz,

  constraint task_phase_is_known check (phase in ('enter', 'wait', 'resume')),
  constraint task_claimed_together check ((worker is null) = (claimed_at is null)),  -- (2)
  constraint task_priority_in_range check (priority between 0 and 9),  -- others are never claimed
  constraint task_counts_are_sound check (
    visit >= 1 and hops >= 0 and fence >= 0 and crashes between 0 and attempt
  )
) with (
  fillfactor = 50,  -- a page keeps room for the claims and moves of its rows
  autovacuum_vacuum_scale_factor = 0.02,
  autovacuum_vacuum_threshold = 1000,
  autovacuum_vacuum_cost_delay = 0
);

-- The claim reads this in order, a priority at a time.
create index task_due on pawl.task (queue, priority, run_at, id);

-- Cancel, and the end of a run with branches, take all tasks of a run.
create index task_run on pawl.task (run_id);
