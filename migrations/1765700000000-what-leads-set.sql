-- What leads and admins set, each as a document with versions: routing rules, promises with their calendar, canned parts.
-- A save is a new row on top of the version that was read, so two people who edit at once meet in the primary key; going back is a save too.
create table setting_version (
  name text not null check (name in ('routing','promises','parts')),
  version integer not null check (version > 0),
  body jsonb not null,
  why text not null,
  by_id uuid,
  by_name text not null,
  at timestamptz not null default now(),
  primary key (name, version)
);
-- Somebody asked a lead; until a lead gives it back, the routing knows.
alter table ticket add column escalated_at timestamptz, add column escalated_why text,
-- The ticket in which a duplicate goes on.
  add column duplicate_of uuid references ticket;
create index ticket_duplicates on ticket (duplicate_of) where duplicate_of is not null;

-- What was said and done about the promise of a ticket, once each: the warning, the note to the customer, that it was missed.
create table promise_mark (
  ticket_id uuid not null references ticket,
  mark text not null check (mark in ('first_near','first_missed','near','customer_told','missed')),
  -- the promise that it is about: a new one (after an appeal) is marked anew
  due_at timestamptz not null,
  at timestamptz not null default now(),
  -- the mail to the leads that told of it
  told_at timestamptz,
  primary key (ticket_id, mark, due_at)
);
create index promise_mark_untold on promise_mark (at) where told_at is null and mark in ('missed','first_missed');
