-- caught by: settle-skip
-- A worker goes on with a run that was paused.
call stage.mutate('SettlementColumns update 1', ' and t\.queue <> ''@paused''', '');
