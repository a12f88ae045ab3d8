-- caught by: enqueue-remove
-- Who removes a version does not keep others from enqueueing.
call stage.mutate('Removal holding 1', 'pg_advisory_xact_lock', 'abs');
