-- Words, Message-IDs, domains and names of every ticket, however many there are. Written some moments after the ticket by one worker
-- that follows the audit (src/tickets/search-index.service.ts), so that no intake waits for an index. Who finds may read all of it again.
create extension if not exists pg_trgm;

create table ticket_search (
  ticket_id uuid primary key references ticket on delete cascade,
  created_at timestamptz not null,
  -- what the customer, their mail and the filter said; what only the desk may find carries the weight D
  words tsvector not null,
  -- addresses and Message-IDs (at:a@b), domains and the domains above them (dom:b)
  keys text[] not null,
  -- account, its name and address, the NOC's own reference: parts of these are found too
  names text not null,
  -- how many messages and notes were read for it
  messages integer not null
);
create index ticket_search_words on ticket_search using gin (words);
create index ticket_search_keys on ticket_search using gin (keys);
create index ticket_search_names on ticket_search using gin (names gin_trgm_ops);
-- Words that stand everywhere are looked for among the newest first.
create index ticket_search_recent on ticket_search (created_at desc, ticket_id);

-- How far the audit was followed: the last line, and the lines before it that were not committed yet.
create table search_progress (
  one boolean primary key default true check (one),
  last_id bigint not null default 0,
  gaps jsonb not null default '{}',
  message_at timestamptz not null default '-infinity'
);
insert into search_progress default values;
-- Notes and messages leave no line in the audit.
create index message_at on message (at);
