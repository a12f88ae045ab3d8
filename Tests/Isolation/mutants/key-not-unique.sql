-- caught by: enqueue-enqueue
-- A key is looked for, and not made unique.
alter table pawl.run_key drop constraint run_key_pkey;
