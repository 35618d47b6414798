import { ApiKeysService } from '../../src/auth/api-keys.service';
import { Transactions } from '../../src/platform/database/transactions';
import { TicketsService } from '../../src/tickets/tickets.service';
import { roleDesk, type RoleDesk } from '../support/role-desk';
import { ticketRow } from '../support/ticket-rows';

const OVERRIDE = '\u202E';
const STATEMENT = 'These were order confirmations that their readers had asked for.';

/** What people try at the desk itself; who may come in at all is walked in every-route.spec.ts. */
describe('attacks on the desk', () => {
  let desk: RoleDesk;
  beforeAll(async () => {
    desk = await roleDesk({ UNDO_SECONDS: '60' });
  }, 120_000);
  afterAll(() => desk?.stop());

  const lift = (version: number, more: Record<string, unknown> = {}) => ({ version, outcome: 'lift', reasons: ['transactional_burst'], statement: STATEMENT, ...more });
  const taken = async (more: Record<string, unknown> = {}) => {
    const { ref, id } = await ticketRow(desk.source, more);
    const answer = await desk.api('reviewer', 'POST', `/api/v1/tickets/${ref}/take`, {});
    return { ref, id, version: answer.json<{ version: number }>().version };
  };
  const stateOf = async (ref: string) => ((await desk.source.query('select state from ticket where ref = $1', [ref])) as { state: string }[])[0]?.state;

  it('T14: a role that is taken away in the middle ends the work: 403, nothing is decided, and it is written down', async () => {
    const { ref, version } = await taken();
    await desk.source.query(`update staff_member set role = 'auditor' where id = $1`, [desk.ids.reviewer]);
    const [byApi, byPage] = [
      await desk.api('reviewer', 'POST', `/api/v1/tickets/${ref}/decisions`, lift(version)),
      await desk.page('reviewer', `/desk/tickets/${ref}/decision`, { version: String(version), outcome: 'lift', reason: 'transactional_burst', statement: STATEMENT }),
    ];
    await desk.source.query(`update staff_member set role = 'reviewer' where id = $1`, [desk.ids.reviewer]);
    expect([byApi.statusCode, byPage.statusCode, await stateOf(ref)]).toEqual([403, 403, 'in_review']);
    expect(await desk.source.query(`select count(*)::int as n from decision d join ticket t on t.id = d.ticket_id where t.ref = $1`, [ref])).toEqual([{ n: 0 }]);
  });

  it('T14: nor does it take a decision back', async () => {
    const { ref, version } = await taken();
    const { id } = (await desk.api('reviewer', 'POST', `/api/v1/tickets/${ref}/decisions`, lift(version))).json<{ id: string }>();
    await desk.source.query(`update staff_member set role = 'auditor' where id = $1`, [desk.ids.reviewer]);
    const statuses = [(await desk.api('reviewer', 'POST', `/api/v1/decisions/${id}/undo`, {})).statusCode, (await desk.page('reviewer', `/desk/decisions/${id}/undo`, {})).statusCode];
    await desk.source.query(`update staff_member set role = 'reviewer' where id = $1`, [desk.ids.reviewer]);
    expect([statuses, await stateOf(ref)]).toEqual([[403, 403], 'lifting']);
    expect((await desk.api('reviewer', 'POST', `/api/v1/decisions/${id}/undo`, {})).statusCode).toBe(200);
  });

  it('T13: nobody is the second for themselves, nor for an account of their own', async () => {
    const { ref, version } = await taken({ kind: 'hack', account_id: 'A-own' });
    const made = (await desk.api('reviewer', 'POST', `/api/v1/tickets/${ref}/decisions`, lift(version, { reasons: ['monitoring_tool'] }))).json<{ id: string; state: string }>();
    expect(made.state).toBe('awaiting_approval');
    await desk.source.query(`update staff_member set account_ids = '{A-own}' where id = $1`, [desk.ids.senior]);
    const statuses = [];
    for (const role of ['reviewer', 'senior', 'auditor', 'admin', 'lead'] as const) {
      statuses.push((await desk.api(role, 'POST', `/api/v1/decisions/${made.id}/approval`, { approve: true })).statusCode);
    }
    await desk.source.query(`update staff_member set account_ids = '{}' where id = $1`, [desk.ids.senior]);
    expect(statuses).toEqual([403, 403, 403, 403, 200]);
  });

  it('T13: on an appeal, who upheld is not the second either, over the API and on the page', async () => {
    const { ref, id, version } = await taken({ kind: 'hack' });
    await desk.api('reviewer', 'POST', `/api/v1/tickets/${ref}/decisions`, { version, outcome: 'uphold', reasons: ['scan_confirmed'], statement: STATEMENT });
    await desk.app.get(Transactions).run((tx) => desk.app.get(TicketsService).apply(tx, id, 'appealed', { kind: 'customer', id: 'c', name: 'c' }, { changes: { appealedAt: new Date() } }));
    const again = (await desk.api('senior', 'POST', `/api/v1/tickets/${ref}/take`, {})).json<{ version: number }>();
    const made = (await desk.api('senior', 'POST', `/api/v1/tickets/${ref}/decisions`, lift(again.version, { reasons: ['monitoring_tool'] }))).json<{ id: string; state: string }>();
    const page = await desk.page('reviewer', `/desk/tickets/${ref}`);
    const [byApi, byPage] = [await desk.api('reviewer', 'POST', `/api/v1/decisions/${made.id}/approval`, { approve: true }), await desk.page('reviewer', `/desk/decisions/${made.id}/approval`, { approve: 'yes', version: String(again.version + 1) })];
    expect([made.state, byApi.statusCode, byPage.statusCode, await stateOf(ref)]).toEqual(['awaiting_approval', 403, 403, 'second_review']);
    expect([page.body.includes('The customer appealed against a decision of yours'), page.body.includes('name="approve"'), (await desk.page('lead', `/desk/tickets/${ref}`)).body.includes('name="approve"')]).toEqual([true, false, true]);
    expect((await desk.api('lead', 'POST', `/api/v1/decisions/${made.id}/approval`, { approve: true })).statusCode).toBe(200);
  });

  it('T17: nobody agrees to what has changed since they read it; who disagrees need not read on', async () => {
    const { ref, id, version } = await taken({ kind: 'hack' });
    const made = (await desk.api('reviewer', 'POST', `/api/v1/tickets/${ref}/decisions`, lift(version, { reasons: ['monitoring_tool'] }))).json<{ id: string }>();
    const read = /name="version" value="(\d+)"/.exec((await desk.page('lead', `/desk/tickets/${ref}`)).body)?.[1] ?? '';
    expect(read).toBe(String(version + 1));
    await desk.app.get(Transactions).run((tx) => desk.app.get(TicketsService).apply(tx, id, 'evidence_supplied', { kind: 'customer', id: 'c', name: 'c' }, { detail: { items: ['logs'] } }));
    const [byPage, byApi] = [await desk.page('lead', `/desk/decisions/${made.id}/approval`, { approve: 'yes', statement: 'Seen.', version: read }), await desk.api('senior', 'POST', `/api/v1/decisions/${made.id}/approval`, { approve: true, version: Number(read) })];
    expect([byPage.statusCode, byPage.body.includes('Evidence supplied: logs'), byApi.statusCode, byApi.json<{ changed: string[] }>().changed, await stateOf(ref)]).toEqual([409, true, 409, ['Evidence supplied: logs'], 'second_review']);
    const no = await desk.page('lead', `/desk/decisions/${made.id}/approval`, { approve: 'no', statement: 'There is no letter for the test.', version: read });
    expect([no.statusCode, await stateOf(ref)]).toEqual([303, 'queued']);
  });

  it('tells the first person over the API why the second did not agree, and nobody outside', async () => {
    const { ref, version } = await taken({ kind: 'hack' });
    const filterAdjustment = { rule: 'BULK_7', change: 'report', scope: 'sender' };
    const { id } = (await desk.api('reviewer', 'POST', `/api/v1/tickets/${ref}/decisions`, lift(version, { reasons: ['monitoring_tool'], filterAdjustment }))).json<{ id: string }>();
    const read = async () => (await desk.api('reviewer', 'GET', `/api/v1/tickets/${ref}`)).json<{ decision: object }>().decision;
    expect(await read()).toMatchObject({ state: 'awaiting_approval', second: null, filterAdjustment });
    const second = { by: 'The senior', at: expect.any(String) as string, agreed: false, statement: 'There is no letter for the test.' };
    const answer = await desk.api('senior', 'POST', `/api/v1/decisions/${id}/approval`, { approve: false, statement: second.statement });
    expect([answer.json(), await read()]).toEqual([expect.objectContaining({ state: 'refused', second }), expect.objectContaining({ state: 'refused', second, filterAdjustment })]);
    const noc = await desk.app.get(ApiKeysService).create('noc', 'noc', null);
    const outside = await desk.app.getHttpAdapter().getInstance().inject({ method: 'GET', url: `/api/v1/tickets/${ref}`, headers: { authorization: `Bearer ${noc}` } });
    expect([outside.statusCode, outside.json<{ state: string; decision: unknown }>()]).toEqual([200, expect.objectContaining({ state: 'queued', decision: null })]);
  });

  it('T17: no step is skipped', async () => {
    const { ref, version } = await taken();
    const closed = await ticketRow(desk.source, { state: 'closed', closed_reason: 'withdrawn' });
    const asked = await ticketRow(desk.source, { state: 'awaiting_evidence' });
    const send = async (path: string, body: object) => {
      const answer = await desk.api('reviewer', 'POST', `/api/v1${path}`, body);
      return [answer.statusCode, answer.json<{ errors?: { field: string }[] }>().errors?.map(({ field }) => field) ?? []];
    };
    expect([
      await send(`/tickets/${ref}/decisions`, lift(version, { reasons: [] })), await send(`/tickets/${ref}/decisions`, lift(version, { statement: 'It was [what it was], you say.' })), await send(`/tickets/${ref}/decisions`, {}),
      await send(`/tickets/${ref}/decisions`, lift(version, { filterAdjustment: { rule: 'BULK_7', change: 'exception', until: '2020-01-01T00:00:00Z' } })),
      await send(`/tickets/${ref}/decisions`, lift(version + 1)), await send(`/tickets/${closed.ref}/decisions`, lift(1)), await send(`/tickets/${closed.ref}/take`, {}), await send(`/tickets/${asked.ref}/take`, {}),
    ]).toEqual([[422, ['reasons']], [422, ['statement']], [422, ['version', 'outcome']], [422, ['filterAdjustment']], [409, []], [409, []], [409, []], [409, []]]);
    expect([await stateOf(ref), await stateOf(closed.ref), await stateOf(asked.ref)]).toEqual(['in_review', 'closed', 'awaiting_evidence']);
  });

  it('T19: what is inside stays inside', async () => {
    const inject = desk.app.getHttpAdapter().getInstance();
    const from = async (method: 'GET' | 'TRACE' | 'POST', url: string, payload?: string) => inject.inject({ method: method as 'GET', url, headers: { accept: 'text/html', ...(payload ? { 'content-type': 'application/json' } : {}) }, ...(payload ? { payload } : {}) });
    for (const url of ['/metrics', '/jobs', '/desk', '/desk/settings', '/desk/insights/rules.csv', '/api/v1/tickets']) {
      const { statusCode, headers } = await from('GET', url);
      expect([url, statusCode === 401 || (statusCode === 303 || statusCode === 302) && String(headers.location).startsWith('/desk/sign-in')]).toEqual([url, true]);
    }
    for (const url of ['/.git/config', '/package.json', '/.env', '/assets/desk.js.map', '/dist/src/main.js', '/assets/..%2f..%2fpackage.json', '/assets/%2e%2e/%2e%2e/package.json']) {
      expect([url, (await from('GET', url)).statusCode]).toEqual([url, 404]);
    }
    const answers = [await from('TRACE', '/desk'), await from('POST', '/api/v1/claims', '{"claim":'), await desk.page('reviewer', '/desk/tickets/%00'), await desk.page('reviewer', '/desk?after=%ff'), await desk.page('reviewer', '/desk/tickets/UB-0000-0000')];
    for (const answer of answers) {
      expect([answer.statusCode >= 400 && answer.statusCode < 500, /node_modules|\.ts:\d|at \w+ \(/.test(answer.body)]).toEqual([true, false]);
    }
  });

  it('T22: a sign that turns the reading direction is named wherever a name, a tier or a rule is shown', async () => {
    const { ref } = await ticketRow(desk.source, {
      account_name: `${OVERRIDE}gnipohS`, tier: `pre${OVERRIDE}muim`, lift_failed: `no${OVERRIDE}answer`, block: { ip: '198.51.100.7', kind: 'spam', blockedAt: '2026-11-20T08:00:00Z', detections: [{ at: '2026-11-20T08:00:00Z', rule: `RULE${OVERRIDE}X`, subject: `Sub${OVERRIDE}ject` }] },
    });
    await desk.api('reviewer', 'POST', `/api/v1/tickets/${ref}/take`, {});
    await desk.page('reviewer', `/desk/tickets/${ref}/notes`, { text: `note ${OVERRIDE} of mine` });
    for (const url of ['/desk', '/desk?queue=lift-failed', `/desk/rows?refs=${ref}`, `/desk/tickets/${ref}`]) {
      const { body } = await desk.page('reviewer', url);
      const shown = body.replace(/<textarea[\s\S]*?<\/textarea>|<option[^>]*>|<[^>]*>/g, '');
      expect([url, shown.includes(OVERRIDE), body.includes('U+202E')]).toEqual([url, false, true]);
    }
  });
});
