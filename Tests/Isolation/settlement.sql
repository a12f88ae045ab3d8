-- How the specs settle steps: plans, and the engine's statements in the order in which it makes them.

-- What a worker knows of a task that it holds.
create function stage.held(claimed text) returns jsonb language sql as $$
  select to_jsonb(c) || jsonb_build_object('kept', false, 'closes', false) from stage.claimed c where who = claimed
$$;

create function stage.event(held jsonb, kind text, data jsonb default null) returns jsonb language sql as $$
  select jsonb_build_array(jsonb_build_object('kind', kind, 'path', held -> 'path', 'visit', held -> 'visit',
    'attempt', held -> 'attempt', 'data', data))
$$;

-- The step completes, and its run with it.
create function stage.ends(claimed text) returns jsonb language sql as $$
  select h || jsonb_build_object('ending', 'completed', 'drops', true,
    'events', stage.event(h, 'run_completed', jsonb_build_object('by', claimed)))
  from stage.held(claimed) h
$$;

-- The step fails, and its run with it.
create function stage.fails(claimed text) returns jsonb language sql as $$
  select h || jsonb_build_object('ending', 'failed', 'drops', true, 'events', stage.event(h, 'run_failed'))
  from stage.held(claimed) h
$$;

-- The run ends, with all that it has in the frontier: its deadline passed, or its parent ended.
create function stage.sweeps(claimed text) returns jsonb language sql as $$
  select h || jsonb_build_object('ending', 'cancelled', 'drops', true, 'sweeps', true, 'sweeps_rest', true,
    'events', stage.event(h, 'run_cancelled'))
  from stage.held(claimed) h
$$;

-- The step completes, and its task becomes the next one.
create function stage.moves(claimed text, next text) returns jsonb language sql as $$
  select h || jsonb_build_object('starts', true,
    'events', stage.event(h, 'step_completed', jsonb_build_object('by', claimed)),
    'move', jsonb_build_object('path', next, 'visit', 1, 'kind', 'job', 'phase', 'enter', 'attempt', 0, 'hops', 1,
      'as_before', false))
  from stage.held(claimed) h
$$;

-- The same, and its holder goes on with the next step.
create function stage.keeps(claimed text, next text) returns jsonb language sql as $$
  select m || jsonb_build_object('kept', true, 'move', m -> 'move' || jsonb_build_object('attempt', 1))
  from stage.moves(claimed, next) m
$$;

-- The step opens a container, and parks until its children have ended.
create function stage.forks(claimed text, children text[], needed integer default null) returns jsonb
  language sql as $$
  select h || jsonb_build_object('starts', true,
    'events', stage.event(h, 'step_opened'),
    'move', jsonb_build_object('path', h -> 'path', 'visit', h -> 'visit', 'kind', h -> 'kind', 'phase', 'wait',
      'attempt', 0, 'hops', 1, 'as_before', false),
    'opening', jsonb_build_object('needed', needed),
    'children', (select jsonb_agg(jsonb_build_object('path', (h ->> 'path') || '.' || c, 'visit', 1, 'kind', 'job',
        'hops', 1, 'prerequisites', 0, 'held', false)) from unnest(children) c))
  from stage.held(claimed) h
$$;

-- A child of a container completes.
create function stage.arrives(claimed text) returns jsonb language sql as $$
  select h || jsonb_build_object('drops', true, 'arrival', true,
    'events', stage.event(h, 'step_completed', jsonb_build_object('by', claimed)))
  from stage.held(claimed) h
$$;

-- The container's own step, resumed, closes it and ends the run.
create function stage.joins(claimed text) returns jsonb language sql as $$
  select stage.ends(claimed) || jsonb_build_object('closes', true)
$$;

-- The step parks at a question, a signal or another run.
create function stage.waits(claimed text, kind text, subject jsonb, due interval default null) returns jsonb
  language sql as $$
  select h || jsonb_build_object('starts', true,
    'events', stage.event(h, 'step_waiting'),
    'move', jsonb_build_object('path', h -> 'path', 'visit', h -> 'visit', 'kind', h -> 'kind', 'phase', 'wait',
      'attempt', 0, 'hops', 1, 'delay', due, 'as_before', false),
    'wait', jsonb_build_object('kind', kind, 'subject', subject, 'due', due, 'fallback', 'late'))
  from stage.held(claimed) h
