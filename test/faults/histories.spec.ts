import fc from 'fast-check';
import type { Block } from '../../src/core/ticket/block';
import { TransitionRefused } from '../../src/core/ticket/decide';
import { INVARIANTS } from '../../src/insights/invariants';
import { WatchService } from '../../src/lifting/watch.service';
import { Conflict, Forbidden, NotFound } from '../../src/platform/http/errors';
import { ApprovalService } from '../../src/review/approval.service';
import { ReviewService } from '../../src/review/review.service';
import type { Person } from '../../src/review/staff-of';
import { TakeService } from '../../src/review/take.service';
import { TicketsService } from '../../src/tickets/tickets.service';
import { testDatabase, type TestDatabase } from '../support/database';
import { raceRoom, type RaceRoom } from '../support/race-room';
import { proposal } from '../support/review';
import type { TicketRow } from '../support/ticket-rows';

jest.setTimeout(240_000);

/** What people, workers and the NOC may do at any moment; what is not possible then is refused. */
const ACTS = ['decide', 'undo', 'approve', 'refuse', 'uphold', 'take', 'release', 'window ends', 'work', 'work', 'blocked again', 'NOC lifts'] as const;
type Act = (typeof ACTS)[number];
const REFUSALS = [Conflict, Forbidden, NotFound, TransitionRefused];

describe('any history of one ticket', () => {
  let database: TestDatabase;
  let room: RaceRoom;
  let anna: Person;
  let milan: Person;
  beforeAll(async () => {
    database = await testDatabase();
    room = await raceRoom(database.url, { UNDO_SECONDS: '3600', REPEAT_WAIT_HOURS: '0' });
    [anna, milan] = [await room.person('lead'), await room.person('lead')];
  });
  afterAll(async () => {
    await room?.stop();
    await database?.drop();
  });

  const decisionOf = async ({ id }: TicketRow): Promise<string> => ((await room.source.query('select id from decision where ticket_id = $1 order by decided_at desc limit 1', [id])) as { id: string }[])[0]?.id ?? '';
  const act = async (what: Act, ticket: TicketRow, blocks: Block[]): Promise<unknown> => {
    const { app, source, noc } = room;
    const { version, accountId } = await app.get(TicketsService).find(ticket.id);
    switch (what) {
      case 'decide':
        return app.get(ReviewService).decide(ticket.ref, proposal({ version }), anna);
      case 'uphold':
        return app.get(ReviewService).decide(ticket.ref, proposal({ version }, { outcome: 'uphold', reasons: ['purchased_or_cold_list'], statement: 'The list was bought: nobody had asked for it.' }), anna);
      case 'undo':
        return app.get(ApprovalService).undo(await decisionOf(ticket), anna);
      case 'approve':
      case 'refuse':
        return app.get(ApprovalService).approve(await decisionOf(ticket), { approve: what === 'approve', statement: 'Seen.' }, milan);
      case 'take':
        return app.get(TakeService).take(ticket.ref, anna);
      case 'release':
        return app.get(TakeService).release(ticket.ref, anna);
      case 'window ends':
        await source.query(`update decision set undo_until = now() where ticket_id = $1 and undo_until > now()`, [ticket.id]);
        return source.query(`update outbox_message set due_at = now() where ticket_id = $1 and state = 'pending' and ref_id in (select id from decision where ticket_id = $1 and state = 'undoable')`, [ticket.id]);
      case 'work':
        return room.workOff(ticket.id);
      case 'blocked again': {
        const again = noc.add(ticket.ip, accountId, new Date(Date.parse(blocks[0]?.blockedAt ?? '') + blocks.length * 60_000));
        blocks.push(again);
        return app.get(WatchService).heard('blocked', again);
      }
      case 'NOC lifts': {
        const gone = blocks[0] as Block;
        if (gone.state === 'blocked') {
          gone.state = 'unblocked';
          return app.get(WatchService).heard('unblocked', gone);
        }
        return null;
      }
    }
  };

  it('lifts the decided episode at most once, never a newer one, never without a decision that stands, and keeps every promise', async () => {
    const steps = fc.array(fc.uniqueArray(fc.constantFrom(...ACTS), { minLength: 1, maxLength: 3 }), { minLength: 3, maxLength: 9 });
    await fc.assert(fc.asyncProperty(steps, fc.boolean(), async (history, twoPeople) => {
      const [ticket] = (await room.tickets(1, 'in_review', anna, twoPeople ? { repeats: 3 } : {})) as [TicketRow];
      const blocks = [room.noc.blockOf(ticket.ip)];
      for (const together of history) {
        for (const end of await Promise.allSettled(together.map((what) => act(what, ticket, blocks)))) {
          if (end.status === 'rejected' && !REFUSALS.some((known) => end.reason instanceof known)) {
            throw end.reason;
          }
        }
      }
      await act('window ends', ticket, blocks);
      await act('work', ticket, blocks);
      const orders = room.noc.ledger.filter(({ ip }) => ip === ticket.ip);
      expect(orders.filter(({ effect }) => effect).length).toBeLessThanOrEqual(1);
      expect(orders.every(({ blockedAt }) => Date.parse(blockedAt) === Date.parse(blocks[0]?.blockedAt ?? ''))).toBe(true);
      expect(blocks.slice(1).every(({ state }) => state === 'blocked')).toBe(true);
      for (const { name, offenders } of INVARIANTS.filter((each) => ['I3', 'I4', 'I6', 'I8'].includes(each.name))) {
        expect([name, await room.source.query(offenders)]).toEqual([name, []]);
      }
      // Nobody is told of a lift that the NOC does not have.
      const { state } = await room.app.get(TicketsService).find(ticket.id);
      expect(state !== 'lifted' || blocks[0]?.state === 'unblocked').toBe(true);
    }), { numRuns: 120, endOnFailure: true });
  });
});
