-- caught by: settle-cancel
-- Who cancels a run does not lock it.
call stage.mutate_function('cancel', ' for update', '');
