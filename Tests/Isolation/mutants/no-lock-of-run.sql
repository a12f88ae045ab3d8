-- caught by: settle-cancel
-- A settlement does not lock its run.
call stage.mutate('Settle lock 1', 'for update of r', '');
