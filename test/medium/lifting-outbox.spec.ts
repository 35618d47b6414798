import type { INestApplicationContext } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { OutboxService } from '../../src/outbox/outbox.service';
import { testDatabase, type TestDatabase } from '../support/database';
import { FakeRooms } from '../support/fake-rooms';
import { spine } from '../support/spine';
import { waitFor } from '../support/wait-for';

jest.setTimeout(40_000);

describe('the lease of a job', () => {
  let database: TestDatabase;
  let app: INestApplicationContext;
  let source: DataSource;
  const add = async (state: string, leaseUntil: string | null): Promise<string> => {
    const id = randomUUID();
    await source.query(`insert into outbox_message (id, job, state, lease_until, lease_no, due_at) values ($1, 'read-mail', $2, ${leaseUntil ?? 'null'}, 1, now() - interval '1 s')`, [id, state]);
    return id;
  };
  const row = async (id: string) => ((await source.query('select state, lease_no, crashes, lease_until > now() as held, lease_until from outbox_message where id = $1', [id])) as { state: string; lease_no: number; crashes: number; held: boolean; lease_until: Date }[])[0];

  beforeAll(async () => {
    database = await testDatabase();
    app = await spine(database.url, { ROLES: 'web' });
    source = app.get(DataSource);
  });
  afterAll(async () => {
    await app?.close();
    await database?.drop();
  });

  it('is renewed while the handler lives, so that nobody else does the job meanwhile', async () => {
    let finish = (): void => undefined;
    let runs = 0;
    app.get(FakeRooms).does = () => {
      runs++;
      return new Promise((resolve) => (finish = () => resolve('done')));
    };
    const id = await add('pending', null);
    const working = app.get(OutboxService).work(id);
    const first = await waitFor('the job to run', async () => (await row(id))?.lease_until);
    await waitFor('a renewal', async () => ((await row(id))?.lease_until.getTime() ?? 0) > first.getTime());
    await app.get(OutboxService).work(id);
    expect(runs).toBe(1);
    finish();
    await working;
    expect(await row(id)).toMatchObject({ state: 'done', lease_no: 2 });
  });

  it('ends when its worker died, and the next one goes on and counts it', async () => {
    app.get(FakeRooms).does = () => Promise.resolve({ retryAt: new Date(Date.now() + 3_600_000), why: 'later' });
    const dead = await add('running', `now() - interval '1 s'`);
    const alive = await add('running', `now() + interval '1 hour'`);
    await app.get(OutboxService).work(dead);
    await app.get(OutboxService).work(alive);
    expect(await row(dead)).toMatchObject({ state: 'pending', lease_no: 2 });
    expect(await row(alive)).toMatchObject({ state: 'running', lease_no: 1 });
  });

  it('F20 is not put aside because the database had no connection left for it, however often', async () => {
    app.get(FakeRooms).does = () => Promise.reject(new Error('timeout exceeded when trying to connect'));
    const id = await add('pending', null);
    for (let tries = 0; tries < 5; tries++) {
      await app.get(OutboxService).work(id);
      expect(await row(id)).toMatchObject({ state: 'pending', crashes: 0 });
      await source.query(`update outbox_message set due_at = now() where id = $1`, [id]);
    }
  });
});
