-- caught by: enqueue-remove
-- Who enqueues does not keep the version from being removed.
call stage.mutate_function('hold_definition', 'perform pg_advisory_xact_lock_shared\([^;]*;', '');
