import type { INestApplicationContext } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { Carrier } from '../../src/outbox/carrier';
import { InProcessCarrier } from '../../src/outbox/in-process.carrier';
import { OutboxService } from '../../src/outbox/outbox.service';
import { Transactions } from '../../src/platform/database/transactions';
import { testDatabase, type TestDatabase } from '../support/database';
import { describeWithRedis, startCluster, startSentinel } from '../support/redis';
import { spine } from '../support/spine';
import { waitFor } from '../support/wait-for';

jest.setTimeout(90_000);

describeWithRedis('Redis is more than one server', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database?.drop());

  /** Two processes: one that only sends, one that only works. */
  const desk = async (url: string): Promise<{ web: INestApplicationContext; worker: INestApplicationContext; close(): Promise<void> }> => {
    const [web, worker] = await Promise.all(['web', 'worker'].map((ROLES) => spine(database.url, { REDIS_URL: url, ROLES }))) as [INestApplicationContext, INestApplicationContext];
    await waitFor('Redis to be reached', () => [web, worker].every((app) => app.get(Carrier).healthy()), 30_000);
    return { web, worker, close: async () => void (await Promise.all([web.close(), worker.close()])) };
  };
  const send = async (web: INestApplicationContext, n: number): Promise<string[]> => {
    const refs = Array.from({ length: n }, () => randomUUID());
    await web.get(Transactions).run((tx) => web.get(OutboxService).add(tx, refs.map((refId) => ({ job: 'read-mail', ticketId: null, refId }))));
    return refs;
  };
  const done = (app: INestApplicationContext, refs: string[]) => waitFor('all of it to be done', async () => {
    const [row] = (await app.get(DataSource).query(`select count(*)::int as n from outbox_message where ref_id = any($1) and state = 'done'`, [refs])) as { n: number }[];
    return row?.n === refs.length;
  }, 60_000);

  it('a Cluster carries the work, though its keys are spread over two masters', async () => {
    const cluster = await startCluster();
    try {
      const { web, worker, close } = await desk(cluster.url);
      expect(web.get(Carrier).complaint()).toBeNull();
      const inside = jest.spyOn(worker.get(InProcessCarrier), 'carry');
      // While Redis is slow to answer the worker finds all of it by itself.
      await waitFor('Redis to carry some of it', async () => {
        inside.mockClear();
        await done(web, await send(web, 50));
        return inside.mock.calls.flatMap(([rows]) => rows).length < 50;
      }, 60_000);
      await waitFor('both to be well', () => [web, worker].every((app) => app.get(Carrier).healthy()));
      await close();
    } finally {
      await cluster.stop();
    }
  });

  it('Sentinels name another master: the work goes on meanwhile, and through the new one afterwards (F09)', async () => {
    const redis = await startSentinel();
    try {
      const { web, worker, close } = await desk(redis.url);
      await done(web, await send(web, 20));
      await redis.master.stop();
      const meanwhile = await send(web, 20);
      await done(web, meanwhile);
      await waitFor('the new master to carry', () => [web, worker].every((app) => app.get(Carrier).healthy() && app.get(Carrier).complaint() === null), 60_000);
      await done(web, await send(web, 20));
      await close();
    } finally {
      await redis.stop();
    }
  });
});
