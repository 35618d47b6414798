import { randomUUID } from 'node:crypto';
import { Clock } from '../../src/platform/clock';
import { answerSchemas } from '../support/answer-schemas';
import { roleDesk, type RoleDesk, type Sent } from '../support/role-desk';
import { ticketRow } from '../support/ticket-rows';

jest.setTimeout(60_000);

type Schemas = Parameters<typeof answerSchemas>[0];

/** What the API answers, held against what it says that it answers. Answers to everybody of every route: every-route.spec.ts. */
describe('what the description of the API says of answers', () => {
  let desk: RoleDesk;
  let described: Schemas;
  let wrong: ReturnType<typeof answerSchemas>;

  beforeAll(async () => {
    desk = await roleDesk();
    described = (await desk.app.getHttpAdapter().getInstance().inject('/api/openapi.json')).json<Schemas>();
    wrong = answerSchemas(described);
  });
  afterAll(() => desk?.stop());

  /** Calls, expects the code, and holds the answer against its schema. */
  const call = async (role: Parameters<RoleDesk['api']>[0], route: string, code: number, path: Record<string, string> = {}, body?: unknown): Promise<Sent> => {
    const [method, url = ''] = route.split(' ');
    const answer = await desk.api(role, method as 'GET', url.replace(/:(\w+)/g, (_, name: string) => path[name] ?? ''), body ?? (method === 'POST' ? {} : undefined));
    expect([route, answer.statusCode, answer.statusCode < 300 ? wrong(route, answer) : answer.body]).toEqual([route, code, null]);
    return answer;
  };
  /** Two tickets that share a rule, the older one decided. */
  const alike = async (rule: string): Promise<{ ref: string; id: string }> => {
    const older = await ticketRow(desk.source, { account_id: `A-${rule}`, state: 'lifted', created_at: new Date(Date.now() - 86_400_000) });
    const newer = await ticketRow(desk.source, { account_id: `A-${rule}` });
    for (const [ticket, ago] of [[older.id, '1 day'], [newer.id, '0 days']]) {
      await desk.source.query(`insert into ticket_trait (ticket_id, trait, value, at) values ($1, 'rule', $2, now() - $3::interval), ($1, 'account', 'A-' || $2, now() - $3::interval)`, [ticket, rule, ago]);
    }
    const decision = randomUUID();
    await desk.source.query(`insert into decision (id, ticket_id, outcome, reasons, statement, state, by_id, by_name, undo_until, ticket_version, second_person) values ($1, $2, 'lift', '{vendor_rule_error}', 'because', 'final', $3, 'Somebody', now(), 1, '{}')`, [decision, older.id, desk.ids.reviewer]);
    await desk.source.query('update ticket set decision_id = $2 where id = $1', [older.id, decision]);
    return newer;
  };

  it('is a schema with fields for every answer that is JSON', () => {
    const lacking = Object.entries(described.paths).flatMap(([path, methods]) => Object.entries(methods).flatMap(([method, { responses }]) => Object.entries(responses).flatMap(([code, { content = {} }]) => {
      const { $ref = '' } = (content['application/json']?.schema ?? {}) as { $ref?: string };
      const schema = described.components.schemas[$ref.split('/').at(-1) ?? ''] as { properties?: object } | undefined;
      return code.startsWith('2') && content['application/json'] && Object.keys(schema?.properties ?? {}).length === 0 ? [`${method} ${path} ${code}`] : [];
    })));
    expect(lacking).toEqual([]);
  });

  it('refuses a field that is missing, one too many, and one of another type', () => {
    const say = (body: object): string | null => wrong('GET /api/v1/tickets/:ref/notes', { statusCode: 200, json: () => body } as never);
    const note = { id: 'x', by: 'Anna', at: '2026-11-20T08:00:00.000Z', text: 'Called.' };
    const { by: _by, ...less } = note;
    expect(say({ items: [note] })).toBeNull();
    expect([say({ items: [less] }), say({ items: [{ ...note, more: 1 }] }), say({ items: [{ ...note, at: 'today' }] }), say({})]).toEqual([
      expect.stringContaining('by'), expect.stringContaining('additional'), expect.stringContaining('date-time'), expect.stringContaining('items'),
    ]);
  });

  it('holds for notes, memory and what the team shares', async () => {
    const { ref } = await alike('MEMORY_RULE');
    await alike('MEMORY_RULE');
    await call('reviewer', 'POST /api/v1/tickets/:ref/notes', 201, { ref }, { text: 'Called them.' });
    await call('reviewer', 'GET /api/v1/tickets/:ref/notes', 200, { ref });
    const memory = (await call('reviewer', 'GET /api/v1/tickets/:ref/memory', 200, { ref })).json<{ groups: { tickets: object[] }[]; similar: object[]; open: object[] }>();
    expect([memory.groups.some(({ tickets }) => tickets.length > 0), memory.similar.length > 0, memory.open.length > 0]).toEqual([true, true, true]);
    const { id } = (await call('lead', 'POST /api/v1/review/views', 201, {}, { name: 'Mine', query: { claim: 'mistake' }, shared: true })).json<{ id: string }>();
    await call('lead', 'GET /api/v1/review/views', 200);
    await call('lead', 'DELETE /api/v1/review/views/:id', 204, { id });
    await call('lead', 'POST /api/v1/review/skills/:id', 200, { id: desk.ids.reviewer }, { queues: ['spam'] });
    await call('reviewer', 'GET /api/v1/review/skills', 200);
    const clock = jest.spyOn(desk.app.get(Clock), 'now').mockReturnValue(new Date()); // no shift ends meanwhile
    const { version } = (await call('reviewer', 'POST /api/v1/handover', 200, {}, { text: 'Two wait.', version: 0 })).json<{ version: number }>();
    await call('lead', 'POST /api/v1/handover', 200, {}, { text: 'Three wait.', version });
    await call('lead', 'GET /api/v1/handover', 200);
    clock.mockRestore();
    await call('reviewer', 'POST /api/v1/review/bulk', 200, {}, { action: 'note', tickets: [{ ref, version: 1 }, { ref: 'UB-0000-0000', version: 1 }], text: 'Together.' });
  });

  it('holds for an incident from its beginning to its end', async () => {
    const tickets = await Promise.all([alike('INCIDENT_RULE'), alike('INCIDENT_RULE'), alike('INCIDENT_RULE')]);
    expect((await call('reviewer', 'GET /api/v1/incidents', 200)).json<{ suggestions: object[] }>().suggestions.length).toBeGreaterThan(0);
    const { id } = (await call('lead', 'POST /api/v1/incidents', 201, {}, { trait: 'rule', value: 'INCIDENT_RULE', title: 'The rule is too greedy' })).json<{ id: string }>();
    await call('lead', 'POST /api/v1/incidents/:id/tickets', 200, { id }, { refs: tickets.slice(0, 2).map(({ ref }) => ref) });
    await call('lead', 'POST /api/v1/incidents/:id/decision', 202, { id }, { outcome: 'lift', reasons: ['vendor_rule_error'], statement: 'The rule that blocked {address} was wrong.', tickets: tickets.slice(0, 2).map(({ ref }) => ({ ref, version: 1 })) });
    const whole = (await call('lead', 'GET /api/v1/incidents/:id', 200, { id })).json<{ suggested: object[]; decisions: { results: object[] }[] }>();
    expect([whole.suggested.length, whole.decisions[0]?.results.length]).toEqual([1, 2]);
    await call('lead', 'POST /api/v1/incidents/:id/stop', 200, { id });
    await call('lead', 'DELETE /api/v1/incidents/:id/tickets/:ref', 204, { id, ref: tickets[0]?.ref ?? '' });
    await call('lead', 'POST /api/v1/incidents/:id/end', 204, { id });
    await call('reviewer', 'GET /api/v1/incidents', 200);
  });

  it.each(['routing', 'promises', 'parts'])('holds for the %s: as they began, saved, put back', async (name) => {
    const field = name === 'routing' ? 'rules' : name;
    const read = (await call('lead', `GET /api/v1/settings/${name}`, 200)).json<{ version: number } & Record<string, unknown>>();
    await call('admin', `POST /api/v1/settings/${name}`, 201, {}, { version: read.version, [field]: read[field], why: 'As it was' });
    await call('admin', `POST /api/v1/settings/${name}/restore`, 201, {}, { version: read.version + 1, to: 0, why: 'As it began' });
    await call('lead', `GET /api/v1/settings/${name}`, 200);
  });

  it('holds for a draft of the routing, and for the filter, mails and events', async () => {
    await ticketRow(desk.source);
    const tried = (await call('lead', 'POST /api/v1/settings/routing/try', 200, {}, { rules: [{ name: 'All of it', when: {}, points: 7, queue: 'vip', secondPerson: true }] })).json<{ examples: object[] }>();
    expect(tried.examples.length).toBeGreaterThan(0);
    await desk.source.query(`insert into inbound_mail (id, door, sha256, raw, size, state) values (gen_random_uuid(), 'api', 'digest', 'x', 1, 'quarantined')`);
    expect((await call('admin', 'GET /api/v1/inbound-mail', 200)).json<{ items: object[] }>().items.length).toBe(1);
    await call('lead', 'GET /api/v1/filter-adjustments', 200);
    await call('lead', 'GET /api/v1/events', 200);
  });
});
