-- What the audit found, and how it went.

\pset footer off

\echo
\echo 'Packages by class of their licences, and how that was found'
select class as "class", count(*) as packages, count(*) filter (where source like 'fields%') as "by fields",
  count(*) filter (where source in ('texts', 'references')) as "by texts",
  count(*) filter (where decided_by is not null) as "by a person",
  pg_size_pretty(sum(bytes)) as "read"
from audit.finding
group by class
order by packages desc;

\echo 'The licences that most packages name'
select licence, count(*) as packages
from audit.finding, unnest(licences) as licence
group by licence
order by packages desc, licence
limit 12;

\echo 'Packages that wait for a person, because of licences that say nothing clear'
select string_agg(r.input ->> 'package', ' ' order by r.input ->> 'package') as packages,
  (select string_agg(u, ', ') from json_array_elements_text(e.data -> 'unclear') u) as unclear
from pawl.wait w
join pawl.run r on r.id = w.run_id
join pawl.event e on e.run_id = r.id and e.path = 'read.find' and e.kind = 'step_completed'
where w.status = 'open' and r.workflow = 'licence-audit'
group by unclear
order by 1;

\echo 'Runs'
select workflow, status, count(*) as runs
from pawl.run
where workflow like 'licence-%'
group by workflow, status
order by workflow, status;
