-- caught by: define-define
-- Who defines a workflow does not lock it.
call stage.mutate('define 1', 'on conflict .name. do nothing', 'on conflict (name) do nothing');
call stage.mutate('define 2', 'for update', '');
