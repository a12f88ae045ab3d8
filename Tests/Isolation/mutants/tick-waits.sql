-- caught by: tick-tick
-- A scheduler waits for another one.
call stage.mutate('lockDueSchedules 1', ' skip locked', '');
