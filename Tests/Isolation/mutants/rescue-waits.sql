-- caught by: settle-rescue
-- A rescue waits for what somebody has locked.
call stage.mutate('rescue 1', ' skip locked', '');
