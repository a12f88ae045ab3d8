-- caught by: claim-rescue
-- A claim looks whether its worker lives, and does not keep it so.
call stage.mutate_function('claim', '\n  for key share;', ';');
