-- caught by: settle-signal
-- The run is locked in the statement that reads the last number of its history.
call stage.mutate('Settle lock 1', '^.*$', 'select $1$');
call stage.mutate('SettlementColumns insert 1', '^', 'with locked as materialized (
  select r.id from pawl.run r where r.id in (select t.run_id from pawl.task t where t.id = any($1$)) for update)');
call stage.mutate('SettlementColumns insert 1', '(offset 0\s*\) t)', '\1 join locked on locked.id = t.run_id');
