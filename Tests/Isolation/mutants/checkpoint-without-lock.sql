-- caught by: checkpoint-settle
-- A checkpoint is written without keeping the run.
call stage.mutate('keep 1', 'for key share', '');
