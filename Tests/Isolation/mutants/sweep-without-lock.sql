-- caught by: retry-sweep
-- Retention does not lock what it deletes.
call stage.mutate('Retention sweep 1', 'for update of r skip locked', '');
