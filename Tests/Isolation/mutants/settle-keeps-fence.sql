-- caught by: settle-again
-- A settled task keeps its fence, and the same settlement is written twice.
call stage.mutate('SettlementColumns update 1', 'fence = t\.fence \+ 1', 'fence = t.fence');
