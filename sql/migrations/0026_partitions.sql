-- Partitions: runs and their events are cut by time along the run's id, which begins with it.
--
--   ids     ──┬── first ──┬── a week ──┬── a week ──┬── this week ──┬── next week ──┬── default
--             │ all that was here before             │               │ made ahead    │ all else
--
-- A partition of `run` and one of `event` have the same bounds, so a run and its history are dropped
-- together.  Statements name `pawl.run` and `pawl.event` alone; which partition is meant the server
-- finds by the id.
--
-- Invariants:
--   (1) Nothing is written to a partition by its own name: that would pass by the triggers of all.
--   (2) A range that has rows in a default partition already is not made: it would take moving them.
--   (3) A run's id is made before its partition is chosen, by the column's default; a trigger is too
--       late.

-- The lowest id that a run of that time can have.
create function pawl.first_id(at timestamptz) returns uuid
  language sql immutable strict parallel safe
  as $$
    select encode(
      substring(int8send(floor(extract(epoch from at) * 1000)::bigint) from 3)
        || '\x00000000000000000000'::bytea,
      'hex')::uuid
  $$;

-- The time in a run's id.
create function pawl.id_time(id uuid) returns timestamptz
  language sql immutable strict parallel safe
  as $$
    select timestamptz 'epoch'
      + ('x' || left(replace(id::text, '-', ''), 12))::bit(48)::bigint * interval '1 millisecond'
  $$;

-- How storage is laid out.  One row; edit it.
create table pawl.storage (
  one   boolean  primary key default true check (one),
  -- Statements cost some microseconds more for each partition there is, and a whole one is dropped at
  -- once: a month of runs in five partitions is few for the one, and fine enough for the other.
  width interval not null default '7 days',
  -- Made ahead, for so long nobody needs to run a scheduler.
  ahead interval not null default '14 days',

  constraint storage_width_in_range check (width between interval '1 hour' and interval '366 days'),
  constraint storage_ahead_in_range check (ahead between interval '0' and interval '366 days'),
  -- A month is of no fixed length.
  constraint storage_times_are_lengths check (
    date_part('year', width) = 0 and date_part('month', width) = 0
    and date_part('year', ahead) = 0 and date_part('month', ahead) = 0)
);

insert into pawl.storage default values;

-- What refers to the tables is made anew for their successors: it would go on with the old ones.
create temporary table pawl_referrer on commit drop as
  select 1 as turn, p.oid, format('drop function %s', p.oid::regprocedure) as removal,
    pg_get_functiondef(p.oid) as creation
  from pg_proc p
  where p.pronamespace = 'pawl'::regnamespace and exists (
    select from pg_depend d
    where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.refclassid = 'pg_type'::regclass
      and d.refobjid in (
        'pawl.run'::regtype, 'pawl.event'::regtype, 'pawl.run[]'::regtype, 'pawl.event[]'::regtype))
  union all
  select 2, c.oid, format('drop view %s', c.oid::regclass),
    format('create view %s as %s', c.oid::regclass, pg_get_viewdef(c.oid))
  from pg_class c
  where c.relkind = 'v' and c.relnamespace = 'pawl'::regnamespace and exists (
    select from pg_rewrite w
    join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = w.oid
    where w.ev_class = c.oid and d.refclassid = 'pg_class'::regclass
      and d.refobjid in ('pawl.run'::regclass, 'pawl.event'::regclass))
  union all
  select 3, t.oid, format('drop trigger %I on %s', t.tgname, t.tgrelid::regclass),
    concat_ws('; ', pg_get_triggerdef(t.oid),
      case t.tgenabled when 'O' then null else format('alter table %s %s trigger %I',
        t.tgrelid::regclass,
        case t.tgenabled when 'A' then 'enable always' when 'R' then 'enable replica'
          else 'disable' end,
        t.tgname) end)
  from pg_trigger t
  where t.tgrelid in ('pawl.run'::regclass, 'pawl.event'::regclass) and not t.tgisinternal
  union all
  select 4, f.oid, format('alter table %s drop constraint %I', f.conrelid::regclass, f.conname),
    format('alter table %s add constraint %I %s', f.conrelid::regclass, f.conname,
      pg_get_constraintdef(f.oid))
  from pg_constraint f
  where f.contype = 'f' and f.confrelid in ('pawl.run'::regclass, 'pawl.event'::regclass)
  union all
  select 5, r.oid,
    case r.relkind when 'r' then format('revoke %s on %s from %s', r.what, r.name, r.grantee) end,
    format('grant %s on %s to %s%s', r.what, r.name, r.grantee,
      case when r.is_grantable then ' with grant option' else '' end)
  from (
    select c.oid, c.relkind, c.oid::regclass as name, g.is_grantable,
      g.privilege_type || coalesce(' (' || quote_ident(g.attname) || ')', '') as what,
      case g.grantee when 0 then 'public' else g.grantee::regrole::text end as grantee
    from pg_class c
    cross join lateral (
      select null as attname, a.* from aclexplode(c.relacl) a
      union all
      select t.attname, a.* from pg_attribute t cross join aclexplode(t.attacl) a
      where t.attrelid = c.oid) g
    where g.grantee <> c.relowner
      and c.oid in (
        'pawl.run'::regclass, 'pawl.event'::regclass, 'pawl.schedule_status'::regclass)) r;

