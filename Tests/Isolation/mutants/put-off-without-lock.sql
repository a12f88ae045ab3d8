-- caught by: repeat-repeat
-- A run is put off without a look whether somebody is claiming it.
call stage.mutate_function('put_off', 'and t\.fence = 0 and t\.worker is null\s*for update;', 'and t.fence = 0 and t.worker is null;');
