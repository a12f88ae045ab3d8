-- caught by: repeat-repeat
-- The row of a key is read without being locked.
call stage.mutate_function('lock_repeat', 'insert into pawl\.repeat as r',
  'select * into locked from pawl.repeat r
   where (r.kind, r.tenant, r.workflow, r.key)
     = (lock_repeat.kind, lock_repeat.tenant, lock_repeat.workflow, lock_repeat.key);
  if found then
    return locked;
  end if;
  insert into pawl.repeat as r');
