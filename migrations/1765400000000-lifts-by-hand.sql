-- For a NOC without an API (NOC_DRIVER=manual), and for one that knows no accounts (ovh): what we were told of who holds an address.
create table address_holder (
  ip inet primary key,
  -- null: somebody looked, and it is no account's that we know
  account_id text,
  email text,
  name text,
  told_by text not null check (told_by in ('noc', 'launch', 'import', 'staff')),
  told_at timestamptz not null default now()
);
create index address_holder_account on address_holder (account_id);
create index address_holder_email on address_holder (lower(email)) where email is not null;

-- A lift that a person carries out. The id is that of the lift: a repeated order finds the task that is there.
create table lift_task (
  id uuid primary key,
  ip inet not null,
  kind text not null check (kind in ('spam','hack')),
  blocked_at timestamptz not null,
  ref text not null,
  reason text not null,
  state text not null default 'open' check (state in ('open','done','refused')),
  outcome text check (outcome in ('refused','newer_block','not_owner')),
  because text,
  -- with newer_block: since when the block is there that was found instead
  found_at timestamptz,
  by_id uuid,
  by_name text,
  created_at timestamptz not null default now(),
  settled_at timestamptz
);
create index lift_task_open on lift_task (created_at) where state = 'open';
create index lift_task_settled on lift_task (settled_at desc) where state <> 'open';

-- NOC staff: lift in the control panel what was decided, and decide nothing.
alter table staff_member drop constraint staff_member_role_check;
alter table staff_member add constraint staff_member_role_check check (role in ('reviewer','senior','lead','auditor','admin','operator'));

-- A repeated request gets its answer byte for byte: json keeps the order of the keys, jsonb sorts them.
alter table idempotency_key alter column answer type json using answer::json;
