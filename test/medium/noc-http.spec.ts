import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HttpDriver } from '../../src/noc/http.driver';
import type { LiftOrder } from '../../src/noc/noc.driver';

type Answers = (request: IncomingMessage, response: ServerResponse, body: string) => void;

const order: LiftOrder = { ip: '2001:db8::25', kind: 'spam', blockedAt: '2026-11-20T08:41:07Z', ticket: 'UB-7K3Q-92X4', reason: 'transactional_burst', idempotencyKey: 'key-1' };
const json = (status: number, body: unknown, headers: Record<string, string> = {}): Answers => (_, response) => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
};
const raw = (status: number, body: string | Buffer, headers: Record<string, string> = {}): Answers => (_, response) => void response.writeHead(status, headers).end(body);

const SILENCE: Answers = () => undefined;

describe('the HTTP driver', () => {
  let server: Server;
  let driver: HttpDriver;
  /** waits for nothing for long */
  let hasty: HttpDriver;
  let answers: Answers;
  let seen: { method: string; url: string; headers: IncomingMessage['headers']; body: string }[];
  let elsewhere: number;

  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString())).on('end', () => {
        elsewhere += request.url === '/elsewhere' ? 1 : 0;
        seen.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body });
        answers(request, response, body);
      });
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/noc/`;
    driver = new HttpDriver(url, 'the-token', { read: 10_000, order: 10_000 });
    hasty = new HttpDriver(url, 'the-token', { read: 400, order: 400 });
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });
  beforeEach(() => {
    seen = [];
    elsewhere = 0;
  });

  it('asks as the contract says', async () => {
    answers = json(202, { state: 'unblocking' });
    expect(await driver.lift(order)).toEqual({ ok: true, value: 'unblocking' });
    expect(seen).toMatchObject([{ method: 'POST', url: '/noc/addresses/2001%3Adb8%3A%3A25/blocks/spam/lift', headers: { authorization: 'Bearer the-token', 'idempotency-key': 'key-1' } }]);
    expect(JSON.parse(seen[0]?.body ?? '')).toEqual({ blockedAt: order.blockedAt, ticket: order.ticket, reason: order.reason });
  });

  it('reads holders, accounts and blocks, newest first, and leaves other kinds out', async () => {
    answers = json(200, { ip: '2001:DB8:0::25', accountId: 'A-1', assignedSince: null, delegates: ['A-2'], unknown: 1 });
    expect(await driver.holder('2001:db8::25')).toEqual({ ok: true, value: { ip: '2001:db8::25', accountId: 'A-1', delegates: ['A-2'] } });
    answers = json(200, { id: 'A-1', email: 'a@example.org', emails: ['a@example.org', 'b@example.org'] });
    expect(await driver.account('A-1')).toMatchObject({ ok: true, value: { emails: ['a@example.org', 'b@example.org'] } });
    answers = json(200, [
      { ip: '192.0.2.1', kind: 'spam', blockedAt: '2026-11-01T00:00:00Z', state: 'unblocked' }, { kind: 'phishing' }, { ip: '192.0.2.1', kind: 'hack', blockedAt: '2026-11-02T00:00:00+02:00' },
    ]);
    expect(await driver.blocks('192.0.2.1')).toMatchObject({ ok: true, value: [{ kind: 'hack', state: 'blocked' }, { kind: 'spam', state: 'unblocked' }] });
  });

  it.each<[string, Answers, object]>([
    ['404', json(404, { code: 'no_such_block' }), { error: 'not_found' }],
    ['a newer block', json(409, { code: 'newer_block', blockedAt: '2026-11-21T00:00:00Z' }), { error: 'newer_block', blockedAt: '2026-11-21T00:00:00Z' }],
    ['another conflict', json(409, { code: 'busy' }), { error: 'refused' }],
    ['too early', json(425, { code: 'too_early', retryAfterSeconds: 90 }), { error: 'too_early', retryAfterSeconds: 90 }],
    ['too early, in the header', raw(425, '', { 'retry-after': '7' }), { error: 'too_early', retryAfterSeconds: 7 }],
    ['too early, not saying how long', json(425, {}), { error: 'too_early', retryAfterSeconds: 300 }],
    ['too early, for a thousand years', json(425, { retryAfterSeconds: 3e10 }), { error: 'too_early', retryAfterSeconds: 30 * 86_400 }],
    ['not the owner', json(403, { code: 'not_owner' }), { error: 'not_owner' }],
    ['a bad token', json(403, {}), { error: 'refused' }],
    ['busy', json(429, {}, { 'retry-after': '30' }), { error: 'busy', retryAfterSeconds: 30 }],
    ['down for a while', raw(503, '<html>maintenance</html>', { 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' }), { error: 'busy', retryAfterSeconds: 0 }],
    ['an error of its own', raw(500, 'Traceback …'), { error: 'failed' }],
    ['HTML with 200', raw(200, '<html>Sign in</html>', { 'content-type': 'text/html' }), { error: 'nonsense' }],
    ['JSON of another kind', json(200, { state: 'done' }), { error: 'nonsense' }],
    ['an empty 200', raw(200, ''), { error: 'nonsense' }],
    ['10 MB', raw(200, Buffer.alloc(10 * 1024 * 1024, 32)), { error: 'nonsense', detail: 'answered 200 with more than 1 MB' }],
    ['silence', SILENCE, { error: 'timeout' }],
    ['a hang-up', (request) => request.socket.destroy(), { error: 'unreachable' }],
  ])('takes %s for a value', async (_, given, expected) => {
    answers = given;
    expect(await (given === SILENCE ? hasty : driver).lift(order)).toMatchObject({ ok: false, ...expected });
    expect(seen).toHaveLength(1); // an order is never sent twice by the driver
  });

  it('does not wait for a body that comes byte by byte', async () => {
    let drip: NodeJS.Timeout | undefined;
    answers = (_, response) => {
      response.writeHead(200);
      drip = setInterval(() => response.write(' '), 20);
    };
    expect(await hasty.blocks('192.0.2.1')).toMatchObject({ ok: false, error: 'timeout' });
    clearInterval(drip);
  });

  it('stops reading a body without a length at 1 MB', async () => {
    answers = (_, response) => {
      response.writeHead(200);
      const more = (): void => void (response.destroyed || response.write(Buffer.alloc(64 * 1024, 32), () => setImmediate(more)));
      more();
    };
    expect(await driver.blocks('192.0.2.1')).toMatchObject({ ok: false, error: 'nonsense' });
  });

  it('follows no redirect', async () => {
    answers = raw(302, '', { location: '/elsewhere' });
    expect(await driver.lift(order)).toMatchObject({ ok: false, error: 'nonsense' });
    expect(await driver.holder('192.0.2.1')).toMatchObject({ ok: false, error: 'nonsense' });
    expect(elsewhere).toBe(0);
  });

  it('asks once more when a reading was cut, and an order never', async () => {
    answers = (request) => request.socket.destroy();
    expect(await driver.blocks('192.0.2.1')).toMatchObject({ error: 'unreachable' });
    expect(seen).toHaveLength(2);
  });

  it('one unreadable block of ours spoils the list: nothing is concluded from half of it', async () => {
    answers = json(200, [{ ip: '192.0.2.1', kind: 'spam', blockedAt: 'yesterday' }]);
    expect(await driver.blocks('192.0.2.1')).toMatchObject({ ok: false, error: 'nonsense' });
  });

  it('keeps control characters of the other side out of what staff read', async () => {
    answers = json(400, { message: 'bad\u001b[31m\nlog line' });
    expect(await driver.lift(order)).toMatchObject({ error: 'refused', detail: 'answered 400, bad [31m log line' });
  });

  it('says when nobody is there', async () => {
    expect(await new HttpDriver('http://127.0.0.1:1', 'token').holder('192.0.2.1')).toMatchObject({ ok: false, error: 'unreachable' });
  });
});
