-- The example's own tables: what is known of each package, and how it came to be known.

create schema if not exists audit;

-- One row per package: its latest audit.
create table if not exists audit.finding (
  package    text        primary key,
  revision   integer     not null,  -- the how-manieth audit of the package
  path       text        not null,
  licences   text[]      not null,
  class      text        not null check (class in ('permissive', 'copyleft', 'proprietary')),
  source     text        not null,  -- how it was found
  decided_by text,                  -- who decided, where that was not found
  sha256     text        not null,
  bytes      bigint      not null,
  modified   timestamptz not null,  -- of the file, as it was when the audit was enqueued
  audited_at timestamptz not null,
  run_id     uuid        not null
);

-- One row per audit.  Nothing here is unique: an audit that was written twice would show.
create table if not exists audit.finding_log (
  run_id   uuid        not null,
  package  text        not null,
  revision integer     not null,
  class    text        not null,
  at       timestamptz not null
);
