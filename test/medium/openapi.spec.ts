import type { z } from 'zod';
import { newClaim, rejectedUnblock } from '../../src/intake/claims.schema';
import { blockEvent } from '../../src/lifting/block-events.schema';
import { approvalBody, decisionBody } from '../../src/review/decision.schema';
import { bulkBody } from '../../src/review/desk-acts.schema';
import { CALLS } from '../../src/settings/openapi-calls';
import { EXAMPLES } from '../../src/settings/openapi-fields';
import { SHAPES } from '../../src/settings/openapi-shapes';
import { decisionView } from '../../src/tickets/ticket.view';
import { roleDesk, type RoleDesk } from '../support/role-desk';
import { ticketRow } from '../support/ticket-rows';

jest.setTimeout(60_000);

interface Schema { $ref?: string; description?: string; type?: string; enum?: string[]; properties?: Record<string, Schema>; items?: Schema; allOf?: Schema[]; nullable?: boolean }
interface Operation {
  summary?: string; description?: string;
  parameters?: { name: string; in: string; description?: string }[];
  requestBody?: { content: Record<string, { schema: Schema; example?: object }> };
  responses: Record<string, { description?: string; content?: Record<string, { schema: Schema }> }>;
}

describe('the description of the API', () => {
  let desk: RoleDesk;
  let calls: [name: string, operation: Operation][];
  let schemas: Record<string, Schema>;

  beforeAll(async () => {
    desk = await roleDesk();
    const made = (await desk.app.getHttpAdapter().getInstance().inject('/api/openapi.json')).json<{ paths: Record<string, Record<string, Operation>>; components: { schemas: Record<string, Schema> } }>();
    calls = Object.entries(made.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]): [string, Operation] => [`${method.toUpperCase()} ${path}`, operation]));
    schemas = made.components.schemas;
  });
  afterAll(() => desk?.stop());

  const lacking = (is: (operation: Operation, name: string) => unknown): string[] => calls.filter(([name, operation]) => !is(operation, name)).map(([name]) => name);

  it('says of every call what it does and who may, and of no call that there is none of', () => {
    expect(lacking(({ summary = '', description = '' }) => summary.length > 5 && description.length > 30 && description.includes('Scope of the key:'))).toEqual([]);
    expect(Object.keys(CALLS).filter((name) => !calls.some(([there]) => there === name))).toEqual([]);
  });

  it('says of every parameter and every field of a body what it means', () => {
    expect(calls.flatMap(([name, { parameters = [] }]) => parameters.filter(({ description = '' }) => description.length < 5).map((parameter) => `${name} ${parameter.name}`))).toEqual([]);
    expect(calls.flatMap(([name, { requestBody }]) => Object.values(requestBody?.content ?? {}).flatMap(({ schema }) => Object.entries(schema.properties ?? {}).filter(([, { description = '' }]) => description.length < 5).map(([field]) => `${name} ${field}`)))).toEqual([]);
    expect(lacking(({ requestBody }, name) => requestBody !== undefined || !/^(POST|PATCH)/.test(name) || /\/(take|release|undo|stop|end|status-links)$/.test(name))).toEqual([]);
  });

  it('says what every call answers, and with which codes it can fail', () => {
    expect(lacking(({ responses }) => Object.entries(responses).every(([code, { description = '', content }]) => description.length > 3 && (code === '204' || content !== undefined)))).toEqual([]);
    expect(lacking(({ responses }) => Object.keys(responses).some((code) => code.startsWith('2')))).toEqual([]);
    expect(lacking(({ responses }, name) => !name.includes('/api/v1/') || (responses['401'] && responses['403'] && (/^GET/.test(name) || (responses['409'] && responses['422']))))).toEqual([]);
    const named = JSON.stringify([calls, schemas]).matchAll(/"#\/components\/schemas\/(\w+)"/g);
    expect([...named].map((match) => match[1] ?? '').filter((name) => !(name in schemas))).toEqual([]);
  });

  it('gives examples of the main calls that the calls themselves take', () => {
    const main: Record<string, z.ZodType> = {
      'POST /api/v1/rejected-unblocks': rejectedUnblock, 'POST /api/v1/claims': newClaim, 'POST /api/v1/block-events': blockEvent, 'POST /api/v1/tickets/{ref}/decisions': decisionBody, 'POST /api/v1/decisions/{id}/approval': approvalBody,
      'POST /api/v1/incidents/{id}/decision': bulkBody,
    };
    for (const [name, schema] of Object.entries(main)) {
      expect([name, schema.safeParse(EXAMPLES[name]).error?.issues ?? []]).toEqual([name, []]);
    }
    const shown = (name: string) => Object.values(calls.find(([there]) => there === name)?.[1].requestBody?.content ?? {})[0]?.example;
    expect(Object.keys(EXAMPLES).map((name) => [name, shown(name)])).toEqual(Object.entries(EXAMPLES));
  });

  it('has the fields that answers have, and no others', async () => {
    const { ref } = await ticketRow(desk.source);
    const ticket = (await desk.api('reviewer', 'GET', `/api/v1/tickets/${ref}`)).json<object>();
    expect(Object.keys(ticket).sort()).toEqual(Object.keys(schemas['Ticket']?.properties ?? {}).sort());
    const analysis = (await desk.api('reviewer', 'POST', '/api/v1/header-analyses', { headers: 'Received: from a.example ([203.0.113.5]) by mx.example; Fri, 20 Nov 2026 02:13:40 +0000\nFrom: a@a.example\nMessage-ID: <a@a.example>\n', ip: '203.0.113.5', facts: {} })).json<{ findings: object[]; path: object[]; message: object }>();
    const properties = (name: string, ...path: string[]): string[] => Object.keys(path.reduce<Schema | undefined>((schema, field) => (schema?.properties?.[field]?.items ?? schema?.properties?.[field]), schemas[name])?.properties ?? {}).sort();
    expect(Object.keys(analysis).sort()).toEqual(properties('Analysis'));
    expect([Object.keys(analysis.message).sort(), Object.keys(analysis.path[0] ?? {}).sort(), Object.keys(analysis.findings[0] ?? {}).sort()]).toEqual([properties('Analysis', 'message'), properties('Analysis', 'path'), properties('Finding')]);
    const decision = decisionView(ref, { id: 'x', outcome: 'lift', reasons: [], statement: '', fixes: [], by: 'x', decidedAt: new Date(), state: 'final', undoUntil: new Date(), wakeAt: null, liftWhenVerified: false, secondPerson: [] } as never, true);
    expect(Object.keys(decision).sort()).toEqual(properties('Decision'));
    expect(Object.keys(SHAPES).length).toBeGreaterThan(8);
  });
});
