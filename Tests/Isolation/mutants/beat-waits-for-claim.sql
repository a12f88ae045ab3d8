-- caught by: beat-give-up
-- A claim locks its worker against the heartbeat.
call stage.mutate_function('claim', 'for key share', 'for update');
