import { getQueueToken } from '@nestjs/bull';
import type { Queue } from 'bull';
import { Redis } from 'ioredis';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Carrier } from '../../src/outbox/carrier';
import { Carrier as CarrierToken } from '../../src/outbox/carrier';
import { testDatabase, type TestDatabase } from '../support/database';
import { FakeRooms } from '../support/fake-rooms';
import { raceRoom, type RaceRoom } from '../support/race-room';
import { describeWithRedis, startRedis } from '../support/redis';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy';
import type { TicketRow } from '../support/ticket-rows';
import { waitFor } from '../support/wait-for';

jest.setTimeout(240_000);

/** Redis may be forgetful, full, silent or gone: what is due is in PostgreSQL, and the NOC hears of each lift once. */
describeWithRedis('Redis is disposable', () => {
  let database: TestDatabase;
  let redis: Awaited<ReturnType<typeof startRedis>>;
  let wire: TcpProxy;
  let target: { port: number };
  let workers: RaceRoom[];
  const first = (): RaceRoom => workers[0] as RaceRoom;
  const worker = (noc?: RaceRoom['noc']) => raceRoom(database.url, { ROLES: 'worker', DATABASE_POOL: '10', REDIS_URL: wire.through(redis.url) }, noc);

  // A test that failed in the middle leaves no broken wire to the next.
  afterEach(() => {
    wire.set('pass');
  });
  beforeAll(async () => {
    [database, redis] = await Promise.all([testDatabase(), startRedis()]);
    target = { port: redis.port };
    wire = await startTcpProxy(target);
    // F06: nobody is there when the first one starts.
    wire.set('refuse');
    workers = [await worker()];
  }, 120_000);
  afterAll(async () => {
    wire?.set('pass');
    await Promise.all((workers ?? []).map((room) => room.stop()));
    await wire?.close();
    await redis?.stop();
    await database?.drop();
  });

  const carrier = (room: RaceRoom): Carrier => room.app.get(CarrierToken);
  const queueOf = (room: RaceRoom): Queue => room.app.get(getQueueToken('desk'));
  /** Past the wire and past the desk: who breaks it has a connection of their own. */
  const redisSays = async (...command: [string, ...string[]]): Promise<unknown> => {
    const admin = new Redis(redis.url, { maxRetriesPerRequest: 1 });
    return admin.call(...command).finally(() => admin.disconnect());
  };
  const carries = () => waitFor('Redis to carry the work of all', () => workers.every((room) => carrier(room).healthy()), 60_000);

  /** So many lifts and so many other jobs, due in this moment. */
  const burst = async (lifts: number, others: number): Promise<{ tickets: TicketRow[]; what: string }> => {
    const tickets = await first().decided(lifts);
    const what = randomUUID();
    await first().source.query(`insert into outbox_message (id, job, what, due_at) select gen_random_uuid(), 'note-bounce', $1, now() from generate_series(1, $2)`, [what, others]);
    await first().source.query(`update outbox_message set due_at = now() where ticket_id = any($1)`, [tickets.map(({ id }) => id)]);
    return { tickets, what };
  };
  /** All of it done, each lift ordered once. */
  const done = async ({ tickets, what }: Awaited<ReturnType<typeof burst>>): Promise<void> => {
    const ids = tickets.map(({ id }) => id);
    const left = () => first().source.query(
      `select job, state, count(*)::int as n, max(last_error) as said from outbox_message where (ticket_id = any($1) or what = $2) and state <> 'done' group by 1, 2
       union all select 'ticket', state, count(*)::int, max(lift_failed) from ticket where id = any($1) and state <> 'lifted' group by 2`, [ids, what],
    ) as Promise<unknown[]>;
    await waitFor('all that was due to be done', async () => (await left()).length === 0, 150_000).catch(async (error: Error) => {
      throw new Error(`${error.message}: ${JSON.stringify(await left())}`);
    });
    const ips = new Set(tickets.map(({ ip }) => ip));
    const orders = first().noc.ledger.filter(({ ip }) => ips.has(ip)).map(({ ip }) => ip);
    expect([orders.length, new Set(orders).size]).toEqual([tickets.length, tickets.length]);
    const seen = workers.flatMap((room) => room.app.get(FakeRooms).seen).filter((row) => row.what === what).map(({ id }) => id);
    // Once each, but where this machine stood still for longer than a reservation lasts: such a row was taken once more, and says so.
    const [rows] = (await first().source.query('select count(*)::int as n, coalesce(sum(attempts - 1), 0)::int as again from outbox_message where what = $1', [what])) as { n: number; again: number }[];
    expect(new Set(seen).size).toBe(rows?.n);
    expect(seen.length - new Set(seen).size).toBeLessThanOrEqual(rows?.again ?? 0);
  };

  it('F06 absent at the start: the work goes on inside, health says so, nothing piles up, and Redis carries when it comes', async () => {
    expect([carrier(first()).healthy(), carrier(first()).complaint()]).toEqual([false, expect.any(String)]);
    await done(await burst(20, 300));
    // Long enough for whoever gives up after twenty tries: each of the three connections has been dialled more often.
    await waitFor('Redis to be away for long', () => wire.dialled() > 70, 90_000);
    await done(await burst(5, 20));
    expect((queueOf(first()).client as unknown as { offlineQueue: { length: number } }).offlineQueue.length).toBeLessThan(20);
    wire.set('pass');
    await carries();
    await done(await burst(5, 20));
  });

  it('F05 forgets everything while a thousand actions are due and four workers are at it: all done, each lift once', async () => {
    workers.push(...(await Promise.all([worker(first().noc), worker(first().noc), worker(first().noc)])));
    await carries();
    const due = await burst(100, 900);
    for (let times = 0; times < 5; times++) {
      await redisSays('flushall');
      await pause(100);
    }
    await done(due);
    await carries();
  });

  it('F07 full, and throws nothing away: the work goes on inside, health says why, and Redis carries again without a restart', async () => {
    await redisSays('config', 'set', 'maxmemory', '1');
    await done(await burst(10, 100));
    await waitFor('the complaint', () => workers.some((room) => /OOM|memory/i.test(carrier(room).complaint() ?? '')), 30_000);
    await done(await burst(10, 100));
    await redisSays('config', 'set', 'maxmemory', '0');
    await carries();
    await done(await burst(5, 50));
  });

  it('F08 throws keys away as it likes: named aloud at the start, and everything holds', async () => {
    await redisSays('config', 'set', 'maxmemory-policy', 'allkeys-lru');
    const another = await worker(first().noc);
    workers.push(another);
    await waitFor('the complaint', () => carrier(another).complaint()?.includes('maxmemory-policy is allkeys-lru'));
    const due = await burst(40, 200);
    let ended = false;
    const thief = (async () => {
      while (!ended) {
        const keys = (await redisSays('keys', '{desk}*').catch(() => [])) as string[];
        const stolen = keys[Math.floor(Math.random() * keys.length)];
        await (stolen ? redisSays('del', stolen).catch(() => 0) : null);
        await pause(20);
      }
    })();
    await done(due).finally(() => (ended = true));
    await thief;
    await redisSays('config', 'set', 'maxmemory-policy', 'noeviction');
    await carries();
  });

  it.each(['swallow', 'dropAnswers'] as const)('F09 half open (%s) and healed without a word: consumption resumes by itself, nothing is lost', async (how) => {
    wire.set(how);
    await done(await burst(10, 100));
    wire.set('pass');
    await carries();
    await done(await burst(10, 100));
  });

  it('F09 fails over to another one that knows nothing: the same', async () => {
    const due = await burst(10, 100);
    const next = await startRedis({ password: new URL(redis.url).password });
    target.port = next.port;
    wire.cut();
    await done(due);
    await carries();
    await done(await burst(10, 100));
    await redis.stop();
    redis = next;
  });
});
