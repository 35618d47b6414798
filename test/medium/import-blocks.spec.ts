import type { DataSource } from 'typeorm';
import { ensureBuilt, runCli } from '../support/desk-process';
import { testDatabase, type TestDatabase } from '../support/database';

jest.setTimeout(150_000);

describe('import-blocks', () => {
  let database: TestDatabase;
  let source: DataSource;
  const lines = (...events: (object | string)[]): string => events.map((event) => (typeof event === 'string' ? event : JSON.stringify(event))).join('\n');
  const read = (input: string, ...more: string[]) => runCli({ DATABASE_URL: database.url, SECRET: 's'.repeat(40), NOC_DRIVER: 'manual' }, ['import-blocks', '-', ...more], input);
  const block = (ip: string, blockedAt: string, more: object = {}) => ({ ip, kind: 'spam', blockedAt, ...more });
  const kept = (ip: string) => source.query(`select state, ended_at as "endedAt", body->'detections' as detections from block where ip = $1 order by blocked_at`, [ip]) as Promise<object[]>;

  beforeAll(async () => {
    ensureBuilt();
    database = await testDatabase();
    source = await database.connect();
  });
  afterAll(() => database?.drop());

  it('keeps episodes with their detections and how each ended, and does nothing twice', async () => {
    const detections = [{ at: '2026-10-01T00:00:00Z', messageId: '<a@shop.example>', rule: 'R' }];
    const history = lines(
      { event: 'blocked', block: block('203.0.113.7', '2026-10-01T00:00:05Z', { detections }), account: { id: '7', email: 'ops@shop.example' } },
      { event: 'unblocked', block: block('203.0.113.7', '2026-10-01T00:00:05Z'), endedAt: '2026-10-02T00:00:00Z' },
      '', { block: block('203.0.113.7', '2026-11-01T00:00:00Z', { kind: 'hack' }) },
    );
    expect(read(history)).toMatchObject({ status: 0, stdout: '4 lines: 2 episodes new, 1 known already.\n' });
    const found = [{ state: 'unblocked', endedAt: new Date('2026-10-02T00:00:00Z'), detections }, { state: 'blocked', endedAt: null, detections: null }];
    expect(await kept('203.0.113.7')).toEqual(found);
    expect(read(history)).toMatchObject({ status: 0, stdout: '4 lines: 0 episodes new, 3 known already.\n' });
    expect(await kept('203.0.113.7')).toEqual(found);
    expect(await source.query('select account_id as id from address_holder where ip = $1', ['203.0.113.7'])).toEqual([{ id: '7' }]);
    expect(await source.query('select count(*)::int as n from outbox_message')).toEqual([{ n: 0 }]);
  });

  it('names a bad line by number and field, and stops there or leaves it out', () => {
    const bad = lines({ block: block('203.0.113.8', '2026-10-01T00:00:00Z') }, { block: block('203.0.113', 'yesterday') }, '{"block":', { block: block('203.0.113.9', '2026-10-01T00:00:00Z') }, { event: 'exploded', block: block('203.0.113.9', '2026-10-01T00:00:00Z'), more: 1 });
    expect(read(bad)).toMatchObject({
      status: 1, stdout: '2 lines: 1 episodes new, 0 known already, 1 bad: stopped there.\n',
      stderr: expect.stringMatching(/^line 2: block\.ip: must be an IPv4 or IPv6 address, such as .*; block\.blockedAt: must be a time with its zone/) as string,
    });
    const left = read(bad, '--skip-bad');
    expect(left).toMatchObject({ status: 1, stdout: '5 lines: 1 episodes new, 1 known already, 3 bad and left out.\n' });
    expect(left.stderr).toMatch(/line 3: is no JSON\nline 5: event: must be blocked or unblocked/);
  });

  it('takes many lines as a stream', () => {
    const many = Array.from({ length: 5_000 }, (_, i) => JSON.stringify({ block: block(`10.1.${i >> 8}.${i & 255}`, '2026-10-01T00:00:00Z') })).join('\n');
    expect(read(many)).toMatchObject({ status: 0, stdout: '5000 lines: 5000 episodes new, 0 known already.\n' });
  });

  it('says how it is called', () => expect(runCli({ DATABASE_URL: database.url, SECRET: 's'.repeat(40), NOC_DRIVER: 'manual' }, ['import-blocks'])).toMatchObject({ status: 2 }));
});
