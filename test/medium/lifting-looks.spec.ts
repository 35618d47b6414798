import { LiftingService } from '../../src/lifting/lifting.service';
import { Lifts } from '../../src/lifting/lifts';
import { Looks, type Look } from '../../src/lifting/looks';
import { NocService } from '../../src/noc/noc.service';
import { OutboxService } from '../../src/outbox/outbox.service';
import { liftingRoom, type LiftingRoom } from '../support/lifting';
import { waitFor } from '../support/wait-for';

jest.setTimeout(60_000);

describe('what is looked up while an order is being taken', () => {
  let desk: LiftingRoom;
  beforeAll(async () => {
    desk = await liftingRoom();
  });
  afterAll(() => desk?.stop());
  afterEach(() => jest.restoreAllMocks());

  /** A decision whose undo window has just ended; the row of its order waits for an hour, so that nobody else takes it. */
  async function decided() {
    const block = await desk.blocked();
    const ticket = await desk.inReview(block);
    const decision = await desk.decide(ticket, { undoSeconds: 3600 });
    const [row] = (await desk.source.query(`select id from outbox_message where ref_id = $1 and job = 'order-lift'`, [decision])) as { id: string }[];
    await desk.source.query(`update decision set undo_until = now() where id = $1`, [decision]);
    return { block, ticket, decision, rowId: row?.id ?? '' };
  }
  /** The same at the moment at which it is looked at: nobody but the look may see the row as due. */
  async function looked(rowId: string, meanwhile = ''): Promise<Look | null> {
    return desk.source.transaction(async (tx) => {
      await tx.query(`update outbox_message set due_at = now() where id = $1`, [rowId]);
      if (meanwhile) {
        await tx.query(meanwhile);
      }
      const lifts = new Lifts({ createQueryRunner: () => ({ connect: () => Promise.resolve(), query: (sql: string, values: unknown[]) => tx.query(sql, values), release: () => Promise.resolve() }), driver: {} } as never, undefined as never);
      const look = await new Looks(lifts, desk.app.get(NocService)).ahead(rowId);
      await tx.query(`update outbox_message set due_at = now() + interval '1 hour' where id = $1`, [rowId]);
      return look;
    });
  }
  const order = (ticketId: string, decision: string, look: Look | null) => desk.app.get(LiftingService).order(ticketId, decision, look);

  it('is what the order then rests on: the NOC is asked once for each, and the ticket is read once', async () => {
    const [noc, outbox] = [desk.app.get(NocService), desk.app.get(OutboxService)];
    jest.spyOn(outbox, 'due').mockResolvedValue([]);
    const { block, ticket, rowId } = await decided();
    const asked = [jest.spyOn(noc, 'holder'), jest.spyOn(noc, 'blocks'), jest.spyOn(desk.app.get(Lifts), 'subject')];
    const about = () => asked.map((spy) => spy.mock.calls.filter(([what]) => what === block.ip || what === ticket.id).length);
    const before: number[][] = [];
    const order = noc.lift.bind(noc);
    jest.spyOn(noc, 'lift').mockImplementation((sent) => (before.push(about()), order(sent)));
    // However long the row is in coming: what is too old for an order is another test's.
    const lifting = desk.app.get(LiftingService);
    const taken = lifting.order.bind(lifting);
    jest.spyOn(lifting, 'order').mockImplementation((ticketId, decision, seen) => taken(ticketId, decision, seen && { ...seen, at: performance.now() }));
    await desk.source.query(`update outbox_message set due_at = now() where id = $1`, [rowId]);
    // Nobody takes a row before this ends, and whoever looks is not held up.
    const working = await desk.source.transaction(async (tx) => {
      await tx.query('lock table outbox_message in exclusive mode');
      const work = outbox.work(rowId, false, true);
      await waitFor('the NOC to be asked', () => about()[1] === 1);
      return { work };
    });
    await working.work;
    expect(before).toEqual([[1, 1, 0]]);
    jest.restoreAllMocks();
    await desk.until(ticket.id, 'the ticket to be lifted', ({ state }) => state === 'lifted');
    expect(await desk.ledger(block.ip)).toHaveLength(1);
  });

  it.each([
    ['is another worker’s', (rowId: string) => `update outbox_message set state = 'running', lease_until = now() + interval '6 seconds' where id = '${rowId}'`],
    ['is not due', (rowId: string) => `update outbox_message set due_at = now() + interval '1 minute' where id = '${rowId}'`],
    ['is another job', (rowId: string) => `update outbox_message set job = 'tell-noc' where id = '${rowId}'`],
    ['may not leave in safe mode', () => `update desk_watermark set mode = 'safe'`],
    ['stands for a decision that can still be undone', (_: string, decision: string) => `update decision set undo_until = now() + interval '1 minute' where id = '${decision}'`],
    ['stands for a decision that was undone', (_: string, decision: string) => `update decision set state = 'undone' where id = '${decision}'`],
    ['has a lift that was begun', (_: string, decision: string, ticket: string) => `insert into lift (id, ticket_id, decision_id, account_id, ip, kind, blocked_at, episode, state, due_at, lease_no)
       select gen_random_uuid(), id, '${decision}', account_id, ip, kind, blocked_at, episode, 'unknown', now(), 1 from ticket where id = '${ticket}'`],
  ])('is nothing, and the NOC is not asked, when the row %s', async (_, meanwhile) => {
    const { decision, rowId, ticket } = await decided();
    const asked = jest.spyOn(desk.app.get(NocService), 'blocks');
    expect(await looked(rowId, meanwhile(rowId, decision, ticket.id))).toBeNull();
    await desk.source.query(`update desk_watermark set mode = 'normal'`);
    expect(asked).not.toHaveBeenCalled();
  });

  it('is looked up too when the row was taken just before', async () => {
    const { ticket, rowId } = await decided();
    expect(await looked(rowId, `update outbox_message set state = 'running', lease_until = now() + interval '7500 milliseconds' where id = '${rowId}'`)).toMatchObject({ subject: { ticketId: ticket.id } });
  });

  it.each([
    ['the decision is undone', (decision: string) => `update decision set state = 'undone' where id = '${decision}'`, 'changed at the last moment'],
    ['a second person disagrees', (decision: string) => `update decision set agreed = false, second_by = gen_random_uuid() where id = '${decision}'`, 'changed at the last moment'],
    ['the ticket moves on', (_: string, ticket: string) => `update ticket set state = 'queued' where id = '${ticket}'`, 'changed at the last moment'],
    ['another worker begins the lift', (decision: string, ticket: string) => `insert into lift (id, ticket_id, decision_id, account_id, ip, kind, blocked_at, episode, state, due_at, lease_no)
       select gen_random_uuid(), id, '${decision}', account_id, ip, kind, blocked_at, episode, 'requested', now(), 1 from ticket where id = '${ticket}'`, 'another lift of this block is under way'],
  ])('orders nothing when %s before the order', async (_, meanwhile, why) => {
    const { block, ticket, decision, rowId } = await decided();
    const look = await looked(rowId);
    expect(look).toMatchObject({ subject: { ticketId: ticket.id, liftId: null }, said: [{ ok: true }, { ok: true }] });
    await desk.source.query(meanwhile(decision, ticket.id));
    expect(await order(ticket.id, decision, look && { ...look, at: performance.now() })).toMatchObject({ why: expect.stringContaining(why) as string });
    expect(await desk.ledger(block.ip)).toEqual([]);
  });

  it('is not what an order rests on when taking the row took long: the NOC is asked again', async () => {
    const { block, ticket, decision, rowId } = await decided();
    const look = await looked(rowId);
    const asked = jest.spyOn(desk.app.get(NocService), 'blocks');
    await order(ticket.id, decision, look && { ...look, at: look.at - 2_000 });
    expect(asked).toHaveBeenCalledWith(block.ip);
    expect(await desk.ledger(block.ip)).toHaveLength(1);
  });

  it('is looked up again by the handler when it could not be', async () => {
    const { block, ticket, rowId } = await decided();
    jest.spyOn(desk.app.get(Lifts), 'ofWork').mockRejectedValueOnce(new Error('timeout exceeded when trying to connect'));
    await desk.source.query(`update outbox_message set due_at = now() where id = $1`, [rowId]);
    await desk.app.get(OutboxService).work(rowId, false, true);
    await desk.until(ticket.id, 'the ticket to be lifted', ({ state }) => state === 'lifted');
    expect(await desk.ledger(block.ip)).toHaveLength(1);
  });
});
