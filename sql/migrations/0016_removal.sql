-- Removing versions of workflows that nobody needs any more.
--
-- Who enqueues a run, or takes up one that had ended, holds its workflow until the transaction ends;
-- who removes a version waits for that, and sees the run.  The hold is an advisory lock: it costs no
-- write, and enqueues of the same workflow do not meet in a row.
--
-- Invariants:
--   (1) A run that has not ended is pinned to a version that exists.
--   (2) The number of a version is never used again: workers remember definitions by it.

create table pawl.removed (
  workflow text    primary key,
  version  integer not null,  -- (2): the highest that was removed

  constraint removed_version_counts_from_one check (version >= 1)
);

-- The advisory lock of a workflow.
create function pawl.workflow_lock(workflow text) returns bigint
  language sql immutable strict
  set search_path = pg_catalog, pg_temp
  as $$
    select hashtextextended('pawl.workflow ' || workflow, 0)
  $$;

-- Keeps a version from being removed until the transaction ends, or refuses if it is gone.
create function pawl.hold_definition(workflow text, version integer) returns void
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
begin
  perform pg_advisory_xact_lock_shared(pawl.workflow_lock(hold_definition.workflow));
  if current_setting('transaction_isolation') = 'read committed' then
    perform from pawl.definition d
    where d.workflow = hold_definition.workflow and d.version = hold_definition.version;
  else
    -- An old snapshot still shows what was removed since; who locks the row is told.
    perform from pawl.definition d
    where d.workflow = hold_definition.workflow and d.version = hold_definition.version
    for key share;
  end if;
  if not found then
    raise exception 'workflow "%" version % is not defined', hold_definition.workflow,
        hold_definition.version
      using errcode = 'foreign_key_violation', hint = 'pawl define --list prints the defined ones';
  end if;
end
$$;

create function pawl.hold_definitions() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  as $$
declare
  pinned record;
begin
  for pinned in select distinct workflow, version from fresh order by workflow, version loop
    perform pawl.hold_definition(pinned.workflow, pinned.version);
  end loop;
  return null;
end
$$;

create trigger run_holds_definition  -- (1)
  after insert on pawl.run
  referencing new table as fresh
  for each statement
  execute function pawl.hold_definitions();

create function pawl.hold_definition_again() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  as $$
begin
  perform pawl.hold_definition(new.workflow, new.version);
  return null;
end
$$;

create trigger run_holds_definition_again  -- (1)
  after update on pawl.run
  for each row
  when (old.ended_at is not null and new.ended_at is null)
  execute function pawl.hold_definition_again();
