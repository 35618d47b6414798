-- Mailboxes that are fetched over IMAP. A delivery there is (mailbox, UIDVALIDITY, UID), RFC 9051 section 2.3.1.1: no flag of the server says what was read.
create table imap_mailbox (
  name text primary key,          -- imaps://user@host/path, without the password
  uid_validity bigint,
  uid_next bigint,                -- every UID below is accounted for; null before the first visit
  holder uuid,                    -- the one process that fetches, until lease_until
  lease_until timestamptz,
  visited_at timestamptz,         -- last visit that accounted for every mail
  error text                      -- why the last visit failed; null when it did not
);

create table imap_delivery (
  mailbox text not null references imap_mailbox,
  uid_validity bigint not null,
  uid bigint not null,
  -- stored: ours, and still to be put away on the server; filed: put away; taken: somebody else moved it after we stored it;
  -- vanished: somebody else took it before we could; empty: not one byte
  state text not null check (state in ('stored', 'filed', 'taken', 'vanished', 'empty')),
  mail_id uuid references inbound_mail on delete set null,
  at timestamptz not null default now(),
  primary key (mailbox, uid_validity, uid)
);
create index imap_delivery_mail on imap_delivery (mail_id);
create index imap_delivery_unfiled on imap_delivery (mailbox, uid_validity, uid) where state = 'stored';
