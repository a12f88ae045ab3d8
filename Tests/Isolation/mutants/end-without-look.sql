-- caught by: relatives
-- Who tells a parent's step of an end looks at its wait before the step's holder has settled.
call stage.mutate_function('tell_relatives', 'perform from pawl\.task t where t\.id = new\.parent_task for update;', '');
