import type { INestApplicationContext } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import type { JobName } from '../../src/core/ticket/effects';
import { Carrier } from '../../src/outbox/carrier';
import { OutboxService } from '../../src/outbox/outbox.service';
import { LEASE_SECONDS } from '../../src/outbox/outbox.sql';
import { Transactions } from '../../src/platform/database/transactions';
import { testDatabase, type TestDatabase } from '../support/database';
import { FakeRooms } from '../support/fake-rooms';
import { carriers, startRedis } from '../support/redis';
import { spine } from '../support/spine';
import { waitFor } from '../support/wait-for';

jest.setTimeout(60_000);
const JOBS: JobName[] = ['order-lift', 'read-back-lift', 'read-mail', 'mail-customer'];

describe.each(carriers)('workers that share the work by its kind (%s)', (carrier) => {
  let database: TestDatabase;
  let lifts: INestApplicationContext;
  let rest: INestApplicationContext;
  let settings: Record<string, string> = {};
  let redis: Awaited<ReturnType<typeof startRedis>> | undefined;
  const add = async (jobs: JobName[]): Promise<string> => {
    const refId = randomUUID();
    await rest.get(Transactions).run((tx) => rest.get(OutboxService).add(tx, jobs.map((job) => ({ job, ticketId: null, refId }))));
    return refId;
  };
  const done = (refId: string) => waitFor('all of it to be done', async () => {
    const rows: { state: string }[] = await rest.get(DataSource).query('select state from outbox_message where ref_id = $1', [refId]);
    return rows.every(({ state }) => state === 'done');
  }, 30_000);
  /** Jobs that were taken in time: of what nobody has taken for five seconds, each worker takes everything. */
  const inTime = (app: INestApplicationContext): JobName[] =>
    app.get(FakeRooms).seen.filter(({ dueAt, leaseUntil }) => (leaseUntil?.getTime() ?? 0) - LEASE_SECONDS * 1000 - dueAt.getTime() < 5_000).map(({ job }) => job);

  beforeAll(async () => {
    database = await testDatabase();
    redis = carrier === 'bull' ? await startRedis() : undefined;
    settings = redis ? { REDIS_URL: redis.url } : {};
    [lifts, rest] = await Promise.all([spine(database.url, { ...settings, WORKER_TAKES: 'lifts' }), spine(database.url, { ...settings, WORKER_TAKES: 'rest' })]);
    await waitFor('the carriers to be well', () => [lifts, rest].every((app) => app.get(Carrier).healthy()), 30_000);
  });
  afterAll(async () => {
    await Promise.all([lifts?.close(), rest?.close()]);
    await redis?.stop();
    await database?.drop();
  });

  it('each takes what it is there for', async () => {
    await done(await add([...JOBS, ...JOBS, ...JOBS]));
    expect(inTime(lifts).filter((job) => job === 'read-mail' || job === 'mail-customer')).toEqual([]);
    expect(inTime(rest).filter((job) => job === 'order-lift' || job === 'read-back-lift')).toEqual([]);
  });

  it('what nobody of its kind takes is late, and not lost', async () => {
    await lifts.close();
    await done(await add(JOBS));
    expect(rest.get(FakeRooms).seen.map(({ job }) => job)).toEqual(expect.arrayContaining(JOBS));
  });

  it('and a worker for lifts takes other work that has waited for half a minute', async () => {
    await rest.close();
    const id = randomUUID();
    await database.query(`insert into outbox_message (id, job, state, due_at) values ($1, 'read-mail', 'pending', now() - interval '40 s')`, [id]);
    lifts = await spine(database.url, { ...settings, WORKER_TAKES: 'lifts' });
    await waitFor('the mail to be read', async () => (await database.query<{ state: string }>('select state from outbox_message where id = $1', [id]))[0]?.state === 'done', 30_000);
  });
});
