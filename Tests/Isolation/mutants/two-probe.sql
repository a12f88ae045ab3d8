-- caught by: breaker-breaker
-- Who asks a breaker does not lock it.
call stage.mutate_function('admit', 'for update', '');
