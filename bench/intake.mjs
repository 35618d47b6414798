// F1 and F2: claims over the API, answered after the commit of ticket, evidence, audit, work and idempotency rows, with authentication and
// validation, beside L16 on the same server in the same run, in turns. F11: the memory of everything after that.
import { setTimeout as sleep } from 'node:timers/promises';
import { median, note, say, tell } from './figures.mjs';
import { costed, hasProc, pssMiB } from './processes.mjs';

const CLIENTS = 16;
/** Claims before anything counts: until then the compiler of Node is still at work, whatever the machine. */
const WARM_UP = 12_000;
const PATH = '/api/v1/claims';
let seeds = 0;

export async function intake(world, { quick, wanted }) {
  const [seconds, repetitions] = quick ? [2, 3] : [8, 5];
  const limit = await world.limit();
  await limit.run({ url: await world.empty('limit16'), count: CLIENTS });
  const loader = await world.loader();
  if (wanted('F1') || wanted('F2')) {
    await alone({ world, limit, loader, seconds, repetitions, quick });
    await twoProcesses({ world, limit, loader, seconds, repetitions: Math.min(3, repetitions), quick });
  }
  await limit.stop();
  if (wanted('F1') || wanted('F11')) {
    await together({ world, loader, seconds, repetitions: Math.min(3, repetitions), quick });
  }
  await loader.stop();
}

/** One process in the role web, in turns with the limit. */
async function alone({ world, limit, loader, seconds, repetitions, quick }) {
  const desk = await world.desk('intake');
  const web = await world.app({ url: desk.url, ROLES: 'web' });
  const roots = (driver) => [world.postgresPid, driver.pid, ...(driver === loader ? [web.pid] : [])];
  const claims = claimsTo({ desk, loader, ports: [web.port] });
  say('F1: warming up');
  await warm(claims, { quick, between: () => limit.run({ seconds: 0.5 }) });
  const limits = [];
  const ours = [];
  for (let i = 0; i < repetitions; i++) {
    limits.push(await costed(roots(limit), async () => checked(await limit.run({ seconds }))));
    ours.push(await costed(roots(loader), () => claims({ seconds })));
    say(`F1: ${i + 1} of ${repetitions}: ${Math.round(ours[i].rate)}/s beside L16 ${Math.round(limits[i].rate)}/s`);
  }
  const foreign = median([...limits, ...ours].map((run) => run.foreign));
  note(`F1: one process (ROLES=web, DATABASE_POOL=4), ${CLIENTS} clients; others used ${Math.round(foreign * 100)} % of the machine meanwhile (median)`);
  tell('intake', 'L16', 'per second', limits.map((run) => run.rate));
  tell('intake', 'L16.p50', 'ms', limits.map((run) => run.p50));
  tell('intake', 'L16.p99', 'ms', limits.map((run) => run.p99));
  tell('intake', 'F1', 'per second', ours.map((run) => run.rate));
  tell('intake', 'F1.ratio', 'of L16', ours.map((run, i) => run.rate / limits[i].rate), { floor: 0.5, goal: 0.75 });
  tell('intake', 'F2', 'ms p99', ours.map((run) => run.p99));
  tell('intake', 'F2.p50', 'ms', ours.map((run) => run.p50));
  tell('intake', 'F2.ratio', 'of p99 of L16', ours.map((run, i) => run.p99 / limits[i].p99), { floor: 8, goal: 3, less: true });
  if (hasProc) {
    tell('intake', 'L16.cpu', 'ms per ticket', limits.map((run) => run.cpu));
    tell('intake', 'L16.cpu.postgres', 'ms per ticket', limits.map((run) => run.parts[0]));
    tell('intake', 'L16.cpu.driver', 'ms per ticket', limits.map((run) => run.parts[1]));
    tell('intake', 'F1.cpu', 'ms per ticket', ours.map((run) => run.cpu));
    tell('intake', 'F1.cpu.web', 'ms per ticket', ours.map((run) => run.parts[2]));
    tell('intake', 'F1.cpu.postgres', 'ms per ticket', ours.map((run) => run.parts[0]));
    tell('intake', 'F1.cpu.driver', 'ms per ticket', ours.map((run) => run.parts[1]));
  }
  const most = median(ours.map((run) => run.rate));
  for (const share of [0.5, 0.8]) {
    const open = [];
    for (let i = 0; i < Math.min(3, repetitions); i++) {
      open.push(await claims({ seconds: quick ? 1.5 : seconds, clients: 64, rate: most * share }));
    }
    tell('intake', `F2.open${share * 100}.p50`, 'ms', open.map((run) => run.p50));
    tell('intake', `F2.open${share * 100}.p99`, 'ms', open.map((run) => run.p99));
  }
  await web.stop();
  await desk.close();
}

/** Claims until each process has seen enough, or patience ends. */
async function warm(claims, { quick, processes = 1, between = () => undefined }) {
  const patience = performance.now() + (quick ? 15_000 : 90_000) * processes;
  for (let done = 0; done < WARM_UP * processes && performance.now() < patience; ) {
    done += (await claims({ seconds: 2 })).answers;
    await between();
  }
}

