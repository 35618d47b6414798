import { rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Block } from '../../src/core/ticket/block';
import { startSimulator, type RunningSimulator } from '../../src/simulator/child';
import type { LedgerEntry } from '../../src/simulator/types';
import { simulatorClient } from '../support/simulator-client';
import { waitFor } from '../support/wait-for';

let noc: RunningSimulator;
let client: ReturnType<typeof simulatorClient>;
let desk: Server;
const told: { url: string; auth: string; body: { event: string; block: Block } }[] = [];

beforeAll(async () => {
  desk = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
      told.push({ url: request.url ?? '', auth: request.headers.authorization ?? '', body: JSON.parse(Buffer.concat(chunks).toString()) });
      response.writeHead(202).end('{}');
    });
  });
  await new Promise<void>((resolve) => desk.listen(0, '127.0.0.1', resolve));
  noc = await startSimulator({ liftSeconds: 0.2, deskUrl: `http://127.0.0.1:${(desk.address() as AddressInfo).port}`, deskApiKey: 'desk-key' });
  client = simulatorClient(noc);
});
afterAll(async () => {
  await noc.stop();
  desk.close();
});

const blocks = async (ip: string): Promise<Block[]> => (await client.get<Block[]>(`/addresses/${ip}/blocks`)).body;
const newest = async (ip: string): Promise<Block> => (await blocks(ip))[0]!;
const ledger = async (key: string): Promise<LedgerEntry[]> => (await client.get<LedgerEntry[]>('/ledger')).body.filter((e) => e.idempotencyKey === key);
const state = (ip: string, blockedAt: string, wanted: string) =>
  waitFor(`${ip} to be ${wanted}`, async () => (await blocks(ip)).find((b) => b.blockedAt === blockedAt)?.state === wanted);

test('nobody gets in without the token', async () => {
  for (const [method, path] of [['GET', '/addresses/203.0.113.47'], ['GET', '/ledger'], ['POST', '/faults'], ['GET', '/samples']] as const) {
    for (const authorization of ['', 'Bearer wrong', `Basic ${noc.token}`]) {
      expect((await fetch(noc.url + path, { method, headers: { authorization } })).status).toBe(401);
    }
  }
});

test('an address is known in any spelling and answered in RFC 5952 form', async () => {
  const spelled = encodeURIComponent('2001:0DB8:0041:0008:0:0:0:0025');
  expect(await client.get(`/addresses/${spelled}`)).toMatchObject({ status: 200, body: { ip: '2001:db8:41:8::25', accountId: '20845', delegates: [] } });
  expect(await client.get('/addresses/2001:db8:60:4::90')).toMatchObject({ status: 200, body: { accountId: '21133', delegates: ['20990'] } });
  expect((await client.get('/addresses/192.0.2.250')).status).toBe(404);
  expect(await client.get('/addresses/300.1.2.3')).toMatchObject({ status: 400, body: { errors: [{ field: 'ip' }] } });
});

test('accounts are found by id and by any of their e-mail addresses', async () => {
  expect(await client.get('/accounts/20418')).toMatchObject({ status: 200, body: { id: '20418', email: 'technik@nordlicht-druck.example', language: 'de', emails: expect.arrayContaining(['post@nordlicht-druck.example']) } });
  expect((await client.get('/accounts/1')).status).toBe(404);
  expect((await client.get<object[]>('/accounts?email=BUERO@kontor-sued.example')).body).toHaveLength(2);
  expect((await client.get('/accounts?email=nobody@nowhere.example')).body).toEqual([]);
  expect(await client.get('/accounts')).toMatchObject({ status: 400, body: { errors: [{ field: 'email' }] } });
});

test('all customers are listed with their addresses', async () => {
  const { body } = await client.get<{ accountId: string; email: string; addresses: string[] }[]>('/customers');
  expect(body).toContainEqual({ accountId: '21133', email: 'redaktion@stadtradio.example', addresses: ['203.0.113.190', '203.0.113.191', '2001:db8:60:4::90'] });
});

