-- What is kept has an end: files, raw mail, names, and at last the audit itself. What was emptied says when.

-- What somebody wrote, or what names somebody, beside the chain: the sealed line holds only a salted commitment to it (audit/audit.service.ts).
alter table audit_entry add column said jsonb;

-- Up to where the audit was let go by age: the seals after it go on from this hash.
create table audit_horizon (
  one boolean primary key default true check (one),
  last_id bigint not null default 0,
  seal_id bigint not null default 0,
  hash text not null default '',
  at timestamptz
);
insert into audit_horizon default values;

-- Eight bytes for each sealed line, in their order: they name the line that was touched. The seal alone is what is believed.
alter table audit_seal add column digests bytea;

-- Names and what was said may be taken out, and nothing else; lines behind the horizon may go, and no others.
create or replace function audit_is_append_only() returns trigger language plpgsql as $$
begin
  if tg_table_name = 'audit_entry' and tg_op = 'UPDATE' then
    if to_jsonb(old) - 'by_name' - 'said' = to_jsonb(new) - 'by_name' - 'said' and (new.by_name is null or new.by_name = old.by_name) and (new.said is null or new.said = old.said)
      and (old.by_name is distinct from new.by_name or old.said is distinct from new.said) then
      return new;
    end if;
  elsif tg_table_name = 'audit_entry' and tg_op = 'DELETE' then
    if old.id <= (select last_id from audit_horizon) then
      return old;
    end if;
  end if;
  raise exception '% is append-only', tg_table_name;
end $$;

-- The stages by which a ticket is forgotten. One that was reopened and ended again is due again for what came meanwhile.
alter table ticket add column files_gone_at timestamptz, add column raw_gone_at timestamptz, add column forgotten_at timestamptz;
create index ticket_files_due on ticket (state_since) where state in ('lifted','upheld','closed') and (files_gone_at is null or files_gone_at < state_since);
create index ticket_raw_due on ticket (state_since) where state in ('lifted','upheld','closed') and (raw_gone_at is null or raw_gone_at < state_since);
create index ticket_forget_due on ticket (state_since) where state in ('lifted','upheld','closed') and (forgotten_at is null or forgotten_at < state_since);
alter table evidence_item add column gone_at timestamptz;
alter table inbound_mail add column gone_at timestamptz;
alter table mail_delivery add column gone_at timestamptz;
create index inbound_mail_ticket on inbound_mail (ticket_id) where ticket_id is not null;
