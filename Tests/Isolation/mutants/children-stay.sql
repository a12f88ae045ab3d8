-- caught by: settle-join
-- A container that closes leaves the children that it does not need.
call stage.mutate('appendAbandonments 1', 'join pawl\.task c on c\.parent = t\.id', 'join pawl.task c on false');
