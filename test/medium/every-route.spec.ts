import { createHash, randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { KnownRoutes } from '../../src/platform/http/known-routes';
import { answerSchemas } from '../support/answer-schemas';
import { CALLERS, callers, routesOf, turnedAway, type Caller, type Route } from '../support/callers';
import { roleDesk, type RoleDesk } from '../support/role-desk';
import { BODIES, OPEN_FILES, ROUTES, STREAMS } from '../support/route-table';
import { ticketRow } from '../support/ticket-rows';

jest.setTimeout(240_000);

/**
 * Every registered route, called by everybody, with an object that is not theirs. Whoever is let in stands in the table; a route that is not
 * in it fails. `ROUTES_TO=file` writes what was found, to be read line by line before it becomes the table.
 */
describe('every route', () => {
  let desk: RoleDesk;
  let routes: Route[];
  let registered: string[];
  let call: Awaited<ReturnType<typeof callers>>;
  const names = Object.keys(CALLERS) as Caller[];

  beforeAll(async () => {
    const add = jest.spyOn(KnownRoutes.prototype, 'add');
    desk = await roleDesk();
    // As the server itself has them, whoever registered them; it answers HEAD wherever there is a GET.
    registered = [...new Set(add.mock.calls.flatMap(([{ method, url }]) => [method].flat().filter((one) => one !== 'HEAD').map((one) => `${one} ${url.length > 1 ? url.replace(/\/$/, '') : url}`)))].sort();
    add.mockRestore();
    const cookie = randomUUID();
    await desk.source.query(
      `insert into session (id_hash, kind, account_id, email, csrf, expires_at) values ($1, 'customer', 'A-somebody', 'c@somebody.example', 'customer-csrf', now() + interval '1 hour')`, [createHash('sha256').update(cookie).digest('hex')],
    );
    call = await callers(desk, `desk=${cookie}`, 'customer-csrf');
    // Signing out ends a session, so it comes last.
    routes = routesOf(desk.app).sort((a, b) => Number(a.path.includes('sign-out')) - Number(b.path.includes('sign-out')));
  });
  afterAll(() => desk?.stop());

  /** A foreign object for each place in the path: a ticket of another account that waits for review, or an id that nobody has. */
  const filled = async (path: string): Promise<string> => {
    const { id, ref } = await ticketRow(desk.source, { account_id: 'A-foreign', ...(path.includes('/decisions/:id') ? { state: 'second_review' } : {}) });
    const found = path.includes('/decisions/:id') ? await waitingDecision(id) : path.includes('/incidents/:id') ? await incident() : randomUUID();
    return path.replace(/:ref\b/g, ref).replace(/:id\b/g, found).replace(':key', randomUUID()).replace(':file', 'rules.csv').replace('/insights/tickets', '/insights/tickets?block=open').replace(/:\w+/g, randomUUID()).replace(/\*$/, 'x');
  };

  const waitingDecision = async (ticket: string): Promise<string> => {
    const id = randomUUID();
    await desk.source.query(
      `insert into decision (id, ticket_id, outcome, reasons, statement, state, by_id, by_name, undo_until, ticket_version, second_person) values ($1, $2, 'lift', '{vendor_rule_error}', 'because', 'awaiting_approval', $3, 'Somebody', now(), 1, '{hack}')`, [id, ticket, randomUUID()],
    );
    await desk.source.query('update ticket set decision_id = $2 where id = $1', [ticket, id]);
    return id;
  };
  const incident = async (): Promise<string> => {
    const id = randomUUID();
    await desk.source.query(`insert into incident (id, trait, value, title, by_id, by_name) values ($1, 'rule', $3, 'A test', $2, 'Somebody')`, [id, desk.ids.lead, id]);
    return id;
  };

  it('is in the table, and the table names no other', () => {
    const found = routes.map(({ method, path }) => `${method} ${path}`);
    const known = [...Object.keys(ROUTES), ...Object.keys(STREAMS)];
    expect({ missing: process.env['ROUTES_TO'] ? [] : found.filter((route) => !known.includes(route)), gone: process.env['ROUTES_TO'] ? [] : known.filter((route) => !found.includes(route)) }).toEqual({ missing: [], gone: [] });
  });

  it('goes through the guard: beside the controllers the server has only files that are for everybody', () => {
    const behind = new Set(routes.map(({ method, path }) => `${method} ${path}`));
    expect(registered.filter((route) => !behind.has(route))).toEqual(OPEN_FILES);
    expect([...behind].filter((route) => !registered.includes(route))).toEqual([]);
  });

  it('lets in whom the table says, and nobody else (T11, T12, T14)', async () => {
    const found: Record<string, string> = {};
    const wrong = answerSchemas((await desk.app.getHttpAdapter().getInstance().inject('/api/openapi.json')).json());
    for (const { method, path } of routes) {
      const route = `${method} ${path}`;
      if (STREAMS[route] !== undefined) {
        continue;
      }
      let letIn = '';
      for (const who of names) {
        const answer = await call(who, method, await filled(path), BODIES[route]);
        expect([route, who, answer.statusCode < 500]).toEqual([route, who, true]);
        if (answer.statusCode < 300 && / \/(api\/v1|health)\//.test(route)) {
          expect([route, who, wrong(route, answer)]).toEqual([route, who, null]);
        }
        letIn += turnedAway(who, answer) ? '' : who;
      }
      found[route] = letIn;
    }
    if (process.env['ROUTES_TO']) {
      writeFileSync(process.env['ROUTES_TO'], Object.entries(found).map(([route, who]) => `  '${route}': '${who}',`).join('\n'));
      return;
    }
    expect(found).toEqual(ROUTES);
  });

  it('of the API is described, with the errors that it can end with', async () => {
    type Described = { requestBody?: object; responses: Record<string, { content?: Record<string, object> }> };
    const { paths } = (await desk.app.getHttpAdapter().getInstance().inject('/api/openapi.json')).json<{ paths: Record<string, Record<string, Described>> }>();
    const described = Object.entries(paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`));
    expect(Object.keys(ROUTES).filter((route) => route.includes(' /api/v1/') && !described.includes(route))).toEqual([]);
    const decide = paths['/api/v1/tickets/{ref}/decisions']?.['post'];
    expect(paths['/api/v1/review/take']?.['post']?.responses).toHaveProperty('204');
    expect([Object.keys(decide?.responses ?? {}), Object.keys(paths['/api/v1/review/take']?.['post']?.responses ?? {})]).toEqual([['201', '400', '401', '403', '404', '409', '422'], ['200', '204', '400', '401', '403', '409', '422']]);
    expect([decide?.requestBody, decide?.responses['409']?.content]).toEqual([expect.anything(), { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } }]);
  });

  it('that streams lets in whom the table says', async () => {
    for (const [route, letIn] of Object.entries(STREAMS)) {
      const [method = 'GET', path = ''] = route.split(' ');
      for (const who of names.filter((one) => !letIn.includes(one))) {
        expect([route, who, turnedAway(who, await call(who, method, await filled(path), undefined))]).toEqual([route, who, true]);
      }
    }
  });
});
