import { randomUUID } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';
import { PROMISES } from '../../src/core/promise/promises';
import { ROUTING } from '../../src/core/routing/routing-rule';
import { RulebookService } from '../../src/tickets/rulebook.service';
import { roleDesk, type RoleDesk } from '../support/role-desk';
import { ticketRow } from '../support/ticket-rows';

jest.setTimeout(60_000);

describe('what leads set', () => {
  let desk: RoleDesk;
  let app: NestFastifyApplication;
  let source: DataSource;
  const plain = { queue: null, points: 7, secondPerson: false };
  const rule = (name: string, more: object = {}) => ({ name, when: { kind: 'spam' }, ...plain, ...more });
  const api = (role: 'lead' | 'admin' | 'reviewer', method: 'GET' | 'POST', path: string, body?: unknown) => desk.api(role, method, `/api/v1/settings/${path}`, body);
  const version = async (name: string): Promise<number> => (await api('lead', 'GET', name)).json<{ version: number }>().version;

  beforeAll(async () => {
    desk = await roleDesk();
    ({ app, source } = desk);
  });
  afterAll(() => desk?.stop());

  it('begins with what was built in, and keeps every save with who, when and why', async () => {
    expect((await api('lead', 'GET', 'routing')).json()).toMatchObject({ version: 0, rules: ROUTING, versions: [] });
    const saved = await api('lead', 'POST', 'routing', { version: 0, rules: [rule('One')], why: 'a first rule' });
    expect([saved.statusCode, saved.json()]).toEqual([201, { version: 1 }]);
    await api('admin', 'POST', 'routing', { version: 1, rules: [rule('One'), rule('Two')], why: 'a second' });
    const read = (await api('lead', 'GET', 'routing')).json<{ rules: { name: string }[]; versions: { version: number; why: string; byName: string }[] }>();
    expect(read.rules.map(({ name }) => name)).toEqual(['One', 'Two']);
    expect(read.versions.map(({ version: no, why, byName }) => [no, why, byName])).toEqual([[2, 'a second', 'The admin'], [1, 'a first rule', 'The lead']]);
    expect((await app.get(RulebookService).current()).routing.map(({ name }) => name)).toEqual(['One', 'Two']);
    expect(await source.query(`select detail->>'why' as why from audit_entry where event = 'setting_saved' order by id`)).toEqual([{ why: 'a first rule' }, { why: 'a second' }]);
    const back = await api('lead', 'POST', 'routing/restore', { version: 2, to: 1, why: 'the second was wrong' });
    expect(back.json()).toEqual({ version: 3 });
    expect((await app.get(RulebookService).current()).routing.map(({ name }) => name)).toEqual(['One']);
  });

  it('answers two people who save at once with 409: one wins, and the other hears who and why', async () => {
    const on = await version('routing');
    const both = await Promise.all(['Left', 'Right'].map((name) => api('lead', 'POST', 'routing', { version: on, rules: [rule(name)], why: `because ${name}` })));
    expect(both.map(({ statusCode }) => statusCode).sort()).toEqual([201, 409]);
    const lost = both.find(({ statusCode }) => statusCode === 409)?.json<{ detail: string; version: number }>();
    expect(lost).toMatchObject({ version: on + 1, detail: expect.stringMatching(/The lead saved version \d+ meanwhile: “because (Left|Right)”/) as string });
    expect(await version('routing')).toBe(on + 1);
  });

  it.each<[string, object]>([
    ['an unknown field', { rules: [rule('x', { state: 'lifted' })] }], ['an unknown condition', { rules: [{ ...rule('x'), when: { weekday: 'Monday' } }] }], ['no network', { rules: [{ ...rule('x'), when: { prefix: '203.0.113.0' } }] }],
    ['a queue that fills itself', { rules: [rule('x', { queue: 'lift-failed' })] }], ['a name twice', { rules: [rule('x'), rule('X')] }], ['too many points', { rules: [rule('x', { points: 101 })] }], ['no reason', { why: '' }],
  ])('refuses %s', async (_, more) => {
    const on = await version('routing');
    const answer = await api('lead', 'POST', 'routing', { version: on, rules: [], why: 'for a test', ...more });
    expect([400, 422]).toContain(answer.statusCode);
    expect(answer.json<{ errors: unknown[] }>().errors.length).toBeGreaterThan(0);
    expect(await version('routing')).toBe(on);
  });

  it('T15: refuses what is smuggled in as __proto__ or as a field of the version', async () => {
    const on = await version('routing');
    for (const body of [`{"version":${on},"rules":[],"why":"test it","__proto__":{"by":"me"}}`, `{"version":${on},"rules":[{"name":"x","when":{"__proto__":{"kind":"spam"}}}],"why":"test it"}`, `{"version":${on},"rules":[],"why":"test it","byName":"somebody"}`]) {
      expect((await desk.api('lead', 'POST', '/api/v1/settings/routing', body)).statusCode).toBe(400);
    }
    expect(await version('routing')).toBe(on);
  });

  it('lets nobody who decides change when two people are due', async () => {
    const on = await version('routing');
    const two = { version: on, rules: [rule('Two', { secondPerson: true })], why: 'two eyes more' };
    expect((await api('lead', 'POST', 'routing', two)).statusCode).toBe(403);
    expect((await api('reviewer', 'POST', 'routing', two)).statusCode).toBe(403);
    expect((await api('admin', 'POST', 'routing', two)).statusCode).toBe(201);
    expect((await api('lead', 'POST', 'routing', { version: on + 1, rules: [], why: 'one is enough' })).statusCode).toBe(403);
    expect((await api('lead', 'POST', 'routing', { version: on + 1, rules: [rule('Two', { secondPerson: true, points: 3 })], why: 'only the points' })).statusCode).toBe(201);
    expect((await api('admin', 'POST', 'routing', { version: on + 2, rules: [], why: 'clear' })).statusCode).toBe(201);
  });

  it('tries a draft against the last tickets and stores nothing', async () => {
    const on = await version('routing');
    for (let n = 0; n < 4; n++) {
      await source.query(
        `insert into ticket (id, ref, state, claim, channel, ip, kind, blocked_at, episode, block, account_id, account_email, tier, queue, priority) values ($1, $2, 'queued', 'mistake', 'api', $3, $4, now(), $5, '{"ip":"1"}', 'A-1', 'a@b.example', $6, $4, 0)`,
        [randomUUID(), `UB-TRY${n}-0000`, `203.0.113.${n}`, n === 0 ? 'hack' : 'spam', `e${n}`, n === 1 ? 'premium' : null],
      );
    }
    const tried = (await api('lead', 'POST', 'routing/try', { rules: [rule('Gold first', { when: { tier: ['premium'] }, queue: 'gold', points: 50 }), rule('Never', { when: { tier: ['nobody'] } })] })).json<Record<string, unknown>>();
    expect(tried).toMatchObject({ tickets: 4, changed: 1, moreUrgent: 1, rules: [{ name: 'Gold first', spoke: 1 }, { name: 'Never', spoke: 0 }] });
    expect(tried['examples']).toEqual([{ ref: 'UB-TRY1-0000', ip: '203.0.113.1', state: 'queued', before: { queue: 'spam', priority: 0, secondPerson: false }, after: { queue: 'gold', priority: 50, secondPerson: false }, because: ['Gold first'] }]);
    expect(await version('routing')).toBe(on);
    expect(await source.query(`select distinct queue from ticket order by 1`)).toEqual([{ queue: 'hack' }, { queue: 'spam' }]);
  });

  it('keeps promises that make sense', async () => {
    const body = { version: 0, promises: { ...PROMISES, warnMinutes: 45 }, why: 'earlier warnings' };
    expect((await api('lead', 'POST', 'promises', body)).statusCode).toBe(201);
    expect((await api('lead', 'POST', 'promises', body)).statusCode).toBe(409);
    const bad = { ...PROMISES, calendar: { ...PROMISES.calendar, zone: 'Mars/Olympus', holidays: ['2026-02-30'], hours: [{ from: '17:00', to: '09:00' }, null, null, null, null, null, null] } };
    const answer = await api('lead', 'POST', 'promises', { version: 1, promises: bad, why: 'a test' });
    expect(answer.statusCode).toBeGreaterThanOrEqual(400);
    expect(answer.json<{ errors: { field: string }[] }>().errors.map(({ field }) => field)).toEqual(expect.arrayContaining(['promises.calendar.zone', 'promises.calendar.holidays.0', 'promises.calendar.hours.0']));
  });

  it('T39: keeps canned parts that nothing can be hidden in', async () => {
    const parts = (await api('lead', 'GET', 'parts')).json<{ parts: object[] }>().parts;
    const answer = (text: string) => api('lead', 'POST', 'parts', { version: 0, parts: [...parts, { key: 'mine', label: 'Mine', text }], why: 'a new part' });
    const refused = await answer('Look: {constructor}');
    expect([refused.statusCode >= 400, JSON.stringify(refused.json())]).toEqual([true, expect.stringContaining('{constructor} cannot be filled')]);
    expect((await answer('Look: {{constructor}} <b>at {address}</b>')).statusCode).toBe(201);
    const page = (await desk.page('lead', '/desk/settings/parts')).body;
    expect(page).toContain('Look: {{constructor}} &lt;b&gt;at 203.0.113.7&lt;/b&gt;');
  });

  it('work as pages: the draft travels with the form, and a stale save keeps all that was typed', async () => {
    const on = await version('routing');
    const form = { version: String(on), count: '1', 'name-0': 'Typed <b>', 'kind-0': 'spam', 'points-0': '9', 'prefix-0': '203.0.113.0', why: 'because' };
    const added = await desk.page('lead', '/desk/settings/routing', { ...form, do: 'add' });
    expect([added.statusCode, added.body.includes('value="Typed &lt;b&gt;"'), added.body.includes('name="name-1"')]).toEqual([200, true, true]);
    const wrong = await desk.page('lead', '/desk/settings/routing', { ...form, do: 'save' });
    expect([wrong.statusCode, wrong.body.includes('must be a network such as')]).toEqual([422, true]);
    // Named as it stands on the page, marked, and one click away.
    expect(wrong.body).toMatch(/href="#prefix-0">Typed &lt;b&gt;: Within the network: must be a network/);
    expect(wrong.body).toMatch(/id="prefix-0"[^>]* aria-invalid="true"/);
    expect(wrong.body).not.toMatch(/id="tier-0"[^>]* aria-invalid/);
    const right = { ...form, 'prefix-0': '203.0.113.0/24' };
    expect((await desk.page('lead', '/desk/settings/routing', { ...right, do: 'try' })).body).toContain('Tried against the last 4 tickets');
    expect((await desk.page('lead', '/desk/settings/routing', { ...right, do: 'save' })).headers.location).toBe('/desk/settings/routing?said=saved');
    const stale = await desk.page('lead', '/desk/settings/routing', { ...right, 'name-0': 'Another', do: 'save' });
    expect([stale.statusCode, stale.body.includes('value="Another"'), stale.body.includes('The lead saved version')]).toEqual([409, true, true]);
    for (const page of ['routing', 'promises', 'parts']) {
      expect([(await desk.page('reviewer', `/desk/settings/${page}`)).statusCode, (await desk.page('lead', `/desk/settings/${page}`)).statusCode]).toEqual([403, 200]);
    }
  });

  it('lets nobody send a canned text alone', async () => {
    const { version, parts } = (await api('lead', 'GET', 'parts')).json<{ version: number; parts: object[] }>();
    expect((await api('lead', 'POST', 'parts', { version, parts: [...parts, { key: 'whole', label: 'Whole', text: 'The block of {address} was wrong.' }], why: 'a text for all' })).statusCode).toBe(201);
    const { ref, ip } = await ticketRow(source);
    const read = (await desk.api('reviewer', 'POST', `/api/v1/tickets/${ref}/take`, {})).json<{ version: number }>();
    const decide = async (statement: string) => {
      const answer = await desk.api('reviewer', 'POST', `/api/v1/tickets/${ref}/decisions`, { version: read.version, outcome: 'lift', reasons: ['vendor_rule_error'], statement });
      return [answer.statusCode, answer.json<{ errors?: { field: string; code: string }[] }>().errors?.map(({ field, code }) => `${field}.${code}`)];
    };
    expect([await decide(`The block of ${ip} was wrong.`), await decide(`The block of ${ip} was wrong. These were order confirmations.`)]).toEqual([[422, ['statement.canned']], [201, undefined]]);
  });
});
