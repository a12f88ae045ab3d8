-- caught by: tick-change
-- A tick is fired from what was read without a lock.
call stage.mutate('lockDueSchedules 1', 'for update skip locked', '');
