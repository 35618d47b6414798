import type { Block } from '../../src/core/ticket/block';
import { startSimulator, type RunningSimulator } from '../../src/simulator/child';
import type { LedgerEntry } from '../../src/simulator/types';
import { simulatorClient } from '../support/simulator-client';
import { waitFor } from '../support/wait-for';

let noc: RunningSimulator;
let client: ReturnType<typeof simulatorClient>;
let tried = 0;

beforeAll(async () => {
  noc = await startSimulator({ liftSeconds: 0.2 });
  client = simulatorClient(noc);
});
afterAll(() => noc.stop());
beforeEach(() => client.post('/reset'));

const ip = '203.0.113.64';
const block = async (): Promise<Block> => (await client.get<Block[]>(`/addresses/${ip}/blocks`)).body[0]!;
const fault = (body: object) => client.post('/faults', body);
const lift = async (signal?: AbortSignal) => client.lift(ip, 'spam', (await block()).blockedAt, `fault-${++tried}`, signal);
const last = async (): Promise<LedgerEntry> => (await client.get<LedgerEntry[]>('/ledger')).body.at(-1)!;

test('error: answers and does not act, as often as asked, then is over', async () => {
  await fault({ call: 'lift', mode: 'error', times: 2 });
  expect([(await lift()).status, (await lift()).status]).toEqual([500, 500]);
  expect(await last()).toMatchObject({ status: 500, effect: false });
  expect((await block()).state).toBe('blocked');
  expect((await lift()).status).toBe(202);
});

test('error with a status and seconds: says when to come back', async () => {
  await fault({ call: 'lift', mode: 'error', status: 503, seconds: 7 });
  const answer = await lift();
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '7']);
});

test('a failed call may be repeated with its key', async () => {
  await fault({ call: 'lift', mode: 'error' });
  const { blockedAt } = await block();
  expect((await client.lift(ip, 'spam', blockedAt, 'again')).status).toBe(500);
  expect((await client.lift(ip, 'spam', blockedAt, 'again')).status).toBe(202);
});

test('drop_answer: acts, and closes without a word', async () => {
  await fault({ call: 'lift', mode: 'drop_answer' });
  await expect(lift()).rejects.toThrow();
  expect(await last()).toMatchObject({ status: 202, effect: true });
  await waitFor('the lift to end', async () => (await block()).state === 'unblocked');
});

test('timeout: does not act, and does not answer', async () => {
  await fault({ call: 'lift', mode: 'timeout' });
  const patience = new AbortController();
  const left = expect(lift(patience.signal)).rejects.toMatchObject({ name: 'AbortError' });
  // Whoever gives up before the order was there proves nothing.
  await waitFor('the order to be there', async () => (await client.get<LedgerEntry[]>('/ledger')).body.length > 0);
  patience.abort();
  await left;
  expect(await last()).toMatchObject({ status: 0, effect: false });
  expect((await block()).state).toBe('blocked');
});

test('slow: answers late, but as ever', async () => {
  await fault({ call: 'lift', mode: 'slow', seconds: 3 });
  const patience = new AbortController();
  const left = expect(lift(patience.signal)).rejects.toMatchObject({ name: 'AbortError' });
  await waitFor('the order to meet its fault', async () => (await client.get<object[]>('/faults')).body.length === 0);
  expect((await block()).state).toBe('blocked');
  patience.abort();
  await left;
  await waitFor('the order to be carried out all the same', async () => (await block()).state === 'unblocked');
});

test('too_early: names the seconds', async () => {
  await fault({ call: 'lift', mode: 'too_early', seconds: 30 });
  expect(await lift()).toMatchObject({ status: 425, body: { code: 'too_early', retryAfterSeconds: 30 } });
});

test('not_owner: refuses', async () => {
  await fault({ call: 'lift', mode: 'not_owner' });
  expect(await lift()).toMatchObject({ status: 403, body: { code: 'not_owner' } });
});

test('reblock: lifts, then blocks the address again as a new episode; a late lift of the old one is refused', async () => {
  const old = await block();
  await fault({ call: 'lift', mode: 'reblock', seconds: 0.1 });
  expect((await lift()).status).toBe(202);
  const again = await waitFor('the address to be blocked again', async () => {
    const now = await block();
    return now.blockedAt > old.blockedAt && now.state === 'blocked' ? now : null;
  });
  expect(await client.lift(ip, 'spam', old.blockedAt, 'late')).toMatchObject({ status: 409, body: { code: 'newer_block', blockedAt: again.blockedAt } });
});

test('the other calls fail as well', async () => {
  for (const [call, path] of [['addresses', `/addresses/${ip}`], ['blocks', `/addresses/${ip}/blocks`], ['accounts', '/accounts/20533']]) {
    await fault({ call, mode: 'error', status: 429, seconds: 1 });
    expect((await client.get(path!)).status).toBe(429);
    expect((await client.get(path!)).status).toBe(200);
    await fault({ call, mode: 'drop_answer' });
    await expect(client.get(path!)).rejects.toThrow();
  }
});

test('a fault that makes no sense is refused', async () => {
  expect(await fault({ call: 'blocks', mode: 'reblock' })).toMatchObject({ status: 400, body: { errors: [{ field: 'mode' }] } });
  expect(await fault({ call: 'everything', mode: 'error' })).toMatchObject({ status: 400, body: { errors: [{ field: 'call' }] } });
  expect(await fault({ call: 'lift', mode: 'error', tmies: 2 })).toMatchObject({ status: 400 });
  expect((await client.get('/faults')).body).toEqual([]);
});
