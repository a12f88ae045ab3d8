-- caught by: enqueue-enqueue
-- Who was second with a key is not told of the first.
call stage.mutate_function('enqueue', 'exception when unique_violation', 'exception when division_by_zero');
