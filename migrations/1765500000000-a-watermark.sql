-- How far this database has come. Each worker counts it up and keeps the number outside as well: a database that knows a smaller number than
-- its processes have seen was restored from a backup, and nothing may leave until it was compared with the world.
create table desk_watermark (
  one boolean primary key default true check (one),
  -- of which desk: a backup of it has the same
  epoch uuid not null default gen_random_uuid(),
  seq bigint not null default 0,
  at timestamptz not null default now(),
  mode text not null default 'normal' check (mode in ('normal','safe')),
  why text,
  -- whether the checks may end the safe mode, or only a person
  automatic boolean not null default true,
  since timestamptz
);
insert into desk_watermark default values;

-- Mails that went out after the backup was taken, read back from the ledger outside of the database. Written by mail only.
create table mail_sent_before (
  id uuid primary key,
  outbox_id uuid not null,
  ticket_id uuid,
  template text not null,
  sent_at timestamptz not null,
  matched_by uuid
);
create index mail_sent_before_outbox on mail_sent_before (outbox_id);
create index mail_sent_before_ticket on mail_sent_before (ticket_id, template) where matched_by is null;
