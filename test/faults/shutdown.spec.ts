import { setTimeout as pause } from 'node:timers/promises';
import { startDesk, type Desk } from '../support/desk';
import { startProcess, type DeskProcess } from '../support/desk-process';
import { journey } from '../support/journey';
import { freePort } from '../support/ports';
import { waitFor } from '../support/wait-for';

jest.setTimeout(300_000);

const EVIDENCE = { headers: 'From: a@shop.example\r\nMessage-ID: <a@shop.example>\r\n', explanation: 'Order confirmations, wanted by those who got them.' };
/** Clients that each send a request, a moment after the last was answered, on connections that stay open: some 200 a second at most. */
const CLIENTS = 10;
const MOMENT_MS = 50;
const EXIT_MS = 25_000;

describe('F22: processes that are told to end under load', () => {
  let desk: Desk;
  let the: ReturnType<typeof journey>;
  let other: DeskProcess | undefined;
  let n = 0;
  beforeAll(async () => {
    desk = await startDesk({ settings: { DRAIN_SECONDS: '3' } });
    the = journey(desk);
  }, 180_000);
  afterAll(async () => {
    other?.kill('SIGKILL');
    await desk?.stop();
  });

  const nextIp = (): string => `198.18.${Math.floor(++n / 250)}.${(n % 250) + 1}`;
  const claimTo = async (url: string, ip = nextIp()): Promise<{ ip: string; status: number; ref: string | null }> => {
    await pause(MOMENT_MS);
    const body = JSON.stringify({ claim: 'mistake', block: { ip, kind: 'spam', blockedAt: '2026-11-20T08:41:07Z' }, account: { id: '20418', email: 'technik@nordlicht-druck.example' }, evidence: EVIDENCE });
    const answer = await fetch(`${url}/api/v1/claims`, { method: 'POST', headers: { authorization: `Bearer ${desk.keys.noc}`, 'content-type': 'application/json' }, body });
    const { ref = null } = (await answer.json()) as { ref?: string };
    return { ip, status: answer.status, ref };
  };
  /** Nobody is there any more, which a client knows before it has sent anything. */
  const isRefused = (error: unknown): boolean => (error as { cause?: { code?: string } }).cause?.code === 'ECONNREFUSED';
  /** Every promise holds, as soon as what is due has been worked off. */
  const kept = () => waitFor('every promise to hold', async () => (await the.broken()).length === 0, 120_000);
  const allThere = async (taken: { ip: string; ref: string | null }[]): Promise<void> => {
    const stored = new Map((await desk.database.query<{ ip: string; ref: string }>('select host(ip) as ip, ref from ticket')).map(({ ip, ref }) => [ip, ref]));
    expect(taken.filter(({ ip, ref }) => stored.get(ip) !== ref)).toEqual([]);
  };

  it('answers what it took, takes no more, and is gone within 25 seconds, whoever insists', async () => {
    // Work that hangs as long as it may.
    await the.noc.post('/faults', { call: 'webhooks', mode: 'slow', seconds: 4, times: 100_000 });
    const taken: { ip: string; status: number; ref: string | null }[] = [];
    const broken: string[] = [];
    const clients = Array.from({ length: CLIENTS }, async () => {
      for (;;) {
        const ip = nextIp();
        try {
          taken.push(await claimTo(desk.url, ip));
        } catch (error) {
          return isRefused(error) ? null : broken.push(ip);
        }
      }
    });
    await waitFor('work to be under way', async () => taken.length > 50 && (await desk.database.query(`select 1 from outbox_message where state = 'running' limit 8`)).length > 0, 60_000);
    const told = performance.now();
    desk.signal('SIGTERM');
    await waitFor('readiness to turn red', async () => (await fetch(`${desk.url}/health/ready`).then(({ status }) => status, () => 503)) === 503);
    desk.signal('SIGTERM');
    await desk.ended();
    expect(performance.now() - told).toBeLessThan(EXIT_MS + 2_000);
    await Promise.all(clients);
    expect([...new Set(taken.map(({ status }) => status))].filter((status) => status !== 201 && status !== 503)).toEqual([]);
    // Who had just connected when nobody listened any more got no answer: nothing was done for them either, so they may send it again.
    expect(await desk.database.query('select host(ip) as ip from ticket where host(ip) = any($1)', [broken])).toEqual([]);
    await allThere(taken.filter(({ status }) => status === 201));

    await the.noc.call('DELETE', '/faults');
    await desk.kill();
    await desk.start();
    await kept();
  });

  it('F06 one that never saw its Redis ends as politely', async () => {
    await desk.kill();
    await desk.start({ REDIS_URL: `redis://127.0.0.1:${await freePort()}` });
    expect((await claimTo(desk.url)).status).toBe(201);
    desk.signal('SIGTERM');
    expect([await desk.ended(), desk.output()]).toEqual(['SIGTERM', expect.not.stringContaining('Connection is closed')]);
    await desk.kill();
    await desk.start();
  });

  it('two of them, one after the other: no request is lost', async () => {
    const ports = [await freePort(), await freePort()];
    const second = `http://127.0.0.1:${ports[0]}`;
    const startOther = () => startProcess({ ...desk.settings, PORT: String(ports[0]), MAIL_LISTEN: `smtp://127.0.0.1:${ports[1]}` });
    other = await startOther();
    // A balancer: it asks each whether it is ready, sends to those that are, and tries the next one where nobody listens or where it is told 503:
    // nothing was done there.
    const up = new Set([desk.url, second]);
    let ended = false;
    const looking = (async () => {
      while (!ended) {
        await Promise.all([desk.url, second].map((url) => fetch(`${url}/health/ready`).then(({ ok }) => (ok ? up.add(url) : up.delete(url)), () => up.delete(url))));
        await pause(50);
      }
    })();
    const taken: { ip: string; status: number; ref: string | null }[] = [];
    const lost: unknown[] = [];
    const through = async (): Promise<void> => {
      // With nobody ready for a moment it tries both, as a balancer does: one that was slow to say so is there all the same.
      for (const url of (up.size > 0 ? [...up] : [desk.url, second]).sort(() => Math.random() - 0.5)) {
        try {
          const answer = await claimTo(url);
          if (answer.status !== 503) {
            taken.push(answer);
            return;
          }
        } catch (error) {
          if (!isRefused(error)) {
            lost.push(error);
            return;
          }
        }
      }
      lost.push('nobody was there');
    };
    const clients = Array.from({ length: CLIENTS }, async () => {
      while (!ended) {
        await through();
      }
    });
    await waitFor('load', () => taken.length > 50);
    await desk.kill('SIGTERM');
    await desk.start();
    await waitFor('the first to be taken up again', () => up.has(desk.url));
    other.kill('SIGTERM');
    await other.exited;
    other = await startOther();
    await waitFor('the second to be taken up again', () => up.has(second));
    const before = taken.length;
    await waitFor('more load', () => taken.length > before + 50);
    ended = true;
    await Promise.all([...clients, looking]);
    expect([lost, taken.filter(({ status }) => status !== 201)]).toEqual([[], []]);
    await allThere(taken);
    await kept();
  });
});
