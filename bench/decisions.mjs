// Tickets that a reviewer holds, and decisions about them: what F9 and F10 are made of.
import { Agent, request } from 'node:http';
import { performance } from 'node:perf_hooks';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const BLOCKED_AT = '2026-11-20T00:00:00Z';

/** `n` tickets in review, taken by the reviewer of the key; as they stand when somebody is about to decide. */
export async function taken(desk, from, n) {
  await desk.query(
    `with t as (insert into ticket (id, ref, state, claim, channel, ip, kind, blocked_at, episode, block, account_id, account_email, statement, queue, due_at, taken_by, taken_at, lease_until)
       select gen_random_uuid(), 'UB-' || (select string_agg(substr('${ALPHABET}', 1 + ((i >> (5 * k)) & 31), 1), '') from generate_series(4, 7) k) || '-' ||
           (select string_agg(substr('${ALPHABET}', 1 + ((i >> (5 * k)) & 31), 1), '') from generate_series(0, 3) k),
         'in_review', 'mistake', 'api', inet '46.0.0.0' + i, 'spam', $3::timestamptz, 'bench|' || i, jsonb_build_object('ip', host(inet '46.0.0.0' + i), 'kind', 'spam', 'blockedAt', to_char($3::timestamptz at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')),
         'bench', 'ops@shop.example', 'Order confirmations that our customers asked for.', 'spam', now() + interval '8 hours', s.staff_id, now(), now() + interval '2 hours'
       from generate_series($1::int, $2::int) i, (select id as staff_id from staff_member where email = 'anna@desk.example') s returning id)
     insert into audit_entry (ticket_id, event, to_state, by_kind, by_name) select id, 'opened', 'in_review', 'noc', 'bench' from t`,
    [from, from + n - 1, BLOCKED_AT],
  );
  const made = await desk.query('select ref, host(ip) as ip, version from ticket where episode = any($1)', [Array.from({ length: n }, (_, i) => `bench|${from + i}`)]);
  if (made.length !== n) {
    throw new Error(`${made.length} tickets were made instead of ${n}`);
  }
  return made;
}

const agent = new Agent({ keepAlive: true, maxSockets: 16 });

/** One decision to lift. @returns status */
export function decide(port, key, { ref, version }) {
  const body = JSON.stringify({ version, outcome: 'lift', reasons: ['transactional_burst'], statement: 'These were order confirmations that their readers had asked for.' });
  return new Promise((done, failed) => {
    const call = request(
      { agent, port, host: '127.0.0.1', method: 'POST', path: `/api/v1/tickets/${ref}/decisions`, headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) } },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (chunk) => (text += chunk));
        answer.on('end', () => (answer.statusCode === 201 ? done() : failed(new Error(`${ref} was not decided: ${answer.statusCode} ${text.slice(0, 300)}`))));
      },
    );
    call.on('error', failed).end(body);
  });
}

/** Decides all of them, so many a second, each at its time whether the one before was answered or not. */
export async function decideAll(port, key, tickets, perSecond) {
  const begin = performance.now();
  const calls = [];
  for (const [i, ticket] of tickets.entries()) {
    const wait = begin + (i / perSecond) * 1_000 - performance.now();
    if (wait > 1) {
      await new Promise((resume) => setTimeout(resume, wait));
    }
    calls.push(decide(port, key, ticket));
  }
  await Promise.all(calls);
}

export const percentile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)];