do $$
declare
  referrer record;
begin
  for referrer in
    select removal from pawl_referrer where removal is not null order by turn desc, oid
  loop
    execute referrer.removal;
  end loop;
end
$$;

-- The rows stay where they are: the old tables become the first partitions.
alter table pawl.run rename to run_first;
alter table pawl.run_first rename constraint run_pkey to run_first_pkey;
alter index pawl.run_children rename to run_first_children;
alter table pawl.event rename to event_first;
alter table pawl.event_first rename constraint event_pkey to event_first_pkey;

create table pawl.run (
  like pawl.run_first including defaults including constraints,
  constraint run_pkey primary key (id)
) partition by range (id);

create index run_children on pawl.run (parent_run) where parent_run is not null;

create table pawl.event (
  like pawl.event_first including defaults including constraints,
  constraint event_pkey primary key (run_id, seq)
) partition by range (run_id);

create table pawl.run_default partition of pawl.run default;
create table pawl.event_default partition of pawl.event default;

-- What is not carried over would see the first partition alone, from now on.
do $$
declare
  forgotten text;
begin
  select string_agg(f.what, ', ') into forgotten
  from (
    select distinct pg_describe_object(d.classid, d.objid, 0) as what
    from pg_depend d
    where d.deptype = 'n' and (
      d.refclassid = 'pg_class'::regclass and d.classid in ('pg_rewrite'::regclass, 'pg_proc'::regclass)
        and d.refobjid in ('pawl.run_first'::regclass, 'pawl.event_first'::regclass)
      or d.refclassid = 'pg_type'::regclass and d.classid in ('pg_class'::regclass, 'pg_proc'::regclass)
        and d.refobjid in (
          'pawl.run_first'::regtype, 'pawl.event_first'::regtype,
          'pawl.run_first[]'::regtype, 'pawl.event_first[]'::regtype))
    union all
    select format('policy %I', p.polname)
    from pg_policy p
    where p.polrelid in ('pawl.run_first'::regclass, 'pawl.event_first'::regclass)
    union all
    select format('publication %I', p.pubname)
    from pg_publication_rel r
    join pg_publication p on p.oid = r.prpubid
    where r.prrelid in ('pawl.run_first'::regclass, 'pawl.event_first'::regclass)
  ) f;
  if forgotten is not null then
    raise exception 'these refer to tables that become partitions: %', forgotten
      using errcode = 'dependent_objects_still_exist',
            hint = 'drop them, migrate, and make them again';
  end if;
end
$$;

do $$
declare
  referrer record;
  rule     pawl.storage;
  rest     uuid;
begin
  select * into rule from pawl.storage;
  -- Whole widths since a Monday, so that the partitions of a week are weeks.
  rest := pawl.first_id(date_bin(rule.width, pawl.now(), timestamptz '2001-01-01 00:00Z') + rule.width);

  -- Ids of the future are not the engine's, and few.
  with moved as (delete from pawl.run_first where id >= rest returning *)
  insert into pawl.run_default select * from moved;
  with moved as (delete from pawl.event_first where run_id >= rest returning *)
  insert into pawl.event_default select * from moved;

  execute format(
    'alter table pawl.run attach partition pawl.run_first for values from (minvalue) to (%L)', rest);
  execute format(
    'alter table pawl.event attach partition pawl.event_first for values from (minvalue) to (%L)',
    rest);

  for referrer in select creation from pawl_referrer order by turn, oid loop
    execute referrer.creation;
  end loop;
end
$$;

-- An explicit null comes here, because no range holds it.
create function pawl.refuse_null_id() returns trigger
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
begin
  raise exception 'the id of a run is null'
    using errcode = 'not_null_violation',
          hint = 'leave the column "id" out, or make a UUID of version 7';
end
$$;

