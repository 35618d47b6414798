// How many jobs a second the outbox gets through: rows that are already due, a handler that does nothing (an event that nobody wants to be told of), four
// workers in processes of their own; carried by Bull on Redis, and without a Redis.
import { setTimeout as sleep } from 'node:timers/promises';
import { note, say, tell } from './figures.mjs';

const WORKERS = 4;

export async function outbox(world, { quick }) {
  const [jobs, repetitions] = quick ? [4_000, 2] : [20_000, 3];
  const redis = await world.redis();
  for (const [name, settings] of [['outbox.in-process', {}], ...(redis ? [['outbox.bull', { REDIS_URL: redis.url }]] : [])]) {
    const desk = await world.desk(name.replace(/\W/g, '_'));
    const workers = await Promise.all(Array.from({ length: WORKERS }, () => world.app({ url: desk.url, ROLES: 'worker', ...settings })));
    const rates = [];
    for (let i = 0; i <= repetitions; i++) {
      const rate = await through(desk, jobs);
      if (i > 0) {
        rates.push(rate); // the first one warms up
      }
      say(`${name}: ${Math.round(rate)}/s`);
    }
    tell('outbox', name, 'jobs per second', rates);
    await Promise.all(workers.map((worker) => worker.stop()));
    await desk.close();
  }
  note(`outbox: ${WORKERS} workers, ${jobs} rows that are due at once, each claimed with a lease, worked and settled`);
}

async function through(desk, jobs) {
  const since = performance.now();
  await desk.query(`insert into outbox_message (id, job) select gen_random_uuid(), 'tell-noc' from generate_series(1, $1::int)`, [jobs]);
  for (const end = since + 180_000; performance.now() < end; await sleep(25)) {
    const [{ n }] = await desk.query(`select count(*)::int as n from outbox_message where state <> 'done'`);
    if (n === 0) {
      return jobs / ((performance.now() - since) / 1_000);
    }
  }
  throw new Error(`${jobs} rows were not worked through in three minutes.`);
}
