-- caught by: relatives
-- The end of a run locks the runs that belong to it.
call stage.mutate_function('cancel_children', 'insert into pawl\.task',
  'perform from pawl.run c where c.parent_run = cancel_children.parent for update; insert into pawl.task');
