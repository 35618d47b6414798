import { setTimeout as at } from 'node:timers/promises';
import { OutboxService } from '../../src/outbox/outbox.service';
import { Conflict } from '../../src/platform/http/errors';
import { ApprovalService } from '../../src/review/approval.service';
import { ReviewService } from '../../src/review/review.service';
import { testDatabase, type TestDatabase } from '../support/database';
import { raceRoom, rounds, type RaceRoom } from '../support/race-room';
import { proposal } from '../support/review';
import { waitFor } from '../support/wait-for';

jest.setTimeout(300_000);

describe('undo and the worker at the same moment', () => {
  let database: TestDatabase;
  let room: RaceRoom;

  beforeAll(async () => {
    database = await testDatabase();
    room = await raceRoom(database.url);
  });
  afterAll(async () => {
    await room?.stop();
    await database?.drop();
  });

  it('F16 undo against the worker at the deadline, 1,000 rounds: cancelled and nothing sent, or executed once; desk, mail and NOC agree', async () => {
    const [review, approvals, outbox] = [room.app.get(ReviewService), room.app.get(ApprovalService), room.app.get(OutboxService)];
    const anna = await room.person('reviewer');
    const tickets = await room.tickets(1000, 'in_review', anna);
    const undone = new Set<string>();
    await rounds(tickets, async (ticket, i) => {
      const decision = await review.decide(ticket.ref, proposal({ version: 1 }), anna);
      // The window ends in a moment, and who comes first is left to chance; now and then it is long enough for the undo, so that either happens on any machine.
      const [due] = (await room.source.query(
        `with d as (update decision set undo_until = clock_timestamp() + make_interval(secs => $2) where id = $1 returning undo_until)
         update outbox_message set due_at = undo_until from d where ref_id = $1 and job in ('order-lift', 'mail-customer') returning outbox_message.id, undo_until as deadline`, [decision.id, i % 20 === 0 ? 10 : 0.1],
      )) as [{ id: string; deadline: Date }[], number];
      const left = (): number => (due[0]?.deadline.getTime() ?? 0) - Date.now();
      const undo = at(i % 20 === 0 ? 0 : Math.max(0, left() - 80 + (i % 41) * 3)).then(() => approvals.undo(decision.id, anna)).then(() => void undone.add(ticket.id), (error: unknown) => expect(error).toBeInstanceOf(Conflict));
      const work = at(i % 20 === 0 ? 0 : Math.max(0, left())).then(() => waitFor('the worker to have had its turn', async () => {
        await Promise.all((i % 2 ? due : due.toReversed()).map(({ id }) => outbox.work(id)));
        return ((await room.source.query(`select 1 from outbox_message where id = any($1) and state = 'pending'`, [due.map(({ id }) => id)])) as unknown[]).length === 0;
      }));
      await Promise.all([undo, work]);
    });
    expect(undone.size).toBeGreaterThan(0);
    expect(undone.size).toBeLessThan(1000);

    const found = (await room.source.query(
      `select t.id, host(t.ip) as ip, t.state, d.state as decision, (select count(*)::int from outbox_message o where o.ref_id = d.id) as work from ticket t join decision d on d.ticket_id = t.id`,
    )) as { id: string; ip: string; state: string; decision: string; work: number }[];
    expect(found).toHaveLength(1000);
    const [orders, mails] = [room.noc.ledger.map(({ ip }) => ip), room.told().map(({ ticketId, what }) => `${ticketId} ${what}`)];
    expect([new Set(orders).size, new Set(mails).size]).toEqual([orders.length, mails.length]);
    const [ordered, told] = [new Set(orders), new Set(mails)];
    for (const { id, ip, state, decision, work } of found) {
      const was = { state, decision, orders: ordered.has(ip), mail: told.has(`${id} lifting`), work: work > 0 };
      expect([id, was]).toEqual([id, undone.has(id) ? { state: 'in_review', decision: 'undone', orders: false, mail: false, work: false } : { state: 'lifting', decision: 'undoable', orders: true, mail: true, work: true }]);
    }
  });
});
