-- Several people at one desk: who looks at what, what somebody has begun to write, views that are kept, and who takes from which queue.

-- Lost with a crash of the database, on purpose: it says only who was there in the last minute.
create unlogged table presence (
  ticket_id uuid not null references ticket on delete cascade,
  staff_id uuid not null references staff_member,
  doing text not null check (doing in ('looking', 'typing')),
  -- when somebody came or began something else; what others are told of
  since timestamptz not null default clock_timestamp(),
  seen_at timestamptz not null default clock_timestamp(),
  primary key (ticket_id, staff_id)
);
create index presence_since on presence (since);

-- A decision that somebody has begun: kept through a lost lease, a stale version, an undo and a closed window.
create table decision_draft (
  ticket_id uuid not null references ticket on delete cascade,
  staff_id uuid not null references staff_member,
  -- the version of the ticket that was in sight
  version integer not null,
  body jsonb not null,
  at timestamptz not null default clock_timestamp(),
  primary key (ticket_id, staff_id)
);

create table saved_view (
  id uuid primary key,
  name text not null check (length(name) between 1 and 60),
  -- the filters, as they stand in the address of the queue
  query jsonb not null,
  staff_id uuid not null references staff_member,
  shared boolean not null default false,
  created_at timestamptz not null default clock_timestamp(),
  unique (staff_id, name)
);
create index saved_view_shared on saved_view (name) where shared;

-- Nobody named: that person takes from every queue.
create table staff_queue (
  staff_id uuid not null references staff_member,
  queue text not null,
  primary key (staff_id, queue)
);
