import { randomUUID } from 'node:crypto';
import type { INestApplicationContext } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { AuditService } from '../../src/audit/audit.service';
import { ApiKey } from '../../src/auth/api-key.entity';
import { ApiKeysService } from '../../src/auth/api-keys.service';
import { StaffMember } from '../../src/auth/staff-member.entity';
import { NotFound } from '../../src/platform/http/errors';
import type { Config } from '../../src/platform/config/config';
import { InsightsReader, type Insights, type Line } from '../../src/insights/insights.query';
import { BLOCKS, behindQuery, COUNTED, insightsQuery } from '../../src/insights/insights.schema';
import { blockCsv } from '../../src/insights/insights.view';
import { OutboxService } from '../../src/outbox/outbox.service';
import { Transactions } from '../../src/platform/database/transactions';
import { SettingsReader } from '../../src/settings/settings.query';
import { SettingsService } from '../../src/settings/settings.service';
import { testDatabase, type TestDatabase } from '../support/database';
import { FakeRooms } from '../support/fake-rooms';
import { spine } from '../support/spine';
import { waitFor } from '../support/wait-for';

const now = new Date('2026-11-20T12:00:00Z');
const ago = (hours: number): Date => new Date(now.getTime() - hours * 3_600_000);
const reviewer = randomUUID();

