-- The tables of the desk, room by room. One writer each (README, "Who writes which table"); reading is free.
-- Times are timestamptz. Ids are UUIDs made by the application, so that rows of one ticket can be inserted in one statement.

create table ticket (
  id uuid primary key,
  ref text not null unique,
  external_ref text,
  state text not null check (state in ('received','awaiting_evidence','analysing','queued','in_review','second_review',
    'on_hold','awaiting_fixes','lifting','lifted','upheld','closed')),
  closed_reason text check (closed_reason in ('withdrawn','expired','duplicate','not_owner','block_already_gone')),
  claim text not null check (claim in ('mistake','fixed')),
  channel text not null,
  ip inet not null,
  kind text not null check (kind in ('spam','hack')),
  blocked_at timestamptz not null,
  block_id text,
  -- blockId where given, else ip|kind|blockedAt to the second: what a decision is about
  episode text not null,
  block jsonb not null,
  account_id text not null,
  account_email text not null,
  account_name text,
  tier text,
  language text,
  rejection jsonb,
  statement text,
  missing text[] not null default '{}',
  queue text not null,
  priority integer not null default 0,
  second_person text[] not null default '{}',
  repeats integer not null default 0,
  -- the promise to the customer, or the day on which a wait ends
  due_at timestamptz,
  wake_at timestamptz,
  taken_by uuid,
  taken_at timestamptz,
  lease_until timestamptz,
  lease_no integer not null default 0,
  version integer not null default 1,
  analysis_id uuid,
  assessment text,
  confidence real,
  summary text,
  decision_id uuid,
  lift_failed text,
  blocked_again_at timestamptz,
  -- rule 12: the time and event with which the sweep ends a wait that nobody ended
  deadline_at timestamptz,
  deadline_event text,
  reminded integer not null default 0,
  appealed_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  state_since timestamptz not null default now()
);
-- Rule 1: one open ticket per block episode and account; a stranger's claim never meets the owner's.
create unique index ticket_one_open on ticket (episode, account_id) where state not in ('lifted','upheld','closed');
-- The queue, most urgent first, by key: failed lifts on top through their priority.
create index ticket_waiting on ticket (priority desc, due_at, id) where state in ('queued','in_review','second_review');
create index ticket_queue on ticket (queue, priority desc, due_at, id) where state = 'queued';
create index ticket_taken on ticket (taken_by) where taken_by is not null;
create index ticket_state on ticket (state, created_at desc, id) where state not in ('lifted','upheld','closed');
create index ticket_recent on ticket (created_at desc, id);
create index ticket_ip on ticket using gist (ip inet_ops);
create index ticket_account on ticket (account_id, created_at desc);
create index ticket_deadline on ticket (deadline_at) where deadline_at is not null;

create table evidence_item (
  id uuid primary key,
  ticket_id uuid not null references ticket,
  type text not null,
  text text,
  bytes bytea,
  name text,
  media_type text,
  size integer not null,
  by_kind text not null,
  by_id text,
  channel text not null,
  received_at timestamptz not null default now()
);
create index evidence_item_ticket on evidence_item (ticket_id, received_at);

-- Messages both ways and internal notes; neither ever changes state (rule 11).
create table message (
  id uuid primary key,
  ticket_id uuid not null references ticket,
  internal boolean not null default false,
  by_kind text not null,
  by_id text,
  by_name text not null,
  text text not null,
  channel text not null,
  verified boolean not null default true,
  at timestamptz not null default now()
);
create index message_ticket on message (ticket_id, at);

create table audit_entry (
  id bigint generated always as identity primary key,
  ticket_id uuid,
  event text not null,
  from_state text,
  to_state text,
  by_kind text not null,
  by_id text,
  by_name text,
  detail jsonb,
  at timestamptz not null default now()
);
create index audit_entry_ticket on audit_entry (ticket_id, id);
create function audit_is_append_only() returns trigger language plpgsql as $$
begin raise exception 'audit_entry is append-only'; end $$;
create trigger audit_append_only before update or delete on audit_entry for each row execute function audit_is_append_only();
create trigger audit_no_truncate before truncate on audit_entry for each statement execute function audit_is_append_only();

