import { FixesService } from '../../src/evidence/fixes.service';
import { BlockService } from '../../src/noc/block.service';
import { ReviewService, type Proposal } from '../../src/review/review.service';
import type { Person } from '../../src/review/staff-of';
import { TakeService } from '../../src/review/take.service';
import type { Ticket } from '../../src/tickets/ticket.entity';
import { TicketsService } from '../../src/tickets/tickets.service';
import { testDatabase, type TestDatabase } from '../support/database';
import { proposal, reviewRoom, type ReviewRoom } from '../support/review';

/** The one exception to "a person decides" (product, rule 7): chosen by a reviewer, started by the last look-up, and only while nothing speaks against it. */
describe('lift when verified', () => {
  let database: TestDatabase;
  let the: ReviewRoom;
  let anna: Person;
  const fixes: Partial<Proposal> = { outcome: 'require_fixes', reasons: ['ptr_missing_or_mismatch'], requiredFixes: [{ code: 'set_ptr' }], liftWhenVerified: true };

  beforeAll(async () => {
    database = await testDatabase();
    the = await reviewRoom(database.url);
    anna = await the.staff('Anna Keller', 'reviewer');
  });
  afterAll(async () => {
    await the?.app.close();
    await database?.drop();
  });

  const taken = async (): Promise<Ticket> => the.app.get(TakeService).take((await the.queued()).ref, anna);
  const seen = (ticket: Ticket, at: string): Promise<boolean> => the.app.get(BlockService).keep(the.source.manager, { ...ticket.block, detections: [{ at }] });
  const after = (ticket: Ticket, milliseconds: number): string => new Date(ticket.blockedAt.getTime() + milliseconds).toISOString();
  const chosen = async (): Promise<Ticket> => {
    const ticket = await taken();
    await seen(ticket, after(ticket, 400));
    await the.app.get(ReviewService).decide(ticket.ref, proposal(ticket, fixes), anna);
    return ticket;
  };
  const verified = async ({ id }: Ticket): Promise<string> => {
    const service = the.app.get(FixesService);
    await service.settle(id, (await service.of(id)).map((fix) => ({ id: fix.id, state: 'verified' as const, says: 'seen' })));
    return (await the.app.get(TicketsService).find(id)).state;
  };

  it('lifts with the last fix, and asks a person where the filter saw more meanwhile', async () => {
    const [quiet, loud] = [await chosen(), await chosen()];
    await seen(loud, after(loud, 60_000));
    expect([await verified(quiet), await verified(loud)]).toEqual(['lifting', 'queued']);
  });

  it('is refused where the filter saw more since the block, in whatever zone it tells the time', async () => {
    const ticket = await taken();
    await seen(ticket, '2026-11-20T10:00:00+01:00');
    await expect(the.app.get(ReviewService).decide(ticket.ref, proposal(ticket, fixes), anna)).rejects.toMatchObject({ errors: [{ field: 'liftWhenVerified', code: 'detections' }] });
  });
});
