-- caught by: settle-rescue
-- A settlement names its task, and not the fence.
call stage.mutate('(Settle|Settlement)', ' and \w\.fence = \w+\.fence', '');
