-- What people and programs do to a run from outside.  Each function is one transaction's worth of
-- change: it locks the run first, then changes its task, scopes and waits, and appends an event.

-- Locks a run that has not ended.
create function pawl.lock_live_run(run uuid) returns pawl.run
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
declare
  locked pawl.run;
begin
  select * into locked from pawl.run where id = lock_live_run.run for update;
  if not found then
    raise exception 'run % does not exist', lock_live_run.run
      using errcode = 'no_data_found', hint = 'pawl runs prints the latest ones';
  end if;
  if locked.ended_at is not null then
    raise exception 'run % is already %', lock_live_run.run, locked.status
      using errcode = 'object_not_in_prerequisite_state',
            hint = 'nothing can be done to a run that has ended, except to retry one that failed';
  end if;
  return locked;
end
$$;

-- Answers an open decision.  The first answer counts; a later one is an error that names the first.
create function pawl.decide(
  decision   bigint,
  choice     text,
  reasoning  text default null,
  data       jsonb default null,
  decided_by text default session_user
) returns uuid
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
declare
  asked   pawl.wait;
  options text[];
  now     timestamptz;
  answer  jsonb;
begin
  select * into asked from pawl.wait w where w.id = decision and w.kind = 'decision';
  if not found then
    raise exception 'decision % does not exist', decision
      using errcode = 'no_data_found', hint = 'pawl decide --list prints the open ones';
  end if;
  perform pawl.lock_live_run(asked.run_id);
  -- Again, under the lock of the run.
  select * into asked from pawl.wait w where w.id = decision for update;
  if asked.status <> 'open' then
    raise exception 'decision % is already %', decision, asked.status
      using errcode = 'object_not_in_prerequisite_state',
            detail = case when asked.resolved_by is null then ''
              else format('It was "%s", by %s.', asked.choice, asked.resolved_by) end,
            hint = 'the first answer counts';
  end if;
  now := pawl.now();
  if asked.due_at <= now then
    raise exception 'decision % was due at %', decision, asked.due_at
      using errcode = 'object_not_in_prerequisite_state',
            hint = 'its run goes on with the fallback, or fails if there is none';
  end if;

  select array_agg(coalesce(o ->> 'id', o #>> '{}')) into options
  from jsonb_array_elements(
    case jsonb_typeof(asked.subject -> 'options') when 'array' then asked.subject -> 'options'
    else '[]' end) o;
  if decide.choice is null or not decide.choice = any (coalesce(options, array[decide.choice])) then
    raise exception 'decision % has no option "%"', decision, coalesce(decide.choice, '')
      using errcode = 'check_violation',
            hint = 'choose one of: ' || coalesce(array_to_string(options, ', '), 'any text');
  end if;

  -- It becomes the output of the step, for which the same holds as for an input.
  answer := jsonb_build_object('decision', decision, 'choice', decide.choice,
    'reasoning', decide.reasoning, 'data', decide.data,
    'resolved_by', coalesce(decide.decided_by, session_user));
  perform pawl.check_value(format('the answer to decision %s', decision), answer);

  update pawl.wait w
  set status = 'resolved', choice = decide.choice, reasoning = decide.reasoning,
      data = decide.data, resolved_by = answer ->> 'resolved_by', resolved_at = now
  where w.id = decision;
  perform pawl.append(asked.run_id, 'decision_resolved', asked.path, asked.visit, answer::json);

  update pawl.task t
  set phase = 'resume', run_at = now, worker = null, claimed_at = null, fence = fence + 1
  where t.id = asked.task_id;
  update pawl.run r set status = 'running' where r.id = asked.run_id and r.status = 'waiting';
  perform pawl.wake_workers();
  return asked.run_id;
end
$$;

-- Takes everything that a run has in the frontier.  The caller holds the lock of the run.
create function pawl.sweep(run uuid) returns void
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
begin
  delete from pawl.task where run_id = sweep.run;
  delete from pawl.scope where run_id = sweep.run;
  update pawl.wait set status = 'cancelled', resolved_at = pawl.now()
  where run_id = sweep.run and status = 'open';
  delete from pawl.checkpoint where run_id = sweep.run;
end
$$;

-- Cancels a run.  Steps that are being executed are told, and what they still return is not recorded.
-- Returns false when the run had already ended.
create function pawl.cancel(run uuid, reason text default null, cancelled_by text default session_user)
  returns boolean
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
declare
  head pawl.run;
  said jsonb;
begin
  select * into head from pawl.run where id = cancel.run for update;
  if not found then
    raise exception 'run % does not exist', cancel.run
      using errcode = 'no_data_found', hint = 'pawl runs prints the latest ones';
  end if;
  if head.ended_at is not null then
    return false;
  end if;
  if exists (select from pawl.task where run_id = cancel.run and worker is not null) then
    perform pg_notify('pawl_cancel', cancel.run::text);
  end if;
  said := jsonb_build_object('reason', reason,
    'cancelled_by', coalesce(cancelled_by, session_user));
  perform pawl.check_value('the reason', said);
  perform pawl.sweep(cancel.run);
  perform pawl.append(cancel.run, 'run_cancelled', null, null, said::json);
  update pawl.run set status = 'cancelled', ended_at = pawl.now() where id = cancel.run;
  return true;
end
$$;

-- Takes a failed run up again at the step that failed; inside a container, at the outermost one.
-- The step keeps its idempotency key and starts with fresh attempts.
create function pawl.retry(run uuid, retried_by text default session_user) returns void
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
declare
  head     pawl.run;
  failed   record;
  node     text;
  kind     text;
  recorded boolean;
begin
  select * into head from pawl.run where id = retry.run for update;
  if not found then
    raise exception 'run % does not exist', retry.run
      using errcode = 'no_data_found', hint = 'pawl runs prints the latest ones';
  end if;
  if head.status <> 'failed' then
    raise exception 'run % is %, not failed', retry.run, head.status
      using errcode = 'object_not_in_prerequisite_state',
            hint = 'only a failed run can be retried; enqueue a new one instead';
  end if;

  select e.path, e.visit into failed
  from pawl.event e
  where e.run_id = retry.run and e.kind = 'run_failed'
  order by e.seq desc
  limit 1;
  if failed.path is null or failed.path = '@deadline' then
    raise exception 'run % failed by its deadline, not at a step', run
      using errcode = 'object_not_in_prerequisite_state', hint = 'enqueue a new run';
  end if;

  node := split_part(failed.path, '.', 1);
  recorded := exists (
    select from pawl.event e
    where e.run_id = retry.run
      and e.kind in ('step_completed', 'step_failed', 'decision_requested')
      and (e.path = node or starts_with(e.path, node || '.')) and e.visit = failed.visit);
  select n ->> 'type' into strict kind
  from pawl.definition d, jsonb_array_elements(d.body -> 'nodes') n
  where d.workflow = head.workflow and d.version = head.version and n ->> 'id' = node;

  insert into pawl.task (run_id, queue, priority, run_at, path, visit, kind, hops)
  values (
    retry.run, head.queue, head.priority, pawl.now(), node,
    -- What a visit recorded stays: a container whose children ended, a question that nobody
    -- answered, or a step from which no edge led on, is visited anew.
    failed.visit + case when recorded then 1 else 0 end,
    kind,
    1);
  update pawl.run set status = 'running', ended_at = null, deadline = null where id = retry.run;
  perform pawl.append(retry.run, 'run_retried', node, failed.visit,
    json_build_object('retried_by', coalesce(retried_by, session_user)));
  perform pawl.wake_workers();
end
$$;
