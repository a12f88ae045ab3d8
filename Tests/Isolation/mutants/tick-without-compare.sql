-- caught by: tick-tick
-- Who fires a tick neither locks its schedule nor looks whether that has moved on.
call stage.mutate('lockDueSchedules 1', 'for update skip locked', '');
call stage.mutate('appendSchedules 1', 's\.next_at is not distinct from f\.was_due', 'true');
