-- caught by: decide-expire
-- Who answers does not lock the run.
call stage.mutate_function('lock_live_run', ' for update', '');
