import type { LedgerEntry } from '../../src/simulator/types';
import type { TicketJson } from '../../src/tickets/ticket.view';
import { dieAt, goOn, pointsOf } from '../support/crash-lives';
import { startDesk, type Desk } from '../support/desk';
import { journey } from '../support/journey';
import { waitFor } from '../support/wait-for';

jest.setTimeout(120_000);

const NORDLICHT = '20418';
const EVIDENCE = { headers: 'From: a@shop.example\r\nMessage-ID: <a@shop.example>\r\n', explanation: 'Order confirmations, wanted by those who got them.' };
const LIFT = { outcome: 'lift', reasons: ['transactional_burst'], statement: 'These were order confirmations that their readers had asked for.' };
/** The outbox carries everything; the deaths that hurt are those with a lift in hand. */
const NARROWED: Partial<Record<string, string>> = { 'outbox.claimed': '@order-lift', 'outbox.before-settle': '@order-lift', 'outbox.settled': '@read-back-lift' };
const POINTS = pointsOf('lift').map((point) => point + (NARROWED[point] ?? ''));

interface Hook { id: string; type: string; body: { data: { ref: string } } }

// The oracle is the ledger of the simulator, and what its mail server and its door for webhooks were given: never our own database.
describe('F12: killed at every point around a lift', () => {
  let desk: Desk;
  let the: ReturnType<typeof journey>;
  const tickets: Record<string, TicketJson> = {};
  const decide = (at: string) => desk.call<{ id: string }>('POST', `/api/v1/tickets/${tickets[at]?.ref}/decisions`, { version: tickets[at]?.version, ...LIFT }, 'reviewer1', { 'idempotency-key': `decide ${at}` });

  beforeAll(async () => {
    desk = await startDesk({ settings: { UNDO_SECONDS: '0' } });
    the = journey(desk);
    await Promise.all(POINTS.map(async (at, i) => {
      const block = await the.blocked(`192.0.2.${100 + i}`, NORDLICHT);
      tickets[at] = await the.take((await the.handOver(block, NORDLICHT, 'mistake', EVIDENCE)).ref);
    }));
    await Promise.all(Object.values(tickets).map(({ ref }) => the.settled(ref)));
    await desk.kill();
  }, 180_000);
  afterAll(() => desk?.stop());

  it.each(POINTS)('dies at %s', async (at) => {
    const answer = await dieAt(desk, at, () => decide(at));
    // Whatever the reviewer was told is true: a decision that was answered is there.
    const made = await desk.database.query(`select id from decision d where d.ticket_id = (select id from ticket where ref = $1)`, [tickets[at]?.ref]);
    expect(answer === null || made.length === 1).toBe(true);
    expect(made).toHaveLength(at === 'decision.before-commit' ? 0 : 1);
  });

  it('goes on after each: exactly one lift of the right episode, the ticket ends lifted, everybody is told once', async () => {
    await goOn(desk);
    // The reviewer’s program never heard an answer of these three, and sends the same again.
    expect((await decide('decision.before-commit')).status).toBe(201);
    // What was committed is answered as it would have been then, and not decided again.
    const [committed] = await desk.database.query<{ id: string }>('select id from decision where ticket_id = (select id from ticket where ref = $1)', [tickets['decision.committed']?.ref]);
    expect(await decide('decision.committed')).toMatchObject({ status: 201, body: { id: committed?.id, outcome: 'lift', state: 'undoable' } });
    const [answered] = await desk.database.query<{ id: string }>('select id from decision where ticket_id = (select id from ticket where ref = $1)', [tickets['answer.made']?.ref]);
    expect(await decide('answer.made')).toMatchObject({ status: 201, body: { id: answered?.id } });
    await Promise.all(Object.entries(tickets).map(([at, { ref }]) => the.until(ref, 'lifted').catch((error: Error) => { throw new Error(`${at}: ${error.message}`); })));
    await Promise.all(Object.values(tickets).map(({ ref }) => the.settled(ref)));

    const ledger = (await the.noc.get<LedgerEntry[]>('/ledger')).body;
    for (const [at, { block, ref }] of Object.entries(tickets)) {
      const calls = ledger.filter((entry) => entry.ip === block.ip);
      expect([at, calls.filter((entry) => entry.effect).length, new Set(calls.map((entry) => entry.idempotencyKey)).size, new Set(calls.map((entry) => `${entry.kind} ${entry.blockedAt}`))])
        .toEqual([at, 1, 1, new Set([`${block.kind} ${block.blockedAt}`])]);
      const told = the.mails(ref);
      const once = (words: string): number => new Set(told.filter((mail) => mail.subject.startsWith(words)).map((mail) => mail.messageId)).size;
      expect([at, once('Lifted and confirmed')]).toEqual([at, 1]);
      // One Message-ID a subject, however often it was sent.
      expect([at, new Set(told.map((mail) => mail.messageId)).size]).toEqual([at, new Set(told.map((mail) => mail.subject)).size]);
    }
    expect(ledger.filter((entry) => !Object.values(tickets).some(({ block }) => block.ip === entry.ip))).toEqual([]);

    const hooks = await waitFor('the NOC to hear of every lift', async () => {
      const { body } = await the.noc.get<Hook[]>('/webhooks');
      const lifted = new Set(body.filter(({ type }) => type === 'lift.confirmed').map((hook) => hook.body.data.ref));
      return Object.values(tickets).every(({ ref }) => lifted.has(ref)) ? body : null;
    });
    // A webhook may come twice, under one id: the simulator keeps each id once.
    for (const { ref } of Object.values(tickets)) {
      expect([ref, hooks.filter((hook) => hook.type === 'lift.confirmed' && hook.body.data.ref === ref)]).toEqual([ref, [expect.anything()]]);
    }
    expect(await the.broken()).toEqual([]);
  });
});
