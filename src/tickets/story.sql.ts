/**
 * A desk with a past, made by set-based SQL: for looking at a desk of some size, and for measuring it. `i` is the number of a ticket and everything follows from
 * it, so two runs make the same desk. A fifth waits for reviewers, of the last two days; the rest was decided, received evenly over the time before. What is
 * older than the newest 20,000 has no evidence any more (retention), except where it waits. $1 first, $2 last number of a batch, $3 how many in all.
 */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const WAITS = 'i % 5 = 0';
const NUMBERS = `generate_series($1::int, $2::int) i cross join lateral (select date_trunc('milliseconds', now())
  - case when ${WAITS} then ($3::int - i) * interval '40 hours' / $3::int else interval '40 hours' + ($3::int - i) * interval '9 seconds' end as received) at`;
const ID = `md5('story' || i)::uuid`;
const SHOP = `(array['Shop','Garage','Clinic','School','Bakery','Press','Forum','Studio'])[1 + i % 8]`;
const DOMAIN = `lower(${SHOP}) || '-' || i % 5000 || '.example'`;
const RULE = `(array['URL_REPUTATION','BULK_BURST','HTML_ONLY','FRESH_DOMAIN','BAYES_99','PHISH_WORDS'])[1 + i % 6]`;
const MESSAGE_ID = `md5('m' || i) || '@' || ${DOMAIN}`;
const SUBJECT = `'Your order ' || i || ' is on its way'`;
const STATEMENT = `case when i % 3 = 0 then 'Our server sends only ' || (array['order confirmations','appointment reminders','invoices','password resets'])[1 + i % 4] || ' to people who asked for them.'
  else 'The ' || (array['contact form','mailbox','plugin','API key'])[1 + i % 4] || ' that sent others was closed on ' || received::date || '.' end || ' Ticket ' || i || ' of ' || ${DOMAIN} || '.'`;
const HEADERS = `'Received: from mail.' || ${DOMAIN} || ' (mail.' || ${DOMAIN} || ' [' || host(inet '45.0.0.0' + i) || E']) by mx.empfang.example with ESMTPS;\\r\\n\\t' || to_char(received, 'Dy, DD Mon YYYY HH24:MI:SS')
  || E' +0000\\r\\nFrom: news@' || ${DOMAIN} || E'\\r\\nSubject: ' || ${SUBJECT} || E'\\r\\nMessage-ID: <' || ${MESSAGE_ID} || E'>\\r\\n'`;
const FRESH = `(${WAITS} or i >= $3::int - 20000)`;
const REVIEWERS = `(select array_agg(id order by email) as ids, array_agg(name order by email) as names from staff_member where role in ('reviewer','senior','lead') and disabled_at is null) r`;
const BY = `r.ids[1 + i % array_length(r.ids, 1)]`;
const BY_NAME = `r.names[1 + i % array_length(r.ids, 1)]`;

