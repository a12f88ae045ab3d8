-- caught by: claim-claim
-- A claim waits for what another one is claiming.
call stage.mutate_function('pick', 'for update skip locked', 'for update');
