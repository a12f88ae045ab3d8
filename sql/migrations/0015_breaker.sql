-- Circuit breakers: after many failures in a row nobody tries for a while, then one does.
--
--   closed ──failures──▶ open ──cooldown──▶ one attempt probes ──▶ closed, or open again
--
-- Invariants:
--   (1) A breaker is one row for all workers; only its functions write it.
--   (2) While it is open at most one attempt at a time probes, for no longer than a cooldown.

create table pawl.breaker (
  name       text        primary key,
  failures   integer     not null default 0,  -- in a row
  opened_at  timestamptz,
  probing_at timestamptz,
  changed_at timestamptz not null default pawl.now(),

  constraint breaker_probes_when_open check (probing_at is null or opened_at is not null)
);

-- Whether an attempt may be made; when not, for how long not.
create function pawl.admit(breaker text, cooldown interval) returns interval
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
declare
  known pawl.breaker;
  now   timestamptz;
begin
  select * into known from pawl.breaker b where b.name = admit.breaker;
  if known.opened_at is null then
    return null;  -- Closed, which is what nearly every attempt finds.
  end if;
  select * into known from pawl.breaker b where b.name = admit.breaker for update;
  now := pawl.now();
  if known.opened_at is null then
    return null;
  end if;
  if known.opened_at + cooldown > now then
    return known.opened_at + cooldown - now;
  end if;
  if known.probing_at + cooldown > now then  -- (2)
    return known.probing_at + cooldown - now;
  end if;
  update pawl.breaker b set probing_at = now, changed_at = now where b.name = admit.breaker;
  return null;
end
$$;

-- Records how an attempt went, and returns whether the breaker is open now.
create function pawl.note_attempt(breaker text, succeeded boolean, most integer) returns boolean
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
declare
  is_open boolean;
begin
  if succeeded then
    update pawl.breaker b
    set failures = 0, opened_at = null, probing_at = null, changed_at = pawl.now()
    where b.name = note_attempt.breaker and (b.failures > 0 or b.opened_at is not null);
    return false;
  end if;
  insert into pawl.breaker as b (name, failures, opened_at)
  values (note_attempt.breaker, 1, case when most <= 1 then pawl.now() end)
  on conflict (name) do update
  set failures = b.failures + 1, probing_at = null, changed_at = pawl.now(),
      opened_at = case when b.failures + 1 >= most then pawl.now() else b.opened_at end
  returning b.opened_at is not null into is_open;
  return is_open;
end
$$;
