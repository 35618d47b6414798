import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { nocCheckCommand } from '../../src/cli/noc-check/command';
import { startSimulator, type RunningSimulator } from '../../src/simulator/child';
import type { Block } from '../../src/core/ticket/block';
import type { LedgerEntry } from '../../src/simulator/types';
import { ensureBuilt } from '../support/desk-process';
import { simulatorClient } from '../support/simulator-client';

jest.setTimeout(150_000);

type Result = { check: string; verdict: string; says: string };
const run = async (args: string[]) => {
  let [out, err] = ['', ''];
  const io = { stdout: { write: (text: string) => (out += text) }, stderr: { write: (text: string) => (err += text) } };
  const code = await nocCheckCommand(args, io as never);
  return { code, out, err };
};
/** @param slow whether slowness counts: on a busy machine everything is slow */
const failing = async (args: string[], slow = false) => {
  const { code, out } = await run([...args, '--json']);
  const { results } = JSON.parse(out) as { results: Result[] };
  return { code, failed: results.filter(({ verdict }) => verdict === 'fail').map(({ check }) => check), warned: results.filter(({ verdict }) => verdict === 'warn').map(({ check }) => check).filter((check) => check !== 'quick-answers' || slow) };
};

describe('noc-check', () => {
  describe('against the simulator', () => {
    let simulator: RunningSimulator;
    let noc: ReturnType<typeof simulatorClient>;
    const args = (...more: string[]): string[] => ['--url', simulator.url, '--token', simulator.token, ...more];
    const ledger = async () => (await noc.get<LedgerEntry[]>('/ledger')).body.filter(({ effect }) => effect).map(({ ip }) => ip);
    const blocked = async (ip: string, more: Partial<Block> = {}) => {
      await noc.put(`/addresses/${ip}`, { accountId: '20418' });
      await noc.post('/blocks', { ip, kind: 'spam', blockedAt: new Date(Date.now() - 3_600_000).toISOString(), ...more });
      return ip;
    };
    beforeAll(async () => {
      ensureBuilt();
      simulator = await startSimulator({ liftSeconds: 0.3 });
      noc = simulatorClient(simulator);
    });
    afterAll(() => simulator?.stop());

    it('finds nothing wrong, and lifts nothing by itself', async () => {
      for (const ip of [await blocked('192.0.2.201'), await blocked('2001:db8:201::1')]) {
        const { code, out } = await run(args('--ip', ip));
        expect([code, out]).toEqual([0, expect.stringMatching(/ 0 fail, .*not tried/)]);
        expect(out).toContain('nothing is lifted without --lift ADDRESS');
      }
      expect(await ledger()).toEqual([]);
    });
    it('lifts the one block that is named, once', async () => {
      const [ip] = [await blocked('192.0.2.202'), await blocked('192.0.2.203')];
      expect(await failing(args('--ip', ip, '--lift', ip, '--exception', '--wait', '10'))).toEqual({ code: 0, failed: [], warned: [] });
      expect(await ledger()).toEqual([ip]);
    });
    it('reads "too early" in its form, and leaves the block alone', async () => {
      const ip = await blocked('192.0.2.204', { releaseAllowedAt: new Date(Date.now() + 600_000).toISOString() });
      const { code, out } = await run(args('--ip', ip, '--lift', ip));
      expect([code, out]).toEqual([0, expect.stringMatching(/ok {3}too-early[\s\S]*answered 425 too_early: try again later/)]);
      expect(await ledger()).not.toContain(ip);
    });
    it('says what is wrong with a call, and when nobody is there', async () => {
      expect(await run(['--url', simulator.url, '--token', simulator.token])).toMatchObject({ code: 2, err: expect.stringContaining('Usage: noc-check --ip') as string });
      expect((await run(args('--ip', '192.0.2.201', '--frobnicate', 'x'))).code).toBe(2);
      expect((await run(['--url', 'http://127.0.0.1:1', '--token', 'x', '--ip', '192.0.2.201'])).code).toBe(3);
      expect((await failing(['--url', simulator.url, '--token', 'wrong', '--ip', '192.0.2.201'])).failed).toContain('address');
    });
  });

  describe('against a NOC that breaks a rule', () => {
    const IP = '198.51.100.7';
    const AT = '2026-11-20T02:14:00Z';
    let server: Server;
    let url: string;
    let state: string;
    let keys: Map<string, object>;
    type Say = { status: number; body: unknown; headers?: Record<string, string>; raw?: string; wait?: number };
    let broken: (path: string, good: Say, call: { method: string; token: string; blockedAt?: string; key: string }) => Say | undefined;

    const good = (method: string, path: string, token: string, key: string, body: { blockedAt?: string }): Say => {
      if (token !== 'Bearer right') {
        return { status: 401, body: { code: 'unauthorised' } };
      }
      const [, what, id = '', more = ''] = path.split('?')[0]!.split('/').map(decodeURIComponent);
      const account = { id: 'A-1', email: 'ops@shop.example', emails: ['ops@shop.example'] };
      const ours = [IP, `::ffff:${IP}`].includes(id);
      if (what === 'accounts') {
        return path.includes('?') ? { status: 200, body: path.toLowerCase().includes('ops%40shop.example') ? [account] : [] } : id === 'A-1' ? { status: 200, body: account } : { status: 404, body: {} };
      }
      if (!ours) {
        return { status: 404, body: { code: 'not_ours' } };
      }
      if (method === 'GET') {
        return { status: 200, body: more === '' ? { ip: IP, accountId: 'A-1' } : [{ ip: IP, kind: 'spam', blockedAt: AT, state }, { ip: IP, kind: 'spam', blockedAt: '2026-10-01T00:00:00Z', state: 'unblocked' }] };
      }
      if (more === 'exceptions') {
        const made = keys.get(key) ?? { id: `e-${keys.size}`, state: 'applied' };
        keys.set(key, made);
        return { status: 201, body: made };
      }
      if (Date.parse(body.blockedAt ?? '') !== Date.parse(AT)) {
        return { status: 409, body: { code: 'newer_block', blockedAt: AT } };
      }
      state = 'unblocked';
      return { status: 200, body: { state: 'unblocked' } };
    };
    const send = (response: ServerResponse, { status, body, headers = {}, raw, wait = 0 }: Say) =>
      setTimeout(() => response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(raw ?? JSON.stringify(body)), wait);

    beforeAll(async () => {
      server = createServer((request, response) => {
        let text = '';
        request.on('data', (chunk: Buffer) => (text += chunk.toString())).on('end', () => {
          const [method, path, token, key] = [request.method ?? '', request.url ?? '', request.headers.authorization ?? '', String(request.headers['idempotency-key'] ?? '')];
          const body = (text === '' ? {} : JSON.parse(text)) as { blockedAt?: string };
          const before = state;
          const right = good(method, path, token, key, body);
          const said = broken(path, right, { method, token, key, ...body });
          if (said && right.status === 200 && method === 'POST' && said.status >= 300) {
            state = before;
          }
          send(response, said ?? right);
        });
      });
      await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
      url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    });
    afterAll(async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    });
    beforeEach(() => {
      state = 'blocked';
      keys = new Map();
      broken = () => undefined;
    });
    const check = (slow = false) => failing(['--url', url, '--token', 'right', '--ip', IP, '--lift', IP, '--exception', '--wait', '0.8'], slow);
    const lifts = (path: string): boolean => path.endsWith('/lift');

    it('finds nothing wrong with the stub as it is', async () => expect(await check()).toEqual({ code: 0, failed: [], warned: [] }));

    it.each<[string, typeof broken, string]>([
      ['asks for no token', (path, right, { token }) => (token === '' ? { status: 200, body: { ip: IP, accountId: 'A-1' } } : undefined), 'no-token'],
      ['takes any token', (path, right, { token }) => (token.endsWith('wrong-token') && !lifts(path) ? { status: 200, body: { ip: IP, accountId: 'A-1' } } : undefined), 'wrong-token'],
      ['answers HTML', (path) => (path === `/addresses/${IP}` ? { status: 200, body: null, raw: '<html>Sign in</html>', headers: { 'content-type': 'text/html' } } : undefined), 'address'],
      ['says JSON is text', (path) => (path === '/accounts/A-1' ? { status: 200, body: { id: 'A-1', email: 'ops@shop.example', emails: [] }, headers: { 'content-type': 'text/plain' } } : undefined), 'json'],
      ['answers nonsense', (path) => (path === `/addresses/${IP}` ? { status: 200, body: { ok: true } } : undefined), 'address'],
      ['answers another address', (path) => (path === `/addresses/${IP}` ? { status: 200, body: { ip: '198.51.100.8', accountId: 'A-1' } } : undefined), 'address-form'],
      ['knows every address', (path, right) => (path === '/addresses/240.0.0.1' ? { ...right, status: 200, body: { ip: '240.0.0.1', accountId: 'A-1' } } : undefined), 'not-ours'],
      ['has an empty list for an address that is not its own', (path) => (path === '/addresses/240.0.0.1/blocks' ? { status: 200, body: [] } : undefined), 'blocks-not-ours'],
      ['forgets the e-mails', (path) => (path === '/accounts/A-1' ? { status: 200, body: { id: 'A-1', email: 'ops@shop.example' } } : undefined), 'account'],
      ['answers another account', (path) => (path === '/accounts/A-1' ? { status: 200, body: { id: 'A-2', email: 'ops@shop.example', emails: [] } } : undefined), 'account-id'],
      ['minds the case of an e-mail address', (path) => (path.includes('OPS') ? { status: 200, body: [] } : undefined), 'account-by-email'],
      ['answers 404 for an e-mail address of nobody', (path) => (path.includes('nobody') ? { status: 404, body: {} } : undefined), 'no-email'],
      ['invents accounts', (path) => (path.includes('no-such-account') ? { status: 200, body: { id: 'x', email: 'a@b.example', emails: [] } } : undefined), 'no-account'],
      ['lists oldest first', (path, right) => (path === `/addresses/${IP}/blocks` ? { ...right, body: [...(right.body as object[])].reverse() } : undefined), 'blocks-newest-first'],
      ['forgets the states', (path, right) => (path === `/addresses/${IP}/blocks` ? { ...right, body: (right.body as Block[]).map(({ state: _, ...block }) => block) } : undefined), 'blocks-state'],
      ['redirects', (path) => (path === '/accounts/A-1' ? { status: 302, body: {}, headers: { location: '/elsewhere' } } : undefined), 'no-redirects'],
      ['breaks', (path) => (path.includes('no-such-account') ? { status: 500, body: {} } : undefined), 'no-500'],
      ['is busy and does not say for how long', (path) => (path.includes('no-such-account') ? { status: 503, body: {} } : undefined), 'retry-after'],
      ['sends ten megabytes', (path) => (path.includes('no-such-account') ? { status: 200, body: null, raw: 'x'.repeat(10_000_000) } : undefined), 'whole-answers'],
      ['lifts what is not its own', (path) => (path.includes('240.0.0.1') && lifts(path) ? { status: 202, body: { state: 'unblocking' } } : undefined), 'lift-not-ours'],
      ['lifts with any token', (path, _right, { token }) => (lifts(path) && token.endsWith('wrong-token') ? { status: 202, body: { state: 'unblocking' } } : undefined), 'lift-wrong-token'],
      ['lifts another episode than the one that is named', (path, right) => (lifts(path) && right.status === 409 ? { status: 202, body: { state: 'unblocking' } } : undefined), 'lift-other-episode'],
      ['does not say which block is newer', (path, right) => (lifts(path) && right.status === 409 ? { status: 409, body: { code: 'newer_block' } } : undefined), 'newer-block-time'],
      ['says "ok" to a lift', (path, right) => (lifts(path) && right.status === 200 ? { status: 200, body: { ok: true } } : undefined), 'lift'],
      ['says "too early" and not how long', (path, right) => (lifts(path) && right.status === 200 ? { status: 425, body: { code: 'too_early' } } : undefined), 'too-early'],
      ['says that it lifts, and does not', (path, right) => (path === `/addresses/${IP}/blocks` && state === 'unblocked' ? { ...right, body: [{ ip: IP, kind: 'spam', blockedAt: AT, state: 'blocked' }] } : undefined), 'lift-read-back'],
      ['forgets the keys of exceptions', (path, right) => (path.endsWith('/exceptions') ? { ...right, body: { id: Math.random().toString(), state: 'applied' } } : undefined), 'exception-key-again'],
      ['answers an exception with nothing', (path) => (path.endsWith('/exceptions') ? { status: 200, body: {} } : undefined), 'exception'],
    ])('finds one that %s', async (_, breaks, name) => {
      broken = breaks;
      const { code, failed } = await check();
      expect([code, failed]).toEqual([1, expect.arrayContaining([name])]);
    });

    it('finds a key that is used twice for two effects', async () => {
      let orders = 0;
      broken = (path, right) => (lifts(path) && right.status === 200 && ++orders === 2 ? { status: 404, body: {} } : undefined);
      expect((await check()).failed).toContain('lift-key-again');
    });
    it('finds one that is slow, which is worth a word', async () => {
      broken = (path, right) => (path === '/accounts/A-1' ? { ...right, wait: 1_700 } : undefined);
      expect(await check(true)).toEqual({ code: 0, failed: [], warned: ['quick-answers'] });
    });
  });
});