test('blocks come newest first, and a prefix covers its addresses', async () => {
  const found = await blocks('198.51.100.30');
  expect(found.map((b) => b.state)).toEqual(['blocked', 'unblocked', 'unblocked']);
  expect(found.map((b) => b.blockedAt)).toEqual(found.map((b) => b.blockedAt).sort().reverse());
  await client.put('/addresses/2001:db8:41:8::77', { accountId: '20845' });
  expect((await blocks('2001:db8:41:8::77')).map((b) => b.prefix)).toEqual(['2001:db8:41:8::/64']);
});

test('a lift runs by itself, once for its key, and the desk is told', async () => {
  const { blockedAt } = await newest('203.0.113.47');
  const answers = await Promise.all([1, 2, 3].map(() => client.lift('203.0.113.47', 'spam', blockedAt, 'key-a')));
  expect(answers.map((a) => [a.status, a.body.state])).toEqual(Array(3).fill([202, 'unblocking']));
  await state('203.0.113.47', blockedAt, 'unblocked');
  expect(await client.lift('203.0.113.47', 'spam', blockedAt, 'key-a')).toMatchObject({ status: 202, body: { state: 'unblocking' } });
  expect(await client.lift('203.0.113.47', 'spam', blockedAt, 'key-b')).toMatchObject({ status: 200, body: { state: 'unblocked' } });
  expect((await ledger('key-a')).map((e) => e.effect)).toEqual([true, false, false, false]);
  expect((await ledger('key-a'))[0]).toEqual({ at: expect.any(String), call: 'lift', ip: '203.0.113.47', kind: 'spam', blockedAt, idempotencyKey: 'key-a', status: 202, effect: true });
  const heard = await waitFor('the desk to be told', () => told.find((t) => t.body.event === 'unblocked' && t.body.block.ip === '203.0.113.47'));
  expect(heard).toMatchObject({ url: '/api/v1/block-events', auth: 'Bearer desk-key', body: { block: { blockedAt, state: 'unblocked' } } });
});

test('a key belongs to one lift', async () => {
  const { blockedAt } = await newest('203.0.113.12');
  expect((await client.lift('203.0.113.12', 'spam', blockedAt, 'key-c')).status).toBe(202);
  const other = await newest('203.0.113.64');
  expect(await client.lift('203.0.113.64', 'spam', other.blockedAt, 'key-c')).toMatchObject({ status: 422, body: { code: 'key_reused' } });
  expect((await newest('203.0.113.64')).state).toBe('blocked');
});

test('a lift for an older episode leaves the newer block alone', async () => {
  const old = await newest('198.51.100.77');
  const made = await client.post<Block>('/blocks', { ip: '198.51.100.77', kind: 'spam' });
  expect(made).toMatchObject({ status: 201, body: { state: 'blocked' } });
  await waitFor('the desk to be told', () => told.find((t) => t.body.event === 'blocked' && t.body.block.blockedAt === made.body.blockedAt));
  expect(await client.lift('198.51.100.77', 'spam', old.blockedAt, 'key-d')).toMatchObject({ status: 409, body: { code: 'newer_block', blockedAt: made.body.blockedAt } });
  expect((await newest('198.51.100.77')).state).toBe('blocked');
  expect((await ledger('key-d')).map((e) => [e.status, e.effect])).toEqual([[409, false]]);
  expect((await client.lift('198.51.100.77', 'spam', made.body.blockedAt, 'key-e')).status).toBe(202);
});

test('what is not blocked, and what may not be released yet, is refused', async () => {
  expect(await client.lift('203.0.113.13', 'spam', '2026-01-01T00:00:00Z', 'key-f')).toMatchObject({ status: 404, body: { code: 'no_such_block' } });
  const releaseAllowedAt = new Date(Date.now() + 3_600_000).toISOString();
  const made = await client.post<Block>('/blocks', { ip: '203.0.113.13', kind: 'hack', releaseAllowedAt });
  const early = await client.lift('203.0.113.13', 'hack', made.body.blockedAt, 'key-g');
  expect(early).toMatchObject({ status: 425, body: { code: 'too_early' } });
  expect(early.body.retryAfterSeconds).toBeGreaterThan(3500);
  expect(early.headers.get('retry-after')).toBe(String(early.body.retryAfterSeconds));
});

