// What a customer waits for: the form and the ticket's page with 32 clients, "What we see" for 12 kB of headers, and how many bytes a page takes
// on the line. One process (ROLES=web,worker) with the simulator as control panel and as DNS.
import { createHash, randomBytes } from 'node:crypto';
import { URLSearchParams } from 'node:url';
import { gzipSync } from 'node:zlib';
import { note, say, tell } from './figures.mjs';
import { costed, hasProc } from './processes.mjs';

const CLIENTS = 32;
const HEADERS_BYTES = 12_000;
/** A block may be read 200 times an hour (T: no oracle), so readings are counted, not timed. */
const READINGS = 300;

export async function customer(world, { quick }) {
  say('customer: one process with the simulator, sessions of twelve customers');
  const [loader, noc, desk] = [await world.loader(), await world.simulator(), await world.desk('customer')];
  const web = await world.app({ url: desk.url, ROLES: 'web,worker', NOC_URL: noc.url, NOC_TOKEN: noc.token, DNS_SERVERS: noc.dns });
  const people = await peopleOf(noc, desk);
  const half = people.slice(0, people.length / 2);
  const tickets = await Promise.all(people.slice(half.length).map((person) => ticketOf(web.port, desk, person)));
  const get = (path, person) => `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: text/html\r\naccept-encoding: gzip\r\ncookie: desk=${person.cookie}\r\n\r\n`;
  const pages = { form: half.map((person) => get('/appeals/new', person)), ticket: tickets.map(({ ref, person }) => get(`/tickets/${ref}`, person)) };
  const [seconds, repetitions] = quick ? [1, 3] : [5, 5];
  for (const [name, texts] of Object.entries(pages)) {
    await loaded(loader, { ports: [web.port], texts, clients: CLIENTS, seconds: 2 });
    const runs = [];
    for (let i = 0; i < repetitions; i++) {
      runs.push(await costed([world.postgresPid, loader.pid, web.pid], () => loaded(loader, { ports: [web.port], texts, clients: CLIENTS, seconds })));
    }
    report(`${name}.${CLIENTS}`, runs, 50);
  }
  const readings = people.map((person) => reading(person));
  await loaded(loader, { ports: [web.port], texts: readings, clients: 4, seconds: 60, most: READINGS });
  for (const clients of [1, 8]) {
    const runs = [];
    for (let i = 0; i < 3; i++) {
      runs.push(await costed([world.postgresPid, loader.pid, web.pid], () => loaded(loader, { ports: [web.port], texts: readings, clients, seconds: 60, most: READINGS })));
    }
    report(`reading.${clients}`, runs, 150);
  }
  await bytes(`http://127.0.0.1:${web.port}`, { first: ['/', ''], form: ['/appeals/new', half[0].cookie], ticket: [`/tickets/${tickets[0].ref}`, tickets[0].person.cookie] });
  note(`customer: closed loop; what the form shows was told by the simulator at most five seconds before, what is sent is asked anew; reading: ${HEADERS_BYTES} bytes of headers, names looked up at the simulator's DNS and kept as DNS allows`);
  await web.stop();
  await noc.stop();
  await desk.close();
  await loader.stop();
}

function report(name, runs, bar) {
  tell('customer', `${name}.p50`, 'ms', runs.map((run) => run.p50));
  tell('customer', `${name}.p99`, 'ms', runs.map((run) => run.p99), { floor: bar, less: true });
  tell('customer', `${name}.rate`, 'per second', runs.map((run) => run.answers / run.seconds));
  if (hasProc) {
    tell('customer', `${name}.cpu`, 'ms each', runs.map((run) => run.cpu));
  }
}

