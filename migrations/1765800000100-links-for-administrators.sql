-- A link by which somebody whom the customer names, usually their administrator, adds evidence to one ticket and does nothing else.
-- Only the hash of its 128 random bits is kept: a copy of the table opens nothing.
create table evidence_link (
  id uuid primary key,
  key_hash text not null unique,
  ticket_id uuid not null references ticket,
  account_id text not null,
  -- whom the customer gave it to, in their words
  label text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  revoked_at timestamptz,
  used_at timestamptz,
  uses integer not null default 0
);
create index evidence_link_ticket on evidence_link (ticket_id, created_at desc);
