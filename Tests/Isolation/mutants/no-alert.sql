-- caught by: settle-signal
-- A step that begins to wait does not look for what came while it was planned.
call stage.mutate('appendAlerts 1', 'and exists', 'and not exists');