test('a lift without a key, or for no time, is refused with the name of the field', async () => {
  expect(await client.post('/addresses/203.0.113.64/blocks/spam/lift', { blockedAt: '2026-01-01T00:00:00Z', ticket: 'x', reason: 'y' })).toMatchObject({ status: 400, body: { errors: [{ field: 'Idempotency-Key' }] } });
  expect(await client.lift('203.0.113.64', 'spam', 'yesterday', 'key-h')).toMatchObject({ status: 400, body: { errors: [{ field: 'blockedAt' }] } });
});

test('an exception is ordered once for its key; a wide one is only proposed', async () => {
  const until = new Date(Date.now() + 30 * 86_400_000).toISOString();
  const order = (sender: string, key: string) => client.post<{ id: string; state: string }>('/addresses/203.0.113.64/exceptions', { rule: 'SUBJ_ORDER_LURE', sender, until, ticket: 'UB-TEST-0001' }, { 'idempotency-key': key });
  const [first, again] = [await order('bestellung@baeckerei-lindner.example', 'ex-1'), await order('bestellung@baeckerei-lindner.example', 'ex-1')];
  expect(first).toMatchObject({ status: 201, body: { state: 'applied' } });
  expect(again.body).toEqual(first.body);
  expect((await order('baeckerei-lindner.example', 'ex-2')).body.state).toBe('proposed');
  expect((await client.get<object[]>('/exceptions')).body).toHaveLength(2);
});

test('an address changes hands', async () => {
  expect(await client.put('/addresses/203.0.113.65', { accountId: '21057' })).toMatchObject({ status: 200, body: { accountId: '21057' } });
  expect((await client.get('/addresses/203.0.113.65')).body).toMatchObject({ accountId: '21057' });
  expect((await client.put('/addresses/203.0.113.65', { accountId: 'nobody' })).status).toBe(404);
});

test('after a kill it goes on where it was: lifts, ledger, keys, DNS', async () => {
  const slow = await startSimulator({ liftSeconds: 1 });
  const before = simulatorClient(slow);
  const { blockedAt } = (await before.get<Block[]>('/addresses/192.0.2.33/blocks')).body[0]!;
  expect((await before.lift('192.0.2.33', 'spam', blockedAt, 'key-k')).status).toBe(202);
  await before.put('/dns', { name: '_dmarc.baeckerei-lindner.example', type: 'TXT', values: ['v=DMARC1; p=none'] });
  await slow.stop('SIGKILL');

  const back = await startSimulator({ liftSeconds: 1, stateDir: slow.stateDir });
  const after = simulatorClient(back);
  try {
    await waitFor('the lift to end', async () => (await after.get<Block[]>('/addresses/192.0.2.33/blocks')).body[0]?.state === 'unblocked');
    expect(await after.lift('192.0.2.33', 'spam', blockedAt, 'key-k')).toMatchObject({ status: 202 });
    expect((await after.get<LedgerEntry[]>('/ledger')).body.map((e) => [e.idempotencyKey, e.effect])).toEqual([['key-k', true], ['key-k', false]]);
    expect((await after.get('/dns')).body).toContainEqual({ name: '_dmarc.baeckerei-lindner.example', type: 'TXT', values: ['v=DMARC1; p=none'] });
    await after.post('/reset');
    expect((await after.get('/ledger')).body).toEqual([]);
    expect((await after.get<Block[]>('/addresses/192.0.2.33/blocks')).body[0]?.state).toBe('blocked');
  } finally {
    await back.stop();
    rmSync(slow.stateDir, { recursive: true });
  }
});
