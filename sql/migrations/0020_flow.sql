-- Flow control: how many runs there may be at the same time, and how many may begin in a time.
--
--   due ── claim ──▶ room in all its lanes? ── yes ──▶ admitted: places taken, claimed
--                              │ no                        │ its last task goes
--                              ▼                           ▼
--                           in line ◀─── call ──── places given back
--                              └── served by a claim that heard the call ──▶ admitted
--
-- A *limit* is a row with numbers.  A *lane* is a limit and a key: `12:acme` is key `acme` of limit 12, for
-- which `concurrency` and `amount` hold; `12` is all keys together, for which `total` holds.  A run that is
-- admitted holds a *place* in each of its lanes until its last task goes.  One that finds no room stands in
-- the *line* of the lane that has none: its task is in a queue of that line's own, out of everybody's way.
--
-- Invariants:
--   (1) Only a claim admits, and only under the locks of all lanes of the task, counting in a later
--       statement.  So no lane ever has more places taken than its limit has.
--   (2) Nobody waits for a lane's lock while holding one that comes later, and nothing but a claim takes
--       them.  So no run's end waits for a claim, and claims do not deadlock.
--   (3) Who begins a line has locked the places that are taken, or leaves a call.  So the end of each of
--       their runs sees the line, and calls.
--   (4) Who looks after a call and finds no room does as (3) says.

create table pawl.limit (
  id          integer     generated always as identity primary key,
  name        text        not null unique,
  concurrency integer,   -- runs at the same time, of each key
  total       integer,   -- of all keys together
  amount      double precision,  -- weight that may begin within any `period`, of each key
  period      interval,
  changed_at  timestamptz not null default pawl.now(),

  constraint limit_is_named check (length(name) between 1 and 220),  -- a workflow's name and `/rate`
  constraint limit_counts_are_sound check (concurrency >= 0 and total >= 0 and amount > 0),
  constraint limit_amount_has_period check ((amount is null) = (period is null)),
  constraint limit_period_is_sound
    check (period between interval '100 milliseconds' and interval '366 days')
);

create table pawl.queue (
  name      text        primary key,
  paused_at timestamptz,
  paused_by text,
  reason    text,
  limit_id  integer     references pawl.limit,

  constraint queue_is_named check (length(name) between 1 and 64 and not starts_with(name, '@')),
  constraint queue_paused_by_someone check ((paused_at is null) = (paused_by is null))
);

-- What holds of a definition: the limits of its runs, as `12:path.of.the.key`, and what a run weighs.
alter table pawl.definition
  add column lanes  text[],
  add column weight text;

alter table pawl.run
  add column lanes  text[],
  add column weight real;

-- The root task of a run has its lanes; its children go along with it.
alter table pawl.task
  add column lanes    text[],
  add column weight   real,     -- what it takes of a rate; null is 1
  add column admitted boolean;  -- holds its places

create table pawl.place (
  lane text   collate "C" not null,
  task bigint not null,

  primary key (lane, task)
) with (
  autovacuum_vacuum_scale_factor = 0.02,
  autovacuum_vacuum_threshold = 1000,
  autovacuum_vacuum_cost_delay = 0
);

-- The lines of a lane: one for each queue, and for a total one for each key, which take turns.
create table pawl.line (
  id     bigint      generated always as identity primary key,
  lane   text        collate "C" not null,
  queue  text        not null,
  share  text        collate "C" not null,
  turn   bigint      not null,
  due_at timestamptz not null default 'infinity',  -- when a rate has room again

  unique (lane, queue, share)
);
create index line_turn on pawl.line (lane, queue, turn);
create index line_due on pawl.line (queue, due_at) where due_at < 'infinity';
create sequence pawl.turn;

-- Somebody gave back a place in a lane that has a line.
create table pawl.call (
  id    bigint generated always as identity primary key,
  queue text   not null,
  lane  text   collate "C" not null
);
create index call_queue on pawl.call (queue, id);

-- What of a rate was taken, in slices of the period; each stands for all that was taken up to its end.
create table pawl.bucket (
  lane text collate "C" primary key,
  ends timestamptz[]      not null default '{}',
  took double precision[] not null default '{}'
);

-- The advisory lock of a lane.
create function pawl.lane_lock(lane text) returns bigint
  language sql immutable strict
  as $$
    select pg_catalog.hashtextextended('pawl.lane ' || lane, 0)
  $$;

-- The lanes of a run: each way is a limit, and the path of the key in the input.
create function pawl.lanes_of(ways text[], input jsonb) returns text[]
  language plpgsql immutable
  as $$
declare
  lanes text[];
  way   text;
  mark  integer;
  key   text;
begin
  foreach way in array ways loop
    mark := strpos(way, ':');
    if mark < length(way) then
      key := input #>> string_to_array(substr(way, mark + 1), '.');
      way := left(way, mark);
      if key <> '' then
        -- Indexes refuse what is long.
        way := way || case when length(key) > 100 then md5(key) else key end;
      end if;
    end if;
    lanes := lanes || way;
  end loop;
  return lanes;
end
$$;

-- What a run weighs: a number, or the path of one in the input.  Null is 1.
create function pawl.weight_of(rule text, input jsonb) returns real
  language plpgsql immutable
  as $$
declare
  given text;
begin
  if rule is null or rule ~ '^[0-9]' then
    return rule::real;
  end if;
  given := input #>> string_to_array(rule, '.');
  if given is null then
    return null;
  end if;
  if jsonb_typeof(input #> string_to_array(rule, '.')) <> 'number'
    or given::numeric not between 0 and 1e30
  then
    raise exception 'the weight of a run is %', left(given, 50)
      using errcode = 'check_violation',
            hint = 'the definition says that input.' || rule || ' is its weight; give a number from 0';
  end if;
  return given;
end
$$;

-- The lanes of a run that another run waits for: none of the limits that a run above it is under, since
-- that one would wait for itself.
create function pawl.lanes_of_child(parent uuid, lanes text[]) returns text[]
  language sql stable
  set search_path = pg_catalog, pg_temp
  as $$
    with recursive above as (
      select r.parent_run, r.parent_task, r.lanes from pawl.run r where r.id = lanes_of_child.parent
      union all
      select r.parent_run, r.parent_task, r.lanes
      from above a
      join pawl.run r on r.id = a.parent_run
      where a.parent_task is not null
    )
    select array_agg(own.lane)
    from unnest(lanes_of_child.lanes) as own (lane)
    where not exists (
      select from above a, unnest(a.lanes) as held
      where split_part(held, ':', 1) = split_part(own.lane, ':', 1))
  $$;
