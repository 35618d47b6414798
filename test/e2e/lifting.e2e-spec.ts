import { startDesk, type Desk } from '../support/desk';
import { simulatorClient } from '../support/simulator-client';
import { undoEnds } from '../support/undo';
import { waitFor } from '../support/wait-for';
import type { Block } from '../../src/core/ticket/block';
import type { LedgerEntry } from '../../src/simulator/types';

jest.setTimeout(180_000);

interface TicketJson {
  ref: string;
  state: string;
  closedReason: string | null;
  version: number;
  takenBy: string | null;
  stateLabel: string;
  queue: string;
  lift: { id: string | null; state: string; attempts: number; lastAnswer: string | null; dueAt: string } | null;
  decision: { id: string; state: string } | null;
}

// The whole application as its own process against the simulator's; the oracle is the simulator's ledger.
describe.each([['in-process'], ['bull']] as const)('a lift from hand-over to confirmation, carried %s', (carrier) => {
  if (carrier === 'bull' && process.env['DESK_TEST_REDIS'] === 'none') {
    it.skip('needs a Redis', () => undefined);
    return;
  }
  let desk: Desk;
  let noc: ReturnType<typeof simulatorClient>;
  let last = carrier === 'bull' ? 100 : 10;

  const blocked = async (kind: 'spam' | 'hack' = 'spam'): Promise<Block> => {
    const ip = `192.0.2.${++last}`;
    await noc.put(`/addresses/${ip}`, { accountId: '20418', assignedSince: new Date(Date.now() - 90 * 86_400_000).toISOString() });
    return (await noc.post<Block>('/blocks', { ip, kind, blockedAt: new Date(Date.now() - 86_400_000).toISOString(), detections: [{ at: new Date(Date.now() - 86_400_000).toISOString(), messageId: '<a@shop.example>' }] })).body;
  };
  const read = async (ref: string, key: 'noc' | 'reviewer1' = 'reviewer1') => (await desk.call<TicketJson>('GET', `/api/v1/tickets/${ref}`, undefined, key)).body;
  const until = (ref: string, state: string) => waitFor(`${ref} to be ${state}`, async () => {
    const ticket = await read(ref);
    return ticket.state === state ? ticket : null;
  }, 60_000);
  const ledger = async (ip: string) => (await noc.get<LedgerEntry[]>('/ledger')).body.filter((entry) => entry.ip === ip);
  const inReview = async (block: Block): Promise<TicketJson> => {
    const opened = await desk.call<TicketJson>('POST', '/api/v1/rejected-unblocks', {
      block, account: { id: '20418', email: 'technik@nordlicht-druck.example' }, rejection: { reason: 'evidence_required', message: 'Explain.' },
      claim: 'mistake', evidence: { headers: 'Message-ID: <a@shop.example>\r\nFrom: a@shop.example\r\n', explanation: 'Order confirmations, wanted by those who got them.', logs: 'sshd' },
    });
    expect(opened.status).toBe(201);
    await until(opened.body.ref, 'queued');
    const taken = await desk.call<TicketJson>('POST', `/api/v1/tickets/${opened.body.ref}/take`, {}, 'reviewer1');
    expect(taken.status).toBeLessThan(300);
    return read(opened.body.ref);
  };
  const decide = (ticket: TicketJson) => desk.call<{ id: string; state: string }>('POST', `/api/v1/tickets/${ticket.ref}/decisions`, {
    version: ticket.version, outcome: 'lift', reasons: ['transactional_burst'], statement: 'These were order confirmations that their readers had asked for.',
  }, 'reviewer1');

  beforeAll(async () => {
    // Longer than any test acts within it: each ends the time of its own decision.
    desk = await startDesk({ carrier, settings: { UNDO_SECONDS: '30' } });
    noc = simulatorClient(desk.simulator);
  });
  afterAll(() => desk?.stop());
  afterEach(() => noc.call('DELETE', '/faults'));

  it('is scheduled, ordered once, confirmed, and told to customer and NOC', async () => {
    const block = await blocked();
    const ticket = await inReview(block);
    const decided = await decide(ticket);
    expect(decided).toMatchObject({ status: 201, body: { state: 'undoable' } });
    expect((await read(ticket.ref)).lift).toMatchObject({ state: 'scheduled', attempts: 0 });
    await undoEnds(desk, decided.body.id);
    const lifted = await until(ticket.ref, 'lifted');
    expect(lifted.lift).toMatchObject({ state: 'confirmed', attempts: 1 });
    expect(await ledger(block.ip)).toMatchObject([{ idempotencyKey: lifted.lift?.id, effect: true, blockedAt: block.blockedAt }]);
    await waitFor('the NOC to be told', async () => (await noc.get<{ type: string; body: unknown }[]>('/webhooks')).body.some((hook) => hook.type === 'lift.confirmed' && JSON.stringify(hook.body).includes(ticket.ref)));
  });

  it('takes two people for a hack', async () => {
    const block = await blocked('hack');
    const ticket = await inReview(block);
    const decided = await decide(ticket);
    expect(decided.body).toMatchObject({ state: 'awaiting_approval' });
    expect((await desk.call('POST', `/api/v1/decisions/${decided.body.id}/approval`, { approve: true }, 'reviewer1')).status).toBe(403);
    expect(await ledger(block.ip)).toEqual([]);
    expect((await desk.call('POST', `/api/v1/decisions/${decided.body.id}/approval`, { approve: true, statement: 'Seen and agreed.' }, 'reviewer2')).status).toBeLessThan(300);
    await undoEnds(desk, decided.body.id);
    await until(ticket.ref, 'lifted');
    expect(await ledger(block.ip)).toHaveLength(1);
  });

  it('takes two people for an address that was blocked before', async () => {
    const block = await blocked();
    const ticket = await inReview(await noc.post<Block>('/blocks', { ip: block.ip, kind: 'spam' }).then(({ body }) => body));
    await waitFor('both blocks in the mirror', async () => (await desk.database.query('select 1 from block where ip = $1', [block.ip])).length === 2);
    expect((await decide(ticket)).body).toMatchObject({ state: 'awaiting_approval' });
  });

  it('undone inside the window reaches no NOC', async () => {
    const block = await blocked();
    const ticket = await inReview(block);
    const { body: decision } = await decide(ticket);
    const undone = await desk.call('POST', `/api/v1/decisions/${decision.id}/undo`, {}, 'reviewer1');
    expect(undone.status).toBeLessThan(300);
    await until(ticket.ref, 'in_review');
    expect(await ledger(block.ip)).toEqual([]);
  });

  it('survives a kill of the desk while the NOC is asked: one effect, right end', async () => {
    const block = await blocked();
    const ticket = await inReview(block);
    await noc.post('/faults', { call: 'lift', mode: 'slow', seconds: 7 }); // below the ten seconds that an order is waited for
    await undoEnds(desk, (await decide(ticket)).body.id);
    await waitFor('the order to be on its way', async () => (await read(ticket.ref)).lift?.state === 'requested');
    await desk.kill('SIGKILL');
    await waitFor('the NOC to have acted', async () => (await ledger(block.ip)).length > 0);
    await desk.start();
    await waitFor(`${ticket.ref} to be lifted`, async () => (await read(ticket.ref)).state === 'lifted', 120_000);
    expect((await ledger(block.ip)).filter((entry) => entry.effect)).toHaveLength(1);
  });

  it('hears from the NOC that the address was blocked again', async () => {
    const block = await blocked();
    const ticket = await inReview(block);
    await noc.post('/faults', { call: 'lift', mode: 'reblock', seconds: 1 });
    await undoEnds(desk, (await decide(ticket)).body.id);
    await waitFor('the mark', async () => (await read(ticket.ref)).stateLabel === 'Blocked again');
    expect((await read(ticket.ref)).state).toBe('lifted');
  });

  it('refuses a block event that it cannot understand, and a caller who is not the NOC', async () => {
    const block = { ip: '192.0.2.1', kind: 'spam', blockedAt: '2026-11-20T08:41:07Z' };
    const event = (body: unknown, key: 'noc' | 'reviewer1' | null = 'noc') => desk.call<{ errors: { field: string }[] }>('POST', '/api/v1/block-events', body, key);
    expect((await event({ event: 'blocked', block })).status).toBe(202);
    expect(await event({ event: 'vanished', block })).toMatchObject({ status: 400, body: { errors: [{ field: 'event' }] } });
    expect(await event({ event: 'blocked', block: { ...block, ip: 'mail.example' } })).toMatchObject({ status: 400, body: { errors: [{ field: 'block.ip' }] } });
    expect((await event({ event: 'blocked', block, extra: 1 })).status).toBe(400);
    expect((await event({ event: 'blocked', block }, 'reviewer1')).status).toBe(403);
    expect((await event({ event: 'blocked', block }, null)).status).toBe(401);
  });
});
