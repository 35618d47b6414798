/**
 * How a text becomes words: signs between words are spaces, so that a colon or a slash separates, and never means anything. The same for what is
 * stored and what is asked. One `replace` for each sign: `translate` looks every character of the text up in the list, and took seven times as long.
 */
const SIGNS = [...`.,:;/\\_-=<>()[]{}"'+|&!?#$%^*~@\``];
const literal = (sign: string): string => (sign === "'" ? "''''" : `'${sign}'`);
export const words = (text: string): string => SIGNS.reduce((sql, sign) => `replace(${sql}, ${literal(sign)}, ' ')`, `lower(${text})`);
/** A text with blanks for what no address and no name goes across: patterns are then looked for in the few pieces that can hold one. */
const apart = (text: string): string => [...'<>,;:"()', '\\t', '\\r', '\\n'].reduce((sql, sign) => `replace(${sql}, E'${sign}', ' ')`, text);
const vector = (text: string, weight: 'A' | 'B' | 'C' | 'D'): string => `setweight(to_tsvector('simple', ${words(`left(coalesce(${text}, ''), 20000)`)}), '${weight}')`;

/** Everything before the last label of a name, one label less at a time: "a.b.example" gives a.b.example and b.example. */
const ABOVE = `array(select 'dom:' || array_to_string(l[i:], '.') from regexp_split_to_array(h.host, '\\.') l, generate_series(1, greatest(array_length(l, 1) - 1, 1)) i)`;

/**
 * Reads tickets ($1 their ids) as they stand now, and keeps what they are found by. Bounded: of each ticket at most 20,000 characters of a kind
 * and 200 addresses. Evidence that came as a whole mail is read by its beginning.
 */
export const INDEX = `
insert into ticket_search (ticket_id, created_at, words, keys, names, messages)
select t.id, t.created_at,
  ${vector(`concat_ws(' ', t.account_name, t.account_email, t.account_id, t.external_ref, host(t.ip), t.statement)`, 'A')}
  || ${vector('said.text', 'B')} || ${vector('seen.text', 'C')} || ${vector(`concat_ws(' ', inside.text, t.summary, t.lift_failed, rules.text)`, 'D')},
  coalesce(found.keys, '{}'), lower(concat_ws(' ', t.account_name, t.account_email, t.account_id, t.external_ref)), inside.messages
from ticket t
cross join lateral (select string_agg(left(coalesce(e.text, encode(substring(e.bytes from 1 for 6000), 'escape')), 6000), E'\\n' order by e.received_at desc) as text
  from (select * from evidence_item where ticket_id = t.id and type <> 'queue_inspected' order by received_at desc limit 12) e) said
cross join lateral (select string_agg(concat_ws(' ', d->>'messageId', d->>'subject', d->>'mailFrom'), E'\\n') as text, string_agg(d->>'rule', ' ') as rules
  from (select d from jsonb_array_elements(case jsonb_typeof(t.block->'detections') when 'array' then t.block->'detections' else '[]' end) d limit 60) each) seen
cross join lateral (select seen.rules as text) rules
cross join lateral (select string_agg(left(m.text, 4000), E'\\n') as text, count(*)::int as messages from message m where m.ticket_id = t.id) inside
left join lateral (
  with token as materialized (select distinct w from string_to_table(${apart('left(said.text, 20000)')}, ' ') w where w like '%.%' or w like '%@%'),
  address as (
    select distinct lower(a[1]) as a from (select concat_ws(E'\\n', t.account_email, left(seen.text, 20000)) as text union all select w from token where w like '%@%') source,
      regexp_matches(source.text, '([^\\s<>@,;:"()]{1,200}@[a-z0-9][a-z0-9.-]{0,200})', 'gi') a limit 200),
  host as (
    select split_part(a, '@', 2) as host from address
    union select lower(x[1]) from token, regexp_matches(w, '\\m((?:[a-z0-9-]+\\.)+[a-z]{2,24})\\M', 'gi') x where w like '%.%')
  select array_agg(distinct k) as keys from (
    select 'at:' || a as k from address union all
    select unnest(${ABOVE}) from (select trim(both '.' from host) as host from host limit 200) h where h.host <> '') k) found on true
where t.id = any($1)
on conflict (ticket_id) do update set words = excluded.words, keys = excluded.keys, names = excluded.names, messages = excluded.messages`;
