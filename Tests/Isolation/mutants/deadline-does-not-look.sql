-- caught by: settle-deadline
-- The deadline ends a run that has ended.
call stage.mutate('appendRefusals 2', 'r\.ended_at is not null', 'false');
call stage.mutate('Settle lock 1', ' for update', '');
