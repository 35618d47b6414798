// L16: what the machine can do at best for a durable ticket of three rows: BEGIN, three inserts, COMMIT, from 16 connections of node-pg with
// prepared statements, in a process of its own. Nothing is checked, parsed or authenticated. The shape is that of design/performance: ticket of
// 11 columns with 1.2 KB of body, 2.2 KB of headers and two secondary indexes, an event with a foreign key, an outbox row with a partial index.
import { createRequire } from 'node:module';
import { randomUUID } from 'node:crypto';
import { dice, headers, prose } from './claims.mjs';

const { Client } = createRequire(import.meta.url)('pg');

const TABLES = `
create table if not exists ticket (id uuid primary key, ref text not null, state text not null, kind text not null, ip inet not null, blocked_at timestamptz not null,
  account text not null, body text not null, headers text not null, queue text not null, created_at timestamptz not null default now());
create index if not exists ticket_queue on ticket (queue, created_at, id);
create index if not exists ticket_account on ticket (account, created_at);
create table if not exists ticket_event (id uuid primary key, ticket_id uuid not null references ticket, detail jsonb not null, at timestamptz not null default now());
create table if not exists outbox (id uuid primary key, ticket_id uuid not null, payload jsonb not null, done_at timestamptz);
create index if not exists outbox_open on outbox (id) where done_at is null;`;

const TICKET = { name: 't', text: 'insert into ticket (id, ref, state, kind, ip, blocked_at, account, body, headers, queue) values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)' };
const EVENT = { name: 'e', text: 'insert into ticket_event (id, ticket_id, detail) values ($1,$2,$3)' };
const OUTBOX = { name: 'o', text: 'insert into outbox (id, ticket_id, payload) values ($1,$2,$3)' };
const BEGIN = { name: 'b', text: 'begin' };
const COMMIT = { name: 'c', text: 'commit' };

const roll = dice(16);
const bodies = Array.from({ length: 256 }, () => [prose(roll, 1_200), headers(roll)]);
let clients = [];
let made = 0;

async function open({ url, count }) {
  clients = await Promise.all(Array.from({ length: count }, async () => {
    const client = new Client({ connectionString: url, keepAlive: true });
    await client.connect();
    return client;
  }));
  await clients[0].query(TABLES);
  return {};
}

async function run({ seconds }) {
  const times = [];
  const begin = performance.now();
  const end = begin + seconds * 1_000;
  await Promise.all(clients.map(async (client) => {
    while (performance.now() < end) {
      const since = performance.now();
      await ticket(client, made++);
      times.push(performance.now() - since);
    }
  }));
  const took = (performance.now() - begin) / 1_000;
  const sorted = Float64Array.from(times).sort();
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  const { rows } = await clients[0].query('select (select count(*)::int from ticket) as t, (select count(*)::int from ticket_event) as e, (select count(*)::int from outbox) as o');
  return { answers: times.length, seconds: took, p50: at(0.5), p99: at(0.99), rows: rows[0], made };
}

async function ticket(client, n) {
  const id = randomUUID();
  const [body, head] = bodies[n % bodies.length];
  await client.query(BEGIN);
  await client.query({ ...TICKET, values: [id, `UB-${n}`, 'queued', 'spam', `45.${(n >>> 16) & 255}.${(n >>> 8) & 255}.${n & 255}`, new Date(), `acc-${n % 5_000}`, body, head, 'spam'] });
  await client.query({ ...EVENT, values: [randomUUID(), id, `{"event":"opened","n":${n}}`] });
  await client.query({ ...OUTBOX, values: [randomUUID(), id, `{"job":"analyse","n":${n}}`] });
  await client.query(COMMIT);
}

/** What take next can do at best: one statement that takes the most urgent row that nobody is taking, among so many that wait. */
const WAITING = `
create table waiting (id uuid primary key, state text not null, priority integer not null, due_at timestamptz not null, taken_by uuid, taken_at timestamptz);
insert into waiting select gen_random_uuid(), 'queued', (i % 4) * 10, now() + i * interval '1 second' from generate_series(1, 200000) i;
create index waiting_take on waiting (priority desc, due_at, id) where state = 'queued';`;
const TAKE = {
  name: 'take',
  text: `update waiting set state = 'in_review', taken_by = $1, taken_at = now() where id = (select id from waiting where state = 'queued' order by priority desc, due_at, id limit 1 for update skip locked) returning id`,
};

async function takes({ seconds, fill }) {
  if (fill) {
    await clients[0].query('drop table if exists waiting');
    await clients[0].query(WAITING);
    await clients[0].query('vacuum analyze waiting');
  }
  const times = [];
  const taken = new Set();
  const begin = performance.now();
  await Promise.all(clients.map(async (client) => {
    const who = randomUUID();
    while (performance.now() - begin < seconds * 1_000) {
      const since = performance.now();
      taken.add((await client.query({ ...TAKE, values: [who] })).rows[0]?.id);
      times.push(performance.now() - since);
    }
  }));
  const sorted = Float64Array.from(times).sort();
  return { answers: times.length, taken: taken.size, seconds: (performance.now() - begin) / 1_000, p50: sorted[Math.floor(sorted.length / 2)], p99: sorted[Math.floor(sorted.length * 0.99)] };
}

process.on('message', (plan) => {
  (plan.url ? open(plan) : plan.take ? takes(plan) : run(plan)).then((result) => process.send({ result }), (error) => process.send({ error: error.message }));
});
process.on('disconnect', () => process.exit(0));
process.send({ ready: true });
