-- caught by: repeat-repeat
-- The row of a key is read without being locked.
call stage.mutate_function('lock_repeat', 'on conflict on constraint repeat_pkey do update set key = excluded\.key\s*returning \* into locked;',
  'on conflict on constraint repeat_pkey do nothing; select * into locked from pawl.repeat r
   where (r.kind, r.tenant, r.workflow, r.key)
     = (lock_repeat.kind, lock_repeat.tenant, lock_repeat.workflow, lock_repeat.key);');
