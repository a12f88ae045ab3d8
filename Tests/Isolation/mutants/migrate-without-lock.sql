-- caught by: migrate-migrate
-- Two programs migrate at the same time.
call stage.mutate('Migrate apply 1', 'pg_advisory_xact_lock', 'abs');
