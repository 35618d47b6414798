import type { DataSource } from 'typeorm';
import { BlockService } from '../../src/noc/block.service';
import { OvhClient, type OvhCredentials } from '../../src/noc/ovh-client';
import { OvhDriver } from '../../src/noc/ovh.driver';
import { Transactions } from '../../src/platform/database/transactions';
import { startSimulator, type RunningSimulator } from '../../src/simulator/child';
import { ovhKeys, type OvhKeys } from '../../src/simulator/ovh';
import type { Block } from '../../src/core/ticket/block';
import type { LedgerEntry } from '../../src/simulator/types';
import { testDatabase, type TestDatabase } from '../support/database';
import { ensureBuilt } from '../support/desk-process';
import { simulatorClient } from '../support/simulator-client';
import { waitFor } from '../support/wait-for';

jest.setTimeout(150_000);

const LIMITS = { read: 2_000, order: 2_000 };
const HOUR = 3_600_000;

describe('the driver for OVHcloud', () => {
  let database: TestDatabase;
  let source: DataSource;
  let simulator: RunningSimulator;
  let noc: ReturnType<typeof simulatorClient>;
  let keys: OvhKeys;
  let last = 150;
  const signed = (more: Partial<OvhKeys> = {}): OvhCredentials => ({ appKey: keys.appKey, appSecret: keys.appSecret, consumerKey: keys.consumerKey, ...more });
  const driver = (credentials: OvhCredentials = signed()) => {
    const mirror = new BlockService(source);
    return new OvhDriver(source, mirror, new Transactions(source), new OvhClient(`${simulator.url}/ovh/1.0/`, credentials, LIMITS));
  };
  const blocked = async (more: Partial<Block> = {}): Promise<Block> => {
    const ip = `192.0.2.${++last}`;
    await noc.put(`/addresses/${ip}`, { accountId: '20418' });
    const at = new Date(Date.now() - HOUR).toISOString();
    return (await noc.post<Block>('/blocks', { ip, kind: 'spam', blockedAt: at, detections: [{ at, messageId: '<a@shop.example>', score: 300, destinationIp: '198.51.100.7' }], detectionsTotal: 4, ...more })).body;
  };
  const order = ({ ip, kind, blockedAt }: Block, more: object = {}) => driver().lift({ ip, kind, blockedAt, ticket: 'UB-TEST-0001', reason: 'a test', idempotencyKey: 'none', ...more });
  const effects = async (ip: string) => (await noc.get<LedgerEntry[]>('/ledger')).body.filter((line) => line.ip === ip && line.effect).length;

  beforeAll(async () => {
    ensureBuilt();
    [database, simulator] = await Promise.all([testDatabase(), startSimulator({ liftSeconds: 2 })]);
    source = await database.connect();
    noc = simulatorClient(simulator);
    keys = ovhKeys(simulator.token);
  });
  afterAll(async () => {
    await simulator?.stop();
    await database?.drop();
  });

  it('reads a spam block with its sample, by signed calls against a clock that is 37 s ahead', async () => {
    const block = await blocked();
    expect(await driver().blocks(block.ip)).toEqual({
      ok: true,
      value: [{
        ip: block.ip, kind: 'spam', blockedAt: new Date(block.blockedAt).toISOString(), state: 'blocked', releaseAllowedAt: new Date(Date.parse(block.blockedAt) + HOUR).toISOString(), detectionsTotal: 4,
        detections: [{ at: `${block.blockedAt.slice(0, 19)}.000Z`, messageId: '<a@shop.example>', destinationIp: '198.51.100.7', score: 300 }],
      }],
    });
  });

  it('takes OAuth2 instead', async () => {
    const block = await blocked();
    const { clientId, clientSecret } = keys;
    expect(await driver({ clientId, clientSecret, tokenUrl: `${simulator.url}/ovh/oauth2/token` }).blocks(block.ip)).toMatchObject({ ok: true, value: [{ kind: 'spam' }] });
    const wrong = await driver({ clientId, clientSecret: 'wrong', tokenUrl: `${simulator.url}/ovh/oauth2/token` }).blocks(block.ip);
    expect(wrong).toMatchObject({ ok: false, error: 'refused' });
    expect(JSON.stringify(wrong)).not.toContain('wrong');
  });

  it('says that it is refused when the keys are not good, never that nothing is blocked', async () => {
    const block = await blocked();
    expect(await driver(signed({ appSecret: 'x' })).blocks(block.ip)).toMatchObject({ ok: false, error: 'refused', detail: expect.stringContaining('Invalid signature') as string });
    expect(await driver(signed({ consumerKey: 'x' })).blocks(block.ip)).toMatchObject({ ok: false, error: 'refused' });
    await noc.post('/faults', { call: 'blocks', mode: 'error', times: 4 });
    expect(await driver().blocks(block.ip)).toMatchObject({ ok: false, error: 'failed' });
    await noc.call('DELETE', '/faults');
  });

  it('lifts a spam block, whose record remains as unblocked', async () => {
    const block = await blocked();
    expect(await order(block)).toEqual({ ok: true, value: 'unblocking' });
    expect(await order(block)).toEqual({ ok: true, value: 'unblocking' });
    await waitFor('the record to say so', async () => {
      const found = await driver().blocks(block.ip);
      return (found.ok && found.value[0]?.state === 'unblocked') || null;
    });
    expect(await order(block)).toEqual({ ok: true, value: 'unblocked' });
    expect(await effects(block.ip)).toBe(1);
  });

  it('lifts a hack block, whose record disappears', async () => {
    const block = await blocked({ kind: 'hack', logs: 'sshd: 40 tries', detections: undefined });
    expect(await driver().blocks(block.ip)).toMatchObject({ ok: true, value: [{ kind: 'hack', state: 'blocked', logs: 'sshd: 40 tries' }] });
    expect(await order(block)).toEqual({ ok: true, value: 'unblocking' });
    await waitFor('the record to be gone', async () => {
      const found = await driver().blocks(block.ip);
      return (found.ok && found.value.length === 0) || null;
    });
    expect(await order(block)).toMatchObject({ ok: false, error: 'not_found' });
  });

  it.each([['spam'], ['hack']] as const)('hears "too early" of a %s block with its seconds', async (kind) => {
    const block = await blocked({ kind, releaseAllowedAt: new Date(Date.now() + 120_000).toISOString(), detections: undefined });
    const answer = await order(block);
    expect(answer).toMatchObject({ ok: false, error: 'too_early' });
    expect(!answer.ok && answer.retryAfterSeconds).toBeGreaterThan(110);
    expect(await effects(block.ip)).toBe(0);
  });

  it('lifts nothing when the record is of another block', async () => {
    const block = await blocked();
    expect(await order(block, { blockedAt: new Date(Date.parse(block.blockedAt) - HOUR).toISOString() })).toMatchObject({ ok: false, error: 'newer_block', blockedAt: new Date(block.blockedAt).toISOString() });
    expect(await effects(block.ip)).toBe(0);
  });

  it('does IPv4 only, knows no foreign network, and takes an account from what it was told', async () => {
    expect(await driver().blocks('2001:db8::25')).toMatchObject({ ok: false, error: 'not_offered' });
    expect(await driver().blocks('203.0.113.250')).toMatchObject({ ok: false, error: 'not_found' });
    expect(await driver().holder('192.0.2.9')).toMatchObject({ ok: false, error: 'not_found' });
    await driver().told({ by: 'noc', ip: '192.0.2.9', account: { id: '7', email: 'Ops@shop.example', name: 'Shop' } });
    await driver().told({ by: 'staff', ip: '192.0.2.9', account: { id: '8', email: 'b@shop.example' } });
    expect(await driver().holder('192.0.2.9')).toEqual({ ok: true, value: { ip: '192.0.2.9', accountId: '7' } });
    expect(await driver().accountsByEmail('ops@SHOP.example')).toEqual({ ok: true, value: [{ id: '7', email: 'Ops@shop.example', name: 'Shop' }] });
    expect(await driver().account('7')).toMatchObject({ ok: true, value: { emails: ['Ops@shop.example'] } });
  });
});
