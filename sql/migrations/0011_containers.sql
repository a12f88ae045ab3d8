-- Containers whose children are at work side by side hold some of them back: a graph those whose
-- dependencies have not ended, a fan-out with a limit those above it.
--
--   held ──▶ enter    the last step that it depends on ended, or a sibling made room
--     └────▶ gone     a sibling failed, or the container has enough
--
-- Invariants:
--   (1) A held task is due at no time; only the end of a sibling changes that.
--   (2) A `gate` counts the steps that a held task depends on; a `join` the children of a container.
--       Both are decremented under the row's lock, in the transaction of the end that they count.

alter table pawl.task drop constraint task_phase_is_known;
alter table pawl.task add constraint task_phase_is_known
  check (phase in ('enter', 'held', 'wait', 'resume', 'skip'));
alter table pawl.task add constraint task_held_is_not_due  -- (1)
  check (phase <> 'held' or (run_at = 'infinity' and worker is null));

-- A container that closes early takes its children.
create index task_children on pawl.task (parent) where parent is not null;

-- Whether a run waits or runs is asked at each end of a child, which may have thousands of siblings.
drop index pawl.task_run;
create index task_run on pawl.task (run_id, phase);

-- The next child to begin, in order.
create index task_held on pawl.task (parent, id) where phase = 'held';

alter table pawl.scope add column kind text not null default 'join';
alter table pawl.scope add column needed integer;  -- successes that are enough; null is all children
alter table pawl.scope add constraint scope_kind_is_known check (kind in ('join', 'gate'));

-- The gates that a step's end opens, by path.
drop index pawl.scope_run;
create index scope_step on pawl.scope (run_id, path);
