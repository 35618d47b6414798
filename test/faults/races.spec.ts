import { setTimeout as at } from 'node:timers/promises';
import { Conflict } from '../../src/platform/http/errors';
import { ApprovalService } from '../../src/review/approval.service';
import { ReviewService } from '../../src/review/review.service';
import type { Person } from '../../src/review/staff-of';
import { TakeService } from '../../src/review/take.service';
import { testDatabase, type TestDatabase } from '../support/database';
import { raceRoom, rounds, type RaceRoom } from '../support/race-room';
import { proposal } from '../support/review';
import type { TicketRow } from '../support/ticket-rows';

jest.setTimeout(180_000);

const UNDO_MS = 150;

describe('people and workers at the same moment', () => {
  let database: TestDatabase;
  let room: RaceRoom;
  let review: ReviewService;
  let approvals: ApprovalService;
  let anna: Person;
  let milan: Person;
  let ruth: Person;

  beforeAll(async () => {
    database = await testDatabase();
    room = await raceRoom(database.url, { UNDO_SECONDS: String(UNDO_MS / 1000), REPEAT_WAIT_HOURS: '0' });
    [review, approvals] = [room.app.get(ReviewService), room.app.get(ApprovalService)];
    [anna, milan, ruth] = await Promise.all([room.person('reviewer'), room.person('reviewer'), room.person('lead')]);
  });
  afterAll(async () => {
    await room?.stop();
    await database?.drop();
  });

  const stateOf = async (ticket: TicketRow): Promise<{ ticket: string; decisions: string[] }> => {
    const [row] = (await room.source.query('select state from ticket where id = $1', [ticket.id])) as { state: string }[];
    const decisions = (await room.source.query('select state from decision where ticket_id = $1 order by state', [ticket.id])) as { state: string }[];
    return { ticket: row?.state ?? '', decisions: decisions.map(({ state }) => state) };
  };
  const mails = (ticket: TicketRow): (string | null)[] => room.told().filter(({ ticketId }) => ticketId === ticket.id).map(({ what }) => what).sort();
  const won = async (acts: Promise<unknown>[]): Promise<{ index: number; refused: { is: unknown; detail?: object }[] }> => {
    const all = await Promise.allSettled(acts);
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    return { index: all.findIndex(({ status }) => status === 'fulfilled'), refused: all.flatMap((end) => (end.status === 'rejected' ? [{ is: (end.reason as Error).constructor, detail: (end.reason as Conflict).detail }] : [])) };
  };

  it('F15 approve and reject in the same moment, 500 rounds: one wins, the other is told what changed, and the NOC hears what the record says', async () => {
    let approved = 0;
    const tickets = await room.tickets(500, 'in_review', anna, { repeats: 3 });
    await rounds(tickets, async (ticket, i) => {
      const decision = await review.decide(ticket.ref, proposal({ version: 1 }), anna);
      expect(decision.state).toBe('awaiting_approval');
      const yes = () => approvals.approve(decision.id, { approve: true, statement: 'Seen and agreed.' }, milan);
      const no = () => approvals.approve(decision.id, { approve: false, statement: 'The logs say otherwise.' }, ruth);
      const { index, refused } = await won(i % 2 ? [yes(), no()] : [no(), yes()]);
      expect(refused).toEqual([{ is: Conflict, detail: expect.objectContaining({ state: expect.any(String) as string }) as object }]);
      const agreed = (index === 0) === (i % 2 === 1);
      approved += agreed ? 1 : 0;
      await at(agreed ? UNDO_MS : 0);
      await room.workOff(ticket.id);
      expect([agreed, await stateOf(ticket), room.noc.of(ticket.ip).length]).toEqual([agreed, { ticket: agreed ? 'lifted' : 'queued', decisions: [agreed ? 'undoable' : 'refused'] }, agreed ? 1 : 0]);
    });
    expect(approved).toBeGreaterThan(0);
    expect(approved).toBeLessThan(500);
  });

  it('F15 lift and uphold in the same moment, 500 rounds: one decision, the other is told what changed', async () => {
    let lifts = 0;
    const tickets = await room.tickets(500, 'in_review', anna);
    await rounds(tickets, async (ticket, i) => {
      const lift = () => review.decide(ticket.ref, proposal({ version: 1 }), anna);
      const uphold = () => review.decide(ticket.ref, proposal({ version: 1 }, { outcome: 'uphold', reasons: ['purchased_or_cold_list'], statement: 'The list was bought: those who got the mail had not asked for it.' }), anna);
      const { index, refused } = await won(i % 2 ? [lift(), uphold()] : [uphold(), lift()]);
      expect(refused).toEqual([{ is: Conflict, detail: expect.objectContaining({ version: 2 }) as object }]);
      const lifted = (index === 0) === (i % 2 === 1);
      lifts += lifted ? 1 : 0;
      await at(UNDO_MS);
      await room.workOff(ticket.id);
      expect([lifted, (await stateOf(ticket)).ticket, room.noc.of(ticket.ip).length, mails(ticket)]).toEqual([lifted, lifted ? 'lifted' : 'upheld', lifted ? 1 : 0, lifted ? ['lifted', 'lifting'] : ['not-lifted']]);
    });
    expect(lifts).toBeGreaterThan(0);
    expect(lifts).toBeLessThan(500);
  });

  it('64 reviewers take from one queue at once: every ticket once, none left', async () => {
    const takes = room.app.get(TakeService);
    const reviewers = await Promise.all(Array.from({ length: 64 }, () => room.person('reviewer')));
    const waiting = await room.tickets(400, 'queued');
    // F15 left tickets that were given back; they wait like any other.
    const left = (await room.source.query(`select id from ticket where state = 'queued'`)) as { id: string }[];
    const taken = (await Promise.all(reviewers.map(async (person) => {
      const mine: string[] = [];
      for (let next = await takes.next(person); next !== null; next = await takes.next(person)) {
        mine.push(next);
      }
      return mine;
    }))).flat();
    expect([taken.length, new Set(taken).size]).toEqual([left.length, left.length]);
    expect(waiting.every(({ id }) => taken.includes(id))).toBe(true);
    expect(await room.source.query(`select count(*)::int as n from ticket where state = 'queued'`)).toEqual([{ n: 0 }]);
    expect(await room.source.query(`select count(*)::int as n, count(distinct ticket_id)::int as tickets from audit_entry where event = 'taken'`)).toEqual([{ n: left.length, tickets: left.length }]);
  });
});
