import { randomUUID } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';
import { ApiKeysService } from '../../src/auth/api-keys.service';
import type { StaffRole } from '../../src/auth/staff-member.entity';
import { StaffService } from '../../src/auth/staff.service';
import { loadConfig } from '../../src/platform/config/config';
import { build } from '../../src/start';
import { NO_DATA_DIR, testDatabase, type TestDatabase } from '../support/database';
import { decided, ticketRow } from '../support/ticket-rows';

const ROLES: StaffRole[] = ['reviewer', 'senior', 'lead', 'auditor', 'admin'];
const PASSWORD = 'a-long-enough-password';

/** The whole application without a worker: who may see and do what, from the outside. */
describe('insights, settings and jobs', () => {
  let database: TestDatabase;
  let app: NestFastifyApplication;
  let source: DataSource;
  const sessions = new Map<StaffRole, { cookie: string; csrf: string }>();

  const send = (role: StaffRole, url: string, form?: Record<string, string>) => {
    const session = sessions.get(role) ?? { cookie: '', csrf: '' };
    const headers = { cookie: session.cookie, accept: 'text/html' };
    return app.getHttpAdapter().getInstance().inject(form
      ? { method: 'POST', url, headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' }, payload: new URLSearchParams({ _csrf: session.csrf, ...form }).toString() }
      : { method: 'GET', url, headers });
  };
  const statuses = async (url: string): Promise<Record<string, number>> => Object.fromEntries(await Promise.all(ROLES.map(async (role) => [role, (await send(role, url)).statusCode])));

  beforeAll(async () => {
    database = await testDatabase();
    app = await build(loadConfig({ NODE_ENV: 'test', DATABASE_URL: database.url, DATA_DIR: NO_DATA_DIR, SECRET: 's'.repeat(40), NOC_URL: 'http://127.0.0.1:1', NOC_TOKEN: 'token', ROLES: 'web', LOG_LEVEL: 'silent', MAIL_LISTEN: '' }));
    source = app.get(DataSource);
    for (const role of ROLES) {
      await app.get(StaffService).create({ email: `${role}@desk.example`, name: role, role, password: PASSWORD });
      const entered = await send(role, '/desk/sign-in', { email: `${role}@desk.example`, password: PASSWORD });
      sessions.set(role, { cookie: String(entered.headers['set-cookie']).split(';', 1)[0] ?? '', csrf: '' });
      sessions.set(role, { cookie: sessions.get(role)?.cookie ?? '', csrf: /name="_csrf" value="([^"]+)"/.exec((await send(role, '/desk')).body)?.[1] ?? '' });
    }
  }, 60_000);
  afterAll(async () => {
    await app?.close();
    await database?.drop();
  });

  it.each([['/desk/insights'], ['/desk/insights?days=7&queue=hack'], ['/desk/insights/tickets?block=open'], ['/desk/insights/rules.csv?days=90']])('%s is for those who look after the desk', async (url) => {
    expect(await statuses(url)).toEqual({ reviewer: 403, senior: 200, lead: 200, auditor: 200, admin: 200 });
  });
  it('/desk/settings is for leads and admins', async () => {
    expect(await statuses('/desk/settings')).toEqual({ reviewer: 403, senior: 403, lead: 200, auditor: 403, admin: 200 });
  });
  it('/jobs is for admins', async () => expect(await statuses('/jobs')).toEqual({ reviewer: 403, senior: 403, lead: 403, auditor: 403, admin: 200 }));

  it('are linked only for whom they open', async () => {
    const links = async (role: StaffRole): Promise<string[]> => [...(await send(role, '/desk')).body.matchAll(/href="\/desk\/(insights|settings)"/g)].map((found) => found[1] ?? '');
    expect([await links('reviewer'), await links('senior'), await links('lead')]).toEqual([[], ['insights'], ['insights', 'settings']]);
  });

  it('refuse what no address of the page says, and show nothing unknown', async () => {
    const codes = await Promise.all(['?days=12', '?queue=mine', '/secrets.csv', '/tickets?block=open&mark=%27'].map(async (more) => (await send('lead', `/desk/insights${more}`)).statusCode));
    expect(codes.every((code) => code >= 400 && code < 500)).toBe(true);
  });

  it('give CSV as a file', async () => {
    const { headers, body } = await send('lead', '/desk/insights/rules.csv');
    expect([headers['content-type'], headers['content-disposition'], body]).toEqual(['text/csv; charset=utf-8', 'attachment; filename="rules.csv"', '"rule","tickets","overturned","rate","low","high"\r\n']);
  });

  it('let a lead write down what became of a filter adjustment, and nobody else', async () => {
    const ticket = await ticketRow(source);
    const [{ id: lead } = { id: '' }] = (await source.query(`select id from staff_member where role = 'lead'`)) as { id: string }[];
    await decided(source, ticket, 'lift', lead);
    const id = randomUUID();
    await source.query(`insert into filter_adjustment (id, ticket_id, decision_id, rule, change, scope, state, created_at, updated_at) select $1, id, decision_id, 'RULE_1', 'correct', 'rule', 'proposed', now(), now() from ticket where id = $2`, [id, ticket.id]);
    const url = `/desk/insights/adjustments/${id}`;
    expect([(await send('lead', '/desk/insights?days=7&queue=spam')).body, (await send('senior', '/desk/insights')).body].map((page) => [page.includes('RULE_1'), page.includes(url)])).toEqual([[true, true], [true, false]]);
    expect([(await send('senior', url, { state: 'applied' })).statusCode, (await send('lead', url, { state: 'proposed' })).statusCode]).toEqual([403, 400]);
    const done = await send('lead', url, { state: 'applied', answer: ' Since rule set 41. ', days: '7', queue: 'spam' });
    expect([done.statusCode, done.headers.location]).toEqual([303, '/desk/insights?days=7&queue=spam#c-adjustments']);
    expect(await source.query('select state, answer from filter_adjustment where id = $1', [id])).toEqual([{ state: 'applied', answer: 'Since rule set 41.' }]);
    const after = (await send('lead', '/desk/insights')).body;
    expect([after.includes('Since rule set 41.'), after.includes(url)]).toEqual([true, false]);
  });

  it('let only an admin disable a key, and only from our own form; the key itself is never shown', async () => {
    const text = await app.get(ApiKeysService).create('Panel', 'noc', null);
    const [key] = (await source.query(`select id, hash from api_key where name = 'Panel'`)) as { id: string; hash: string }[];
    const url = `/desk/settings/keys/${key?.id}/disable`;
    const page = (await send('admin', '/desk/settings')).body;
    expect(page).toContain(url);
    expect([text, key?.hash ?? ''].some((secret) => page.includes(secret))).toBe(false);
    expect((await send('lead', '/desk/settings')).body).not.toContain(url);
    expect([(await send('lead', url, {})).statusCode, (await send('reviewer', url, {})).statusCode, (await send('admin', url, { _csrf: 'forged' })).statusCode]).toEqual([403, 403, 403]);
    expect(await app.get(ApiKeysService).whose(text)).not.toBeNull();
    const done = await send('admin', url, {});
    expect([done.statusCode, done.headers.location]).toEqual([303, '/desk/settings?said=disabled#keys']);
    expect(await app.get(ApiKeysService).whose(text)).toBeNull();
    expect((await send('admin', '/desk/settings?said=disabled')).body).toContain('ten seconds');
    expect((await send('admin', `/desk/settings/keys/${randomUUID()}/disable`, {})).statusCode).toBe(404);
  });

  it('let leads and admins try parked work again', async () => {
    const id = randomUUID();
    await source.query(`insert into outbox_message (id, job, state, last_error) values ($1, 'tell-noc', 'parked', 'it <broke>')`, [id]);
    const url = `/desk/settings/parked/${id}/retry`;
    expect((await send('lead', '/desk/settings')).body).toContain('it &lt;broke&gt;');
    expect((await send('admin', '/jobs')).body).toContain('tell-noc');
    expect([(await send('reviewer', url, {})).statusCode, (await send('auditor', url, {})).statusCode]).toEqual([403, 403]);
    expect((await send('lead', url, {})).headers.location).toBe('/desk/settings?said=retried#parked');
    expect(await source.query('select state, crashes from outbox_message where id = $1', [id])).toEqual([{ state: 'pending', crashes: 0 }]);
    expect((await send('admin', url, {})).headers.location).toBe('/desk/settings?said=gone#parked');
  });
});
