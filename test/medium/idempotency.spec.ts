import type { Actor } from '../../src/audit/actor';
import { Idempotency } from '../../src/evidence/idempotency';
import { Reserved, type Kept } from '../../src/evidence/reserved';
import { Transactions, type AlsoKept } from '../../src/platform/database/transactions';
import { Unavailable } from '../../src/platform/http/errors';
import { TakeNextService, type Taker } from '../../src/tickets/take-next.service';
import { roleDesk, type RoleDesk } from '../support/role-desk';
import { ticketRows } from '../support/ticket-rows';

/** That each POST keeps its answer with its work is shown by kill (faults/crash-answers); here is who may keep one, and when. */
describe('a key that was reserved', () => {
  let desk: RoleDesk;
  let keys: Idempotency;
  let work: Transactions;
  beforeAll(async () => {
    desk = await roleDesk();
    [keys, work] = [desk.app.get(Idempotency), desk.app.get(Transactions)];
  }, 120_000);
  afterAll(() => desk?.stop());

  const reserve = async (key: string): Promise<Reserved> => {
    const reserved = await keys.reserve('somebody', key, 'hash');
    expect(reserved).toBeInstanceOf(Reserved);
    return reserved as Reserved;
  };
  const aMinuteLater = () => desk.source.query(`update idempotency_key set created_at = created_at - interval '2 minutes' where status = 0`);
  const done = (says: string, also: AlsoKept<unknown>) =>
    work.run(async (tx) => void (await tx.query(`insert into desk_log_of_test values ($1)`, [says])), also);
  const all = async () => ((await desk.source.query('select says from desk_log_of_test order by says')) as { says: string }[]).map(({ says }) => says);

  beforeAll(() => desk.source.query('create table desk_log_of_test (says text unique deferrable initially deferred)'));
  beforeEach(() => desk.source.query('delete from desk_log_of_test'));

  it('is answered by who took it over, and what the first one did meanwhile is rolled back', async () => {
    const first = await reserve('overtaken');
    await aMinuteLater();
    const second = await reserve('overtaken');
    await expect(done('first', first.along(200, () => 'first'))).rejects.toThrow(Unavailable);
    await keys.forget(first); // not theirs any more
    await keys.answered(first, { status: 200, answer: 'first' });
    await done('second', second.along(201, () => 'second'));
    expect([await all(), await keys.reserve('somebody', 'overtaken', 'hash')]).toEqual([['second'], { status: 201, answer: 'second' } satisfies Kept]);
    await expect(done('first, once more', first.along(200, () => 'first'))).rejects.toThrow(Unavailable);
    expect(await all()).toEqual(['second']);
  });

  it('has no answer where the work was not committed', async () => {
    await done('once', (await reserve('committed')).along(200, () => 'once'));
    // What is wrong comes out when the transaction ends, after the answer was written down.
    const again = await reserve('not committed');
    await expect(done('once', again.along(200, () => 'twice'))).rejects.toThrow('duplicate key');
    await aMinuteLater();
    expect((await reserve('not committed')).soFar).toBeNull();
  });

  it('hands what was done on, after a death and at once after a failure', async () => {
    const first = await reserve('in steps');
    await done('one', first.note(() => ['one']));
    await aMinuteLater();
    const second = await reserve('in steps');
    expect(second.soFar).toEqual(['one']);
    await done('two', second.note(() => ['one', 'two']));
    await keys.forget(second);
    expect((await reserve('in steps')).soFar).toEqual(['one', 'two']);
  });

  it('is free at once when nothing was done', async () => {
    await keys.forget(await reserve('nothing done'));
    expect((await reserve('nothing done')).soFar).toBeNull();
  });

  it('of one who cannot keep their answer takes no ticket from those who ask in the same moment', async () => {
    await ticketRows(desk.source, 3);
    const actor: Actor = { kind: 'reviewer', id: desk.ids.reviewer, name: 'The reviewer' };
    const taker = (also?: Taker['also']): Taker => ({ staffId: desk.ids.reviewer, actor, accountIds: [], queues: [], also });
    const takes = desk.app.get(TakeNextService);
    // They share one statement.
    const [gone, kept] = [await reserve('take, overtaken'), await reserve('take')];
    await aMinuteLater();
    await reserve('take, overtaken');
    const mine = (await keys.reserve('somebody', 'take', 'hash')) as Reserved;
    expect(kept.at).not.toBe(mine.at);
    const ended = await Promise.allSettled([takes.next(taker()), takes.next(taker(gone.along(200, ({ ticket }) => ticket.ref))), takes.next(taker(mine.along(200, ({ ticket }) => ticket.ref)))]);
    expect(ended.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await desk.source.query(`select count(*)::int as n from ticket where taken_by = $1`, [desk.ids.reviewer])).toEqual([{ n: 2 }]);
    const [, , last] = ended;
    expect(await keys.kept('somebody', 'take', 'hash')).toEqual({ status: 200, answer: last?.status === 'fulfilled' ? last.value?.ticket.ref : null });
  });

  it('belongs to the API: a page answers whoever sends one as if there was none', async () => {
    const ask = () => desk.app.getHttpAdapter().getInstance().inject({
      method: 'POST', url: '/sign-in', headers: { authorization: `Bearer ${desk.keys.reviewer}`, 'idempotency-key': 'a page', 'content-type': 'application/x-www-form-urlencoded' }, payload: 'email=nobody%40none.example',
    });
    expect([(await ask()).statusCode, (await ask()).statusCode]).toEqual([200, 200]);
    expect(await desk.source.query(`select 1 from idempotency_key where key = 'a page'`)).toEqual([]);
  });
});
