import type { DataSource } from 'typeorm';
import { SearchService } from '../../src/tickets/search.service';
import { index } from '../../src/tickets/search-entry';
import { NO_PARTS, shownTickets } from '../../src/tickets/ticket.query';
import { ticketView } from '../../src/tickets/ticket.view';
import { TicketListReader } from '../../src/status/tickets-list.query';
import { testDatabase, type TestDatabase } from '../support/database';

let database: TestDatabase;
let source: DataSource;

/** Twelve tickets, three at each instant: a page must not lose or repeat one of those that came at once. */
beforeAll(async () => {
  database = await testDatabase();
  source = await database.connect();
  await database.query(
    `insert into ticket (id, ref, state, claim, channel, ip, kind, blocked_at, episode, block, account_id, account_email, queue, due_at, assessment, confidence, summary, created_at)
     select md5('t' || i)::uuid, 'UB-0000-00' || to_char(i, 'FM00'), case when i % 2 = 0 then 'queued' else 'lifted' end, 'fixed', 'api', inet '203.0.113.0' + i, 'spam', now(), 'e' || i,
       jsonb_build_object('ip', host(inet '203.0.113.0' + i), 'blockId', 'b' || i, 'detections', jsonb_build_array(jsonb_build_object('messageId', 'm@x')), 'logs', 'long'),
       'acc-' || i % 3, 'ops@acc.example', 'spam', now(), 'mixed', 0.5, 'It says both.', timestamptz '2026-11-20T10:00:00Z' + (i / 3) * interval '1 minute'
     from generate_series(0, 11) i`,
  );
  await index(source.manager, ((await source.query('select id from ticket')) as { id: string }[]).map((row) => row.id));
});
afterAll(() => database.drop());

const reader = (searched: DataSource = source): TicketListReader => new TicketListReader(source, new SearchService(searched), { PUBLIC_URL: 'https://desk.example' });
type Head = { ref: string; createdAt: string; block: object; summary: string };
const list = async (query: object, by = reader()) => {
  const { items, next } = JSON.parse(await by.page({ limit: 50, ...query }, 'inside')) as { items: Head[]; next: string | null };
  return { items, refs: (items as Head[]).map((item) => item.ref), next };
};

it('gives every ticket exactly once over all pages, newest first', async () => {
  const seen: Head[] = [];
  let after: string | undefined;
  for (let pages = 0; pages < 20; pages++) {
    const { items, next } = await list({ limit: 2, after });
    seen.push(...items);
    if (!next) {
      break;
    }
    after = next;
  }
  expect(new Set(seen.map((head) => head.ref)).size).toBe(12);
  expect(seen).toHaveLength(12);
  expect(seen.map((head) => head.createdAt)).toEqual(seen.map((head) => head.createdAt).toSorted().reverse());
});

it('filters by network, state, account, queue and words', async () => {
  expect((await list({ ip: '203.0.113.4/30' })).refs.sort()).toEqual(['UB-0000-0004', 'UB-0000-0005', 'UB-0000-0006', 'UB-0000-0007']);
  expect((await list({ ip: '203.0.113.4/30', state: 'queued' })).refs.sort()).toEqual(['UB-0000-0004', 'UB-0000-0006']);
  expect((await list({ account: 'acc-1', state: 'lifted' })).refs.sort()).toEqual(['UB-0000-0001', 'UB-0000-0007']);
  expect((await list({ queue: 'hack' })).refs).toEqual([]);
  expect((await list({ q: '203.0.113.9' })).refs).toEqual(['UB-0000-0009']);
  expect((await list({ q: 'ub-0000-0003' })).refs).toEqual(['UB-0000-0003']);
  expect((await list({ q: '203.0.113.5/30' })).refs).toHaveLength(4);
  expect((await list({ q: '<m@x>' })).refs).toHaveLength(12);
  expect((await list({ q: 'ACC.example', account: 'acc-1' })).refs).toHaveLength(4);
  expect((await list({ q: '%' })).refs).toEqual([]);
  expect((await list({ q: 'fe80::1%eth0' })).refs).toEqual([]);
});

it('finds the same among many tickets, where words that stand everywhere are looked for in what the others find', async () => {
  const counts: Record<string, number> = { "'acc'": 900_000, "'example'": 1_000_000 };
  const sent: string[] = [];
  const large = {
    query: (sql: string | { text: string }, values: [string]): Promise<unknown> => {
      const text = typeof sql === 'string' ? sql : sql.text;
      sent.push(text);
      const told = text.startsWith('select reltuples') ? [{ total: 1_000_000 }] : text.startsWith('explain') ? [{ 'QUERY PLAN': [{ Plan: { 'Plan Rows': counts[values[0]] ?? 900 } }] }] : null;
      return told ? Promise.resolve(told) : source.query(sql as string, values);
    },
  } as unknown as DataSource;
  for (const [q, account, found] of [['ops acc example', undefined, 12], ['ops acc example', 'acc-1', 4], ['ops acc nowhere', undefined, 0], ['nowhere acc example', undefined, 0]] as const) {
    sent.length = 0;
    const among = async (desk: DataSource): Promise<string[]> => (JSON.parse(await reader(desk).page({ limit: 50, q, account }, 'inside')) as { items: Head[] }).items.map(({ ref }) => ref);
    const [refs, expected] = [await among(large), await among(source)];
    expect([refs.length, refs, sent.filter((sql) => sql.includes('with few as')).length]).toEqual([found, expected, 1]);
  }
});

