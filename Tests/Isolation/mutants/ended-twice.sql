-- caught by: relatives
-- What ends a run with its parent does not look whether it has ended.
call stage.mutate('appendRefusals 2', 'r\.ended_at is not null', 'false');