-- The chain is sealed afterwards by one worker: chaining inside the transaction would serialise every intake.
create table audit_seal (
  id bigint generated always as identity primary key,
  first_id bigint not null,
  last_id bigint not null,
  previous text not null,
  hash text not null,
  at timestamptz not null default now()
);
create trigger audit_seal_append_only before update or delete on audit_seal for each row execute function audit_is_append_only();

create table outbox_message (
  id uuid primary key,
  ticket_id uuid,
  job text not null,
  ref_id uuid,
  -- the template of a mail or the name of an event: a word, never a customer's text
  what text,
  state text not null default 'pending' check (state in ('pending','running','done','parked')),
  due_at timestamptz not null default now(),
  attempts integer not null default 0,
  -- how often in a row it threw or took its worker with it: a deliberate "later" does not count
  crashes integer not null default 0,
  lease_until timestamptz,
  lease_no integer not null default 0,
  last_error text,
  created_at timestamptz not null default now(),
  settled_at timestamptz
);
-- What the sweep claims: by state, never by "id greater than the last seen", which loses late commits.
create index outbox_due on outbox_message (due_at) where state = 'pending';
create index outbox_running on outbox_message (lease_until) where state = 'running';
create index outbox_parked on outbox_message (created_at) where state = 'parked';
create index outbox_ticket on outbox_message (ticket_id);

create table idempotency_key (
  owner text not null,
  key text not null,
  request_hash text not null,
  status integer not null,
  answer jsonb,
  ticket_id uuid,
  created_at timestamptz not null default now(),
  primary key (owner, key)
);

create table staff_member (
  id uuid primary key,
  email text not null unique check (email = lower(email)),
  name text not null,
  role text not null check (role in ('reviewer','senior','lead','auditor','admin')),
  password_hash text not null,
  account_ids text[] not null default '{}',
  keys_off boolean not null default false,
  disabled_at timestamptz,
  created_at timestamptz not null default now()
);

create table api_key (
  id uuid primary key,
  name text not null,
  scope text not null check (scope in ('noc','reviewer','lead','admin','read')),
  staff_id uuid references staff_member,
  -- SHA-256 of 32 random bytes: there is nothing to guess, so a slow hash would only cost
  hash text not null unique,
  disabled_at timestamptz,
  created_at timestamptz not null default now()
);

