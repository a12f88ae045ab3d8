-- What people and programs do to a run from outside, besides cancelling it and answering its
-- questions: pause and resume it, skip a step, send a signal, set a variable, retry, and end a step
-- with an output of their own.  Like those, each function locks the run first and appends an event.

alter table pawl.wait add column output jsonb;  -- the output as it was given, instead of a choice
alter table pawl.wait drop constraint wait_decision_has_choice;
alter table pawl.wait add constraint wait_decision_has_answer check (
  kind <> 'decision' or status <> 'resolved' or choice is not null or output is not null
);

-- Stops a run: what is at work ends, and nothing follows it.  Its tasks stand in a queue that nobody
-- claims from, so that all else about them goes on: answers come, joins count, times pass.
create function pawl.pause(run uuid, reason text default null, paused_by text default session_user)
  returns void
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
declare
  head pawl.run := pawl.lock_live_run(pause.run);
begin
  if head.status = 'paused' then
    return;
  end if;
  update pawl.task t set queue = '@paused' where t.run_id = pause.run and t.kind not like '@%';
  update pawl.run r set status = 'paused' where r.id = pause.run;
  perform pawl.append(pause.run, 'run_paused', null, null, json_build_object(
    'reason', pause.reason, 'paused_by', coalesce(pause.paused_by, session_user)));
end
$$;

-- Lets a paused run go on.  A deadline that has passed is lifted.
create function pawl.resume(run uuid, resumed_by text default session_user) returns void
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
declare
  head pawl.run := pawl.lock_live_run(resume.run);
begin
  if head.status <> 'paused' then
    raise exception 'run % is %, not paused', resume.run, head.status
      using errcode = 'object_not_in_prerequisite_state', hint = 'pawl.pause(run) stops a run';
  end if;
  update pawl.task t set queue = head.queue where t.run_id = resume.run and t.queue = '@paused';
  update pawl.run r
  set status = case when exists (
      select from pawl.task t
      where t.run_id = resume.run and t.phase in ('enter', 'resume', 'skip') and t.kind <> '@cancel'
    ) then 'running' else 'waiting' end,
    deadline = case when r.deadline > pawl.now() then r.deadline end
  where r.id = resume.run;
  perform pawl.append(resume.run, 'run_resumed', null, null, json_build_object(
    'resumed_by', coalesce(resume.resumed_by, session_user)));
  perform pawl.wake_workers();
end
$$;

-- Sends a signal.  It is kept until a step takes it that waits for one of that name.
create function pawl.signal(
  run     uuid,
  name    text,
  payload jsonb default null,
  sent_by text default session_user
) returns void
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
declare
  said jsonb;
begin
  perform pawl.lock_live_run(signal.run);
  if signal.name is null then
    raise exception 'a signal has no name'
      using errcode = 'not_null_violation', hint = 'give the name that a wait node names';
  end if;
  perform pawl.check_length('the name of a signal', signal.name, 200, 'give a shorter name');
  said := jsonb_build_object('name', signal.name, 'payload', signal.payload,
    'sent_by', coalesce(signal.sent_by, session_user));
  perform pawl.check_value(format('signal "%s"', signal.name), said);
  perform pawl.append(signal.run, 'signal_received', null, null, said::json);
  -- Whether it passes a filter is for the planner to say.
  update pawl.task t
  set phase = 'resume', run_at = pawl.now()
  from pawl.wait w
  where w.run_id = signal.run and w.kind = 'signal' and w.status = 'open'
    and w.subject ->> 'name' = signal.name
    and t.id = w.task_id and t.phase = 'wait';
  -- A run that has a history is not pending any more: its first step has to read it.
  update pawl.run r set status = 'running'
  where r.id = signal.run and (r.status = 'pending' or found and r.status = 'waiting');
  perform pawl.wake_workers();
end
$$;

-- Sets a variable, which templates and conditions read as context.name.
create function pawl.set_variable(
  run    uuid,
  name   text,
  value  jsonb,
  set_by text default session_user
) returns void
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
declare
  said jsonb;
begin
  perform pawl.lock_live_run(set_variable.run);
  perform pawl.check_length('the name of a variable', coalesce(set_variable.name, ''), 200,
    'give it one');
  said := jsonb_build_object('name', set_variable.name, 'value', set_variable.value,
    'set_by', coalesce(set_variable.set_by, session_user));
  perform pawl.check_value(format('variable "%s"', set_variable.name), said);
  perform pawl.append(set_variable.run, 'variable_set', null, null, said::json);
  update pawl.run r set status = 'running'  -- As above.
  where r.id = set_variable.run and r.status = 'pending';
end
$$;

-- Passes a live step over, or the one at which a run failed.  `step` is its path.
create function pawl.skip(run uuid, step text, skipped_by text default session_user) returns void
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
declare
  head   pawl.run;
  target pawl.task;
