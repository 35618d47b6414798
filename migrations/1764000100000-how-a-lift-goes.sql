-- A lift that waits must say for what. `accepted_at`: the NOC said it would; from then on it is only read, never ordered again.
-- `trouble_since`: since when the NOC has given no usable answer; too long, and a person gets the ticket.
-- `strikes`: orders in a row that the NOC answered with a failure of its own (a "too early" is no failure).
alter table lift
  add column accepted_at timestamptz,
  add column trouble_since timestamptz,
  add column strikes integer not null default 0;

-- Found by the reconciler: lifts that are neither settled nor anybody's work.
create index lift_unsettled on lift (state, due_at) where state in ('scheduled', 'requested', 'unknown', 'unblocking');
