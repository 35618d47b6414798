-- A narrow, expiring exception of the filter, ordered before a false positive is lifted. The id is the idempotency key of the order.
create table filter_exception (
  id uuid primary key,
  decision_id uuid not null unique references decision,
  ticket_id uuid not null references ticket,
  ip inet not null,
  rule text not null,
  sender text not null,
  until_at timestamptz not null,
  state text not null default 'ordered' check (state in ('ordered','applied','proposed','not_offered','failed')),
  tries integer not null default 0,
  -- what the NOC calls it
  noc_id text,
  last_answer text,
  created_at timestamptz not null default now(),
  settled_at timestamptz
);
create index filter_exception_ticket on filter_exception (ticket_id);
