// F3: mails by SMTP, answered after the commit of the raw mail; ticket and reading of its headers done and stored; 16 connections that are kept
// open, then new ones; beside it, in turns, an smtp-server that throws the mails away. F4: what a mail costs in CPU time, server and database,
// until all the work that it implied is done. F5: end of DATA to the ticket being in the reviewers' queue. Memory after all of that.
import { generateKeyPairSync } from 'node:crypto';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { numberOf } from './letters.mjs';
import { median, note, say, tell } from './figures.mjs';
import { costed, hasProc, pssMiB } from './processes.mjs';

const { Client } = createRequire(import.meta.url)('pg');
const CLIENTS = 16;
const PATIENCE_MS = 120_000;

export async function mail(world, { quick, wanted }) {
  const bench = await mailBench(world);
  if (wanted('F3') || wanted('F4')) {
    await throughput(bench, quick);
  }
  if (wanted('F5')) {
    await visible(bench, quick);
  }
  if (wanted('F13')) {
    await (await import('./killed.mjs')).killed(bench, quick);
  }
  await bench.end();
}

/** Key, NOC, DNS and driver of the mail benches, and how an application is started on them. */
export async function mailBench(world) {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' });
  const begin = Math.floor(Date.now() / 1_000) * 1_000;
  const [noc, driver] = [await world.talker('bench/noc-stub.mjs'), await world.talker('bench/mail-load.mjs')];
  const { url, dns } = await noc.run({ dkim: `v=DKIM1; k=rsa; p=${publicKey.export({ type: 'spki', format: 'der' }).toString('base64')}`, begin });
  let next = 1;
  return {
    world, noc, driver, nocUrl: url,
    app: (desk, settings = {}) => world.app({ url: desk.url, ROLES: 'web,worker,mail', DATABASE_POOL: '6', NOC_URL: url, NOC_TOKEN: 'bench', DNS_SERVERS: dns, ...settings }),
    /** Makes so many new mails, or those with these numbers again. @returns their numbers */
    prepare: async (mails) => {
      const numbers = Array.isArray(mails) ? mails : Array.from({ length: mails }, () => next++);
      await driver.run({ prepare: { seed: 1, key, begin, numbers } });
      return numbers;
    },
    end: async () => {
      await driver.stop();
      await noc.stop();
    },
  };
}

export async function throughput(bench, quick) {
  const { world, driver } = bench;
  const [seconds, repetitions] = quick ? [4, 3] : [12, 5];
  const desk = await world.desk('mail');
  const app = await bench.app(desk);
  const peer = await world.talker('bench/discard.mjs');
  const { port } = await peer.run({});
  say('F3: warming up');
  let count = 0;
  // A desk that has read some thousand mails: until then half of the time goes into compiling its own code.
  for (const mails of [300, 900, 1_800, 1_000]) {
    await bench.prepare(mails);
    await driver.run({ port, clients: CLIENTS, seconds: 60 });
    count = Math.round(Math.min(10_000, Math.max(200, (await through(bench, desk, app)).rate * seconds)));
  }
  const [peers, ours] = [[], []];
  for (let i = 0; i < repetitions; i++) {
    await bench.prepare(count);
    peers.push(await costed([peer.pid, driver.pid], () => driver.run({ port, clients: CLIENTS, seconds: 60 })));
    ours.push(await through(bench, desk, app));
    say(`F3: ${i + 1} of ${repetitions}: ${Math.round(ours[i].rate)}/s (answered ${Math.round(count / ours[i].seconds)}/s) beside ${Math.round(count / peers[i].seconds)}/s of the one that throws away; ${ours[i].cpu.toFixed(2)} ms a mail`);
  }
  note(`F3: one process (ROLES=web,worker,mail, DATABASE_POOL=6, no Redis), ${CLIENTS} connections; others used ${Math.round(median(ours.map((run) => run.foreign)) * 100)} % of the machine meanwhile (median)`);
  tell('mail', 'F3.peer', 'per second', peers.map((run) => run.answers / run.seconds));
  tell('mail', 'F3', 'per second', ours.map((run) => run.rate), { floor: 255, goal: 680 });
  tell('mail', 'F3.ratio', 'of the peer', ours.map((run, i) => run.rate / (peers[i].answers / peers[i].seconds)));
  tell('mail', 'F3.answered', 'per second', ours.map((run) => run.answers / run.seconds));
  tell('mail', 'F3.answered.p50', 'ms', ours.map((run) => run.p50));
  tell('mail', 'F3.answered.p99', 'ms', ours.map((run) => run.p99));
  if (hasProc) {
    tell('mail', 'F4', 'ms per mail', ours.map((run) => run.cpu), { floor: 6, goal: 3, less: true });
    tell('mail', 'F4.application', 'ms per mail', ours.map((run) => run.parts[0]));
    tell('mail', 'F4.postgres', 'ms per mail', ours.map((run) => run.parts[1]));
    tell('mail', 'F4.driver', 'ms per mail', ours.map((run) => run.parts[2]));
    tell('mail', 'F4.noc', 'ms per mail', ours.map((run) => run.parts[3]));
    tell('mail', 'F4.peer', 'ms per mail', peers.map((run) => run.parts[0]));
  }
  await anew({ bench, desk, app, port, quick });
  if (hasProc) {
    const sizes = [[app.pid], [world.postgresPid]].map((roots) => pssMiB(roots));
    const [{ n }] = await desk.query('select count(*)::int as n from inbound_mail');
    tell('mail', 'F3.memory', 'MiB PSS', [sizes[0] + sizes[1]], { floor: 530, goal: 355, less: true });
    tell('mail', 'F3.memory.application', 'MiB PSS', [sizes[0]]);
    tell('mail', 'F3.memory.postgres', 'MiB PSS', [sizes[1]]);
    note(`F3.memory: after ${n} mails, all of them tickets that were read`);
  }
  await Promise.all([app.stop(), peer.stop()]);
  await desk.close();
}

