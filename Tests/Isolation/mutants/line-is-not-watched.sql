-- caught by: lane-lane
-- Who begins a line does not look whether a place is being given back.
call stage.mutate_function('watch_lines', 'for key share skip locked', '');
