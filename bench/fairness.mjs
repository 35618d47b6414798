// F14: what a reviewer feels while the doors are full: the queue (F6, 16 clients) alone, and beside claims that come as fast as they are taken. Twice: doors and desk in
// processes of their own, as docs/deploy.md advises, and all in one.
import { note, tell } from './figures.mjs';

const LIST = '/api/v1/tickets?state=queued&limit=50';
const CLIENTS = 16;

export async function fairness(world, { quick, tickets }) {
  const { size, desk, web, key } = await world.place(tickets.at(-1));
  const [readers, writers] = [await world.loader(), await world.loader()];
  const door = await world.app({ url: desk.url, ROLES: 'web' });
  const [seconds, repetitions] = quick ? [2, 3] : [5, 5];
  const look = async (length) => good(await readers.run({ ports: [web.port], path: LIST, auth: key, clients: CLIENTS, seconds: length }), 200);
  const count = async () => (await desk.query(`select count(*)::int as n from ticket where external_ref like 'bench-14-%'`))[0].n;
  let from = 0;
  const claim = async (port, length) => {
    const run = good(await writers.run({ ports: [port], path: '/api/v1/claims', auth: `authorization: Bearer ${desk.keys.noc}`, claimSeed: 14, from, clients: CLIENTS, seconds: length }), 201);
    from = run.next;
    return run;
  };
  await look(2);
  for (const [what, port] of [['F14', door.port], ['F14.one', web.port]]) {
    await claim(port, 1);
    const [alone, beside, taken] = [[], [], []];
    for (let i = 0; i < repetitions; i++) {
      alone.push(await look(seconds));
      const both = claim(port, seconds + 1);
      beside.push(await look(seconds));
      taken.push(await both);
    }
    tell('fairness', `${what}.alone.p99`, 'ms', alone.map((run) => run.p99));
    tell('fairness', `${what}.beside.p99`, 'ms', beside.map((run) => run.p99));
    tell('fairness', `${what}.ratio`, 'p99 beside / alone', beside.map((run, i) => run.p99 / alone[i].p99), { floor: 4, goal: 2, less: true });
    tell('fairness', `${what}.claims`, 'per second', taken.map((run) => run.answers / run.seconds));
  }
  if ((await count()) !== from) {
    throw new Error(`F14: ${from} claims were answered, ${await count()} are stored`);
  }
  note(`F14: queue of a desk of ${size.toLocaleString('en')} tickets, ${CLIENTS} readers, ${CLIENTS} senders of claims; F14 with a process for each, F14.one with one for both`);
  await door.stop();
  await readers.stop();
  await writers.stop();
}

function good(run, status) {
  if (run.statuses[status] !== run.answers) {
    throw new Error(`Not answered well: ${JSON.stringify(run.statuses)} ${run.failure ?? ''}`);
  }
  return run;
}
