-- The one clock, and ids in the order of time.
--
-- All times that mean something come from pawl.now().  In production it is the server's clock;
-- a test moves `shift` and months of timers pass in seconds.

create table pawl.clock (
  one   boolean  primary key default true check (one),
  shift interval not null default '0'
);

insert into pawl.clock default values;

-- `clock_timestamp()`, because `now()` is the start of a transaction: two events that a lock put in
-- order would carry times in the other order.
--
-- PL/pgSQL, because a function in SQL that reads a table is planned anew in every statement.
create function pawl.now() returns timestamptz
  language plpgsql volatile
  as $$
begin
  return clock_timestamp() + (select shift from pawl.clock);
end
$$;

-- A UUID of version 7: 48 bits of milliseconds, then chance.  Rows that are made together lie
-- together, and a table can be cut by time along its own key.
create function pawl.uuidv7(at timestamptz) returns uuid
  language sql volatile
  as $$
    select encode(
      set_bit(set_bit(
        overlay(
          uuid_send(gen_random_uuid())
          placing substring(int8send(floor(extract(epoch from at) * 1000)::bigint) from 3)
          from 1 for 6),
        52, 1), 53, 1),
      'hex')::uuid
  $$;
