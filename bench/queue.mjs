// F6: what reviewers look at all day, at a given number of tickets of which a fifth waits: the list over the API (JSON, 50 rows with the
// reading's summary) and the page of the desk (HTML), with 1 and 16 clients. F7: how it grows, when several sizes are asked for.
import { median, note, say, tell } from './figures.mjs';
import { cpuMs, hasProc } from './processes.mjs';
import { seed } from './seed.mjs';

const LIST = '/api/v1/tickets?state=queued&limit=50';
const PAGE = '/desk';

export async function queue(world, { quick, tickets }) {
  const loader = await world.loader();
  const medians = {};
  for (const size of tickets) {
    say(`F6: making ${size.toLocaleString('en')} tickets`);
    const desk = await world.desk(`queue_${size}`);
    await seed(desk.query, size);
    const web = await world.app({ url: desk.url, ROLES: 'web' });
    const measured = await measure({ world, desk, web, loader, quick, size });
    for (const [what, p50] of Object.entries(measured)) {
      (medians[what] ??= []).push(p50);
    }
    await web.stop();
    await desk.close();
  }
  if (tickets.length > 1) {
    const goal = { floor: 1.5, goal: 1.2, less: true };
    Object.entries(medians).forEach(([what, each]) => tell('queue', `F7.${what}`, `p50 at ${tickets.at(-1)} / at ${tickets[0]}`, [each.at(-1) / each[0]], goal));
  }
  await loader.stop();
}

async function measure({ world, desk, web, loader, quick, size }) {
  const [seconds, repetitions] = quick ? [1, 3] : [5, 5];
  const key = `authorization: Bearer ${desk.keys.reviewer1}`;
  const session = `cookie: ${await signIn(web.port, desk.password)}`;
  const far = await deep(web.port, desk.keys.reviewer1);
  const kinds = { json: { path: LIST, auth: key }, 'json.deep': { path: far, auth: key }, html: { path: PAGE, auth: session } };
  const p50s = {};
  for (const [what, plan] of Object.entries(kinds)) {
    for (const clients of [1, 16]) {
      const ask = async (length) => answered(await loader.run({ ports: [web.port], ...plan, clients, seconds: length }));
      await ask(1);
      const runs = [];
      for (let i = 0; i < repetitions; i++) {
        const before = hasProc ? cpuMs([world.postgresPid, loader.pid, web.pid]) : 0;
        const run = await ask(seconds);
        runs.push({ ...run, cpu: hasProc ? (cpuMs([world.postgresPid, loader.pid, web.pid]) - before) / run.answers : 0 });
      }
      const name = `F6.${what}.${clients}@${size / 1000}k`;
      tell('queue', `${name}.p50`, 'ms', runs.map((run) => run.p50));
      tell('queue', `${name}.p99`, 'ms', runs.map((run) => run.p99), what === 'html' ? null : clients === 1 ? { floor: 15, goal: 8, less: true } : { floor: 50, goal: 25, less: true });
      tell('queue', `${name}.rate`, 'per second', runs.map((run) => run.answers / run.seconds));
      if (hasProc) {
        tell('queue', `${name}.cpu`, 'ms per page', runs.map((run) => run.cpu));
      }
      p50s[`${what}.${clients}`] = median(runs.map((run) => run.p50));
      note(`F6.${what}: GET ${what === 'json.deep' ? `${LIST}&after=… (half way down)` : plan.path}, about ${Math.round(runs[0].bytes / 1024)} KiB an answer, one process (ROLES=web)`);
    }
  }
  return p50s;
}

function answered(run) {
  if (run.statuses[200] !== run.answers) {
    throw new Error(`The queue did not answer well: ${JSON.stringify(run.statuses)} ${run.failure ?? ''}`);
  }
  return run;
}

/** The cookie of a reviewer. */
async function signIn(port, password) {
  const body = `email=${encodeURIComponent('anna@desk.example')}&password=${encodeURIComponent(password)}`;
  const answer = await fetch(`http://127.0.0.1:${port}/desk/sign-in`, { method: 'POST', body, redirect: 'manual', headers: { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' } });
  const cookie = answer.headers.getSetCookie().map((line) => line.split(';', 1)[0]).find((line) => line.startsWith('desk='));
  if (!cookie) {
    throw new Error(`Nobody could sign in: ${answer.status} ${await answer.text()}`);
  }
  return cookie;
}

/** A page far down the list: pages are followed as a reader would, in the widest steps. */
async function deep(port, key) {
  let next = null;
  for (let i = 0; i < 10; i++) {
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/tickets?state=queued&limit=200${next ? `&after=${encodeURIComponent(next)}` : ''}`, { headers: { authorization: `Bearer ${key}` } });
    const page = await answer.json();
    if (!page.next) {
      break;
    }
    next = page.next;
  }
  return `${LIST}&after=${encodeURIComponent(next)}`;
}
