import type { INestApplicationContext } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { randomUUID } from 'node:crypto';
import { SubmitService, type Submission } from '../../src/evidence/submit.service';
import { EvidenceService } from '../../src/evidence/evidence.service';
import { OutboxService } from '../../src/outbox/outbox.service';
import { Transactions } from '../../src/platform/database/transactions';
import { TicketsService } from '../../src/tickets/tickets.service';
import { FakeRooms } from '../support/fake-rooms';
import { spine } from '../support/spine';
import { testDatabase, type TestDatabase } from '../support/database';
import { waitFor } from '../support/wait-for';

const noc = { kind: 'noc' as const, id: 'key', name: 'NOC' };
const customer = { kind: 'customer' as const, id: 'A-1', name: 'Shop' };

const claim = (more: Partial<Submission> = {}): Submission => ({
  claim: 'mistake', channel: 'noc', account: { id: 'A-1', email: 'ops@shop.example' },
  block: { ip: `192.0.2.${1 + Math.floor(Math.random() * 250)}`, kind: 'spam', blockedAt: '2026-11-20T08:41:07Z', blockId: randomUUID() },
  evidence: { headers: 'Message-ID: <a@shop.example>' }, ...more,
});

describe.each([['in-process', (): string => ''], ['bull', (): string => process.env['TEST_REDIS_URL'] ?? '']] as const)('a ticket, carried %s', (carrier, redis) => {
  if (carrier === 'bull' && process.env['DESK_TEST_REDIS'] === 'none') {
    it.skip('needs a Redis', () => undefined);
    return;
  }
  let database: TestDatabase;
  let app: INestApplicationContext;
  let source: DataSource;
  let rooms: FakeRooms;
  let submit: SubmitService;
  let tickets: TicketsService;

  beforeAll(async () => {
    if (carrier === 'bull' && redis() === '') {
      throw new Error('No Redis was found: set DESK_TEST_REDIS=none to test without one.');
    }
    database = await testDatabase();
    app = await spine(database.url, redis() ? { REDIS_URL: redis() } : {});
    source = app.get(DataSource);
    rooms = app.get(FakeRooms);
    submit = app.get(SubmitService);
    tickets = app.get(TicketsService);
  });
  afterAll(async () => {
    await app?.close();
    await database?.drop();
  });

  const rowsOf = (id: string) => source.query('select job, what, state from outbox_message where ticket_id = $1 order by job', [id]) as Promise<{ job: string; what: string | null; state: string }[]>;
  const auditOf = (id: string) => source.query('select event, from_state, to_state from audit_entry where ticket_id = $1 order by id', [id]) as Promise<{ event: string; to_state: string }[]>;

  it('opens analysing when the evidence is complete: state, audit and work in one commit, and every job is done', async () => {
    const { ticket, isNew } = await submit.submit(claim(), noc);
    expect(isNew).toBe(true);
    expect((await tickets.find(ticket.ref)).state).toBe('analysing');
    expect(await auditOf(ticket.id)).toMatchObject([{ event: 'opened', to_state: 'analysing' }]);
    await waitFor('the work', async () => (await rowsOf(ticket.id)).every((row) => row.state === 'done'));
    expect((await rowsOf(ticket.id)).map((row) => row.job)).toEqual(['analyse-ticket', 'check-owner', 'mail-customer', 'tell-noc']);
    // Nobody is told, so that this work is done as it is written.
    expect(rooms.seen.filter((row) => row.ticketId === ticket.id).map((row) => row.job).toSorted()).toEqual(['analyse-ticket', 'check-owner', 'mail-customer']);
  });

  it('opens awaiting evidence, names what is missing, and goes on when it comes', async () => {
    const { ticket } = await submit.submit(claim({ evidence: {} }), noc);
    expect(await tickets.find(ticket.id)).toMatchObject({ state: 'awaiting_evidence', missing: ['headers'], deadlineEvent: 'remind' });
    expect((await rowsOf(ticket.id)).find((row) => row.job === 'mail-customer')?.what).toBe('evidence-needed');
    const supplied = await app.get(EvidenceService).supply(ticket.id, { messageId: '<a@shop.example>' }, customer, 'form');
    expect(supplied).toMatchObject({ state: 'analysing', missing: [], version: 2 });
  });

  it('joins a second claim about the same episode of the same account, and only that', async () => {
    const one = claim();
    const first = await submit.submit(one, noc);
    const second = await submit.submit({ ...one, evidence: { explanation: 'It was our newsletter.' } }, noc);
    expect(second).toMatchObject({ isNew: false, ticket: { id: first.ticket.id } });
    expect((await app.get(EvidenceService).items(first.ticket.id)).map((item) => item.type)).toEqual(['headers', 'explanation']);
    const stranger = await submit.submit({ ...one, account: { id: 'B-2', email: 'b@other.example' } }, noc);
    expect(stranger.ticket.id).not.toBe(first.ticket.id);
  });

  it('makes one ticket of fifty identical claims at once', async () => {
    const one = claim();
    const all = await Promise.all(Array.from({ length: 50 }, () => submit.submit(one, noc)));
    expect(new Set(all.map((result) => result.ticket.id)).size).toBe(1);
    expect(all.filter((result) => result.isNew)).toHaveLength(1);
  });

  it('stores the good ones of a batch in which one is bad', async () => {
    const bad = claim({ account: { id: 'A-1', email: 'x\u0000y' } });
    const results = await Promise.allSettled([submit.submit(claim(), noc), submit.submit(bad, noc), submit.submit(claim(), noc)]);
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('refuses a block in the future and an event that the workflow does not know, and changes nothing', async () => {
    await expect(submit.submit(claim({ block: { ...claim().block, blockedAt: '2999-01-01T00:00:00Z' } }), noc)).rejects.toMatchObject({ errors: [{ field: 'block.blockedAt' }] });
    const { ticket } = await submit.submit(claim(), noc);
    const transactions = app.get(Transactions);
    await expect(transactions.run((tx) => tickets.apply(tx, ticket.id, 'lift_confirmed', noc))).rejects.toThrow('is not possible now');
    await expect(transactions.run((tx) => tickets.apply(tx, ticket.id, 'analysed', noc, { version: 7 }))).rejects.toThrow('has changed');
    expect(await tickets.find(ticket.id)).toMatchObject({ state: 'analysing', version: 1 });
    expect(await auditOf(ticket.id)).toHaveLength(1);
  });

  it('undoes the work of a decision while none of it has begun, and never after', async () => {
    const { ticket } = await submit.submit(claim(), noc);
    const transactions = app.get(Transactions);
    const refId = randomUUID();
    const later = new Date(Date.now() + 60_000);
    const outbox = app.get(OutboxService);
    await transactions.run((tx) => outbox.add(tx, [{ job: 'order-lift', ticketId: ticket.id, refId, dueAt: later }]));
    expect(await transactions.run((tx) => outbox.cancel(tx, refId))).toBe(true);
    expect((await rowsOf(ticket.id)).filter((row) => row.job === 'order-lift')).toHaveLength(0);
    await transactions.run((tx) => outbox.add(tx, [{ job: 'order-lift', ticketId: ticket.id, refId }]));
    await waitFor('the work', async () => (await rowsOf(ticket.id)).some((row) => row.job === 'order-lift' && row.state === 'done'));
    expect(await transactions.run((tx) => outbox.cancel(tx, refId))).toBe(false);
  });

  it('tries again what asked for later, parks what always throws, and does the rest meanwhile', async () => {
    const { ticket } = await submit.submit(claim(), noc);
    let asked = 0;
    rooms.does = (row) => {
      if (row.ticketId !== ticket.id || row.job !== 'verify-fixes') {
        return Promise.resolve('done');
      }
      asked += 1;
      return asked === 1 ? Promise.resolve({ retryAt: new Date(), why: 'not yet' }) : Promise.resolve('done');
    };
    await app.get(Transactions).run((tx) => app.get(OutboxService).add(tx, [{ job: 'verify-fixes', ticketId: ticket.id }]));
    await waitFor('the work', async () => (await rowsOf(ticket.id)).some((row) => row.job === 'verify-fixes' && row.state === 'done'));
    expect(asked).toBe(2);
    rooms.does = () => Promise.resolve('done');
  });

  it('refuses to change or delete what the audit says', async () => {
    await expect(source.query('update audit_entry set event = event')).rejects.toThrow('append-only');
    await expect(source.query('delete from audit_entry')).rejects.toThrow('append-only');
  });
});
