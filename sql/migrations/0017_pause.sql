-- A run that is taken up again may be paused before it goes on; only its time and the end of the run
-- that it belongs to come to a paused run.

create or replace function pawl.pause(
  run       uuid,
  reason    text default null,
  paused_by text default session_user
) returns void
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
declare
  head pawl.run := pawl.lock_live_run(pause.run);
begin
  if head.status = 'paused' then
    return;
  end if;
  update pawl.task t set queue = '@paused'
  where t.run_id = pause.run and t.kind not in ('@deadline', '@cancel');
  update pawl.run r set status = 'paused' where r.id = pause.run;
  perform pawl.append(pause.run, 'run_paused', null, null, json_build_object(
    'reason', pause.reason, 'paused_by', coalesce(pause.paused_by, session_user)));
end
$$;
