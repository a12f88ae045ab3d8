-- caught by: settle-settle
-- A container goes on when no sibling is left, instead of when its counter says so.
call stage.mutate('appendArrivals 1', 'a\.remaining = 0', 'not exists (
  select from pawl.task c where c.parent = a.task_id
    and c.id not in (select s.task from unnest($1$::bigint[]) s (task) limit 1))');
