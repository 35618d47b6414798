import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createHmac, createPublicKey, generateKeyPairSync, randomBytes, randomUUID, sign, verify } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DataSource } from 'typeorm';
import { ApiKeysService } from '../../src/auth/api-keys.service';
import { StaffService } from '../../src/auth/staff.service';
import { OutboxService } from '../../src/outbox/outbox.service';
import { loadConfig } from '../../src/platform/config/config';
import { Transactions } from '../../src/platform/database/transactions';
import { build } from '../../src/start';
import { NO_DATA_DIR, testDatabase, type TestDatabase } from '../support/database';
import { waitFor } from '../support/wait-for';

jest.setTimeout(120_000);

const PASSWORD = 'a long password';
const BLOCK = { ip: '203.0.113.5', kind: 'spam', blockedAt: '2026-11-20T02:14:00Z' };
const hmac = (key: string, content: string): string => `v1,${createHmac('sha256', Buffer.from(key.slice(6), 'base64')).update(content).digest('base64')}`;

describe('webhooks', () => {
  let database: TestDatabase;
  let app: NestFastifyApplication;
  let source: DataSource;
  let receiver: Server;
  let hook: string;
  let answers: () => { status: number; body?: string };
  let got: { headers: IncomingHttpHeaders; body: string }[];
  let session = { cookie: '', csrf: '' };
  let noc = '';
  const [oldKey, { publicKey, privateKey }] = [`whsec_${randomBytes(32).toString('base64')}`, generateKeyPairSync('ed25519')];
  const newKey = `whpk_${Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('base64')}`;
  const inject = (method: 'GET' | 'POST', url: string, headers: Record<string, string>, payload?: string) => app.getHttpAdapter().getInstance().inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) });
  const page = (url = '/desk/settings/webhooks') => inject('GET', url, { cookie: session.cookie, accept: 'text/html' });
  const post = (url: string, form: Record<string, string> = {}) =>
    inject('POST', `/desk/settings/webhooks${url}`, { cookie: session.cookie, accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded' }, new URLSearchParams({ _csrf: session.csrf, ...form }).toString());
  const signIn = async (role: 'admin' | 'lead') => {
    const entered = await inject('POST', '/desk/sign-in', { 'content-type': 'application/x-www-form-urlencoded' }, new URLSearchParams({ email: `${role}@desk.example`, password: PASSWORD }).toString());
    session = { cookie: String(entered.headers['set-cookie']).split(';', 1)[0] ?? '', csrf: '' };
    session.csrf = /name="_csrf" value="([^"]+)"/.exec((await inject('GET', '/desk', { cookie: session.cookie, accept: 'text/html' })).body)?.[1] ?? '';
  };
  const add = async (path: string, kind: 'hmac' | 'ed25519') => {
    const answer = await post('', { url: `${hook}${path}`, kind });
    const endpoint = ((await source.query('select id from webhook_endpoint where url = $1', [`${hook}${path}`])) as { id: string }[])[0]?.id ?? '';
    return { status: answer.statusCode, endpoint, key: /(whsec_|whpk_)[A-Za-z0-9+/=&#x;D3]+/.exec(answer.body)?.[0].replaceAll('&#x3D;', '=').replaceAll('&#x2B;', '+') ?? '' };
  };
  const heard = (path: string) => got.filter(({ headers }) => headers['x-path'] === path);
  const deliveries = async (endpoint: string) => (await source.query('select id, state, tries, type from webhook_delivery where endpoint_id = $1 order by created_at', [endpoint])) as { id: string; state: string; tries: number; type: string }[];
  const hurry = () => source.query(`update outbox_message set due_at = now() where job = 'deliver-webhook' and state = 'pending'`);
  const until = (endpoint: string, state: string, n = 1) => waitFor(`${n} ${state}`, async () => {
    const found = (await deliveries(endpoint)).filter((one) => one.state === state);
    return found.length >= n ? found : null;
  });
  const signedBy = (key: string, { headers, body }: { headers: IncomingHttpHeaders; body: string }): boolean => {
    const content = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
    return String(headers['webhook-signature']).split(' ').some((signature) => {
      const [version, text = ''] = signature.split(',');
      return key.startsWith('whsec_') ? signature === hmac(key, content)
        : version === 'v1a' && verify(null, Buffer.from(content), createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(key.slice(5), 'base64').toString('base64url') }, format: 'jwk' }), Buffer.from(text, 'base64'));
    });
  };

  beforeAll(async () => {
    receiver = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString())).on('end', () => {
        got.push({ headers: { ...request.headers, 'x-path': request.url }, body });
        const { status, body: text } = answers();
        response.writeHead(status).end(text);
      });
    });
    await new Promise<void>((ready) => receiver.listen(0, '127.0.0.1', ready));
    hook = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
    database = await testDatabase();
    app = await build(loadConfig({
      NODE_ENV: 'test', DATABASE_URL: database.url, DATA_DIR: NO_DATA_DIR, SECRET: 's'.repeat(40), NOC_URL: 'http://127.0.0.1:1', NOC_TOKEN: 'token', ROLES: 'web,worker', LOG_LEVEL: 'silent', MAIL_LISTEN: '',
      WEBHOOK_NETWORKS: '127.0.0.0/8', NOC_EVENTS_SECRET: `${oldKey},${newKey}`,
    }));
    source = app.get(DataSource);
    for (const role of ['admin', 'lead'] as const) {
      await app.get(StaffService).create({ email: `${role}@desk.example`, name: role, role, password: PASSWORD });
    }
    noc = await app.get(ApiKeysService).create('noc', 'noc', null);
    await signIn('admin');
  });
  afterAll(async () => {
    await app?.close();
    await database?.drop();
    receiver.closeAllConnections();
    await new Promise((done) => receiver.close(done));
  });
  beforeEach(() => {
    got = [];
    answers = () => ({ status: 200, body: 'thanks' });
  });

  it('are signed by every active key while one replaces the other', async () => {
    const { endpoint, key: first } = await add('/rotated', 'hmac');
    const send = async (n: number) => {
      await post(`/${endpoint}/test`);
      await until(endpoint, 'delivered', n);
      return heard('/rotated').at(-1)!;
    };
    const one = await send(1);
    expect([signedBy(first, one), Number(one.headers['webhook-timestamp']) - Date.now() / 1000 < 5]).toEqual([true, true]);
    const rotated = await post(`/${endpoint}/keys`, { kind: 'ed25519' });
    const second = (/whpk_[^<\s]+/.exec(rotated.body)?.[0] ?? '').replaceAll('&#x3D;', '=').replaceAll('&#x2B;', '+');
    const both = await send(2);
    expect([signedBy(first, both), signedBy(second, both)]).toEqual([true, true]);
    expect((await post(`/${endpoint}/keys`, { kind: 'hmac' })).statusCode).toBe(409);
    const [old] = (await source.query('select id from webhook_key where endpoint_id = $1 order by created_at', [endpoint])) as { id: string }[];
    expect((await post(`/${endpoint}/keys/${old?.id}/retire`)).statusCode).toBe(303);
    const after = await send(3);
    expect([signedBy(first, after), signedBy(second, after)]).toEqual([false, true]);
    const [last] = (await source.query('select id from webhook_key where endpoint_id = $1 and retired_at is null', [endpoint])) as { id: string }[];
    expect((await post(`/${endpoint}/keys/${last?.id}/retire`)).statusCode).toBe(409);
    expect((await page()).body).not.toContain(first);
    expect(JSON.stringify(await source.query('select encode(sealed, $1) as sealed from webhook_key', ['base64']))).not.toContain(first.slice(6));
  });

  it('show the new key to the same form sent twice, because only the last answer is seen, and are made once', async () => {
    const _key = /name="_key" value="([^"]+)"/.exec((await page()).body)?.[1] ?? '';
    const shown = ({ statusCode, body }: { statusCode: number; body: string }) => [statusCode, /whsec_[^<\s]+/.exec(body)?.[0]];
    const form = { url: `${hook}/twice`, kind: 'hmac', _key };
    const answers = [...await Promise.all([post('', form), post('', form)]), await post('', form)].map(shown);
    expect(answers).toEqual(Array(3).fill([200, expect.stringMatching(/^whsec_/)]));
    expect(new Set(answers.map(String)).size).toBe(1);
    const found = (await source.query('select id from webhook_endpoint where url = $1', [`${hook}/twice`])) as { id: string }[];
    expect(found).toHaveLength(1);
    const again = { kind: 'hmac', _key };
    const keys = [...await Promise.all([post(`/${found[0]?.id}/keys`, again), post(`/${found[0]?.id}/keys`, again)])].map(shown);
    expect([keys[0]?.[0], keys[1]]).toEqual([200, keys[0]]);
    expect(await source.query('select count(*)::int as n from webhook_key where endpoint_id = $1', [found[0]?.id])).toEqual([{ n: 2 }]);
    // What is kept for it opens nothing to a reader of the database.
    const kept = JSON.stringify(await source.query('select answer from idempotency_key'));
    expect([kept.includes('sealed'), kept.includes('whsec_')]).toEqual([true, false]);
  });

  it('are tried again with the same id and bytes, each try kept with its answer, and end after three days', async () => {
    answers = () => ({ status: 500, body: 'not now' });
    const { endpoint } = await add('/down', 'ed25519');
    await post(`/${endpoint}/test`);
    // A try is kept before its row says when the next one is: brought forward too early, that would put it off once more.
    const tried = (n: number) => waitFor(`try ${n}, and the row to wait again`, async () => ((await source.query(
      `select extract(epoch from o.due_at - (select max(at) from webhook_attempt where delivery_id = d.id))::float8 as seconds from outbox_message o join webhook_delivery d on d.id = o.ref_id
       where d.endpoint_id = $1 and d.tries = $2 and o.job = 'deliver-webhook' and o.state = 'pending' and o.attempts = $2`, [endpoint, n],
    )) as { seconds: number }[])[0]);
    expect((await tried(1)).seconds).toBeGreaterThan(2);
    await hurry();
    await tried(2);
    const [first, second] = heard('/down');
    expect([second?.headers['webhook-id'], second?.body]).toEqual([first?.headers['webhook-id'], first?.body]);
    await source.query(`update webhook_delivery set created_at = now() - interval '73 hours' where endpoint_id = $1`, [endpoint]);
    await hurry();
    const [failed] = await until(endpoint, 'failed');
    const shown = (await page(`/desk/settings/webhooks/deliveries/${failed?.id}`)).body;
    expect(shown).toMatch(/Given up[\s\S]*webhook-signature[\s\S]*not now/);
    expect((await page('/desk/settings/webhooks?show=troubled')).body).toContain(failed?.id);
    // Of an event the receiver reads the event's id, and so do people here; a trial alone is named after itself.
    const event = randomUUID();
    const [kept] = (await source.query('insert into webhook_delivery (id, outbox_id, endpoint_id, type, body, state) select $2, $3, endpoint_id, type, body, state from webhook_delivery where id = $1 returning id', [failed?.id, randomUUID(), event])) as { id: string }[];
    const ofEvent = (await page(`/desk/settings/webhooks/deliveries/${kept?.id}`)).body;
    expect([ofEvent.includes(`>${event}<`), ofEvent.includes(`>${kept?.id}<`)]).toEqual([true, false]);
    await source.query('delete from webhook_delivery where id = $1', [kept?.id]);

    answers = () => ({ status: 204 });
    expect((await post(`/deliveries/${failed?.id}/replay`)).statusCode).toBe(303);
    expect(await until(endpoint, 'delivered')).toMatchObject([{ id: failed?.id, tries: 4 }]);
    expect(heard('/down').map(({ headers }) => headers['webhook-id'])).toEqual([failed?.id, failed?.id, failed?.id, failed?.id]);
  });

  it('end with 410, say so, and begin again when an admin says so', async () => {
    answers = () => ({ status: 410 });
    const { endpoint } = await add('/gone', 'hmac');
    await post(`/${endpoint}/test`);
    await until(endpoint, 'stopped');
    expect((await page()).body).toMatch(/Disabled it answered 410: gone/);
    await post(`/${endpoint}/test`);
    await until(endpoint, 'stopped', 2);
    expect(heard('/gone')).toHaveLength(1);
    const [stopped] = await deliveries(endpoint);
    expect((await post(`/deliveries/${stopped?.id}/replay`)).statusCode).toBe(409);
    answers = () => ({ status: 200 });
    await post(`/${endpoint}/enable`);
    await post(`/deliveries/${stopped?.id}/replay`);
    await until(endpoint, 'delivered');
  });

  it('tell every endpoint of an event once, however often the work is done', async () => {
    const [a, b] = [await add('/a', 'hmac'), await add('/b', 'ed25519')];
    const id = randomUUID();
    await source.query(
      `insert into ticket (id, ref, state, claim, channel, ip, kind, blocked_at, episode, block, account_id, account_email, queue)
       values ($1, 'UB-AAAA-BBBB', 'queued', 'mistake', 'noc', '203.0.113.5', 'spam', now(), 'an episode', $2, 'A-1', 'a@example.org', 'spam')`, [id, JSON.stringify(BLOCK)],
    );
    await app.get(Transactions).run((tx) => app.get(OutboxService).add(tx, [{ job: 'tell-noc', ticketId: id, what: 'lift.confirmed' }]));
    await Promise.all([until(a.endpoint, 'delivered'), until(b.endpoint, 'delivered')]);
    await source.query(`update outbox_message set state = 'pending' where job = 'tell-noc' and ticket_id = $1`, [id]);
    await waitFor('it to be done again', async () => ((await source.query(`select 1 from outbox_message where job = 'tell-noc' and ticket_id = $1 and state = 'done' and attempts > 1`, [id])) as unknown[]).length > 0 || null);
    expect([heard('/a').length, heard('/b').length]).toEqual([1, 1]);
    expect(JSON.parse(heard('/a')[0]?.body ?? '')).toMatchObject({ type: 'lift.confirmed', data: { ref: 'UB-AAAA-BBBB', state: 'queued' } });
  });

  it('T36: go to no place inside, and only admins say where they go', async () => {
    for (const url of ['https://169.254.169.254/', 'https://[::ffff:10.0.0.1]/', 'https://0x7f.1/x', 'ftp://example.org', 'https://a:b@example.org/']) {
      const answer = await post('', { url, kind: 'hmac' });
      expect([url, answer.statusCode, url.includes('0x7f') || answer.body.includes('Not saved')]).toEqual([url, url.includes('0x7f') ? 200 : 422, true]);
    }
    await signIn('lead');
    expect([(await page()).statusCode, (await post('', { url: 'https://example.org/', kind: 'hmac' })).statusCode]).toEqual([200, 403]);
    await signIn('admin');
  });

  describe('T10: what a NOC signs', () => {
    const send = (changed: { id?: string; at?: number; body?: string; sent?: string; signature?: (content: string) => string } = {}) => {
      const { id = randomUUID(), at = Math.floor(Date.now() / 1000), body = JSON.stringify({ event: 'blocked', block: BLOCK }), signature = (content: string) => hmac(oldKey, content) } = changed;
      return inject('POST', '/api/v1/block-events', { 'content-type': 'application/json', 'webhook-id': id, 'webhook-timestamp': String(at), 'webhook-signature': signature(`${id}.${at}.${body}`) }, changed.sent ?? body).then(({ statusCode }) => statusCode);
    };
    const now = (): number => Math.floor(Date.now() / 1000);

    it('passes with either key, while there are two', async () => {
      expect([await send(), await send({ signature: (content) => `v1,bm9uc2Vuc2U= v1a,${sign(null, Buffer.from(content), privateKey).toString('base64')}` })]).toEqual([202, 202]);
      expect(await source.query('select state from block where ip = $1', [BLOCK.ip])).toEqual([{ state: 'blocked' }]);
    });
    it('passes once', async () => {
      const id = randomUUID();
      expect([await send({ id }), await send({ id })]).toEqual([202, 409]);
    });
    it('may come again when it failed on the way', async () => {
      const id = randomUUID();
      expect([await send({ id, body: '{"event":"exploded"}' }), await send({ id })]).toEqual([400, 202]);
    });
    it.each<[string, Parameters<typeof send>[0]]>([
      ['six minutes old', { at: now() - 360 }], ['six minutes early', { at: now() + 360 }], ['a short signature', { signature: (content) => hmac(oldKey, content).slice(0, 20) }],
      ['an empty signature', { signature: () => 'v1,' }], ['no version', { signature: (content) => hmac(oldKey, content).slice(3) }], ['a retired key', { signature: (content) => hmac(`whsec_${randomBytes(32).toString('base64')}`, content) }],
      ['an HMAC with the public key', { signature: (content) => hmac(`whsec_${newKey.slice(5)}`, content) }], ['a re-serialised body', { sent: JSON.stringify({ event: 'blocked', block: BLOCK }, null, 1) }],
      ['another body', { sent: JSON.stringify({ event: 'unblocked', block: BLOCK }) }], ['no id', { id: '' }],
    ])('is refused with %s', async (_, changed) => expect(await send(changed)).toBe(401));
    it('is needed where a key is set: a bearer key is not enough', async () => {
      expect((await inject('POST', '/api/v1/block-events', { 'content-type': 'application/json', authorization: `Bearer ${noc}` }, JSON.stringify({ event: 'blocked', block: BLOCK }))).statusCode).toBe(401);
    });
  });
});