export const TICKETS = `
insert into ticket (id, ref, state, closed_reason, claim, channel, ip, kind, blocked_at, episode, block, account_id, account_email, account_name, tier, language, statement, queue, priority,
  second_person, repeats, due_at, taken_by, taken_at, lease_until, analysis_id, assessment, confidence, summary, decision_id, version, created_at, updated_at, state_since, deadline_at, deadline_event)
select ${ID},
  'UB-' || (select string_agg(substr('${ALPHABET}', 1 + ((i::bigint * 2654435761 >> (5 * k)) & 31)::int, 1), '') from generate_series(4, 7) k)
    || '-' || (select string_agg(substr('${ALPHABET}', 1 + ((i >> (5 * k)) & 31), 1), '') from generate_series(0, 3) k),
  s.state, case when s.state = 'closed' then 'expired' end,
  case when i % 3 = 0 then 'mistake' else 'fixed' end, (array['noc','form','mail','api'])[1 + i % 4], inet '45.0.0.0' + i, case when i % 7 = 0 then 'hack' else 'spam' end,
  received - interval '40 minutes', 'story|' || i,
  jsonb_build_object('ip', host(inet '45.0.0.0' + i), 'kind', case when i % 7 = 0 then 'hack' else 'spam' end, 'blockedAt', received - interval '40 minutes', 'blockId', 'story-' || i,
    'detectionsTotal', 20 + i % 400, 'detections', jsonb_build_array(jsonb_build_object('messageId', ${MESSAGE_ID}, 'at', received - interval '41 minutes', 'score', 6 + i % 9,
    'rule', ${RULE}, 'mailFrom', 'news@' || ${DOMAIN}, 'subject', ${SUBJECT}))),
  'acc-' || i % 50000, 'ops@' || ${DOMAIN}, ${SHOP} || ' number ' || i % 50000, (array[null,'standard','business','premium'])[1 + i % 4], 'en', ${STATEMENT},
  case when i % 7 = 0 then 'hack' else 'spam' end, (i % 4) * 10 + (i % 5) * 5, case when i % 7 = 0 then array['hack'] else array[]::text[] end, i % 3 % 2,
  received + interval '8 hours', case when s.state = 'in_review' then ${BY} end, case when s.state = 'in_review' then now() end, case when s.state = 'in_review' then now() + interval '15 minutes' end,
  case when ${FRESH} then md5('reading' || i)::uuid end, (array['likely_false_positive','likely_abuse','mixed','insufficient_evidence'])[1 + i % 4], ((i % 90) + 5) / 100.0,
  'The message is signed by the domain that its readers see, and the path it took is the one its sender publishes; ' || i % 12 || ' findings speak against it.',
  case when s.state in ('lifted','upheld','second_review') then md5('decision' || i)::uuid end, 2 + i % 4, received, received, received,
  case when s.state = 'in_review' then now() + interval '15 minutes' end, case when s.state = 'in_review' then 'lease_lost' end
from ${NUMBERS}, ${REVIEWERS}, lateral (select case when i % 5 > 0 then (array['lifted','lifted','upheld','closed'])[1 + i % 4] when i % 50 = 0 then 'in_review' when i % 140 = 35 then 'second_review' else 'queued' end as state) s`;

const AUDIT = `insert into audit_entry (ticket_id, event, from_state, to_state, by_kind, by_id, by_name, detail, at)
select ${ID}, e.event, e.from_state, e.to_state, e.by_kind, case when e.by_kind = 'reviewer' then (${BY})::text end, case e.by_kind when 'reviewer' then ${BY_NAME} when 'noc' then 'NOC' else 'the desk' end, '{"channel":"noc"}', received + e.after
from ${NUMBERS}, ${REVIEWERS}, lateral (values ('opened', null, 'analysing', 'noc', interval '0'), ('analysed', 'analysing', 'queued', 'system', interval '3 seconds'),
  (case when i % 5 > 0 and i % 4 <= 2 then 'taken' end, 'queued', 'in_review', 'reviewer', interval '2 hours'),
  (case when i % 5 > 0 and i % 4 <= 1 then 'lift_decided' when i % 5 > 0 and i % 4 = 2 then 'upheld' end, 'in_review', case when i % 4 = 2 then 'upheld' else 'lifting' end, 'reviewer', interval '2 hours 6 minutes'),
  (case when i % 5 > 0 and i % 4 <= 1 then 'lift_confirmed' end, 'lifting', 'lifted', 'system', interval '2 hours 8 minutes'),
  (case when i % 5 > 0 and i % 4 = 3 then 'expired' end, 'awaiting_evidence', 'closed', 'system', interval '7 days')) e(event, from_state, to_state, by_kind, after)
where e.event is not null`;

const DECISIONS = `insert into decision (id, ticket_id, outcome, reasons, statement, state, by_id, by_name, decided_at, undo_until, ticket_version, second_person)
select md5('decision' || i)::uuid, ${ID}, case when i % 5 > 0 and i % 4 = 2 then 'uphold' else 'lift' end,
  case when i % 5 > 0 and i % 4 = 2 then array['remediation_incomplete'] when i % 3 = 0 then array['transactional_burst'] else array['remediation_verified'] end,
  'Your headers show that the messages were ' || ${SUBJECT} || '.', case when i % 5 = 0 then 'awaiting_approval' else 'final' end, ${BY}, ${BY_NAME},
  received + case when i % 5 = 0 then interval '20 minutes' else interval '2 hours 6 minutes' end, received + interval '2 hours 7 minutes', 3, case when i % 7 = 0 then array['hack'] else '{}' end
from ${NUMBERS}, ${REVIEWERS} where (i % 5 > 0 and i % 4 <= 2) or (i % 5 = 0 and i % 50 <> 0 and i % 140 = 35)`;

