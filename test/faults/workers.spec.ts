import type { INestApplicationContext } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { OutboxService } from '../../src/outbox/outbox.service';
import { Transactions } from '../../src/platform/database/transactions';
import { testDatabase, type TestDatabase } from '../support/database';
import { startDesk, type Desk } from '../support/desk';
import { startProcess, type DeskProcess } from '../support/desk-process';
import { FakeRooms } from '../support/fake-rooms';
import { journey } from '../support/journey';
import { freePort } from '../support/ports';
import { carriers, startRedis } from '../support/redis';
import { spine } from '../support/spine';
import { signInStaff } from '../support/staff';
import { waitFor } from '../support/wait-for';

jest.setTimeout(180_000);

const NORDLICHT = '20418';
const EVIDENCE = { headers: 'From: a@shop.example\r\nMessage-ID: <a@shop.example>\r\n', explanation: 'Order confirmations, wanted by those who got them.' };
const LIFT = { outcome: 'lift', reasons: ['transactional_burst'], statement: 'These were order confirmations that their readers had asked for.' };

describe.each(carriers)('work, carried %s', (carrier) => {
  let database: TestDatabase;
  let redis: Awaited<ReturnType<typeof startRedis>> | undefined;
  let app: INestApplicationContext;
  beforeAll(async () => {
    database = await testDatabase();
    redis = carrier === 'bull' ? await startRedis() : undefined;
    app = await spine(database.url, redis ? { REDIS_URL: redis.url } : {});
  });
  afterAll(async () => {
    await app?.close();
    await redis?.stop();
    await database?.drop();
  });

  it('F04 a transaction that commits after a thousand later ones: all its work is done, and nothing is passed over', async () => {
    const [outbox, source, transactions] = [app.get(OutboxService), app.get(DataSource), app.get(Transactions)];
    const left = async (what: string): Promise<number> => ((await source.query(`select count(*)::int as n from outbox_message where what = $1 and state <> 'done'`, [what])) as { n: number }[])[0]?.n ?? -1;
    const slow = source.createQueryRunner();
    await slow.startTransaction();
    await outbox.add(slow.manager, [{ job: 'note-bounce', ticketId: null, what: 'the early one' }]);
    for (let i = 0; i < 20; i++) {
      await transactions.run((tx) => outbox.add(tx, Array.from({ length: 50 }, () => ({ job: 'note-bounce' as const, ticketId: null, what: 'a later one' }))));
    }
    await waitFor('the thousand to be done', async () => (await left('a later one')) === 0, 60_000);
    await slow.commitTransaction(); // past the desk's own transactions: no doorbell rings for it
    await slow.release();
    await waitFor('the early one to be done', async () => (await left('the early one')) === 0, 30_000);
    const seen = app.get(FakeRooms).seen;
    expect(new Set(seen.map(({ id }) => id)).size).toBe(1001);
    // Once each, but where this machine stood still for longer than a reservation lasts: such a row was taken once more, and says so.
    const [again] = (await source.query(`select coalesce(sum(attempts - 1), 0)::int as n from outbox_message where what in ('the early one', 'a later one')`)) as { n: number }[];
    expect(seen.length - 1001).toBeLessThanOrEqual(again?.n ?? 0);
  });
});

