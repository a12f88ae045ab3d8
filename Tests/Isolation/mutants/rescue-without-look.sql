-- caught by: release-settle
-- A rescue does not look again, under the lock, whether the task is still held by who is lost.
call stage.mutate('rescue 1', 'for update of r skip locked', '');
call stage.mutate('rescue 2', 'and t\.worker = any\([^)]*\)', '');
