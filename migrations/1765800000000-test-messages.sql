-- A customer sends one message from the blocked server to an address that only they know, and sees how it arrived.
-- The address: one per account and ticket (or none yet). Its local part holds this id and a keyed token; the id alone opens nothing.
create table test_address (
  id uuid primary key,
  account_id text not null,
  ticket_id uuid references ticket,
  created_at timestamptz not null,
  expires_at timestamptz not null
);
create unique index test_address_one on test_address (account_id, coalesce(ticket_id, '00000000-0000-0000-0000-000000000000'));

-- What such a message showed. The raw mail stays in inbound_mail; here is what was read of it.
create table test_message (
  -- the same id as the mail's
  id uuid primary key references inbound_mail,
  address_id uuid not null references test_address,
  peer_ip inet,
  -- the live connection: greeting, protocol, TLS; and the reading of the message
  reading jsonb not null,
  received_at timestamptz not null,
  checked_at timestamptz not null
);
create index test_message_address on test_message (address_id, received_at desc);

-- What the SMTP session knew beside the envelope: { "protocol": "ESMTPS", "tls": "TLSv1.3" | null }. Null for doors without a live session.
alter table inbound_mail add column session jsonb;