$$;

-- Nobody answered in time, and the run ends with the fallback.
create function stage.expires(claimed text) returns jsonb language sql as $$
  select stage.ends(claimed) || jsonb_build_object('over', true, 'expired', true)
$$;

-- What the step waited for came, and its run ends.
create function stage.resolves(claimed text) returns jsonb language sql as $$
  select stage.ends(claimed) || jsonb_build_object('over', true, 'expired', false)
$$;

-- The step takes a signal, of that number in the history, and goes on; another one may have taken it.
create function stage.takes(claimed text, number integer) returns jsonb language sql as $$
  select h || jsonb_build_object('over', true, 'expired', false, 'drops', true, 'arrival', true,
    'objection', 'signal_taken', 'objection_data', jsonb_build_object('number', number),
    'events', stage.event(h, 'signal_taken', jsonb_build_object('number', number))
      || stage.event(h, 'step_completed'))
  from stage.held(claimed) h
$$;

-- A column of a batch, as an array.
create function stage.list(plans jsonb[], member text) returns text language sql as $$
  select coalesce(array_agg(p ->> member order by n), '{}')::text from unnest(plans) with ordinality as u (p, n)
$$;

-- The plans of a batch that have something, a row each; the row has what is common to all.
create function stage.with(plans jsonb[], member text) returns jsonb[] language sql as $$
  select coalesce(array_agg(p || case jsonb_typeof(part) when 'object' then part else '{}' end order by n, m), '{}')
  from unnest(plans) with ordinality as u (p, n)
  cross join jsonb_array_elements(
    case jsonb_typeof(p -> member) when 'array' then p -> member else jsonb_build_array(p -> member) end)
    with ordinality as e (part, m)
  where p ->> member is not null and p -> member <> 'false'
$$;

create function stage.is_written(part text, plans jsonb[]) returns setof text language plpgsql as $$
declare
  these jsonb[];
