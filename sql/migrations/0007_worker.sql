-- Workers: one row per process that claims.  The row is the lease of all its tasks: whoever has not
-- renewed `beat_at` for `lease` is dead, and its tasks are anybody's.
--
--   live ──▶ gone (it stopped: the row is deleted)
--     └────▶ lost (it was silent for too long) ──▶ deleted once it holds no task
--
-- Invariants:
--   (1) A lost worker never lives again: it registers anew under another id.
--   (2) A claim locks its worker's row for key share and sees that it is not lost; marking a worker
--       lost locks the row for update.  So no claim slips past a rescue.

create table pawl.worker (
  id         bigint      generated always as identity primary key,
  host       text        not null,
  pid        integer     not null,
  version    text        not null,
  queues     text[]      not null,
  kinds      text[]      not null,
  slots      integer     not null,
  lease      interval    not null,
  started_at timestamptz not null default pawl.now(),
  beat_at    timestamptz not null default pawl.now(),
  asleep     boolean     not null default false,  -- wants a NOTIFY when work arrives
  draining   boolean     not null default false,
  lost_at    timestamptz
) with (fillfactor = 50);
