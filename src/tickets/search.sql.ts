import { idsOf } from '../platform/database/ids-of';

/** Of each ticket so many characters of a kind are read; evidence that came as a whole mail is read by its beginning. */
export const [MOST_CHARACTERS, OF_EVIDENCE, OF_MESSAGE] = [20_000, 6_000, 4_000];

/** What a ticket ($1: their ids) says as it stands now: `open` to whoever may see it, `inside` to the desk alone. */
export const TOLD = `
select t.id, t.created_at, concat_ws(E'\\n', t.account_name, t.account_email, t.account_id, t.external_ref, host(t.ip), left(t.statement, ${MOST_CHARACTERS})) as account,
  said.text as said, seen.text as seen, concat_ws(E'\\n', inside.text, t.summary, t.lift_failed, seen.rules) as inside,
  t.account_email as email, lower(concat_ws(' ', t.account_name, t.account_email, t.account_id, t.external_ref)) as names, inside.messages
from ticket t
cross join lateral (select string_agg(left(coalesce(e.text, encode(substring(e.bytes from 1 for ${OF_EVIDENCE}), 'escape')), ${OF_EVIDENCE}), E'\\n' order by e.received_at desc) as text
  from (select * from evidence_item where ticket_id = t.id and type <> 'queue_inspected' order by received_at desc limit 12) e) said
cross join lateral (select string_agg(concat_ws(' ', d->>'messageId', d->>'subject', d->>'mailFrom'), E'\\n') as text, string_agg(d->>'rule', ' ') as rules
  from (select d from jsonb_array_elements(case jsonb_typeof(t.block->'detections') when 'array' then t.block->'detections' else '[]' end) d limit 60) each) seen
cross join lateral (select string_agg(left(m.text, ${OF_MESSAGE}), E'\\n') as text, count(*)::int as messages from message m where m.ticket_id = t.id) inside
where t.id = any(${idsOf('$1')})`;

/** Keeps what tickets are found by ($1: rows of the table); again, when they say something else. */
export const KEEP = `
insert into ticket_search (ticket_id, created_at, words, keys, names, messages)
select ticket_id, created_at, words, keys, names, messages from json_populate_recordset(null::ticket_search, $1)
on conflict (ticket_id) do update set words = excluded.words, keys = excluded.keys, names = excluded.names, messages = excluded.messages`;
