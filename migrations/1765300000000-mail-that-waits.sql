-- A claim by mail waits for the account that holds the address: who is asked, by which contact, and what they said. Written by the mailbox.
create table mail_confirmation (
  id uuid primary key,
  inbound_id uuid not null references inbound_mail,
  account_id text not null,
  -- the addresses of this account that the mail names
  addresses text[] not null,
  -- the contact who was sent the link; null: only the control panel can confirm it, and "withheld" says why
  sent_to text,
  withheld text,
  -- SHA-256 of the link's secret: a copy of the table confirms nothing
  token_hash text unique,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  answer text check (answer in ('confirmed','refused')),
  answered_at timestamptz,
  answered_by text,
  unique (inbound_id, account_id)
);
create index mail_confirmation_account on mail_confirmation (account_id, created_at desc);

-- Addresses that no mail is sent to any more, since one came back for good. Written by the mail room; staff lift it.
create table mail_stop (
  id uuid primary key,
  -- in lower case
  address text not null,
  delivery_id uuid references mail_delivery,
  ticket_id uuid references ticket,
  -- enhanced status code (RFC 3463), where one was given
  status text,
  says text not null,
  since timestamptz not null default now(),
  lifted_at timestamptz,
  lifted_by text
);
create unique index mail_stop_live on mail_stop (address) where lifted_at is null;
create index mail_stop_ticket on mail_stop (ticket_id);

-- Who did something about a mail, and why; null while nobody had to.
alter table inbound_mail add column handled_by text, add column handled_note text, add column handled_at timestamptz;
create index inbound_mail_sender on inbound_mail (lower(from_address), received_at desc);
create index mail_delivery_recipient on mail_delivery (lower(recipient), created_at desc);
