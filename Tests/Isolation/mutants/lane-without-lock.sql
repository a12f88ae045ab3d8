-- caught by: lane-lane
-- Who admits a run to a lane does not lock the lane.
call stage.mutate_function('let_in', 'perform pg_advisory_xact_lock\(k\.key\)', 'perform abs(k.key)');