create table session (
  -- SHA-256 of the cookie: a copy of the table signs nobody in
  id_hash text primary key,
  kind text not null check (kind in ('staff','customer')),
  staff_id uuid references staff_member,
  account_id text,
  email text,
  name text,
  -- the block the customer came for, when the NOC launched the session
  launch jsonb,
  csrf text not null,
  created_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index session_expiry on session (expires_at);

create table used_token (
  purpose text not null,
  jti text not null,
  expires_at timestamptz not null,
  used_at timestamptz not null default now(),
  primary key (purpose, jti)
);

create table sign_in_link (
  hash text primary key,
  email text not null,
  account_id text not null,
  -- hash of the cookie of the browser that asked: a forwarded link opens nothing
  bound_to text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz
);
create index sign_in_link_email on sign_in_link (email, created_at);

create table status_link (
  key_hash text primary key,
  ticket_id uuid not null references ticket,
  account_id text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  revoked_at timestamptz
);

create table analysis (
  id uuid primary key,
  ticket_id uuid not null references ticket,
  catalogue text not null,
  assessment text not null,
  confidence real not null,
  sum real not null,
  summary text not null,
  body jsonb not null,
  created_at timestamptz not null default now()
);
create index analysis_ticket on analysis (ticket_id, created_at desc);

create table decision (
  id uuid primary key,
  ticket_id uuid not null references ticket,
  outcome text not null check (outcome in ('lift','require_fixes','uphold','request_information','hold')),
  reasons text[] not null,
  statement text not null,
  fixes jsonb not null default '[]',
  lift_when_verified boolean not null default false,
  wake_at timestamptz,
  filter_adjustment jsonb,
  state text not null check (state in ('awaiting_approval','undoable','final','undone','refused')),
  by_id uuid not null,
  by_name text not null,
  decided_at timestamptz not null default now(),
  undo_until timestamptz not null,
  ticket_version integer not null,
  analysis_id uuid,
  second_person text[] not null default '{}',
  second_by uuid,
  second_name text,
  second_at timestamptz,
  second_statement text,
  agreed boolean
);
create index decision_ticket on decision (ticket_id, decided_at desc);

create table required_fix (
  id uuid primary key,
  ticket_id uuid not null references ticket,
  decision_id uuid not null references decision,
  code text not null,
  at text not null check (at in ('before_lift','after_lift','advice')),
  note text,
  state text not null default 'open' check (state in ('open','reported','verified','failed','accepted')),
  says text,
  statement text,
  position integer not null default 0,
  checked_at timestamptz,
  created_at timestamptz not null default now(),
  unique (decision_id, code)
);
create index required_fix_ticket on required_fix (ticket_id, position);

create table lift (
  -- the idempotency key of the order, for life (I3); never the job's id
  id uuid primary key,
  ticket_id uuid not null references ticket,
  decision_id uuid not null,
  account_id text not null,
  ip inet not null,
  kind text not null,
  blocked_at timestamptz not null,
  block_id text,
  episode text not null,
  state text not null check (state in ('scheduled','requested','unknown','unblocking','confirmed','failed','undone')),
  due_at timestamptz not null,
  requested_at timestamptz,
  confirmed_at timestamptz,
  attempts integer not null default 0,
  reads integer not null default 0,
  last_answer text,
  lease_until timestamptz,
  lease_no integer not null default 0,
  created_at timestamptz not null default now()
);
-- I3: one live lift per episode; a failed or undone one may be followed by another.
create unique index lift_one_live on lift (episode) where state not in ('failed','undone','confirmed');
create index lift_ticket on lift (ticket_id, created_at desc);
create index lift_watch on lift using gist (ip inet_ops);

create table block (
  id uuid primary key,
  episode text not null unique,
  ip inet not null,
  prefix cidr,
  kind text not null check (kind in ('spam','hack')),
  blocked_at timestamptz not null,
  block_id text,
  state text not null check (state in ('blocked','unblocking','unblocked')),
  body jsonb not null,
  first_seen_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  ended_at timestamptz
);
create index block_ip on block using gist (ip inet_ops);
create index block_current on block (ip, kind, blocked_at desc);

create table mail_delivery (
  id uuid primary key,
  ticket_id uuid references ticket,
  outbox_id uuid unique,
  template text not null,
  recipient text not null,
  subject text not null,
  message_id text not null unique,
  raw bytea not null,
  state text not null check (state in ('pending','sending','sent','failed','kept','suppressed')),
  attempts integer not null default 0,
  last_answer text,
  lease_until timestamptz,
  created_at timestamptz not null default now(),
  sent_at timestamptz
);
create index mail_delivery_ticket on mail_delivery (ticket_id, created_at);
create index mail_delivery_recent on mail_delivery (created_at desc, id);

create table inbound_mail (
  id uuid primary key,
  door text not null,
  sha256 text not null,
  raw bytea not null,
  size integer not null,
  envelope_from text,
  recipient text,
  peer_ip inet,
  helo text,
  state text not null default 'stored' check (state in ('stored','pending','ticket','reply','bounce','automatic','duplicate','quarantined')),
  reason text,
  ticket_id uuid references ticket,
  message_id text,
  from_address text,
  subject text,
  understood jsonb,
  received_at timestamptz not null default now(),
  settled_at timestamptz
);
create index inbound_mail_content on inbound_mail (sha256);
create index inbound_mail_unsettled on inbound_mail (received_at) where state = 'stored';
create index inbound_mail_state on inbound_mail (state, received_at desc, id);
create index inbound_mail_message_id on inbound_mail (message_id) where message_id is not null;

create table filter_adjustment (
  id uuid primary key,
  ticket_id uuid not null references ticket,
  decision_id uuid not null references decision,
  rule text not null,
  sender text,
  message_id text,
  change text not null,
  scope text not null,
  expires_at timestamptz,
  state text not null default 'proposed' check (state in ('proposed','applied','accepted','rejected','expired')),
  answer text,
  note text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index filter_adjustment_recent on filter_adjustment (created_at desc, id);
