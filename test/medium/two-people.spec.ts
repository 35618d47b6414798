import { SECOND_PERSON_CODES, TWO_PEOPLE } from '../../src/core/policy/needs-second-person';
import { loadConfig } from '../../src/platform/config/config';
import { ReviewService } from '../../src/review/review.service';
import type { Person } from '../../src/review/staff-of';
import { TakeService } from '../../src/review/take.service';
import { RulebookService } from '../../src/tickets/rulebook.service';
import { NO_DATA_DIR, testDatabase, type TestDatabase } from '../support/database';
import { proposal, reviewRoom, type ReviewRoom } from '../support/review';

/** For which lifts two people are due is a setting (product, rule 8): routing, the panel and the decision all refer to it. */
describe('two people, where the house says so', () => {
  let database: TestDatabase;
  let the: ReviewRoom;
  let anna: Person;
  beforeAll(async () => {
    database = await testDatabase();
    the = await reviewRoom(database.url, { TWO_PEOPLE_FOR: 'hack,repeats', TWO_PEOPLE_REPEATS: '3' });
    anna = await the.staff('Anna Keller', 'reviewer');
  });
  afterAll(async () => {
    await the?.app.close();
    await database?.drop();
  });

  it.each<[string, object, string[]]>([
    ['a hack block', { kind: 'hack' }, ['hack']], ['the third block', { changes: { repeats: 2 } }, ['repeats']], ['the second block', { changes: { repeats: 1 } }, []], ['a lift against the reading', { changes: { assessment: 'likely_abuse' } }, []],
  ])('%s', async (_, more, why) => {
    const queued = await the.queued(more);
    expect((await the.app.get(RulebookService).route(undefined, queued)).secondPerson).toEqual(why);
    const ticket = await the.app.get(TakeService).take(queued.ref, anna);
    const decision = await the.app.get(ReviewService).decide(ticket.ref, proposal(ticket, { reasons: ['authorised_test'], requiredFixes: [{ code: 'patch_system', when: 'after_lift' }] }), anna);
    expect([decision.secondPerson, decision.state]).toEqual([why, why.length > 0 ? 'awaiting_approval' : 'undoable']);
  });

  it('is due for all of them where nobody has set anything, and never for a first block as a repeat', () => {
    const read = (settings: object) => loadConfig({ DATABASE_URL: database.url, DATA_DIR: NO_DATA_DIR, SECRET: 's'.repeat(40), NOC_DRIVER: 'manual', ...settings });
    const { TWO_PEOPLE_FOR, TWO_PEOPLE_REPEATS } = read({});
    expect([TWO_PEOPLE_FOR, TWO_PEOPLE_REPEATS]).toEqual([[...SECOND_PERSON_CODES], TWO_PEOPLE.repeatsFrom]);
    for (const wrong of [{ TWO_PEOPLE_FOR: '' }, { TWO_PEOPLE_FOR: 'hack,everything' }, { TWO_PEOPLE_REPEATS: '1' }, { TWO_PEOPLE_REPEATS: 'many' }]) {
      expect(() => read(wrong)).toThrow(new RegExp(`${Object.keys(wrong)[0]}: (may name hack|must)`));
    }
  });
});
