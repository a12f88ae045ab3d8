-- Workflows: a name, and its definitions, each an immutable version.
--
-- Invariants:
--   (1) A definition is never changed; a new text is a new version.
--   (2) `workflow.version` names a definition that exists; new runs are pinned to it.

create table pawl.workflow (
  name       text        primary key,
  version    integer     not null,
  defined_at timestamptz not null default pawl.now(),

  constraint workflow_is_named check (length(name) between 1 and 200)
);

create table pawl.definition (
  workflow   text        not null references pawl.workflow deferrable initially deferred,
  version    integer     not null,
  body       jsonb       not null,
  digest     text        not null,  -- of the canonical text: the same text is the same version
  entry_path text        not null,  -- where the first task of a run stands
  entry_kind text        not null,
  queue      text        not null default 'default',
  priority   smallint    not null default 5,
  defined_at timestamptz not null default pawl.now(),

  primary key (workflow, version),
  constraint definition_digest unique (workflow, digest),
  constraint definition_version_counts_from_one check (version >= 1),
  constraint definition_priority_in_range check (priority between 0 and 9),
  constraint definition_queue_is_named check (length(queue) between 1 and 64)
);

alter table pawl.workflow
  add constraint workflow_version_is_defined
  foreign key (name, version) references pawl.definition deferrable initially deferred;  -- (2)

-- Refuses a statement on a table, or on a row of it, with the sentence and the hint that it is given.
create function pawl.refuse_change() returns trigger
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
begin
  raise exception '%', tg_argv[0]
    using errcode = 'object_not_in_prerequisite_state', hint = tg_argv[1],
          schema = tg_table_schema, table = tg_table_name;
end
$$;

create trigger definition_is_immutable  -- (1)
  before update on pawl.definition
  for each statement
  execute function pawl.refuse_change('a definition is never changed', 'define the workflow again: that makes a new version');
