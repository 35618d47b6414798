import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DataSource } from 'typeorm';
import { ApiKeysService } from '../../src/auth/api-keys.service';
import type { EventType } from '../../src/core/ticket/events';
import { MailStops } from '../../src/mail/mail-stops.service';
import { loadConfig } from '../../src/platform/config/config';
import { Transactions } from '../../src/platform/database/transactions';
import { TicketsService, type How } from '../../src/tickets/tickets.service';
import { build } from '../../src/start';
import { NO_DATA_DIR, testDatabase, type TestDatabase } from '../support/database';
import { waitFor } from '../support/wait-for';

jest.setTimeout(120_000);

interface Event { id: string; cursor: string; type: string; timestamp: string; data: { ref: string; event: string; state: string; closedReason: string | null } }
const BY = { kind: 'system', id: null, name: 'the test' } as const;

describe('the feed of events', () => {
  let database: TestDatabase;
  let app: NestFastifyApplication;
  let source: DataSource;
  let receiver: Server;
  let noc = '';
  const heard: { id: string; body: Omit<Event, 'id' | 'cursor'> }[] = [];

  const page = async (after: string, limit = 100): Promise<{ items: Event[]; next: string }> =>
    (await app.getHttpAdapter().getInstance().inject({ method: 'GET', url: `/api/v1/events?after=${after}&limit=${limit}`, headers: { authorization: `Bearer ${noc}` } })).json();
  const ticket = async (ref: string, state: string): Promise<string> => {
    const id = randomUUID();
    await source.query(
      `insert into ticket (id, ref, state, claim, channel, ip, kind, blocked_at, episode, block, account_id, account_email, queue)
       values ($1, $2, $3, 'mistake', 'noc', '203.0.113.5', 'spam', '2026-11-20T02:14:00Z', $2, '{"ip":"203.0.113.5","kind":"spam","blockedAt":"2026-11-20T02:14:00Z"}', 'A-1', 'a@example.org', 'spam')`, [id, ref, state],
    );
    return id;
  };
  const apply = (id: string, event: EventType, how: How = {}) => app.get(Transactions).run((tx) => app.get(TicketsService).apply(tx, id, event, BY, how));
  const newest = async (): Promise<string> => ((await source.query('select coalesce(max(id), 0)::text as id from audit_entry')) as { id: string }[])[0]?.id ?? '0';
  const short = (items: Event[]): string[] => items.map(({ type, data }) => `${data.ref} ${type} ${data.event}`);

  beforeAll(async () => {
    receiver = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString())).on('end', () => {
        heard.push({ id: String(request.headers['webhook-id']), body: JSON.parse(body) as Event });
        response.end();
      });
    });
    await new Promise<void>((ready) => receiver.listen(0, '127.0.0.1', ready));
    database = await testDatabase();
    app = await build(loadConfig({
      NODE_ENV: 'test', DATABASE_URL: database.url, DATA_DIR: NO_DATA_DIR, SECRET: 's'.repeat(40), NOC_URL: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`, NOC_TOKEN: 'token', NOC_WEBHOOK_SECRET: 'whsec_c2VjcmV0c2VjcmV0c2VjcmV0',
      ROLES: 'web,worker', LOG_LEVEL: 'silent', MAIL_LISTEN: '', UNDO_SECONDS: '1',
    }));
    source = app.get(DataSource);
    noc = await app.get(ApiKeysService).create('noc', 'noc', null);
  });
  afterAll(async () => {
    await app?.close();
    await database?.drop();
    receiver?.closeAllConnections();
    await new Promise((done) => receiver.close(done));
  });

  it('has every event that the webhooks have, with the same id and content, however its pages are cut', async () => {
    const from = await newest();
    const [closed, lifted, failed] = [await ticket('UB-AAAA-AAAA', 'queued'), await ticket('UB-BBBB-BBBB', 'lifting'), await ticket('UB-CCCC-CCCC', 'lifting')];
    await apply(closed, 'taken');
    await apply(closed, 'withdrawn', { changes: { closedReason: 'withdrawn' } });
    await apply(lifted, 'lift_confirmed');
    await apply(failed, 'lift_failed', { changes: { liftFailed: 'newer_block' } });
    const mail = randomUUID();
    await source.query(`insert into mail_delivery (id, outbox_id, ticket_id, template, recipient, subject, message_id, raw, state) values ($1, $2, $3, 'received', 'a@example.org', 'Received', '<a@desk.example>', 'x', 'sent')`, [mail, randomUUID(), lifted]);
    await app.get(MailStops).stop(mail, 'a@example.org', { status: '5.1.1', says: 'No such mailbox' });
    const { items, next } = await page(from);
    expect(short(items)).toEqual([
      'UB-AAAA-AAAA ticket.state_changed taken', 'UB-AAAA-AAAA ticket.state_changed withdrawn', 'UB-BBBB-BBBB ticket.state_changed lift_confirmed', 'UB-BBBB-BBBB lift.confirmed lift_confirmed',
      'UB-CCCC-CCCC ticket.state_changed lift_failed', 'UB-CCCC-CCCC lift.failed lift_failed', 'UB-BBBB-BBBB mail.undeliverable mail_stopped',
    ]);
    expect(items.map(({ data }) => [data.state, data.closedReason])).toEqual([['in_review', null], ['closed', 'withdrawn'], ['lifted', null], ['lifted', null], ['queued', null], ['queued', null], ['lifted', null]]);
    await waitFor('the webhooks to be told', () => Promise.resolve(heard.length >= items.length || null));
    const byId = (some: { id: string }[]) => [...some].sort((a, b) => (a.id < b.id ? -1 : 1));
    expect(byId(heard.map(({ id, body }) => ({ id, ...body })))).toEqual(byId(items.map(({ cursor: _cursor, ...event }) => event)));
    const single: Event[] = [];
    for (let after = from; ;) {
      const one = await page(after, 1);
      single.push(...one.items);
      if (one.items.length === 0) {
        expect(one.next).toBe(next);
        break;
      }
      after = one.next;
    }
    expect(single.map(({ id }) => id)).toEqual(items.map(({ id }) => id));
  });

  it('gives nothing out above a line that is not committed yet, whichever transaction began first', async () => {
    const [early, late] = [await ticket('UB-DDDD-DDDD', 'queued'), await ticket('UB-EEEE-EEEE', 'queued')];
    const from = await newest();
    const [first, second] = [source.createQueryRunner(), source.createQueryRunner()];
    try {
      await first.startTransaction();
      await first.query('select pg_current_xact_id()'); // the first has the lower number as a transaction, and the higher one in the audit
      await second.startTransaction();
      await app.get(TicketsService).apply(second.manager, late, 'taken', BY);
      await app.get(TicketsService).apply(first.manager, early, 'taken', BY);
      await first.commitTransaction();
      expect((await page(from)).items).toEqual([]);
      const asked = page(from);
      await second.commitTransaction();
      await asked;
      expect(short((await page(from)).items)).toEqual(['UB-EEEE-EEEE ticket.state_changed taken', 'UB-DDDD-DDDD ticket.state_changed taken']);
    } finally {
      await first.release();
      await second.release();
    }
  });

  it('is not held up by a line that was rolled back', async () => {
    const id = await ticket('UB-FFFF-FFFF', 'queued');
    const from = await newest();
    await expect(app.get(Transactions).run(async (tx) => {
      await app.get(TicketsService).apply(tx, id, 'taken', BY);
      throw new Error('changed my mind');
    })).rejects.toThrow('changed my mind');
    await apply(id, 'escalated');
    await apply(id, 'taken');
    expect(short((await page(from)).items)).toEqual(['UB-FFFF-FFFF ticket.state_changed taken']);
  });

  it('tells of a decision when it stands, and never of one that was taken back', async () => {
    const [stands, undone] = [await ticket('UB-GGGG-GGGG', 'in_review'), await ticket('UB-HHHH-HHHH', 'in_review')];
    const from = await newest();
    const until = new Date(Date.now() + 1000);
    const [one, two] = [randomUUID(), randomUUID()];
    await apply(undone, 'upheld', { refId: one, effectsDueAt: until, detail: { decision: one } });
    await source.query('delete from outbox_message where ref_id = $1', [one]);
    await apply(undone, 'decision_undone', { detail: { decision: one } });
    await apply(stands, 'upheld', { refId: two, effectsDueAt: until, detail: { decision: two } });
    const items = await waitFor('the decision to stand', async () => {
      const got = (await page(from)).items;
      return got.length > 1 ? got : null;
    });
    expect(Date.now() - Date.parse(items[1]?.timestamp ?? '')).toBeGreaterThanOrEqual(1000);
    expect(short(items)).toEqual(['UB-HHHH-HHHH ticket.state_changed decision_undone', 'UB-GGGG-GGGG ticket.state_changed upheld']);
  });
});