const LIFTS = `insert into lift (id, ticket_id, decision_id, account_id, ip, kind, blocked_at, block_id, episode, state, due_at, requested_at, accepted_at, confirmed_at, attempts, created_at)
select md5('lift' || i)::uuid, ${ID}, md5('decision' || i)::uuid, 'acc-' || i % 50000, inet '45.0.0.0' + i, case when i % 7 = 0 then 'hack' else 'spam' end, received - interval '40 minutes', 'story-' || i, 'story|' || i,
  'confirmed', received + interval '2 hours 7 minutes', received + interval '2 hours 7 minutes', received + interval '2 hours 7 minutes', received + interval '2 hours 8 minutes', 1, received + interval '2 hours 7 minutes'
from ${NUMBERS} where i % 5 > 0 and i % 4 <= 1`;

const EVIDENCE = `insert into evidence_item (id, ticket_id, type, text, size, by_kind, channel, received_at)
select md5('headers' || i)::uuid, ${ID}, 'headers', h.text, length(h.text), 'customer', 'noc', received from ${NUMBERS}, lateral (select ${HEADERS} as text) h where ${FRESH}`;

const READINGS = `insert into analysis (id, ticket_id, catalogue, assessment, confidence, sum, summary, body, created_at)
select md5('reading' || i)::uuid, ${ID}, 'story', a.assessment, ((i % 90) + 5) / 100.0, 0, a.summary, jsonb_build_object('catalogue', 'story', 'assessment', a.assessment, 'confidence', ((i % 90) + 5) / 100.0,
  'summary', a.summary, 'message', jsonb_build_object('messageId', ${MESSAGE_ID}, 'from', 'news@' || ${DOMAIN}, 'subject', ${SUBJECT}, 'date', null, 'returnPath', null), 'path', '[]'::jsonb,
  'findings', jsonb_build_array(jsonb_build_object('rule', 'from-appears-once', 'code', null, 'outcome', 'pass', 'strength', 'violation', 'weighs', 'neutral', 'trust', 'claimed', 'says', 'One From field.', 'evidence', '[]'::jsonb, 'fix', null, 'cites', 'RFC 5322 §3.6')),
  'requiredFixes', case when i % 4 = 1 then '["publish_dmarc"]'::jsonb else '[]'::jsonb end, 'facts', '{}'::jsonb, 'sum', 0), received
from ${NUMBERS}, lateral (select (array['likely_false_positive','likely_abuse','mixed','insufficient_evidence'])[1 + i % 4] as assessment,
  'The message is signed by the domain that its readers see.' as summary) a where ${FRESH}`;

const NOTES = `insert into message (id, ticket_id, internal, by_kind, by_id, by_name, text, channel, at)
select md5('note' || i)::uuid, ${ID}, true, 'reviewer', (${BY})::text, ${BY_NAME}, 'Spoke to the ' || (array['hosting','network','billing'])[1 + i % 3] || ' team about ' || ${DOMAIN} || ', case ' || i || '.', 'web', received + interval '1 hour'
from ${NUMBERS}, ${REVIEWERS} where i % 25 = 0`;

/** What the index of the search would say of them, without reading a million tickets one by one. */
const FOUND = `insert into ticket_search (ticket_id, created_at, words, keys, names, messages)
select t.id, t.created_at, setweight(to_tsvector('simple', translate(lower(concat_ws(' ', t.account_name, t.account_email, t.account_id, host(t.ip), t.statement, ${SUBJECT}, ${MESSAGE_ID})), '.@:/-_=<>,', '          ')), 'A')
    || setweight(to_tsvector('simple', translate(lower(concat_ws(' ', t.summary, ${RULE}, m.text)), '.@:/-_=<>,', '          ')), 'D'),
  array['at:' || t.account_email, 'at:' || ${MESSAGE_ID}, 'at:news@' || ${DOMAIN}, 'dom:' || ${DOMAIN}], lower(concat_ws(' ', t.account_name, t.account_email, t.account_id)), case when i % 25 = 0 then 1 else 0 end
from ${NUMBERS} join ticket t on t.id = ${ID} left join message m on m.id = md5('note' || i)::uuid`;

/** In this order: each names what stands before it. */
export const STORY: readonly { table: string; sql: string }[] = [
  { table: 'ticket', sql: TICKETS }, { table: 'audit_entry', sql: AUDIT }, { table: 'decision', sql: DECISIONS }, { table: 'lift', sql: LIFTS },
  { table: 'evidence_item', sql: EVIDENCE }, { table: 'analysis', sql: READINGS }, { table: 'message', sql: NOTES }, { table: 'ticket_search', sql: FOUND },
];
