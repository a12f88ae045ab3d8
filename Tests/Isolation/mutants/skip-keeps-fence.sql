-- caught by: settle-skip
-- A step that is passed over keeps its fence, and its holder settles it.
call stage.mutate_function('skip', 'fence = fence \+ 1', 'fence = fence');