begin
  select * into head from pawl.run r where r.id = skip.run for update;
  if found and head.status = 'failed' then
    perform pawl.revive(head, skip.step, 'skip', skip.skipped_by);
    return;
  end if;
  head := pawl.lock_live_run(skip.run);
  select * into target from pawl.task t
  where t.run_id = skip.run and t.path = skip.step and t.kind not like '@%'
  for update;
  if not found then
    raise exception 'run % has no live step "%"', skip.run, skip.step
      using errcode = 'no_data_found', hint = 'pawl show prints the live steps of a run';
  end if;
  if target.phase = 'held' then
    raise exception 'step "%" has not begun', skip.step
      using errcode = 'object_not_in_prerequisite_state',
            hint = 'skip the steps that it waits for, or wait until it begins';
  end if;
  if target.worker is not null then
    perform pg_notify('pawl_cancel', skip.run::text);
  end if;
  update pawl.wait w set status = 'cancelled', resolved_at = pawl.now()
  where w.task_id = target.id and w.status = 'open';
  if target.kind = 'workflow' then
    perform pawl.cancel_children(skip.run, array[target.id]);
  end if;
  update pawl.task t
  set phase = 'skip', run_at = pawl.now(), worker = null, claimed_at = null, fence = fence + 1
  where t.id = target.id;
  update pawl.run r set status = 'running' where r.id = skip.run and r.status = 'waiting';
  perform pawl.wake_workers();
end
$$;

-- Ends a waiting step with an output of the caller's, whatever the step asked.
create function pawl.answer(
  run         uuid,
  step        text,
  output      jsonb,
  answered_by text default session_user
) returns void
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
declare
  asked pawl.wait;
begin
  perform pawl.lock_live_run(answer.run);
  select * into asked from pawl.wait w
  where w.run_id = answer.run and w.status = 'open' and w.kind = 'decision'
    and (w.path = answer.step or w.path like '%.' || answer.step)
  order by w.path <> answer.step, w.id
  limit 1
  for update;
  if not found then
    raise exception 'run % does not wait for an answer at "%"', answer.run, answer.step
      using errcode = 'object_not_in_prerequisite_state',
            hint = 'pawl show prints what a run waits for';
  end if;
  if asked.due_at <= pawl.now() then
    raise exception 'step "%" was due at %', answer.step, asked.due_at
      using errcode = 'object_not_in_prerequisite_state',
            hint = 'its run goes on with the fallback, or fails if there is none';
  end if;
  perform pawl.check_value(format('the answer to step "%s"', answer.step), answer.output);
  update pawl.wait w
  set status = 'resolved', output = coalesce(answer.output, 'null'), resolved_at = pawl.now(),
      resolved_by = coalesce(answer.answered_by, session_user)
  where w.id = asked.id;
  perform pawl.append(answer.run, 'decision_resolved', asked.path, asked.visit,
    json_build_object('decision', asked.id, 'output', coalesce(answer.output, 'null'),
      'resolved_by', coalesce(answer.answered_by, session_user)));
  update pawl.task t
  set phase = 'resume', run_at = pawl.now(), worker = null, claimed_at = null, fence = fence + 1
  where t.id = asked.task_id;
  update pawl.run r set status = 'running' where r.id = answer.run and r.status = 'waiting';
  perform pawl.wake_workers();
end
$$;

-- Gives a failed run a task at the step at which it failed.  The caller holds the lock of the run.
create function pawl.revive(head pawl.run, step text, phase text, revived_by text) returns void
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
declare
  failed record;
begin
  -- If one more step ran last, the run was decided to fail before it.
  select e.path, e.visit into failed
  from pawl.event e
  where e.run_id = head.id and e.kind in ('run_failed', 'run_ending')
    and e.seq > coalesce((
      select max(r.seq) from pawl.event r where r.run_id = head.id and r.kind = 'run_retried'), 0)
  order by e.seq
  limit 1;
  if failed.path is null or failed.path = '@deadline' then
    raise exception 'run % failed by its deadline, not at a step', head.id
      using errcode = 'object_not_in_prerequisite_state', hint = 'enqueue a new run';
  end if;
  if revive.step is not null and revive.step <> failed.path then
    raise exception 'run % failed at step "%", not at "%"', head.id, failed.path, revive.step
      using errcode = 'object_not_in_prerequisite_state', hint = 'name the step that failed';
  end if;
  insert into pawl.task (run_id, queue, priority, run_at, path, visit, kind, phase, hops)
  values (head.id, head.queue, head.priority, pawl.now(), failed.path, failed.visit, '@retry',
          revive.phase, 1);
  update pawl.run r set status = 'running', ended_at = null, deadline = null where r.id = head.id;
  perform pawl.append(head.id, 'run_retried', failed.path, failed.visit,
    json_build_object('retried_by', coalesce(revived_by, session_user)));
  perform pawl.wake_workers();
end
$$;

-- Takes a failed run up again at the steps that failed.  What had ended well stays, inside containers
-- too; a step keeps its idempotency key and starts with fresh attempts.
create or replace function pawl.retry(run uuid, retried_by text default session_user) returns void
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
declare
  head pawl.run;
begin
  select * into head from pawl.run r where r.id = retry.run for update;
  if not found then
    raise exception 'run % does not exist', retry.run
      using errcode = 'no_data_found', hint = 'pawl runs prints the latest ones';
  end if;
  if head.status <> 'failed' then
    raise exception 'run % is %, not failed', retry.run, head.status
      using errcode = 'object_not_in_prerequisite_state',
            hint = 'only a failed run can be retried; enqueue a new one instead';
  end if;
  perform pawl.revive(head, null, 'enter', retried_by);
end
$$;
