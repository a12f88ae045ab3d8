-- caught by: signal-signal
-- Who does something to a run does not lock the run.
call stage.mutate_function('lock_live_run', ' for update', '');
