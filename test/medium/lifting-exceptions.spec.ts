import { FilterAdjustmentsService } from '../../src/insights/filter-adjustments.service';
import type { WantedException } from '../../src/core/ticket/exception-plan';
import { liftingRoom, type LiftingRoom } from '../support/lifting';

jest.setTimeout(120_000);

const WANTED: WantedException = { rule: 'CT_INVOICE_LURE', change: 'exception', scope: 'sender', sender: 'orders@shop.example' };

describe('the ladder for repeats', () => {
  let desk: LiftingRoom;
  beforeAll(async () => {
    desk = await liftingRoom();
  }, 150_000);
  afterAll(() => desk?.stop());
  const decided = async (reasons: string) => {
    const block = await desk.blocked({ blockedAt: new Date(Date.now() - 3_600_000).toISOString() });
    const ticket = await desk.inReview(block);
    await desk.source.query('update ticket set repeats = 2 where id = $1', [ticket.id]);
    await desk.decide(ticket, { undoSeconds: 3600 });
    await desk.source.query('update decision set reasons = $2, undo_until = now() where ticket_id = $1', [ticket.id, [reasons]]);
    await desk.source.query(`update outbox_message set due_at = now() where ticket_id = $1 and state = 'pending'`, [ticket.id]);
    return { ticket, block };
  };

  it('holds the lift of a third block for its least wait, and tells the customer once', async () => {
    const { ticket, block } = await decided('remediation_plausible');
    await desk.until(ticket.id, 'the wait', (_, lift) => lift?.lastAnswer?.startsWith('too early') === true);
    const [lift] = await desk.lifts(ticket.id);
    expect([lift?.state, lift?.dueAt.toISOString(), lift?.attempts]).toEqual(['scheduled', new Date(Math.floor(Date.parse(block.blockedAt) / 1000) * 1000 + 4 * 3_600_000).toISOString(), 0]);
    expect([await desk.ledger(block.ip), (await desk.mails(ticket.id)).filter((mail) => mail === 'lift-delayed').length]).toEqual([[], 1]);
  });
  it('lets nobody wait for our own mistake', async () => {
    const { ticket } = await decided('vendor_rule_error');
    await desk.until(ticket.id, 'the lift', (now) => now.state === 'lifted');
  });
});

describe('an exception before a false positive is lifted', () => {
  let desk: LiftingRoom;
  const lift = async (wanted: WantedException | null = WANTED) => {
    const block = await desk.blocked();
    const ticket = await desk.inReview(block);
    await desk.decide(ticket, { filterAdjustment: wanted });
    return { ticket, ip: block.ip, lifted: () => desk.until(ticket.id, 'the lift', (now) => now.state === 'lifted', 40_000) };
  };
  const ordered = async (ip: string) => (await desk.noc.get<{ ip: string; rule: string; sender: string; ticket: string; state: string }[]>('/exceptions')).body.filter((one) => one.ip === ip);
  const row = async (id: string) => (await desk.source.query('select state, tries, last_answer as "lastAnswer" from filter_exception where ticket_id = $1', [id]) as { state: string; tries: number; lastAnswer: string }[])[0];
  const audit = async (id: string) => (await desk.source.query(`select detail from audit_entry where ticket_id = $1 and event = 'filter_exception_settled'`, [id]) as { detail: { state: string } }[]).map(({ detail }) => detail.state);

  beforeAll(async () => {
    desk = await liftingRoom();
  }, 150_000);
  afterAll(() => desk?.stop());

  it('is ordered once, narrow and expiring, and its success is kept', async () => {
    const { ticket, ip, lifted } = await lift();
    await lifted();
    expect(await ordered(ip)).toEqual([expect.objectContaining({ rule: WANTED.rule, sender: WANTED.sender, ticket: ticket.ref, state: 'applied' })]);
    expect([await row(ticket.id), await audit(ticket.id)]).toEqual([{ state: 'applied', tries: 1, lastAnswer: 'applied' }, ['applied']]);
  });

  it.each([[404], [501]])('holds nothing up where the NOC has none (%d)', async (status) => {
    await desk.noc.post('/faults', { call: 'exceptions', mode: 'error', status });
    const { ticket, ip, lifted } = await lift();
    await lifted();
    expect([await ordered(ip), await row(ticket.id), await audit(ticket.id)]).toEqual([[], expect.objectContaining({ state: 'not_offered', tries: 1 }), ['not_offered']]);
    expect((await desk.ledger(ip)).filter(({ effect }) => effect)).toHaveLength(1);
  });

  it('is asked again with its key when the answer was lost, and exists once', async () => {
    await desk.noc.post('/faults', { call: 'exceptions', mode: 'drop_answer' });
    const { ticket, ip, lifted } = await lift();
    await lifted();
    expect([(await ordered(ip)).length, await row(ticket.id)]).toEqual([1, { state: 'applied', tries: 2, lastAnswer: 'applied' }]);
  });

  it('is given up after three tries, said so, and the block is lifted', async () => {
    await desk.noc.post('/faults', { call: 'exceptions', mode: 'error', status: 500, times: 3 });
    const { ticket, ip, lifted } = await lift();
    await lifted();
    expect([await ordered(ip), await row(ticket.id), await audit(ticket.id)]).toEqual([[], expect.objectContaining({ state: 'failed', tries: 3, lastAnswer: expect.stringContaining('500') as string }), ['failed']]);
  });

  it('is not ordered where none was asked for, or a wide one was', async () => {
    for (const wanted of [null, { ...WANTED, change: 'report' }, { ...WANTED, scope: 'domain' }]) {
      const { ticket, ip, lifted } = await lift(wanted);
      await lifted();
      expect([await ordered(ip), await row(ticket.id)]).toEqual([[], undefined]);
    }
  });

  it('shows in the list of adjustments as applied', async () => {
    const { ticket, lifted } = await lift();
    await lifted();
    await desk.source.query(
      `insert into filter_adjustment (id, ticket_id, decision_id, rule, change, scope) select gen_random_uuid(), ticket_id, decision_id, rule, 'exception', 'sender' from filter_exception where ticket_id = $1`, [ticket.id],
    );
    const adjustments = new FilterAdjustmentsService(desk.source, ...([] as unknown as [never, never, never, never]));
    const { items } = await adjustments.list('applied', undefined, 50);
    expect(items).toMatchObject([{ ticket: ticket.ref, state: 'applied', exception: { state: 'applied', answer: 'applied', id: expect.any(String) as string } }]);
    expect((await adjustments.list('proposed', undefined, 50)).items).toEqual([]);
  });
});