begin
  case part
  when 'lock' then
    return next stage.bound('lock 1', stage.list(plans, 'run'));
  when 'noteTime' then
    return next stage.bound('noteTime 1');
  when 'appendRefusals' then
    these := stage.with(plans, 'objection');
    return next stage.bound('appendRefusals 1', stage.list(these, 'task'), stage.list(these, 'fence'),
      stage.list(these, 'known'), stage.list(these, 'objection'), stage.list(these, 'objection_data'));
    these := stage.with(plans, 'sweeps_rest');
    return next stage.bound('appendRefusals 2', stage.list(these, 'task'), stage.list(these, 'fence'));
  when 'appendAbandonments' then
    these := stage.with(plans, 'closes');
    return next stage.bound('appendAbandonments 1', stage.list(these, 'task'), stage.list(these, 'fence'), '{}', '{}');
  when 'appendEvents' then
    these := stage.with(plans, 'events');
    return next stage.bound('insert 1', stage.list(these, 'task'), stage.list(these, 'fence'),
      stage.list(these, 'worker'), stage.list(these, 'kind'), stage.list(these, 'path'), stage.list(these, 'visit'),
      stage.list(these, 'attempt'), stage.list(these, 'took'), stage.list(these, 'data'));
  when 'appendClosings' then
    these := stage.with(plans, 'closes');
    return next stage.bound('appendClosings 1', stage.list(these, 'task'), stage.list(these, 'fence'));
  when 'appendArrivals' then
    these := stage.with(plans, 'arrival');
    return next stage.bound('appendArrivals 1', stage.list(these, 'task'), stage.list(these, 'fence'),
      stage.list(these, 'arrival'), stage.list(these, 'closes'));
  when 'appendResolutions' then
    these := stage.with(plans, 'over');
    return next stage.bound('appendResolutions 1', stage.list(these, 'task'), stage.list(these, 'fence'),
      stage.list(these, 'expired'));
  when 'appendContainers' then
    these := stage.with(plans, 'opening');
    return next stage.bound('appendContainers 1', stage.list(these, 'task'), stage.list(these, 'fence'),
      stage.list(these, 'path'), stage.list(these, 'visit'),
      (select coalesce(array_agg(jsonb_array_length(s -> 'children')), '{}')::text from unnest(these) s),
      stage.list(these, 'needed'));
    these := stage.with(plans, 'children');
    return next stage.bound('appendContainers 2', stage.list(these, 'task'), stage.list(these, 'fence'),
      stage.list(these, 'path'), stage.list(these, 'visit'), stage.list(these, 'kind'), stage.list(these, 'hops'),
      stage.list(these, 'prerequisites'), stage.list(these, 'held'));
  when 'appendWaits' then
    these := stage.with(plans, 'wait');
    return next stage.bound('Waits appendWaits 1', stage.list(these, 'task'), stage.list(these, 'fence'),
      stage.list(these, 'path'), stage.list(these, 'visit'), stage.list(these, 'kind'), stage.list(these, 'subject'),
      stage.list(these, 'assignee'), stage.list(these, 'due'), stage.list(these, 'fallback'));
  when 'appendCheckpoints' then
    these := stage.with(plans, 'checkpoints');
    return next stage.bound('appendCheckpoints 1', stage.list(these, 'task'), stage.list(these, 'fence'),
      stage.list(these, 'path'), stage.list(these, 'visit'));
  when 'appendHeads' then
    these := stage.with(plans, 'ending');
    return next stage.bound('appendHeads 1', stage.list(these, 'task'), stage.list(these, 'fence'),
      stage.list(these, 'ending'));
    these := stage.with(plans, 'starts');
    return next stage.bound('appendHeads 2', stage.list(these, 'task'), stage.list(these, 'fence'));
  when 'appendTasks' then
    these := stage.with(plans, 'move');
    return next stage.bound('update 1', stage.list(these, 'task'), stage.list(these, 'fence'), stage.list(these, 'run'),
      stage.list(these, 'known'), stage.list(these, 'path'), stage.list(these, 'visit'), stage.list(these, 'kind'),
      stage.list(these, 'phase'), stage.list(these, 'attempt'), stage.list(these, 'hops'), stage.list(these, 'delay'),
      stage.list(these, 'instant'), stage.list(these, 'as_before'), stage.list(these, 'kept'));
    these := stage.with(plans, 'drops');
    return next stage.bound('appendTasks 1', stage.list(these, 'task'), stage.list(these, 'fence'));
  when 'appendAlerts' then
    select coalesce(array_agg(p || jsonb_build_object('fence', (p ->> 'fence')::bigint + 1)), '{}') into these
    from unnest(stage.with(plans, 'wait')) p where p ->> 'kind' = 'signal';
    return next stage.bound('appendAlerts 1', stage.list(these, 'task'), stage.list(these, 'fence'),
      stage.list(these, 'known'));
  when 'appendSweeps' then
    return next stage.bound('appendSweeps 1', stage.list(stage.with(plans, 'sweeps'), 'run'));
  when 'appendStatuses' then
    these := stage.with(plans, 'arrival') || stage.with(plans, 'move');
    return next stage.bound('appendStatuses 1', stage.list(these, 'run'));
  else
    null;  -- Plans of the specs have nothing of it.
  end case;
end
$$;

-- Writes a batch, from after one part of the settlement up to another one.
create procedure stage.settle_part("from" text, "to" text, variadic plans jsonb[]) language plpgsql as $$
declare
  part      text;
  statement text;
begin
  perform set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true);
  for part in
    select p.name from stage.part p
    where p.position > coalesce((select q.position from stage.part q where q.name = "from"), 0)
      and p.position <= coalesce((select q.position from stage.part q where q.name = "to"), 1000)
    order by p.position
  loop
    for statement in select * from stage.is_written(part, plans) loop
      execute statement;
    end loop;
  end loop;
end
$$;

create procedure stage.settle(variadic plans jsonb[]) language plpgsql as $$
begin
  call stage.settle_part(null, null, variadic plans);
end
$$;
