-- caught by: claim-rescue
-- A worker is given up while it claims.
call stage.mutate('giveUpDeadWorkers 1', 'for update skip locked', '');
