-- Where webhooks go, with which keys they are signed, and what became of each. Secrets are sealed with a key from SECRET.
create table webhook_endpoint (
  id uuid primary key,
  url text not null,
  -- the one of the settings (NOC_URL, NOC_WEBHOOK_SECRET): its key is not kept here
  from_settings boolean not null default false,
  disabled_at timestamptz,
  disabled_why text,
  created_at timestamptz not null default now()
);
create unique index webhook_endpoint_of_settings on webhook_endpoint (from_settings) where from_settings;

create table webhook_key (
  id uuid primary key,
  endpoint_id uuid not null references webhook_endpoint,
  kind text not null check (kind in ('hmac','ed25519')),
  sealed bytea not null,
  -- of an ed25519 key: whpk_…, to be given away
  public text,
  created_at timestamptz not null default now(),
  retired_at timestamptz
);
create index webhook_key_endpoint on webhook_key (endpoint_id) where retired_at is null;

create table webhook_delivery (
  -- the webhook-id: the same for every repetition
  id uuid primary key,
  endpoint_id uuid not null references webhook_endpoint,
  -- the work that it came from: an event is told to an endpoint once
  outbox_id uuid,
  ticket_id uuid references ticket,
  type text not null,
  body text not null,
  state text not null default 'pending' check (state in ('pending','delivered','failed','stopped')),
  tries integer not null default 0,
  created_at timestamptz not null default now(),
  settled_at timestamptz,
  unique (endpoint_id, outbox_id)
);
create index webhook_delivery_recent on webhook_delivery (created_at desc, id);
create index webhook_delivery_endpoint on webhook_delivery (endpoint_id, created_at desc);

create table webhook_attempt (
  id bigint generated always as identity primary key,
  delivery_id uuid not null references webhook_delivery,
  at timestamptz not null default now(),
  milliseconds integer not null,
  headers jsonb not null,
  status integer,
  -- the answer's first characters, or why there was none
  answer text not null
);
create index webhook_attempt_delivery on webhook_attempt (delivery_id, id);
