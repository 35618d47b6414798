// F9: how soon after a decision is committed the order reaches the NOC. F10: exactly one effect for each decision, whatever the NOC and a killed
// worker do meanwhile.
import { setTimeout as sleep } from 'node:timers/promises';
import { note, say, tell } from './figures.mjs';
import { decideAll, percentile, taken } from './decisions.mjs';
import { mailBench, through } from './mail.mjs';

const PER_SECOND = 50;
const KILL_EVERY_MS = 60_000;
const UNDO_OFF = { UNDO_SECONDS: '0' };

export async function lifts(world, options) {
  if (options.wanted('F9')) {
    await soon(world, options);
  }
  if (options.wanted('F10')) {
    await once(world, options);
  }
}

/**
 * Web in a process of its own; beside it mails at half of what a worker for all gets through (F3). `F9` and `F9.idle`: that worker does the lifts too;
 * `F9.web`: the process of the web does them, and the worker the rest; `F9.own`: they have a process of their own; both as docs/scale.md describes.
 */
async function soon(world, { quick }) {
  const [seconds, repetitions] = quick ? [4, 2] : [10, 3];
  const bench = await mailBench(world);
  const [desk, stub, redis] = [await world.desk('lifts_soon'), await world.stub(), await world.redis()];
  await stub.run({ behind: bench.nocUrl });
  const settings = { ...UNDO_OFF, NOC_URL: `http://127.0.0.1:${stub.port}`, NOC_TOKEN: 'bench', ...(redis ? { REDIS_URL: redis.url } : {}) };
  const front = (more) => world.app({ url: desk.url, ...settings, ROLES: 'web', ...more });
  let web = await front({});
  const mail = (takes) => bench.app(desk, { ...settings, ROLES: 'worker,mail', WORKER_TAKES: takes });
  let worker = await mail('all');
  const warm = async () => {
    await bench.prepare(quick ? 300 : 1_500);
    return (await through(bench, desk, worker)).rate;
  };
  await warm();
  const rate = await warm();
  let from = 1;
  const measure = async (name, load, warmUps = 1) => {
    const runs = [];
    for (let i = -warmUps; i < repetitions; i++) {
      const tickets = await taken(desk, from, PER_SECOND * seconds);
      from += tickets.length;
      await bench.prepare(Math.ceil(load * (seconds + 1)));
      const beside = load > 0 ? through(bench, desk, worker, { rate: load, clients: 64 }) : null;
      await decideAll(web.port, desk.keys.reviewer1, tickets, PER_SECOND);
      const times = await arrivals(desk, stub, tickets);
      await beside;
      if (i >= 0) {
        runs.push(times);
      }
      say(`${name}: p50 ${percentile(times, 0.5).toFixed(1)} ms, p99 ${percentile(times, 0.99).toFixed(1)} ms`);
    }
    const bar = (p, goal) => (name !== 'F9.idle' ? { ...(p === 99 ? { floor: 500 } : {}), goal, less: true } : null);
    tell('lifts', `${name}.p50`, 'ms', runs.map((times) => percentile(times, 0.5)), bar(50, 15));
    tell('lifts', `${name}.p99`, 'ms', runs.map((times) => percentile(times, 0.99)), bar(99, 100));
  };
  await measure('F9.idle', 0);
  await measure('F9', rate / 2);
  await worker.stop();
  worker = await mail('rest');
  const own = await bench.app(desk, { ...settings, ROLES: 'worker', WORKER_TAKES: 'lifts' });
  await warm();
  await measure('F9.own', rate / 2, 3); // a process that has seen nothing yet
  await Promise.all([web.stop(), own.stop()]);
  web = await front({ ROLES: 'web,worker', WORKER_TAKES: 'lifts' });
  await measure('F9.web', rate / 2, 3);
  note(`F9: ${PER_SECOND} decisions a second, undo window 0, one process for the web and one for work and mail (F9.own: and one for lifts; F9.web: the lifts with the web), ${redis ? 'Bull on Redis' : 'no Redis was found'}; beside it ${Math.round(rate / 2)} mails a second, half of what went through before`);
  await Promise.all([web.stop(), worker.stop()]);
  await stub.stop();
  await bench.end();
  await desk.close();
}

/** Milliseconds from the commit of each decision, as PostgreSQL stamped it just before it was made durable, to the arrival of its order, in rising order. The audit's line is never written again: its transaction is the decision's. */
async function arrivals(desk, stub, tickets) {
  const refs = tickets.map(({ ref }) => ref);
  for (const end = performance.now() + 30_000; ;) {
    const { arrived } = await stub.run({});
    const at = new Map(arrived);
    if (refs.every((ref) => at.has(ref))) {
      const rows = await desk.query(`select t.ref, extract(epoch from pg_xact_commit_timestamp(a.xmin)) * 1000 as committed from ticket t join audit_entry a on a.ticket_id = t.id and a.event = 'lift_decided' where t.ref = any($1)`, [refs]);
      return rows.map(({ ref, committed }) => at.get(ref) - Number(committed)).toSorted((a, b) => a - b);
    }
    if (performance.now() > end) {
      throw new Error(`F9: ${refs.filter((ref) => !at.has(ref)).length} of ${refs.length} decisions did not reach the NOC in 30 s`);
    }
    await sleep(200);
  }
}