create trigger run_has_id  -- By its name before run_is_accepted.
  before insert on pawl.run_default
  for each row
  when (new.id is null)
  execute function pawl.refuse_null_id();

-- Partitions by time, oldest first.  The first one has no beginning.
create view pawl.partition as
  select r.relname::text as runs, replace(r.relname, 'run_', 'event_') as events,
    b.lower, b.upper, pawl.id_time(b.lower) as since, pawl.id_time(b.upper) as until
  from pg_catalog.pg_inherits i
  join pg_catalog.pg_class r on r.oid = i.inhrelid
  cross join lateral (
    select pg_catalog.pg_get_expr(r.relpartbound, r.oid) as text) bound
  cross join lateral (
    select substring(bound.text from 'FROM \(''([0-9a-f-]{36})''\)')::uuid as lower,
      substring(bound.text from 'TO \(''([0-9a-f-]{36})''\)')::uuid as upper) b
  where i.inhparent = 'pawl.run'::regclass and b.upper is not null
  order by b.upper;

-- Gives a new partition what its parent cannot hand down.
create function pawl.guard_partition(runs text, events text) returns void
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
declare
  name text;
begin
  foreach name in array array[runs, events] loop
    execute format(  -- (1)
      'create trigger partition_is_not_written before insert or update or delete on pawl.%I '
        'for each statement execute function pawl.refuse_change(%L, %L)',
      name, format('"%s" is a partition', name),
      format('write to pawl.%s', case when name = runs then 'run' else 'event' end));
    execute format('alter table pawl.%I enable always trigger partition_is_not_written', name);
  end loop;
  execute format(
    'create trigger runs_are_kept before truncate on pawl.%I '
      'for each statement execute function pawl.refuse_change(%L, %L)',
    runs, 'runs are never deleted together', 'delete those that have ended');
  execute format(
    'create trigger event_is_kept before truncate on pawl.%I '
      'for each statement execute function pawl.refuse_event_delete()',
    events);
  execute format('alter table pawl.%I enable always trigger event_is_kept', events);

  -- A head is updated once or twice in its life, beside where it stands.
  execute format(
    'alter table pawl.%I set (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05)', runs);
  -- Events never change: what a vacuum has seen once is frozen, and need not be written again later.
  execute format(
    'alter table pawl.%I set (autovacuum_vacuum_insert_scale_factor = 0.05, '
      'autovacuum_freeze_min_age = 0)',
    events);
end
$$;

select pawl.guard_partition('run_first', 'event_first');
select pawl.guard_partition('run_default', 'event_default');

-- Makes the partitions that are missing, up to `pawl.storage.ahead` from now; returns how many.
-- It asks for locks that workers' statements stand in the way of: set lock_timeout.
create function pawl.add_partitions() returns integer
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
declare
  rule  pawl.storage;
  now   timestamptz := pawl.now();
  since timestamptz;
  until timestamptz;
  name  text;
  made  integer := 0;
begin
  -- One at a time; this spells "pawl" and "part".
  perform pg_advisory_xact_lock(1885435756, 1885434484);
  select * into strict rule from pawl.storage;
  select greatest(max(p.until), date_bin(rule.width, now, timestamptz '2001-01-01 00:00Z'))
  into since
  from pawl.partition p;

  while since < now + rule.ahead loop
    until := date_bin(rule.width, since, timestamptz '2001-01-01 00:00Z') + rule.width;
    if made = 0 then
      lock table pawl.run_default, pawl.event_default in access exclusive mode;
    end if;
    if not exists (  -- (2)
      select from pawl.run_default r
      where r.id >= pawl.first_id(since) and r.id < pawl.first_id(until)
    ) and not exists (
      select from pawl.event_default e
      where e.run_id >= pawl.first_id(since) and e.run_id < pawl.first_id(until)
    ) then
      name := to_char(since at time zone 'UTC', 'YYYYMMDD_HH24');
      execute format(
        'create table pawl.%I (like pawl.run including defaults including constraints)',
        'run_' || name);
      execute format(
        'create table pawl.%I (like pawl.event including defaults including constraints)',
        'event_' || name);
      execute format(
        'alter table pawl.run attach partition pawl.%I for values from (%L) to (%L)',
        'run_' || name, pawl.first_id(since), pawl.first_id(until));
      execute format(
        'alter table pawl.event attach partition pawl.%I for values from (%L) to (%L)',
        'event_' || name, pawl.first_id(since), pawl.first_id(until));
      perform pawl.guard_partition('run_' || name, 'event_' || name);
      made := made + 1;
    end if;
    since := until;
  end loop;
  return made;
end
$$;

select pawl.add_partitions();
