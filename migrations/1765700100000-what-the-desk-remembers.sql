-- The promise of a first answer, beside that of a decision; null once somebody answered. Not indexed where tickets are inserted.
alter table ticket add column first_due_at timestamptz;
create index ticket_first_due on ticket (first_due_at) where first_due_at is not null and state in ('queued','in_review','second_review');

-- What a ticket has in common with others, one row each, so that memory is one look into an index per trait and never a walk over
-- documents. Written when a ticket is analysed; what was there before is filled in here from the blocks.
create table ticket_trait (
  trait text not null check (trait in ('address','network','account','rule','domain','script')),
  value text not null,
  at timestamptz not null,
  ticket_id uuid not null references ticket,
  primary key (trait, value, at, ticket_id)
);
create index ticket_trait_ticket on ticket_trait (ticket_id);
create index ticket_trait_recent on ticket_trait (at) where trait in ('rule','script','network');
insert into ticket_trait (trait, value, at, ticket_id)
  select 'address', host(ip), created_at, id from ticket
  union select 'network', case family(ip) when 4 then network(set_masklen(ip, 24))::text else network(set_masklen(ip, 64))::text end, created_at, id from ticket
  union select 'account', account_id, created_at, id from ticket
  union select 'rule', left(d->>'rule', 200), created_at, t.id from ticket t, jsonb_array_elements(case jsonb_typeof(t.block->'detections') when 'array' then t.block->'detections' else '[]' end) d where d->>'rule' is not null;

-- Tickets with one cause: of one filter rule, script or network. Suggested by the machine, made by a person.
create table incident (
  id uuid primary key,
  trait text not null check (trait in ('rule','script','network')),
  value text not null,
  title text not null,
  by_id uuid not null,
  by_name text not null,
  created_at timestamptz not null default now(),
  ended_at timestamptz
);
create unique index incident_one_open on incident (trait, value) where ended_at is null;
create index incident_recent on incident (created_at desc);
create table incident_ticket (
  incident_id uuid not null references incident,
  ticket_id uuid not null references ticket,
  by_name text not null,
  at timestamptz not null default now(),
  primary key (incident_id, ticket_id)
);
create index incident_ticket_ticket on incident_ticket (ticket_id);
-- One decision for all of them: carried out ticket by ticket, each with its own checks; what each answered stays.
create table incident_decision (
  id uuid primary key,
  incident_id uuid not null references incident,
  proposal jsonb not null,
  per_minute integer not null check (per_minute between 1 and 600),
  by_id uuid not null,
  by_name text not null,
  at timestamptz not null default now()
);
create index incident_decision_incident on incident_decision (incident_id, at desc);
create table incident_result (
  -- the outbox row names it
  id uuid primary key,
  incident_decision_id uuid not null references incident_decision,
  ticket_id uuid not null references ticket,
  -- the version of the ticket that the person saw when they decided
  ticket_version integer not null,
  due_at timestamptz not null,
  state text not null default 'waiting' check (state in ('waiting','decided','second','refused')),
  why text,
  decision_id uuid,
  at timestamptz,
  unique (incident_decision_id, ticket_id)
);

-- What one shift tells the next: one note a shift.
create table handover (
  day date not null,
  shift text not null,
  text text not null,
  version integer not null default 1,
  by_id uuid not null,
  by_name text not null,
  at timestamptz not null default now(),
  -- when the shift began
  began_at timestamptz not null,
  primary key (day, shift)
);
create index handover_recent on handover (began_at desc);
