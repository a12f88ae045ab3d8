-- caught by: define-define
-- Who defines a workflow does not lock it.
call stage.mutate('define 2', 'for update', '');