/** Two processes in the role web on two ports, the clients split between them: what a load balancer would do. In turns with the limit. */
async function twoProcesses({ world, limit, loader, seconds, repetitions, quick }) {
  const desk = await world.desk('intake_two');
  const both = [await world.app({ url: desk.url, ROLES: 'web' }), await world.app({ url: desk.url, ROLES: 'web' })];
  const claims = claimsTo({ desk, loader, ports: both.map((web) => web.port) });
  await warm(claims, { quick, processes: 2 });
  const [limits, rates] = [[], []];
  for (let i = 0; i < repetitions; i++) {
    limits.push(checked(await limit.run({ seconds })).rate);
    rates.push((await claims({ seconds })).rate);
  }
  tell('intake', 'F1.two', 'per second', rates);
  tell('intake', 'F1.two.ratio', 'of L16', rates.map((rate, i) => rate / limits[i]), { goal: 0.75 });
  note('F1.two: two processes (ROLES=web) behind one database, eight clients each, on the same cores');
  await Promise.all(both.map((web) => web.stop()));
  await desk.close();
}

/** What one machine does: web and worker in one process, a NOC and DNS that answer at once, Redis if there is one. */
async function together({ world, loader, seconds, repetitions, quick }) {
  const desk = await world.desk('intake_together');
  const [redis, noc, names] = [await world.redis(), await world.noc(), await world.simulator()];
  const app = await world.app({
    url: desk.url, ROLES: 'web,worker', DATABASE_POOL: '6', NOC_URL: noc.first.url, NOC_TOKEN: 'bench', DNS_SERVERS: names.dns, ...(redis ? { REDIS_URL: redis.url } : {}),
  });
  const claims = claimsTo({ desk, loader, ports: [app.port] });
  await claims({ seconds: 2 });
  const rates = [];
  for (let i = 0; i < repetitions; i++) {
    rates.push((await claims({ seconds })).rate);
  }
  tell('intake', 'F1.together', 'per second', rates);
  note(`F1.together: one process (ROLES=web,worker), ${redis ? 'Bull on Redis' : 'jobs carried in-process (no Redis was found)'}, ownership asked of a NOC that answers at once; work queues up behind the intake`);
  const through = [];
  for (const end = performance.now() + (quick ? 5_000 : 20_000); performance.now() < end && (await waiting(desk)) > 0; ) {
    const before = await waiting(desk);
    const since = performance.now();
    await sleep(1_000);
    through.push((before - (await waiting(desk))) / ((performance.now() - since) / 1_000));
  }
  if (through.length > 0) {
    tell('intake', 'F1.through', 'jobs per second', through);
  }
  if (hasProc) {
    const parts = [['application', [app.pid]], ['postgres', [world.postgresPid]], ...(redis ? [['redis', [redis.pid]]] : [])];
    const sizes = parts.map(([, roots]) => pssMiB(roots));
    tell('process', 'F11', 'MiB PSS', [sizes.reduce((a, b) => a + b, 0)], { floor: 530, goal: 355, less: true });
    parts.forEach(([name], i) => tell('process', `F11.${name}`, 'MiB PSS', [sizes[i]]));
  }
  await app.stop();
  await desk.close();
}

const waiting = async (desk) => (await desk.query(`select count(*)::int as n from outbox_message where state in ('pending', 'running') and due_at <= now()`))[0].n;

/** Sends claims and counts the rows afterwards: every answer stands in every table, and nothing else. */
function claimsTo({ desk, loader, ports }) {
  const claimSeed = ++seeds;
  let from = 0;
  return async ({ seconds, clients = CLIENTS, rate }) => {
    const before = await counted(desk);
    const run = await loader.run({ ports, path: PATH, auth: `authorization: Bearer ${desk.keys.noc}`, claimSeed, from, clients, seconds, rate });
    from = run.next;
    const after = await counted(desk);
    const answered = run.statuses[201] ?? 0;
    const grown = Object.keys(after).map((table) => [table, after[table] - before[table]]);
    if (run.answers !== answered || grown.some(([, rows]) => rows !== answered)) {
      throw new Error(`Answered is not stored: answers ${JSON.stringify(run.statuses)}, rows ${JSON.stringify(Object.fromEntries(grown))}${run.failure ? ` (${run.failure})` : ''}`);
    }
    return { ...run, rate: run.answers / run.seconds };
  };
}

const counted = async (desk) =>
  (await desk.query(`select (select count(*)::int from ticket) as ticket, (select count(*)::int from idempotency_key) as idempotency_key,
    (select count(*)::int from audit_entry where event = 'opened') as audit_entry, (select count(*)::int from evidence_item where type = 'headers') as evidence_item,
    (select count(*)::int from outbox_message where job = 'check-owner') as outbox_message`))[0];

function checked(run) {
  if (Object.values(run.rows).some((rows) => rows !== run.made)) {
    throw new Error(`L16: ${run.made} were made, stored are ${JSON.stringify(run.rows)}`);
  }
  return { ...run, rate: run.answers / run.seconds };
}
