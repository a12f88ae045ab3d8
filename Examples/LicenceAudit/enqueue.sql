-- Enqueues an audit of each copyright file that is listed on standard input, one a line: its path,
-- a tab, and when it was changed, in seconds since 1970.
--
-- One INSERT enqueues them all: that is the whole interface.

create temporary table listed (path text, changed numeric);
\copy listed from pstdin

insert into pawl.run (workflow, key, input)
select 'licence-audit', next.package || '#' || next.revision, to_jsonb(next)
from (
  select f.package, coalesce(last.revision, 0) + 1 as revision, f.path, f.modified
  from (
    select
      substring(path from '([^/]+)/copyright$') as package,
      path,
      timestamptz 'epoch' + floor(changed * 1000000)::bigint * interval '1 microsecond' as modified
    from listed
  ) f
  left join audit.finding last using (package)
) next
-- What is under way, or waits for a person, has its key already.
where not exists (
  select from pawl.run_key k
  where k.tenant = 'default' and k.workflow = 'licence-audit'
    and k.key = next.package || '#' || next.revision
);
