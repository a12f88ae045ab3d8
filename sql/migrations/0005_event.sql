-- Events: the history.  Append-only, per run 1, 2, 3 … without gaps; every other table can be
-- rebuilt from it.  Outputs live here and nowhere else.
--
-- Invariants:
--   (1) An event is never changed, and deleted only by retention.
--   (2) `seq` is taken under the lock of the run, in a statement after the one that locked it: a
--       snapshot from before the lock would not see the last event.
--   (3) The event that ends a run is its last one, unless `run_retried` follows.
--   (4) `run_completed` and `run_failed` name the step at which the run ended, and are that step's
--       end too: no second event says the same.

create table pawl.event (
  run_id  uuid        not null,
  seq     integer     not null,
  at      timestamptz not null,
  kind    text        not null,
  path    text,
  visit   integer,
  attempt integer,
  worker  bigint,
  took    interval,   -- of the attempt, by the worker's monotonic clock
  data    json,       -- json, not jsonb: outputs pass through untouched

  primary key (run_id, seq)
) with (
  autovacuum_vacuum_insert_scale_factor = 0.05
);

create function pawl.refuse_event_delete() returns trigger
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
begin
  if coalesce(current_setting('pawl.retention', true), '') <> 'on' then
    raise exception 'an event is never deleted by hand'
      using errcode = 'object_not_in_prerequisite_state',
            hint = 'retention removes whole runs that ended';
  end if;
  return null;
end
$$;

create trigger event_is_immutable  -- (1)
  before update on pawl.event
  for each statement
  execute function pawl.refuse_change('an event is never changed', 'append an event that corrects it');

create trigger event_is_kept  -- (1)
  before delete or truncate on pawl.event
  for each statement
  execute function pawl.refuse_event_delete();

-- Also when a session claims to be a replica.
alter table pawl.event enable always trigger event_is_immutable;
alter table pawl.event enable always trigger event_is_kept;

-- Appends one event.  The caller holds the lock of the run, taken in an earlier statement (2).
create function pawl.append(run uuid, kind text, path text, visit integer, data json)
  returns integer
  language sql volatile
  set search_path = pg_catalog, pg_temp
  as $$
    insert into pawl.event (run_id, seq, at, kind, path, visit, data)
    values (
      append.run,
      (select coalesce(max(e.seq), 0) + 1 from pawl.event e where e.run_id = append.run),
      pawl.now(), append.kind, append.path, append.visit, append.data
    )
    returning seq
  $$;
