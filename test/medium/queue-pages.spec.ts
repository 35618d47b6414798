import type { DataSource } from 'typeorm';
import { readCursor } from '../../src/review/queue.place';
import { QueueReader } from '../../src/review/queue.query';
import { queueQuery, type QueueQuery } from '../../src/review/queue.schema';
import { TicketReader } from '../../src/review/ticket.query';
import { SearchService } from '../../src/tickets/search.service';
import { testDatabase, type TestDatabase } from '../support/database';

let database: TestDatabase;
let source: DataSource;
let queue: QueueReader;
const READER = '00000000-0000-4000-8000-000000000001';

/** Three hundred tickets that wait, many of one priority and of one moment: a page must neither lose nor repeat one of them, whatever is filtered. */
beforeAll(async () => {
  database = await testDatabase();
  source = await database.connect();
  await database.query(
    `insert into ticket (id, ref, state, claim, channel, ip, kind, blocked_at, episode, block, account_id, account_email, queue, priority, due_at, assessment, repeats)
     select md5('q' || i)::uuid, 'UB-0000-0' || to_char(i, 'FM000'), (array['queued','in_review','second_review','lifted'])[1 + i * 7 % 4], case when i * 11 % 3 = 0 then 'mistake' else 'fixed' end, 'api',
       inet '203.0.113.0' + i % 200, case when i % 5 = 0 then 'hack' else 'spam' end, now(), 'e' || i, '{}', 'acc-1', 'ops@acc.example', 'spam', i % 3 * 10, timestamptz '2026-11-20T10:00:00Z' + (i % 4) * interval '1 hour',
       (array['likely_false_positive','likely_abuse','mixed','insufficient_evidence',null])[1 + i / 7 % 5], i % 2
     from generate_series(0, 299) i`,
  );
  queue = new QueueReader(source, new SearchService(source));
});
afterAll(() => database.drop());

const walked = async (query: Partial<QueueQuery>): Promise<string[]> => {
  const refs: string[] = [];
  let after: string | undefined;
  for (let pages = 0; pages < 100; pages++) {
    const page = await queue.page(queueQuery.parse({ ...query, ...(after ? { after } : {}) }), READER, 7);
    refs.push(...page.rows.map((row) => row.ref));
    if (!page.after) {
      return refs;
    }
    after = page.after;
  }
  throw new Error('The pages do not end.');
};
const expected = async (where: string): Promise<string[]> =>
  ((await source.query(`select ref from ticket t where t.state in ('queued','in_review','second_review') and ${where} order by t.priority desc, t.due_at, t.id`)) as { ref: string }[]).map((row) => row.ref);

it.each<[string, Partial<QueueQuery>, string]>([
  ['everything', {}, 'true'],
  ['one kind', { queue: 'hack' }, `t.kind = 'hack'`],
  ['one claim', { claim: 'mistake' }, `t.claim = 'mistake'`],
  ['what nobody could read', { assessment: 'unknown' }, `(t.assessment is null or t.assessment = 'insufficient_evidence')`],
  ['kind, claim and reading', { queue: 'spam', claim: 'fixed', assessment: 'for' }, `t.kind = 'spam' and t.claim = 'fixed' and t.assessment = 'likely_false_positive'`],
  ['a filter besides', { queue: 'spam', assessment: 'against', repeats: 'yes' }, `t.kind = 'spam' and t.assessment = 'likely_abuse' and t.repeats > 0`],
  ['what is overdue', { queue: 'overdue', claim: 'fixed' }, `t.due_at < now() and t.claim = 'fixed'`],
])('gives %s exactly once over all pages, the most urgent first', async (_what, query, where) => {
  const all = await expected(where);
  expect(all.length).toBeGreaterThan(7);
  expect(await walked(query)).toEqual(all);
});

it('counts what stands in each queue', async () => {
  const [counts, all, hack] = [await queue.counts(READER), await expected('true'), await expected(`t.kind = 'hack'`)];
  expect(counts).toMatchObject({ 'all-open': all.length, hack: hack.length, spam: all.length - hack.length, overdue: all.length, mine: 0 });
});

it('knows the neighbours of a ticket, also among many of its priority', async () => {
  const all = await expected('true');
  const reader = new TicketReader(source, ...([null, null, null] as never as [never, never, never])) as unknown as { beside(ticket: object): Promise<{ place: object }> };
  for (const at of [0, 1, 90, all.length - 1]) {
    const [ticket] = (await source.query('select id, state, ip, account_id as "accountId", created_at as "createdAt", priority, due_at as "dueAt" from ticket where ref = $1', [all[at]])) as [object];
    expect((await reader.beside(ticket)).place).toEqual({ before: at, capped: false, previous: all[at - 1] ?? null, next: all[at + 1] ?? null });
  }
});

it('takes no place from elsewhere', () => {
  expect(readCursor(Buffer.from('u 10 never x').toString('base64url'))).toBeNull();
});
