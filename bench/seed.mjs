// Fills a desk with many plausible tickets by one SQL statement each 100,000: of them a fifth waits for reviewers, the rest has ended.
// Also by itself, to look at a desk of that size: DATABASE_URL=postgres://… node bench/seed.mjs --tickets 100000
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const AT_ONCE = 100_000;
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** i is the number of the ticket; everything follows from it, so two runs make the same desk. */
const TICKETS = `
insert into ticket (id, ref, state, closed_reason, claim, channel, ip, kind, blocked_at, episode, block, account_id, account_email, account_name, tier, language, statement, queue, priority,
  second_person, repeats, due_at, assessment, confidence, summary, version, created_at, updated_at, state_since)
select md5('bench' || i)::uuid,
  'UB-' || (select string_agg(substr('${ALPHABET}', 1 + ((i::bigint * 2654435761 >> (5 * k)) & 31)::int, 1), '') from generate_series(4, 7) k)
    || '-' || (select string_agg(substr('${ALPHABET}', 1 + ((i >> (5 * k)) & 31), 1), '') from generate_series(0, 3) k),
  case when i % 5 > 0 then (array['lifted','lifted','upheld','closed'])[1 + i % 4] when i % 50 = 0 then 'in_review' when i % 100 = 5 then 'second_review' else 'queued' end,
  case when i % 5 > 0 and i % 4 = 3 then 'expired' end,
  case when i % 3 = 0 then 'mistake' else 'fixed' end, (array['noc','form','mail','api'])[1 + i % 4], inet '45.0.0.0' + i, case when i % 7 = 0 then 'hack' else 'spam' end,
  received - interval '40 minutes', 'bench|' || i,
  jsonb_build_object('ip', host(inet '45.0.0.0' + i), 'kind', case when i % 7 = 0 then 'hack' else 'spam' end, 'blockedAt', received - interval '40 minutes', 'blockId', 'bench-' || i,
    'detectionsTotal', 20 + i % 400, 'detections', jsonb_build_array(jsonb_build_object('messageId', md5('m' || i) || '@shop.example', 'at', received - interval '41 minutes', 'score', 6 + i % 9,
    'rule', 'URL_REPUTATION', 'mailFrom', 'news@shop.example', 'subject', 'Your order ' || i || ' is on its way'))),
  'acc-' || i % 50000, 'ops@acc-' || i % 50000 || '.example', 'Shop number ' || i % 50000, (array[null,'standard','business','premium'])[1 + i % 4], 'en',
  'Our server sends only order confirmations to people who bought in the shop. The form that mailed others was closed on ' || received::date || ', ticket ' || i || '.',
  case when i % 7 = 0 then 'hack' else 'spam' end, (i % 4) * 10 + (i % 5) * 5, case when i % 20 = 5 then array['high_volume'] else array[]::text[] end, i % 3 % 2,
  received + interval '8 hours', (array['likely_false_positive','likely_abuse','mixed','insufficient_evidence'])[1 + i % 4], ((i % 90) + 5) / 100.0,
  'The message is signed by the domain that its readers see, and the path it took is the one its sender publishes; ' || i % 12 || ' findings speak against it.', 2 + i % 4, received, received, received
from generate_series($1::int, $2::int) i, lateral (select date_trunc('milliseconds', now()) - ($3::int - i) * interval '9 seconds' as received) at`;

/** @param query sends SQL with values; `tickets` in all, numbered from 0 */
export async function seed(query, tickets) {
  for (let from = 0; from < tickets; from += AT_ONCE) {
    await query(TICKETS, [from, Math.min(tickets, from + AT_ONCE) - 1, tickets]);
  }
  await query('vacuum analyze ticket');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { Client } = createRequire(import.meta.url)('pg');
  const tickets = Number(process.argv[process.argv.indexOf('--tickets') + 1]);
  if (!process.env.DATABASE_URL || !(tickets > 0)) {
    process.stderr.write('Usage: DATABASE_URL=postgres://… node bench/seed.mjs --tickets 100000\n');
    process.exit(2);
  }
  const client = new Client({ connectionString: process.env.DATABASE_URL });
  await client.connect();
  await seed((sql, values) => client.query(sql, values), tickets);
  await client.end();
}