describe('the insights', () => {
  let database: TestDatabase;
  let source: DataSource;
  let reader: InsightsReader;

  const insert = async (table: string, row: Record<string, unknown>): Promise<void> => {
    const names = Object.keys(row);
    await source.query(`insert into ${table} (${names.join(', ')}) values (${names.map((_, i) => `$${i + 1}`).join(', ')})`, Object.values(row));
  };
  let n = 0;
  const ticket = async (more: Record<string, unknown> = {}, rules: string[] = []): Promise<string> => {
    n += 1;
    const id = randomUUID();
    await insert('ticket', {
      id, ref: `UB-${n}`, state: 'closed', claim: 'mistake', channel: 'noc', ip: `192.0.2.${n}`, kind: 'spam', blocked_at: ago(100), episode: id, account_id: 'A-1', account_email: 'a@shop.example', queue: 'spam',
      block: JSON.stringify({ detections: rules.map((rule) => ({ rule, at: ago(101) })) }), created_at: ago(10), due_at: ago(6), state_since: ago(500), ...more,
    });
    return id;
  };
  const decided = async (ticketId: string, outcome: string, at: Date, more: Record<string, unknown> = {}): Promise<string> => {
    const id = randomUUID();
    await insert('decision', {
      id, ticket_id: ticketId, outcome, reasons: outcome === 'lift' ? ['transactional_burst'] : ['spf_fail'], statement: 'x', state: 'final', by_id: reviewer, by_name: 'Anna', decided_at: at, undo_until: at,
      ticket_version: 1, ...more,
    });
    return id;
  };
  const lifted = (ticketId: string, decisionId: string, at: Date, more: Record<string, unknown> = {}): Promise<void> =>
    insert('lift', { id: randomUUID(), ticket_id: ticketId, decision_id: decisionId, account_id: 'A-1', ip: '192.0.2.1', kind: 'spam', blocked_at: ago(100), episode: randomUUID(), state: 'confirmed', due_at: at, confirmed_at: at, ...more });
  const fix = (ticketId: string, decisionId: string, code: string, state: string): Promise<void> =>
    insert('required_fix', { id: randomUUID(), ticket_id: ticketId, decision_id: decisionId, code, at: 'before_lift', state });
  const read = (address: Record<string, string> = {}, zone = 'UTC'): Promise<Insights> => reader.read(insightsQuery.parse(address), zone, now);
  const behind = async (address: Record<string, string>): Promise<number> => (await reader.behind(behindQuery.parse(address), 'UTC', now)).length;
  const line = (lines: Line[], row: string): Line | undefined => lines.find((each) => each.row === row);

  beforeAll(async () => {
    database = await testDatabase();
    source = await database.connect();
    reader = new InsightsReader({ WATCH_HOURS: 72 } as Config, source);
  });
  afterAll(() => database?.drop());
  beforeEach(() => source.query('truncate ticket, decision, lift, required_fix, evidence_item, message, analysis, filter_adjustment, mail_delivery, inbound_mail, status_link cascade'));

  it('show nothing, and break nothing, before the first ticket', async () => {
    const found = await read();
    expect(Object.values(found.lines)).toEqual(Array(7).fill([]));
    expect(found).toMatchObject({ time: { days: [], median: null, p90: null, promise: null }, customersShare: null, oldest: null, adjustments: [] });
  });

  it('count a rule once a ticket, by the last word on a claim of mistake, overturned only where the filter was wrong', async () => {
    const one = await ticket({}, ['LURE', 'LURE', 'BULK']);
    await decided(one, 'uphold', ago(9));
    await decided(one, 'lift', ago(2));
    await decided(await ticket({}, ['LURE']), 'lift', ago(3), { reasons: ['remediation_verified'] });
    await decided(await ticket({}, ['LURE']), 'uphold', ago(3));
    await decided(await ticket({}, ['LURE']), 'lift', ago(3), { state: 'undone' });
    await decided(await ticket({}, ['LURE']), 'lift', ago(24 * 31));
    await decided(await ticket({}, ['LURE']), 'request_information', ago(3));
    await decided(await ticket({ claim: 'fixed' }, ['LURE']), 'lift', ago(3));
    const { lines } = await read();
    expect(lines.rules).toEqual([{ row: 'BULK', all: 1, marks: { overturned: 1 } }, { row: 'LURE', all: 3, marks: { overturned: 1 } }]);
    expect(lines.mistakes).toEqual([{ row: 'all', all: 3, marks: { overturned: 1 } }]);
    expect([await behind({ block: 'rules', row: 'LURE' }), await behind({ block: 'rules', row: 'LURE', mark: 'overturned' }), await behind({ block: 'rules', row: 'NONE' })]).toEqual([3, 1, 0]);
  });

  it('measure from receipt to the first decision that stands, against each promise, by the day of the reader', async () => {
    for (const [hours, due] of [[1, 4], [2, 4], [9, 4], [3, 2]] as const) {
      const created = new Date(ago(30).getTime());
      const id = await ticket({ created_at: created, due_at: new Date(created.getTime() + due * 3_600_000) });
      await decided(id, 'uphold', new Date(created.getTime() + hours * 3_600_000));
      await decided(id, 'lift', ago(1));
    }
    const { time } = await read();
    // Received 19 Nov, 06:00 UTC: all are decided on that day.
    expect(time.days).toEqual([{ row: '2026-11-19', all: 4, marks: { promised: 4, kept: 2, late: 2 }, median: 2.5 * 3600, p90: expect.closeTo(7.2 * 3600, 3) as number }]);
    expect([time.median, time.promise]).toEqual([9000, 14_400]);
    expect((await read({}, 'Pacific/Auckland')).time.days.map((day) => [day.row, day.all])).toEqual([['2026-11-19', 3], ['2026-11-20', 1]]);
    expect(await behind({ block: 'time', row: '2026-11-19', mark: 'late' })).toBe(2);
  });

  it('part the time between the customer and us', async () => {
    const id = await ticket({ created_at: ago(10) });
    for (const [state, hours] of [['received', 10], ['awaiting_evidence', 10], ['analysing', 4], ['queued', 4], ['upheld', 2]] as const) {
      await insert('audit_entry', { ticket_id: id, event: 'x', to_state: state, by_kind: 'system', at: ago(hours) });
    }
    await decided(id, 'uphold', ago(2));
    expect((await read()).customersShare).toBeCloseTo(6 / 8, 5);
  });

  it('count the last outcome by kind and claim, and what was closed without one', async () => {
    await decided(await ticket(), 'lift', ago(3));
    await decided(await ticket(), 'require_fixes', ago(3));
    const both = await ticket({ state_since: ago(1) });
    await decided(both, 'require_fixes', ago(3));
    await ticket({ state_since: ago(1) });
    await decided(await ticket({ kind: 'hack', claim: 'fixed' }), 'uphold', ago(3));
    expect((await read()).lines.outcomes).toEqual([{ row: 'hack fixed', all: 1, marks: { uphold: 1 } }, { row: 'spam mistake', all: 4, marks: { lift: 1, require_fixes: 2, closed: 1 } }]);
    expect((await read({ queue: 'hack' })).lines.outcomes.map((each) => each.row)).toEqual(['hack fixed']);
  });

  it('count lifts that did not hold, by what they rested on', async () => {
    const lift = async (confirmed: number, again: number | null, reason: string, fixes: string[] = []): Promise<void> => {
      const id = await ticket({ state: 'lifted', blocked_again_at: again === null ? null : ago(confirmed - again) });
      const decision = await decided(id, 'lift', ago(confirmed + 1), { reasons: [reason] });
      await Promise.all(fixes.map((state, i) => fix(id, decision, `fix_${i}`, state)));
      await lifted(id, decision, ago(confirmed));
    };
    await lift(200, null, 'transactional_burst');
    await lift(200, 10, 'transactional_burst');
    await lift(200, 50, 'remediation_verified', ['verified', 'verified']);
    await lift(200, 80, 'remediation_plausible', ['verified', 'accepted']);
    await lift(5, null, 'remediation_plausible');
    await lift(5, null, 'transactional_burst', []);
    await source.query(`update lift set state = 'failed' where confirmed_at = $1 and ticket_id in (select ticket_id from decision where reasons = '{transactional_burst}')`, [ago(5)]);
    const again = (await read()).lines['blocked-again'];
    expect(line(again, 'mistake')).toMatchObject({ all: 2, marks: { day: 1, watch: 1 } });
    expect(line(again, 'verified')).toMatchObject({ all: 1, marks: { watch: 1 } });
    expect(line(again, 'believed')).toEqual({ row: 'believed', all: 2, marks: { watched: 1 } });
  });

  it('count what waits by its age, and what is overdue', async () => {
    await ticket({ state: 'queued', created_at: ago(0.5), due_at: ago(-3) });
    await ticket({ state: 'in_review', created_at: ago(9), due_at: ago(1) });
    await ticket({ state: 'second_review', created_at: ago(3), due_at: ago(-1), kind: 'hack' });
    await ticket({ state: 'awaiting_evidence', created_at: ago(20) });
    const found = await read();
    expect(found.lines.open).toEqual([{ row: '2_to_4', all: 1, marks: {} }, { row: 'over_8', all: 1, marks: { overdue: 1 } }, { row: 'under_1', all: 1, marks: {} }]);
    expect(found.oldest).toBeCloseTo(9 * 3600, 0);
    expect(await behind({ block: 'open', queue: 'hack' })).toBe(1);
  });

  it('count fixes once a ticket, and second people who agreed', async () => {
    const one = await ticket();
    const first = await decided(one, 'require_fixes', ago(5));
    await fix(one, first, 'set_ptr', 'failed');
    await fix(one, await decided(one, 'require_fixes', ago(3), { second_at: ago(2), agreed: true }), 'set_ptr', 'verified');
    const two = await ticket();
    await fix(two, await decided(two, 'require_fixes', ago(4)), 'set_ptr', 'reported');
    await fix(two, await decided(two, 'require_fixes', ago(4), { state: 'undone' }), 'publish_dmarc', 'open');
    await decided(two, 'lift', ago(3), { state: 'refused', second_at: ago(2), agreed: false });
    const { lines } = await read();
    expect(lines.fixes).toEqual([{ row: 'set_ptr', all: 2, marks: { done: 1 } }]);
    expect(lines['second-reviews']).toEqual([{ row: 'all', all: 2, marks: { agreed: 1 } }]);
  });

  it('give every block as CSV, and the tickets of every block', async () => {
    const id = await ticket({}, ['=cmd()']);
    const decision = await decided(id, 'lift', ago(3));
    await insert('filter_adjustment', { id: randomUUID(), ticket_id: id, decision_id: decision, rule: '=cmd()', change: 'report', scope: 'sender', created_at: ago(2) });
    const found = await read();
    BLOCKS.forEach((block) => expect(blockCsv(block, found)).toMatch(/^"[a-z_]+","/));
    expect([blockCsv('rules', found), blockCsv('filter-adjustments', found)].every((text) => text.includes(`"'=cmd()"`))).toBe(true);
    expect(found.adjustments).toMatchObject([{ rule: '=cmd()', state: 'proposed' }]);
    for (const block of COUNTED) {
      expect(await behind({ block })).toBeLessThanOrEqual(1);
    }
  });
});

describe('the settings', () => {
  let database: TestDatabase;
  let app: INestApplicationContext;
  let source: DataSource;
  let keys: ApiKeysService;
  let settings: SettingsService;
  const ada = { id: randomUUID(), name: 'Ada Brandt', email: 'ada@desk.example', role: 'admin' as const, accountIds: [] };
  const lines = (): Promise<object[]> => source.query('select event, by_id as by, ticket_id as ticket from audit_entry order by id');

  beforeAll(async () => {
    database = await testDatabase();
    app = await spine(database.url, {}, [TypeOrmModule.forFeature([ApiKey, StaffMember])]);
    source = app.get(DataSource);
    keys = new ApiKeysService(source, app.get(AuditService));
    settings = new SettingsService(app.get(Transactions), keys, app.get(OutboxService), app.get(AuditService));
  });
  afterAll(async () => {
    await app?.close();
    await database?.drop();
  });

  it('withdraw a key at once, with one line in the audit, and never show it', async () => {
    const text = await keys.create('NOC', 'noc', null);
    expect(await keys.whose(text)).toMatchObject({ scope: 'noc' });
    const [key] = (await new SettingsReader(source).read()).keys;
    expect(Object.keys(key ?? {})).toEqual(['id', 'name', 'scope', 'staff', 'disabledAt', 'createdAt']);
    await settings.disableKey(key?.id ?? '', ada);
    await settings.disableKey(key?.id ?? '', ada);
    expect(await keys.whose(text)).toBeNull();
    expect(await lines()).toEqual([{ event: 'api_key_created', by: null, ticket: null }, { event: 'api_key_disabled', by: ada.id, ticket: null }]);
    await expect(settings.disableKey(randomUUID(), ada)).rejects.toBeInstanceOf(NotFound);
  });

  it('let parked work be tried again, once, and do it', async () => {
    const id = randomUUID();
    await source.query(`insert into outbox_message (id, job, state, crashes, attempts, last_error, due_at) values ($1, 'tell-noc', 'parked', 3, 3, 'it broke', '2026-01-01')`, [id]);
    expect((await new SettingsReader(source).read()).parked).toMatchObject([{ id, job: 'tell-noc', lastError: 'it broke', attempts: 3 }]);
    expect(await new SettingsReader(source).jobs(new Date())).toEqual([{ job: 'tell-noc', state: 'parked', count: 1, oldestDue: null, late: 0 }]);
    expect(await settings.retry(id, ada)).toBe(true);
    await waitFor('the work to be done', () => app.get(FakeRooms).seen.some((row) => row.id === id));
    expect(await settings.retry(id, ada)).toBe(false);
    expect((await lines()).at(-1)).toEqual({ event: 'job_retried', by: ada.id, ticket: null });
  });
});