async function once(world, { quick, decisions }) {
  const n = decisions ?? (quick ? 100 : 1_000);
  const [desk, stub, redis] = [await world.desk('lifts_once'), await world.stub(), await world.redis()];
  const settings = { url: desk.url, ...UNDO_OFF, NOC_URL: `http://127.0.0.1:${stub.port}`, NOC_TOKEN: 'bench', ...(redis ? { REDIS_URL: redis.url } : {}) };
  const web = await world.app({ ...settings, ROLES: 'web' });
  const start = () => world.app({ ...settings, ROLES: 'worker', DATABASE_POOL: '6' });
  const workers = [await start(), await start()];
  const tickets = await taken(desk, 1, n);
  await stub.run({ faults: { fail: 0.3, hang: 0.05 } });
  const [begin, recovered] = [performance.now(), []];
  const deciding = decideAll(web.port, desk.keys.reviewer1, tickets, PER_SECOND);
  let killed = performance.now() - KILL_EVERY_MS + Math.min(KILL_EVERY_MS, (n / PER_SECOND) * 500);
  let left = n;
  for (let kills = 0; left > 0 || kills === 0; await sleep(250)) {
    if (performance.now() - killed > KILL_EVERY_MS) {
      killed = performance.now();
      recovered.push(await killOne(desk, workers, start, kills++ % 2));
    }
    // Each is lifted, or back with a person who sees why: neither is lost.
    left = (await desk.query(`select count(*)::int as n from ticket where state in ('in_review', 'lifting')`))[0].n;
    if (performance.now() - begin > (quick && !decisions ? 20_000 : 300_000) + n * 400) {
      break; // what is still under way is told, and is not lost as long as its work is there
    }
  }
  await deciding;
  const { lifted, orders } = await stub.run({});
  const effects = new Map(lifted);
  const rows = await desk.query(`select t.state, t.lift_failed as why, host(t.ip) as ip, exists (select from outbox_message o where o.ticket_id = t.id and o.job in ('order-lift', 'read-back-lift') and o.state in ('pending', 'running')) as works
    from ticket t where episode like 'bench|%'`);
  const returned = rows.filter(({ state, why }) => state === 'queued' && why !== null);
  const lost = n - rows.length + rows.filter(({ state, ip, works, why }) => (state === 'lifted' ? !effects.has(ip) : state === 'queued' ? why === null : !works)).length;
  tell('lifts', 'F10.lost', `of ${n}`, [lost], { goal: 0, less: true });
  tell('lifts', 'F10.double', 'effects', [lifted.reduce((sum, [, times]) => sum + times - 1, 0)], { goal: 0, less: true });
  tell('lifts', 'F10.unfinished', `of ${n}, still at work`, [left]);
  tell('lifts', 'F10.returned', `of ${n}, to a person`, [returned.length]);
  tell('lifts', 'F10.recovered', 's', recovered, { goal: 10, less: true });
  tell('lifts', 'F10.orders', 'per decision', [orders / n]);
  note(`F10: ${n} decisions, the NOC fails 30 % of all calls and leaves 5 % unanswered, half of each after having acted; ${recovered.length} times one of two workers was killed; all through after ${Math.round((performance.now() - begin) / 1_000)} s`);
  await Promise.all([web.stop(), ...workers.map((worker) => worker.stop())]);
  await stub.stop();
  await desk.close();
}

/** Kills one worker and starts another. @returns seconds from the new one's start until everything that the dead one held was taken up */
async function killOne(desk, workers, start, which) {
  process.kill(workers[which].pid, 'SIGKILL');
  const held = await desk.query(`select id, lease_no, lease_until from outbox_message where state = 'running'`);
  workers[which] = await start();
  const since = performance.now();
  for (;;) {
    // One that lives renews its lease: what stays as it was, was the dead one's.
    const still = await desk.query(`select o.id from outbox_message o join json_to_recordset($1) as h(id uuid, lease_no int, lease_until timestamptz) on h.id = o.id and h.lease_no = o.lease_no and date_trunc('milliseconds', h.lease_until) = date_trunc('milliseconds', o.lease_until) where o.state = 'running'`, [JSON.stringify(held)]);
    if (still.length === 0 || performance.now() - since > 60_000) {
      return (performance.now() - since) / 1_000;
    }
    await sleep(50);
  }
}
