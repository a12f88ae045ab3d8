-- What the specs play on: the engine's own statements, and what a worker remembers between them.
--
-- `stage.statement`, `stage.part` and `stage.invariant` are filled from the engine's sources (see the file
-- "statements"), so a statement that is changed there is changed here.
--
-- What happens on it is in actors.sql and settlement.sql. A plan is a settlement as JSON, made by a function that is
-- named for what becomes of the step: `stage.ends`, `stage.moves`. It remembers task and fence from when it is made,
-- like a worker does.

create schema stage;

create table stage.statement (name text not null, binds integer not null, sql text not null);

create table stage.part (position integer primary key, name text not null);

create table stage.invariant (name text primary key, sql text not null);

-- What a worker claimed, by the worker's name and the step's path.
create table stage.claimed (
  who text primary key, task bigint, fence bigint, run uuid, worker bigint, path text, visit integer, kind text,
  attempt integer, known integer
);

-- A statement of the engine with values for what it binds. The name is that of its function,
-- and its place there; with the end of its file's name before it if there are two.
create function stage.bound(wanted text, variadic given text[] default '{}') returns text
  language plpgsql as $$
declare
  known stage.statement;
begin
  if (select count(*) from stage.statement s where s.name ~ ('(^|[ +])' || wanted || '$')) <> 1 then
    raise exception 'the engine has no statement "%", or more than one', wanted
      using hint = 'Tests/Isolation/statements prints the names: mend who uses it in Tests/Isolation/*.sql';
  end if;
  select * into known from stage.statement s where s.name ~ ('(^|[ +])' || wanted || '$');
  if known.binds <> cardinality(given) then
    raise exception 'statement "%" binds % values, and is given %', known.name, known.binds, cardinality(given)
      using hint = 'mend who uses it in Tests/Isolation/*.sql';
  end if;
  -- From the last: a value may look like a place.
  for place in reverse cardinality(given)..1 loop
    known.sql := replace(known.sql, '$' || place || '$', quote_nullable(given[place]));
  end loop;
  return known.sql;
end
$$;

-- ## Things to play with

create procedure stage.define(workflow text, entry text, kind text, version integer default 1) language sql as $$
  insert into pawl.definition (workflow, version, body, digest, entry_path, entry_kind)
  values (workflow, version, jsonb_build_object('name', workflow), workflow || version, entry, kind);
  insert into pawl.workflow (name, version) values (workflow, version)
  on conflict (name) do update set version = excluded.version;
$$;

create procedure stage.hire(name text) language plpgsql as $$
begin
  execute stage.bound('register 1', name, '1', 'test', '{default}', '{}', '10', '10 seconds');
end
$$;

create function stage.worker(name text) returns bigint language sql as $$
  select id from pawl.worker where host = name
$$;

-- The run of a workflow that has one.
create function stage.run(name text) returns uuid language sql as $$
  select id from pawl.run where workflow = name
$$;

create function stage.events(run uuid) returns integer language sql as $$
  select coalesce(max(seq), 0) from pawl.event where run_id = run
$$;

create procedure stage.pass(span interval) language sql as $$
  update pawl.clock set shift = shift + span
$$;

-- Removes everything.
create procedure stage.reset() language plpgsql as $$
declare
  name text;
begin
  perform set_config('session_replication_role', 'replica', true), set_config('pawl.retention', 'on', true);
  for name in
    select relname from pg_class
    where relnamespace = 'pawl'::regnamespace and relkind in ('r', 'p') and not relispartition
      and relname not in ('migration', 'clock', 'storage', 'retention')
  loop
    execute format('delete from pawl.%I', name);
  end loop;
  delete from pawl.retention where workflow <> '*';
  update pawl.clock set shift = '0';
  delete from stage.claimed;
  delete from stage.planned;
  delete from stage.doomed;
  perform set_config('session_replication_role', 'origin', true), set_config('pawl.retention', '', true);
end
$$;

-- Does what may be refused, and says how that went.
create function stage.try(statement text) returns text language plpgsql as $$
begin
  execute statement;
  return 'done';
exception
  when object_not_in_prerequisite_state or no_data_found or unique_violation or foreign_key_violation then
    return 'refused: ' || regexp_replace(sqlerrm, '[0-9a-f-]{36}|[0-9]+', '…', 'g');
end
$$;

-- ## The verdict

-- Says "ok", or what is wrong: the complaints that are not null, and the invariants that do not hold.
create function stage.verdict(variadic complaints text[] default '{}') returns text language plpgsql as $$
declare
  rule stage.invariant;
  line text;
begin
  complaints := array_remove(complaints, null);
  for rule in select * from stage.invariant loop
    for line in execute rule.sql loop
      complaints := complaints || (rule.name || ': ' || line);
    end loop;
  end loop;
  return coalesce(nullif(array_to_string(complaints, '; '), ''), 'ok');
end
$$;

-- A complaint, unless something is so.
create function stage.expect(holds boolean, what text) returns text language sql as $$
  select case when holds is not true then 'not so: ' || what end
$$;

-- The kinds of a run's events, in order.
create function stage.history(run uuid) returns text language sql as $$
  select coalesce(string_agg(kind, ' ' order by seq), '') from pawl.event where run_id = run
$$;

-- ## Mutants

-- Changes the engine's statements of such names; complains if that changes none of them.
create procedure stage.mutate(pattern text, was text, becomes text) language plpgsql as $$
declare
  count bigint;
begin
  update stage.statement s set sql = regexp_replace(s.sql, was, becomes, 'g')
  where s.name ~ pattern and s.sql ~ was;
  get diagnostics count = row_count;
  if count = 0 then
    raise exception 'no statement is named % and has %', pattern, was
      using hint = 'the engine has changed: mend the mutant';
  end if;
end
$$;

-- Changes a function of the engine; complains if that changes nothing.
create procedure stage.mutate_function(name text, was text, becomes text) language plpgsql as $$
declare
  body text := pg_get_functiondef(('pawl.' || name)::regproc);
begin
  if body !~ was then
    raise exception 'function pawl.% has no %', name, was using hint = 'the engine has changed: mend the mutant';
  end if;
  execute regexp_replace(body, was, becomes, 'g');
end
$$;
