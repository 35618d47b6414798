import { roleDesk, type RoleDesk } from '../support/role-desk';
import { ticketRow } from '../support/ticket-rows';

/** What the pages of the desk do, over the API: the same rules, the same errors. Who may at all is walked in every-route.spec.ts. */
describe('the desk over the API', () => {
  let desk: RoleDesk;
  beforeAll(async () => {
    desk = await roleDesk();
  }, 120_000);
  afterAll(() => desk?.stop());

  it('keeps notes that only the desk reads, and says what is wrong with one', async () => {
    const { ref } = await ticketRow(desk.source);
    const written = await desk.api('reviewer', 'POST', `/api/v1/tickets/${ref}/notes`, { text: 'Called them: they are in a hurry.' });
    expect([written.statusCode, written.json()]).toEqual([201, expect.objectContaining({ by: 'The reviewer', text: 'Called them: they are in a hurry.' })]);
    expect((await desk.api('auditor', 'GET', `/api/v1/tickets/${ref}/notes`)).json()).toEqual({ items: [written.json()] });
    expect((await desk.page('lead', `/desk/tickets/${ref}`)).body).toContain('Called them: they are in a hurry.');
    const wrong = [await desk.api('reviewer', 'POST', `/api/v1/tickets/${ref}/notes`, { text: '  ' }), await desk.api('auditor', 'POST', `/api/v1/tickets/${ref}/notes`, { text: 'I only read.' }), await desk.api('reviewer', 'POST', '/api/v1/tickets/UB-0000-0000/notes', { text: 'x' })];
    expect(wrong.map((answer) => [answer.statusCode, answer.json<{ errors?: { field: string }[] }>().errors?.[0]?.field])).toEqual([[422, 'text'], [403, undefined], [404, undefined]]);
  });

  it('says and sets who takes from which queue', async () => {
    const set = async (role: 'reviewer' | 'lead', id: string, queues: string[]) => (await desk.api(role, 'POST', `/api/v1/review/skills/${id}`, { queues })).statusCode;
    expect([await set('reviewer', desk.ids.reviewer, ['hack']), await set('lead', desk.ids.reviewer, ['hack']), await set('lead', '00000000-0000-4000-8000-000000000000', ['hack'])]).toEqual([403, 200, 404]);
    const { items, queues } = (await desk.api('reviewer', 'GET', '/api/v1/review/skills')).json<{ items: { id: string; queues: string[] }[]; queues: string[] }>();
    expect([items.find(({ id }) => id === desk.ids.reviewer)?.queues, queues]).toEqual([['hack'], expect.arrayContaining(['hack', 'lift-failed', 'spam'])]);
    await set('lead', desk.ids.reviewer, []);
  });

  it('takes a ticket out of an incident, as long as the incident goes on', async () => {
    const { ref } = await ticketRow(desk.source);
    const { id } = (await desk.api('lead', 'POST', '/api/v1/incidents', { trait: 'rule', value: 'BULK_API', title: 'One rule' })).json<{ id: string }>();
    await desk.api('lead', 'POST', `/api/v1/incidents/${id}/tickets`, { refs: [ref] });
    const tickets = async () => (await desk.api('lead', 'GET', `/api/v1/incidents/${id}`)).json<{ tickets: { ref: string }[] }>().tickets.map((ticket) => ticket.ref);
    const remove = async () => (await desk.api('reviewer', 'DELETE', `/api/v1/incidents/${id}/tickets/${ref.toLowerCase()}`)).statusCode;
    expect([await tickets(), await remove(), await tickets()]).toEqual([[ref], 204, []]);
    await desk.api('lead', 'POST', `/api/v1/incidents/${id}/end`, {});
    expect(await remove()).toBe(409);
  });

  it.each(['promises', 'parts'] as const)('puts old %s back as a new version, unless somebody saved meanwhile', async (name) => {
    const read = async () => (await desk.api('lead', 'GET', `/api/v1/settings/${name}`)).json<{ version: number } & Record<string, unknown>>();
    const first = await read();
    const restore = async (version: number) => (await desk.api('lead', 'POST', `/api/v1/settings/${name}/restore`, { version, to: 0, why: 'As it began' })).statusCode;
    expect([await restore(first.version), await restore(first.version)]).toEqual([201, 409]);
    expect(await read()).toMatchObject({ version: first.version + 1, [name]: first[name] });
  });
});
