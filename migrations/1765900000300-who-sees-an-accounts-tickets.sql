-- An account may keep its tickets apart: then each contact sees only what they opened themselves, and the main contact sees all. No row: all
-- contacts whom the NOC knows for the account see all of its tickets.
create table account_sharing (
  account_id text primary key,
  -- the contact whom the NOC names first for the account, as it was when the account chose this
  main_email text not null,
  changed_at timestamptz not null
);