describe('workers that hang or die', () => {
  let desk: Desk;
  let the: ReturnType<typeof journey>;
  let other: DeskProcess | undefined;
  const inReview = async (ip: string) => the.take((await the.handOver(await the.blocked(ip, NORDLICHT), NORDLICHT, 'mistake', EVIDENCE)).ref);
  /** As if the time of all reservations had gone by. */
  const leasesEnd = () => Promise.all(['outbox_message', 'lift', 'mail_delivery'].map((table) => desk.database.query(`update ${table} set lease_until = now() where lease_until > now()`)));

  /** One more life: what the dead one reserved is free when this one is ready, not before, or it would die before it can say so. */
  const liveOn = async (settings: Record<string, string>): Promise<void> => {
    await desk.database.query(`update outbox_message set lease_until = now() + interval '1 hour' where state = 'running'`);
    await desk.start(settings);
    await leasesEnd();
  };

  beforeAll(async () => {
    desk = await startDesk({ settings: { UNDO_SECONDS: '0' } });
    the = journey(desk);
  }, 180_000);
  afterEach(() => other?.kill('SIGKILL'));
  afterAll(() => desk?.stop());

  it('F10 a worker that stands still in the middle of a lift: another goes on by reading, one order, and the first changes nothing when it wakes', async () => {
    const ticket = await inReview('192.0.2.81');
    await the.noc.post('/faults', { call: 'lift', mode: 'slow', seconds: 7 }); // below the ten seconds that an order is waited for
    expect((await the.decide(ticket, LIFT)).status).toBe(201);
    // At the NOC, not only written down: a worker that stands still between the two has ordered nothing, and the other one orders.
    await waitFor('the order to be on its way', async () => (await the.noc.get<unknown[]>('/faults')).body.length === 0);
    desk.signal('SIGSTOP');
    const ports = [await freePort(), await freePort()];
    other = await startProcess({ ...desk.settings, PORT: String(ports[0]), PUBLIC_URL: `http://127.0.0.1:${ports[0]}`, MAIL_LISTEN: `smtp://127.0.0.1:${ports[1]}` });
    await waitFor('the NOC to have done it', async () => (await the.ledger('192.0.2.81')).length === 1);
    await leasesEnd();
    const lift = async () => (await desk.database.query<{ state: string; lease_no: number; attempts: number; ticket: string }>(
      `select l.state, l.lease_no, l.attempts, t.state as ticket from lift l join ticket t on t.id = l.ticket_id where t.ref = $1`, [ticket.ref],
    ))[0];
    await waitFor('the other one to have lifted it', async () => (await lift())?.ticket === 'lifted', 60_000);
    const before = await lift();
    desk.signal('SIGCONT');
    await waitFor('the first one to be awake', async () => (await fetch(`${desk.url}/health/ready`)).ok);
    // It has the answer that it waited for now, and its next work comes after what it did with that.
    const next = await inReview('192.0.2.82');
    expect((await the.decide(next, LIFT)).status).toBe(201);
    await the.until(next.ref, 'lifted');
    await Promise.all([ticket, next].map(({ ref }) => the.settled(ref)));
    expect([await lift(), (await the.ledger('192.0.2.81')).length]).toEqual([{ ...before, state: 'confirmed', attempts: 1 }, 1]);
    const { body } = await desk.call<string>('GET', '/metrics', undefined, 'admin');
    expect(Number(/^desk_outbox_stalled (\d+)$/m.exec(body)?.[1])).toBeGreaterThanOrEqual(1);
    expect(await the.broken()).toEqual([]);
  });

  it('F11 work that kills its worker each time is put aside after three; what was beside it is done, and staff see it', async () => {
    const poison = await inReview('192.0.2.83');
    const others = await Promise.all(Array.from({ length: 6 }, async (_, i) => (await the.handOver(await the.blocked(`192.0.2.${84 + i}`, NORDLICHT), NORDLICHT, 'mistake', EVIDENCE)).ref));
    await Promise.all([poison.ref, ...others].map((ref) => the.settled(ref)));
    await desk.kill();
    // What is at work beside it takes its time, so that it dies with it.
    await the.noc.post('/faults', { call: 'webhooks', mode: 'slow', seconds: 4, times: 60 });
    await desk.database.query(`update webhook_delivery set state = 'pending' where id in (select ref_id from outbox_message where job = 'deliver-webhook')`);
    await desk.database.query(`update outbox_message set state = 'pending', due_at = now(), settled_at = null where job = 'deliver-webhook'`);
    const armed = { CRASH_AT: 'outbox.claimed@order-lift' };
    await desk.start(armed);
    let lives = 1;
    await the.decide(poison, LIFT).catch(() => null); // the answer may die with the process
    for (let how = await desk.ended(); lives < 3; how = await desk.ended()) {
      expect(how).toBe('SIGKILL');
      await desk.kill();
      await liveOn(armed);
      lives++;
    }
    await desk.kill();
    await liveOn(armed);
    const parked = () => desk.database.query<{ job: string; crashes: number; ref: string; last_error: string }>(`select o.job, o.crashes, t.ref, o.last_error from outbox_message o left join ticket t on t.id = o.ticket_id where o.state = 'parked'`);
    await waitFor('it to be put aside', async () => (await parked()).length > 0, 60_000);
    await waitFor('everything else to be done', async () => (await desk.database.query(`select 1 from outbox_message where state not in ('done', 'parked') and due_at < now() + interval '1 minute'`)).length === 0, 60_000);
    expect(await parked()).toEqual([{ job: 'order-lift', crashes: 3, ref: poison.ref, last_error: expect.stringContaining('died') as string }]);
    const admin = await signInStaff(desk, 'admin');
    const page = await admin.get('/desk/settings');
    expect(page.text).toContain(poison.ref);
    expect(await the.ledger('192.0.2.83')).toEqual([]);
  });
});
