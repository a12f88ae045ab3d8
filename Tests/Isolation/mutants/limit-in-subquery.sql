-- caught by: claim-claim
-- What is claimed is picked inside the statement that claims it.
call stage.mutate_function('claim', 't\.id = any \(picked\[1:most\]\)', 't.id in (
  select d.id from pawl.task d
  where d.queue = claim.queue and d.run_at <= now and d.worker is null
  order by d.priority, d.run_at, d.id
  limit most
  for update skip locked)');
