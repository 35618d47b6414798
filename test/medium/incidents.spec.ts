import { randomUUID } from 'node:crypto';
import type { OutboxMessage } from '../../src/outbox/outbox-message.entity';
import { IncidentHandler } from '../../src/review/incident.handler';
import { roleDesk, type RoleDesk } from '../support/role-desk';
import { stateOf, ticketRow } from '../support/ticket-rows';

jest.setTimeout(60_000);
const STATEMENT = 'The rule that blocked {address} was wrong: it has been corrected since.';

describe('an incident', () => {
  let desk: RoleDesk;
  const state = (id: string) => stateOf(desk.source, id);
  const api = (role: Parameters<RoleDesk['api']>[0], path: string, body?: unknown) => desk.api(role, body === undefined ? 'GET' : 'POST', `/api/v1/${path}`, body);
  beforeAll(async () => {
    desk = await roleDesk();
  });
  afterAll(() => desk?.stop());
  const carry = async (): Promise<void> => {
    const rows = (await desk.source.query(`select id, ticket_id as "ticketId", ref_id as "refId" from outbox_message where job = 'decide-in-incident' and state = 'pending' order by due_at`)) as OutboxMessage[];
    for (const row of rows) {
      await desk.app.get(IncidentHandler, { strict: false }).decide(row);
      // A job may come twice: the second time changes nothing.
      expect(await desk.app.get(IncidentHandler, { strict: false }).decide(row)).toBe('skipped');
      await desk.source.query(`update outbox_message set state = 'done' where id = $1`, [row.id]);
    }
  };
  const make = async (count: number, script: string, more: Record<string, unknown>[] = []) => {
    const tickets = [];
    for (let n = 0; n < count; n++) {
      tickets.push(await ticketRow(desk.source, { assessment: 'likely_false_positive', ...more[n] }, [{ trait: 'script', value: script }]));
    }
    const incident = (await api('reviewer', 'incidents', { trait: 'script', value: script, title: `Script ${script}` })).json<{ id: string }>();
    await api('reviewer', `incidents/${incident.id}/tickets`, { refs: tickets.map(({ ref }) => ref) });
    return { id: incident.id, tickets };
  };
  const results = async (id: string) => (await api('lead', `incidents/${id}`)).json<{ decisions: { results: { ref: string; state: string; why: string | null }[] }[] }>().decisions[0]?.results ?? [];
  const lift = (tickets: { ref: string }[], version = 1) => ({ outcome: 'lift', reasons: ['vendor_rule_error'], statement: STATEMENT, perMinute: 60, tickets: tickets.map(({ ref }) => ({ ref, version })) });

  it('is suggested by the machine and made by a person, once', async () => {
    for (let n = 0; n < 3; n++) {
      await ticketRow(desk.source, {}, [{ trait: 'script', value: 'suggested.php' }]);
    }
    const { suggestions } = (await api('reviewer', 'incidents')).json<{ suggestions: { trait: string; value: string; tickets: number }[] }>();
    expect(suggestions).toContainEqual(expect.objectContaining({ trait: 'script', value: 'suggested.php', tickets: 3 }));
    const body = { trait: 'script', value: 'suggested.php', title: 'The contact form' };
    expect([(await api('auditor', 'incidents', body)).statusCode, (await api('reviewer', 'incidents', body)).statusCode, (await api('reviewer', 'incidents', body)).statusCode]).toEqual([403, 201, 409]);
    expect((await api('reviewer', 'incidents')).json<{ suggestions: { value: string }[] }>().suggestions.map(({ value }) => value)).not.toContain('suggested.php');
  });

  it('is decided at once, each ticket by its own rules; what refuses says why', async () => {
    const { id, tickets } = await make(4, 'shop.php', [{}, { kind: 'hack' }, {}, {}]);
    const [plain, hack, held, stale] = tickets;
    await api('senior', `tickets/${held?.ref}/take`, {});
    expect((await api('reviewer', `incidents/${id}/decision`, lift(tickets))).statusCode).toBe(403);
    const wrong = await Promise.all([{ statement: 'Because [why].  It was so.' }, { statement: '{address} was blocked on {blocked_on}, wrongly.' }, { reasons: ['spf_fail'] }, { requiredFixes: [{ code: 'pray' }] }, { outcome: 'uphold', reasons: ['spf_fail'], liftWhenVerified: true }].map((more) => api('lead', `incidents/${id}/decision`, { ...lift(tickets), ...more })));
    expect(wrong.map((answer) => [answer.statusCode, answer.json<{ errors: { field: string; code: string }[] }>().errors.map(({ field, code }) => `${field}.${code}`)])).toEqual([
      [422, ['statement.unfilled']], [422, ['statement.unfilled']], [422, ['reasons.does_not_fit']], [422, ['requiredFixes.unknown_fix']], [422, ['liftWhenVerified.outcome']],
    ]);
    expect((await api('lead', `incidents/${id}/decision`, lift(tickets))).statusCode).toBe(202);
    const due = (await desk.source.query(`select extract(epoch from max(due_at) - min(due_at))::float as seconds from incident_result r join incident_decision d on d.id = r.incident_decision_id where d.incident_id = $1`, [id])) as { seconds: number }[];
    expect(due[0]?.seconds).toBe(3);
    const running = (await desk.page('lead', `/desk/incidents/${id}`)).body;
    expect(running).toMatch(/hx-get="\/desk\/incidents\/[^"]+" hx-trigger="every 3s"[\s\S]*0 of 4 are through[\s\S]*4 wait for their turn/);
    expect(running).not.toContain('name="ticket"');
    await desk.source.query(`update ticket set version = 5 where id = $1`, [stale?.id]);
    await desk.source.query(`insert into audit_entry (ticket_id, event, from_state, to_state, by_kind) values ($1, 'evidence_supplied', 'queued', 'analysing', 'customer'), ($1, 'analysed', 'analysing', 'queued', 'system')`, [stale?.id]);
    await carry();
    expect(Object.fromEntries((await results(id)).map(({ ref, state: is, why }) => [ref, [is, why]]))).toEqual({
      [plain?.ref ?? '']: ['decided', null], [hack?.ref ?? '']: ['second', null],
      [held?.ref ?? '']: ['refused', expect.stringMatching(/has this ticket|changed since/) as string], [stale?.ref ?? '']: ['refused', expect.stringContaining('changed since you read it') as string],
    });
    expect([(await state(plain?.id ?? ''))?.['state'], (await state(hack?.id ?? ''))?.['state'], (await state(held?.id ?? ''))?.['state'], (await state(stale?.id ?? ''))?.['state']]).toEqual(['lifting', 'second_review', 'in_review', 'queued']);
    expect(await desk.source.query('select statement from decision where ticket_id = $1', [plain?.id])).toEqual([{ statement: STATEMENT.replace('{address}', plain?.ip ?? '') }]);
    const page = (await desk.page('lead', `/desk/incidents/${id}`)).body;
    expect(page).toContain('waits for a second person');
    const [waiting] = (await desk.source.query(`select id from decision where ticket_id = $1`, [hack?.id])) as { id: string }[];
    expect((await api('lead', `decisions/${waiting?.id}/approval`, { approve: true })).statusCode).toBe(403);
  });

  it('asks all for fixes on the page, first those that the readings ask for', async () => {
    const { id, tickets } = await make(2, 'form.php');
    const analysis = randomUUID();
    await desk.source.query(`insert into analysis (id, ticket_id, catalogue, assessment, confidence, sum, summary, body) values ($1, $2, 'c', 'likely_abuse', 1, 1, 's', '{"requiredFixes":["publish_spf"]}')`, [analysis, tickets[0]?.id]);
    await desk.source.query('update ticket set analysis_id = $1 where id = $2', [analysis, tickets[0]?.id]);
    const form: [string, string][] = [['outcome', 'require_fixes'], ['reason', 'vulnerable_form_or_cms'], ['reason', 'vendor_rule_error'], ['statement', STATEMENT], ['perMinute', '60'], ...tickets.map(({ ref }): [string, string] => ['ticket', `${ref}:1`])];
    const first = await desk.page('senior', `/desk/incidents/${id}/decision`, form);
    expect([first.statusCode, first.body.includes('Tick at least one fix that must be done before the lift.')]).toEqual([422, true]);
    expect(first.body).toMatch(/value="publish_spf">.*asked of 1 ticket</);
    expect(first.body).toMatch(/value="vulnerable_form_or_cms" checked/);
    expect((await desk.page('senior', `/desk/incidents/${id}/decision`, [...form, ['fix', 'fix_script'], ['when-fix_script', 'before_lift'], ['fix', 'publish_spf'], ['when-publish_spf', 'advice'], ['when-set_ptr', 'advice']])).statusCode).toBe(303);
    expect((await desk.page('senior', `/desk/incidents/${id}/decision`, [...form, ['when-fix_script', 'someday']])).statusCode).toBe(400);
    await carry();
    expect((await results(id)).map(({ state: is }) => is)).toEqual(['decided', 'decided']);
    for (const ticket of tickets) {
      expect((await state(ticket.id))?.['state']).toBe('awaiting_fixes');
      expect(await desk.source.query('select code, at as "when" from required_fix where ticket_id = $1 order by code', [ticket.id])).toEqual([{ code: 'fix_script', when: 'before_lift' }, { code: 'publish_spf', when: 'advice' }]);
    }
    expect(await desk.source.query('select reasons from decision where ticket_id = $1', [tickets[0]?.id])).toEqual([{ reasons: ['vulnerable_form_or_cms'] }]);
  });

  it('T14: decides nothing more once the right was taken away', async () => {
    const { id, tickets } = await make(2, 'gone.php');
    await api('senior', `incidents/${id}/decision`, lift(tickets));
    await desk.source.query(`update staff_member set role = 'reviewer' where id = $1`, [desk.ids.senior]);
    await carry();
    await desk.source.query(`update staff_member set role = 'senior' where id = $1`, [desk.ids.senior]);
    expect((await results(id)).map(({ state: is, why }) => [is, why])).toEqual(tickets.map(() => ['refused', 'The senior may no longer decide many tickets at once.']));
    expect((await state(tickets[0]?.id ?? ''))?.['state']).toBe('queued');
  });

  it('T13: decides no ticket of an account of its decider', async () => {
    const { id, tickets } = await make(1, 'own.php', [{ account_id: 'A-senior' }]);
    await desk.source.query(`update staff_member set account_ids = '{A-senior}' where id = $1`, [desk.ids.senior]);
    await api('senior', `incidents/${id}/decision`, lift(tickets));
    await carry();
    await desk.source.query(`update staff_member set account_ids = '{}' where id = $1`, [desk.ids.senior]);
    expect((await results(id))[0]).toMatchObject({ state: 'refused', why: expect.stringContaining('account of yours') as string });
  });

  it('passes by a ticket that was taken out of it meanwhile', async () => {
    const { id, tickets } = await make(2, 'taken-out.php');
    const [stays, goes] = tickets;
    await api('lead', `incidents/${id}/decision`, lift(tickets));
    expect((await desk.api('reviewer', 'DELETE', `/api/v1/incidents/${id}/tickets/${goes?.ref}`)).statusCode).toBe(204);
    await carry();
    expect(Object.fromEntries((await results(id)).map(({ ref, state: is, why }) => [ref, [is, why]]))).toEqual({ [stays?.ref ?? '']: ['decided', null], [goes?.ref ?? '']: ['refused', 'Taken out of the incident by The reviewer.'] });
    expect((await state(goes?.id ?? ''))?.['state']).toBe('queued');
  });

  it('can be stopped between two, takes no strangers, and ends', async () => {
    const { id, tickets } = await make(2, 'stop.php');
    const stranger = await ticketRow(desk.source);
    expect((await api('lead', `incidents/${id}/decision`, lift([stranger]))).statusCode).toBe(422);
    await api('lead', `incidents/${id}/decision`, lift(tickets));
    expect((await api('lead', `incidents/${id}/stop`, {})).json()).toEqual({ stopped: 2 });
    await carry();
    expect((await results(id)).map(({ why }) => why)).toEqual(['Stopped by The lead.', 'Stopped by The lead.']);
    expect((await api('lead', `incidents/${id}/end`, {})).statusCode).toBe(204);
    expect((await api('lead', `incidents/${id}/tickets`, { refs: [stranger.ref] })).statusCode).toBe(409);
  });
});