/** A new connection for each mail: smtp-server waits a tenth of a second before it greets. */
async function anew({ bench, desk, app, port, quick }) {
  const [peers, ours] = [[], []];
  for (let i = 0; i < 3; i++) {
    await bench.prepare(quick ? 200 : 1_000);
    peers.push(await bench.driver.run({ port, clients: CLIENTS, fresh: true, seconds: 60 }));
    ours.push(await through(bench, desk, app, { fresh: true }));
  }
  tell('mail', 'F3.new', 'per second', ours.map((run) => run.rate));
  tell('mail', 'F3.new.peer', 'per second', peers.map((run) => run.answers / run.seconds));
}

/**
 * Sends what was prepared and waits until all of it stands in the queue, read; then until no work is due. `rate` counts up to the former, CPU up to
 * the latter. Counts the rows: what was answered is stored, every mail in its state, its ticket read, or the run fails.
 */
export async function through({ world, driver, noc }, desk, app, how = {}) {
  const before = await counted(desk);
  const roots = [app.pid, world.postgresPid, driver.pid, noc.pid];
  const run = await costed(roots, async () => {
    const [{ now }] = await desk.query('select now()');
    const since = performance.now();
    const sent = await driver.run({ port: app.mailPort, clients: CLIENTS, seconds: 60, ...how });
    await until('every mail to be a ticket that was read', async () => (await queued(desk, now)) >= sent.answers);
    const seconds = (performance.now() - since) / 1_000;
    await until('all work to be done', async () => (await toDo(desk)) === 0);
    return { ...sent, rate: sent.answers / seconds };
  });
  // Counting every row is our own work and no mail's.
  const after = await counted(desk);
  const grown = Object.fromEntries(Object.keys(after).map((name) => [name, after[name] - before[name]]));
  if (run.untaken.length > 0 || ['mails', 'tickets', 'analysed', 'queued'].some((name) => grown[name] !== run.answers) || grown.others !== 0) {
    throw new Error(`Answered is not stored: answers ${JSON.stringify(run.statuses)}, rows ${JSON.stringify(grown)}`);
  }
  return run;
}

/** Asked while the clock runs: by an index, of this run alone, and not often. */
const queued = async (desk, since) => (await desk.query(`select count(*)::int as n from ticket where state = 'queued' and created_at >= $1`, [since]))[0].n;

/** Work that is due now or soon, by the index of each: what has ended is most of the table. */
const toDo = async (desk) =>
  (await desk.query(`select (select count(*)::int from outbox_message where state = 'pending' and due_at <= now() + interval '1 minute')
    + (select count(*)::int from outbox_message where state = 'running' and due_at <= now() + interval '1 minute') as n`))[0].n;

const counted = async (desk) =>
  (await desk.query(`select (select count(*)::int from inbound_mail where state = 'ticket') as mails, (select count(*)::int from inbound_mail where state <> 'ticket') as others,
    (select count(*)::int from ticket) as tickets, (select count(distinct ticket_id)::int from analysis) as analysed, (select count(*)::int from ticket where state = 'queued') as queued`))[0];

export async function until(what, holds) {
  for (const end = performance.now() + PATIENCE_MS; !(await holds()); await sleep(100)) {
    if (performance.now() > end) {
      throw new Error(`Waited ${PATIENCE_MS / 1_000} s for ${what}`);
    }
  }
}

/** The database itself says when a ticket came to stand in the queue: a notification leaves with the commit. */
async function visible(bench, quick) {
  const desk = await bench.world.desk('mail_visible');
  await desk.query(`create function tell_queued() returns trigger language plpgsql as $$ begin perform pg_notify('queued', host(new.ip)); return null; end $$`);
  await desk.query(`create trigger tell_queued after update of state on ticket for each row when (new.state = 'queued' and old.state <> 'queued') execute function tell_queued()`);
  const app = await bench.app(desk);
  const listener = new Client({ connectionString: desk.url });
  const seen = new Map();
  listener.on('notification', ({ payload }) => seen.set(numberOf(payload), performance.timeOrigin + performance.now()));
  await listener.connect();
  await listener.query('listen queued');
  await bench.prepare(quick ? 500 : 2_000);
  const { rate } = await through(bench, desk, app);
  const runs = [];
  for (let i = 0; i < 3; i++) {
    seen.clear();
    const mails = Math.round(rate / 2 * (quick ? 3 : 8));
    await bench.prepare(mails);
    const run = await through(bench, desk, app, { rate: rate / 2, clients: 64 });
    await until('every notification', () => run.sent.every(([n]) => seen.has(n)));
    const waits = Float64Array.from(run.sent.map(([n, at]) => seen.get(n) - at)).sort();
    runs.push({ p50: waits[Math.floor(waits.length / 2)], p99: waits[Math.floor(waits.length * 0.99)] });
  }
  note(`F5: open loop at ${Math.round(rate / 2)} mails a second, half of what went through in one run before; from the last byte of DATA to the commit that puts the ticket into the queue`);
  tell('mail', 'F5', 'ms p99', runs.map((run) => run.p99), { floor: 500, goal: 100, less: true });
  tell('mail', 'F5.p50', 'ms', runs.map((run) => run.p50));
  await listener.end();
  await app.stop();
  await desk.close();
}