/** A signed-in contact for each spam block that the simulator lists. */
async function peopleOf(noc, desk) {
  const ask = async (path) => (await fetch(noc.url + path, { headers: { authorization: `Bearer ${noc.token}` } })).json();
  const people = [];
  for (const { ip, headers } of (await ask('/samples')).filter(({ ip }, i, all) => all.findIndex((each) => each.ip === ip) === i)) {
    const [block] = await ask(`/addresses/${ip}/blocks`);
    if (block?.kind !== 'spam') {
      continue;
    }
    const account = await ask(`/accounts/${(await ask(`/addresses/${ip}`)).accountId}`);
    const [cookie, csrf] = [randomBytes(32).toString('base64url'), randomBytes(24).toString('base64url')];
    const launch = { ip: block.ip, kind: block.kind, blockedAt: block.blockedAt };
    await desk.query(`insert into session (id_hash, kind, account_id, email, name, launch, csrf, seen_at, expires_at) values ($1, 'customer', $2, $3, $4, $5, $6, now(), now() + interval '1 day')`, [
      createHash('sha256').update(cookie).digest('hex'), account.id, account.email, account.name, launch, csrf,
    ]);
    people.push({ cookie, csrf, account, block, headers });
  }
  return people;
}

/** A ticket that waits for review, with its reading. */
async function ticketOf(port, desk, person) {
  const call = async (method, path, body) => (await fetch(`http://127.0.0.1:${port}/api/v1${path}`, { method, headers: { authorization: `Bearer ${desk.keys.noc}`, 'content-type': 'application/json' }, ...(body ? { body: JSON.stringify(body) } : {}) })).json();
  const { account: { id, email, name }, block, headers } = person;
  const { ref } = await call('POST', '/claims', { claim: 'mistake', block: { ip: block.ip, kind: block.kind, blockedAt: block.blockedAt }, account: { id, email, name }, evidence: { headers, explanation: 'Order mail, wanted by those who got it.', queueInspected: true } });
  for (const late = Date.now() + 60_000; Date.now() < late; await new Promise((done) => setTimeout(done, 100))) {
    if ((await call('GET', `/tickets/${ref}`)).state === 'queued') {
      return { ref, person };
    }
  }
  throw new Error(`customer: ${ref} was not read within a minute`);
}

function reading({ cookie, csrf, block, headers }) {
  const pad = Array.from({ length: 200 }, (_, i) => `X-Filler-${i}: ${'a line that a mail server left behind '.repeat(2)}`).join('\n');
  const text = `${headers.trimEnd()}\n${pad}`.slice(0, HEADERS_BYTES);
  const body = new URLSearchParams({ ip: block.ip, kind: block.kind, blockedAt: block.blockedAt, claim: 'mistake', headers: text }).toString();
  return `POST /appeals/reading HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: text/html\r\naccept-encoding: gzip\r\nhx-request: true\r\nsec-fetch-site: same-origin\r\nx-csrf-token: ${csrf}\r\ncookie: desk=${cookie}\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

async function loaded(loader, plan) {
  const run = await loader.run(plan);
  if (run.statuses[200] !== run.answers || run.answers === 0) {
    throw new Error(`customer: pages did not answer well: ${JSON.stringify(run.statuses)} ${run.failure ?? ''}`);
  }
  return run;
}

/** On the line, as a browser's first visit takes them: the page packed, then each asset once, and the letters of the Latin alphabet. */
async function bytes(base, pages) {
  const size = async (path, headers) => {
    const answer = await fetch(base + path, { headers: { accept: 'text/html', ...headers } });
    const whole = Buffer.from(await answer.arrayBuffer()); // fetch unpacks
    return { whole, onTheLine: answer.headers.get('content-encoding') === 'gzip' ? Number(answer.headers.get('content-length')) || gzipSync(whole).length : whole.length };
  };
  for (const [name, [path, cookie]] of Object.entries(pages)) {
    const page = await size(path, { cookie: `desk=${cookie}` });
    tell('customer', `bytes.${name}.page`, 'bytes packed', [page.onTheLine]);
    tell('customer', `bytes.${name}.plain`, 'bytes', [page.whole.length]);
    if (name === 'first') {
      const assets = [...new Set([...page.whole.toString().matchAll(/(?:href|src)="(\/assets\/[^"#]+)/g)].map(([, url]) => url.replaceAll('&#x3D;', '=')))];
      const sizes = await Promise.all([...assets, '/assets/files/inter-latin-wght-normal.woff2'].map((each) => size(each, {})));
      tell('customer', 'bytes.first.all', 'bytes packed, with everything that belongs to it', [sizes.reduce((sum, each) => sum + each.onTheLine, page.onTheLine)], { floor: 150_000, less: true });
    }
  }
}
