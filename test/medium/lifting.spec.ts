import { randomUUID } from 'node:crypto';
import { AuditService } from '../../src/audit/audit.service';
import { LiftingService } from '../../src/lifting/lifting.service';
import { RoundsService } from '../../src/lifting/rounds.service';
import { ACCOUNT, liftingRoom, OTHER_ACCOUNT, type LiftingRoom } from '../support/lifting';
import { waitFor } from '../support/wait-for';

jest.setTimeout(60_000);

// The oracle is the simulator's ledger: what the NOC was really told, and what had an effect.
describe('a lift, against the NOC', () => {
  let desk: LiftingRoom;
  const fault = (mode: string, more: object = {}, call = 'lift') => desk.noc.post('/faults', { call, mode, ...more });
  const lifted = (id: string) => desk.until(id, 'the ticket to be lifted', (ticket) => ticket.state === 'lifted');
  const returned = (id: string) => desk.until(id, 'the ticket to come back', (ticket) => ticket.state === 'queued');
  /** Waits until the order was sent without an answer, and puts off what comes next until it is said: else it may come before what the test does. */
  const unanswered = async (id: string): Promise<() => Promise<unknown>> => {
    await waitFor('the state "unknown", and the next step to wait', async () => {
      const [rows] = (await desk.source.query(
        `update outbox_message o set due_at = now() + interval '1 hour' from lift l where l.ticket_id = o.ticket_id and l.state = 'unknown' and o.ticket_id = $1 and o.job = 'order-lift' and o.state = 'pending' returning o.id`, [id],
      )) as [unknown[], number];
      return rows.length > 0;
    });
    return () => desk.source.query(`update outbox_message set due_at = now() where ticket_id = $1 and job = 'order-lift' and state = 'pending'`, [id]);
  };
  const audit = (id: string) => desk.source.query('select event, from_state as from, to_state as to from audit_entry where ticket_id = $1 order by id desc limit 1', [id]) as Promise<object[]>;
  const quiet = (id: string) => waitFor('every job to be done', async () => ((await desk.source.query(`select 1 from outbox_message where ticket_id = $1 and state <> 'done'`, [id])) as unknown[]).length === 0);

  beforeAll(async () => {
    desk = await liftingRoom();
  });
  afterAll(() => desk?.stop());
  afterEach(async () => {
    desk.wire.set('pass');
    await desk.noc.call('DELETE', '/faults');
  });

  it('is ordered once, read back, confirmed, and the customer told', async () => {
    const block = await desk.blocked();
    const ticket = await desk.inReview(block);
    await desk.decide(ticket);
    await lifted(ticket.id);
    const [lift] = await desk.lifts(ticket.id);
    expect(lift).toMatchObject({ state: 'confirmed', attempts: 1, lastAnswer: 'unblocked', leaseUntil: null });
    expect(await desk.ledger(block.ip)).toMatchObject([{ idempotencyKey: lift?.id, effect: true, blockedAt: block.blockedAt }]);
    expect(await audit(ticket.id)).toEqual([{ event: 'lift_confirmed', from: 'lifting', to: 'lifted' }]);
    expect(await desk.mails(ticket.id)).toEqual(expect.arrayContaining(['lifting', 'lifted']));
    expect(await desk.source.query('select state from block where ip = $1', [block.ip])).toEqual([{ state: 'unblocked' }]);
  });

  it('F13 whose answer is lost is resolved by reading, never by asking again', async () => {
    const block = await desk.blocked();
    const ticket = await desk.inReview(block);
    await fault('drop_answer');
    await desk.decide(ticket);
    const goOn = await unanswered(ticket.id);
    await goOn();
    await lifted(ticket.id);
    expect(await desk.ledger(block.ip)).toHaveLength(1);
  });

  it('that the NOC did not hear of is sent again with the same key', async () => {
    const block = await desk.blocked();
    const ticket = await desk.inReview(block);
    await fault('timeout');
    await desk.decide(ticket);
    await lifted(ticket.id);
    const [lift] = await desk.lifts(ticket.id);
    const ledger = await desk.ledger(block.ip);
    expect(ledger.map((entry) => entry.idempotencyKey)).toEqual([lift?.id, lift?.id]);
    expect(ledger.filter((entry) => entry.effect)).toHaveLength(1);
  });

  it('F17 that comes too early waits as long as the NOC says, and the customer is told once', async () => {
    const block = await desk.blocked();
    const ticket = await desk.inReview(block);
    await fault('too_early', { seconds: 2, times: 2 });
    await desk.decide(ticket);
    await desk.until(ticket.id, 'the wait', (_, lift) => lift?.lastAnswer?.startsWith('too early') ?? false);
    expect((await desk.lifts(ticket.id))[0]?.state).toBe('scheduled');
    await lifted(ticket.id);
    const ledger = await desk.ledger(block.ip);
    expect(ledger.map((entry) => [entry.status, entry.effect])).toEqual([[425, false], [425, false], [202, true]]);
    const [first, second] = ledger.map((entry) => Date.parse(entry.at));
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(2000);
    expect((await desk.mails(ticket.id)).filter((mail) => mail === 'lift-delayed')).toHaveLength(1);
  });

  it('goes on after errors of the NOC, and one that keeps failing comes back to the top of the queue', async () => {
    const block = await desk.blocked();
    const ticket = await desk.inReview(block);
    await fault('error', { times: 2 });
    await desk.decide(ticket);
    await lifted(ticket.id);
    expect((await desk.ledger(block.ip)).filter((entry) => entry.effect)).toHaveLength(1);

    const other = await desk.blocked();
    const stuck = await desk.inReview(other);
    await fault('error', { times: 1000 });
    await desk.decide(stuck);
    await unanswered(stuck.id);
    expect((await desk.lifts(stuck.id))[0]?.troubleSince).toBeInstanceOf(Date);
    await desk.hoursLater(stuck.id, 2);
    const back = await returned(stuck.id);
    expect(back).toMatchObject({ queue: 'lift-failed', liftFailed: expect.stringContaining('after several tries. It answered 500') });
    expect(back.priority).toBeGreaterThanOrEqual(1000);
    expect((await desk.ledger(other.ip)).filter((entry) => entry.effect)).toHaveLength(0);
    expect(await audit(stuck.id)).toEqual([{ event: 'lift_failed', from: 'lifting', to: 'queued' }]);
    // The history of the ticket says why, when the ticket itself has long moved on.
    expect((await desk.app.get(AuditService).of(desk.source.manager, stuck.id)).at(-1)?.detail).toMatchObject({ reason: 'no_answer', why: back.liftFailed });

    // A new decision is a new lift with a key of its own.
    await desk.noc.call('DELETE', '/faults');
    await desk.decide(await desk.inReviewAgain(stuck.id));
    expect(await lifted(stuck.id)).toMatchObject({ liftFailed: null });
    expect((await desk.lifts(stuck.id)).map((lift) => lift.state)).toEqual(['failed', 'confirmed']);
  });

  it('never touches a newer block', async () => {
    const block = await desk.blocked();
    const ticket = await desk.inReview(block);
    const { body: newer } = await desk.noc.post<{ blockedAt: string }>('/blocks', { ip: block.ip, kind: 'spam' });
    await desk.decide(ticket);
    expect((await returned(ticket.id)).liftFailed).toContain('blocked again at');
    expect(await desk.ledger(block.ip)).toEqual([]);
    expect(await desk.block(block.ip)).toMatchObject([{ blockedAt: newer.blockedAt, state: 'blocked' }, { state: 'unblocked' }]);
  });

  it('F14 done, answer lost, blocked again: the new block stays and a reviewer sees why', async () => {
    const block = await desk.blocked();
    const ticket = await desk.inReview(block);
    await fault('drop_answer');
    await desk.decide(ticket);
    const goOn = await unanswered(ticket.id);
    await desk.noc.post('/blocks', { ip: block.ip, kind: 'spam' });
    await goOn();
    expect((await returned(ticket.id)).liftFailed).toContain('blocked again at');
    expect((await desk.block(block.ip))[0]?.state).toBe('blocked');
    expect(await desk.ledger(block.ip)).toHaveLength(1);
  });

  it('lifts nothing for an account that has the address no more', async () => {
    const block = await desk.blocked();
    const ticket = await desk.inReview(block);
    await desk.noc.put(`/addresses/${block.ip}`, { accountId: OTHER_ACCOUNT });
    await desk.decide(ticket);
    expect(await desk.until(ticket.id, 'the ticket to close', (now) => now.state === 'closed')).toMatchObject({ closedReason: 'not_owner' });
    expect(await desk.ledger(block.ip)).toEqual([]);
    expect(await desk.lifts(ticket.id)).toMatchObject([{ state: 'failed', attempts: 0 }]);
  });

  it('asks again when the NOC says of the order that the address moved', async () => {
    const block = await desk.blocked();
    const ticket = await desk.inReview(block);
    await fault('not_owner');
    await desk.decide(ticket);
    expect((await returned(ticket.id)).liftFailed).toContain('answered 403, not_owner');
    expect((await desk.ledger(block.ip)).filter((entry) => entry.effect)).toHaveLength(0);
  });

  it('lifts for a delegate of the owner', async () => {
    const block = await desk.blocked();
    const ticket = await desk.inReview(block);
    await desk.noc.put(`/addresses/${block.ip}`, { accountId: OTHER_ACCOUNT, delegates: [ACCOUNT] });
    await desk.decide(ticket);
    await lifted(ticket.id);
  });

  it('needs no order for a block that is gone', async () => {
    const block = await desk.blocked();
    const ticket = await desk.inReview(block);
    await desk.noc.lift(block.ip, block.kind, block.blockedAt, randomUUID());
    await waitFor('the NOC to have lifted it', async () => (await desk.block(block.ip))[0]?.state === 'unblocked');
    await desk.decide(ticket);
    await lifted(ticket.id);
    expect(await desk.lifts(ticket.id)).toMatchObject([{ state: 'confirmed', attempts: 0, lastAnswer: 'the block was gone before the lift was ordered' }]);
    expect(await desk.ledger(block.ip)).toHaveLength(1); // that of the test
  });

  it('waits while the NOC is away, and never calls it "not blocked"', async () => {
    const block = await desk.blocked();
    const ticket = await desk.inReview(block);
    desk.wire.set('refuse');
    await desk.decide(ticket);
    await desk.until(ticket.id, 'the trouble to be stored', (_, lift) => lift?.troubleSince != null);
    expect(await desk.lifts(ticket.id)).toMatchObject([{ state: 'scheduled', attempts: 0 }]);
    desk.wire.set('pass');
    await lifted(ticket.id);
    expect(await desk.lifts(ticket.id)).toMatchObject([{ state: 'confirmed', attempts: 1 }]);
  });

  it('is not ordered before the undo window is over, nor after an undo', async () => {
    const block = await desk.blocked();
    const ticket = await desk.inReview(block);
    const decision = await desk.decide(ticket, { undoSeconds: 3600 });
    expect(await desk.app.get(LiftingService).order(ticket.id, decision)).toMatchObject({ why: 'the decision can still be undone' });
    await desk.source.query(`update decision set state = 'undone', undo_until = now() where id = $1`, [decision]);
    expect(await desk.app.get(LiftingService).order(ticket.id, decision)).toBe('skipped');
    expect(await desk.ledger(block.ip)).toEqual([]);
    expect(await desk.lifts(ticket.id)).toEqual([]);
  });

  it.each([
    ['no second person where one is due', { secondPerson: ['repeats'] }],
    ['a second person who disagreed', { secondPerson: ['repeats'], secondBy: randomUUID(), agreed: false }],
    ['a decision that waits for approval', { state: 'awaiting_approval' }],
    ['a decision that does not lift', { outcome: 'uphold' }],
  ])('is not ordered with %s', async (_, options) => {
    const block = await desk.blocked();
    const ticket = await desk.inReview(block);
    await desk.decide(ticket, options);
    await quiet(ticket.id);
    expect(await desk.ledger(block.ip)).toEqual([]);
  });

  it('is ordered once when its job is delivered twenty times at once', async () => {
    const block = await desk.blocked();
    const ticket = await desk.inReview(block);
    const decision = await desk.decide(ticket, { undoSeconds: 3600 });
    await desk.source.query(`update decision set undo_until = now() where id = $1`, [decision]);
    await Promise.all(Array.from({ length: 20 }, () => desk.app.get(LiftingService).order(ticket.id, decision)));
    // On a machine that is busy even the one that stored the order may put it off: then its job, as always, comes again.
    await desk.source.query(`update outbox_message set due_at = now() where ref_id = $1 and job = 'order-lift' and state = 'pending'`, [decision]);
    await lifted(ticket.id);
    expect(await desk.ledger(block.ip)).toHaveLength(1);
    expect(await desk.lifts(ticket.id)).toHaveLength(1);
  });

  it('goes on after a crash between storing the order and sending it', async () => {
    const block = await desk.blocked();
    const ticket = await desk.inReview(block);
    const decision = await desk.decide(ticket, { undoSeconds: 3600 });
    const key = randomUUID();
    await desk.source.query(
      `insert into lift (id, ticket_id, decision_id, account_id, ip, kind, blocked_at, episode, state, due_at, requested_at, attempts, lease_until, lease_no)
       select $1, id, $2, account_id, ip, kind, blocked_at, episode, 'requested', now(), now(), 1, now() - interval '1 s', 1 from ticket where id = $3`,
      [key, decision, ticket.id],
    );
    await desk.source.query(`update decision set undo_until = now() where id = $1`, [decision]);
    expect(await desk.app.get(LiftingService).order(ticket.id, decision)).toBe('done');
    await lifted(ticket.id);
    expect(await desk.ledger(block.ip)).toMatchObject([{ idempotencyKey: key, effect: true }]);
  });

  it('F11 whose job was parked comes back to a person', async () => {
    const block = await desk.blocked();
    const ticket = await desk.inReview(block);
    await desk.decide(ticket, { undoSeconds: 3600 });
    await desk.source.query(`update ticket set state_since = now() - interval '2 minutes' where id = $1`, [ticket.id]);
    await desk.app.get(RoundsService).stranded();
    expect(await desk.ticket(ticket.id)).toMatchObject({ state: 'lifting' }); // its job still waits
    await desk.source.query(`update outbox_message set state = 'parked', last_error = 'division by zero' where ticket_id = $1 and job = 'order-lift'`, [ticket.id]);
    // The worker's own round may be at it, too: whose it was does not matter.
    await waitFor('a round to find it', async () => {
      await desk.app.get(RoundsService).stranded();
      return (await desk.ticket(ticket.id)).state !== 'lifting';
    });
    expect(await desk.ticket(ticket.id)).toMatchObject({ state: 'queued', queue: 'lift-failed', liftFailed: expect.stringContaining('division by zero') });
    expect(await desk.ledger(block.ip)).toEqual([]);
  });

  it('F10 leaves a lift alone that another worker has', async () => {
    const block = await desk.blocked();
    const ticket = await desk.inReview(block);
    const decision = await desk.decide(ticket, { undoSeconds: 3600 });
    await desk.source.query(
      `insert into lift (id, ticket_id, decision_id, account_id, ip, kind, blocked_at, episode, state, due_at, lease_until, lease_no)
       select gen_random_uuid(), id, $1, account_id, ip, kind, blocked_at, episode, 'scheduled', now(), now() + interval '1 hour', 1 from ticket where id = $2`,
      [decision, ticket.id],
    );
    await desk.source.query(`update decision set undo_until = now() where id = $1`, [decision]);
    expect(await desk.app.get(LiftingService).order(ticket.id, decision)).toMatchObject({ why: 'another worker is at this lift' });
    expect(await desk.ledger(block.ip)).toEqual([]);
  });
});
