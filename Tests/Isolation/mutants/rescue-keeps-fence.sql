-- caught by: settle-rescue
-- Who takes a task over leaves its fence.
call stage.mutate('rescue 2', 'fence = t\.fence \+ 1', 'fence = t.fence');
