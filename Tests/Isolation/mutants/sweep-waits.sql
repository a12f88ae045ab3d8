-- caught by: retry-sweep
-- Retention waits for a run that somebody has locked.
call stage.mutate('Retention sweep 1', 'for update of r skip locked', 'for update of r');
