-- caught by: take-take
-- A step that takes a signal does not look whether another one has it.
call stage.mutate('appendRefusals 1', 'and exists', 'and not exists');