it('shows what the reading says and leaves the long parts of a block out', async () => {
  const [head] = (await list({ q: 'UB-0000-0003' })).items;
  expect(head).toMatchObject({ assessment: 'mixed', confidence: 0.5, summary: 'It says both.', account: { id: 'acc-0' }, block: { blockId: 'b3' } });
  expect(Object.keys(head?.block ?? {})).not.toEqual(expect.arrayContaining(['detections']));
  expect(Object.keys(head?.block ?? {})).not.toEqual(expect.arrayContaining(['logs']));
});

it('says of a ticket what the ticket says of itself, but for the parts that stand elsewhere', async () => {
  const [row] = (await source.query(`select id from ticket where ref = 'UB-0000-0003'`)) as { id: string }[];
  for (const audience of ['inside', 'outside'] as const) {
    const text = await reader().page({ limit: 1, q: 'UB-0000-0003' }, audience);
    const [head] = (JSON.parse(text) as { items: Record<string, unknown>[] }).items;
    const whole = (await shownTickets(source.manager, [row?.id ?? ''])).get(row?.id ?? '');
    const { evidence: _e, analysis: _a, decision: _d, requiredFixes: _f, lift: _l, ...view } = JSON.parse(JSON.stringify(ticketView(whole!.ticket, NO_PARTS, 'https://desk.example', audience))) as Record<string, unknown>;
    const { detections: _detections, logs: _logs, ...block } = view['block'] as Record<string, unknown>;
    expect(head).toEqual({ ...view, block, assessment: 'mixed', confidence: 0.5, summary: 'It says both.' });
  }
});

describe('a reader that has shown a page before', () => {
  const changes = async (sql: string, back: string, look: () => Promise<void>): Promise<void> => {
    await source.query(sql);
    await look().finally(() => source.query(back));
  };

  it('shows the same again from what it keeps, and each ticket as it stands now', async () => {
    const by = reader();
    const first = await list({ state: 'queued' }, by);
    expect(await list({ state: 'queued' }, by)).toEqual(first);
    await changes(`update ticket set summary = 'Read anew.' where ref = 'UB-0000-0004'`, `update ticket set summary = 'It says both.' where ref = 'UB-0000-0004'`, async () => {
      const then = await list({ state: 'queued' }, by);
      expect(then.items.map(({ ref, summary }) => [ref, summary])).toEqual(first.refs.map((ref) => [ref, ref === 'UB-0000-0004' ? 'Read anew.' : 'It says both.']));
    });
  });

  it('reads only what it does not have, and nothing when it has all', async () => {
    const read: number[] = [];
    const counting = { query: async (sql: { text: string }, values: unknown[]) => {
      const rows = (await source.query(sql as unknown as string, values)) as unknown[][];
      read.push(...(rows[0] && rows[0].length > 2 ? [rows.length] : []));
      return rows;
    } } as unknown as DataSource;
    const by = new TicketListReader(counting, new SearchService(source), { PUBLIC_URL: 'https://desk.example' });
    await list({ state: 'queued' }, by);
    await list({ state: 'queued', limit: 2 }, by);
    await changes(`update ticket set version = version + 1 where ref = 'UB-0000-0004'`, `update ticket set version = version - 1 where ref = 'UB-0000-0004'`, async () => {
      await list({ state: 'queued' }, by);
    });
    expect(read).toEqual([6, 1]);
  });

  it('reads the page as a whole when a ticket has left it in between', async () => {
    const leaving = { query: async (sql: { text: string }, values: unknown[]) => {
      const rows: unknown = await source.query(sql as unknown as string, values);
      if (sql.text.startsWith('select t.id, t.xmin')) {
        await source.query(`update ticket set state = 'lifted' where ref = 'UB-0000-0004'`);
      }
      return rows;
    } } as unknown as DataSource;
    const { refs } = await list({ state: 'queued' }, new TicketListReader(leaving, new SearchService(source), { PUBLIC_URL: 'https://desk.example' }));
    await source.query(`update ticket set state = 'queued' where ref = 'UB-0000-0004'`);
    expect(refs).toEqual(expect.not.arrayContaining(['UB-0000-0004']));
    expect(refs).toHaveLength(5);
  });
});
