import { createTransport } from 'nodemailer';
import { startDesk, type Desk } from '../support/desk';
import { journey } from '../support/journey';
import { describeWithRedis, startRedis } from '../support/redis';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy';
import { waitFor } from '../support/wait-for';

jest.setTimeout(300_000);

const NORDLICHT = '20418';
const EVIDENCE = { headers: 'From: a@shop.example\r\nMessage-ID: <a@shop.example>\r\n', explanation: 'Order confirmations, wanted by those who got them.' };
const LIFT = { outcome: 'lift', reasons: ['transactional_burst'], statement: 'These were order confirmations that their readers had asked for.' };

const live = async (desk: Desk): Promise<number> => (await fetch(`${desk.url}/health/live`)).status;
const ready = async (desk: Desk): Promise<{ status: string }> => (await (await fetch(`${desk.url}/health/ready`)).json()) as { status: string };
const startedOnce = (desk: Desk): boolean => desk.output().match(/"ready":true/g)?.length === 1;

describe('PostgreSQL goes away and comes back', () => {
  let desk: Desk;
  let proxy: TcpProxy;
  let the: ReturnType<typeof journey>;
  beforeAll(async () => {
    proxy = await startTcpProxy({ port: Number(new URL(process.env['TEST_DATABASE_URL'] ?? '').port) });
    desk = await startDesk({ settings: (made) => ({ DATABASE_URL: proxy.through(made['DATABASE_URL'] ?? '') }) });
    the = journey(desk);
  }, 180_000);
  afterEach(() => proxy.set('pass'));
  afterAll(async () => {
    await desk?.stop();
    await proxy?.close();
  });

  const claim = (ip: string, blockedAt: string) => ({ claim: 'mistake', block: { ip, kind: 'spam', blockedAt }, account: { id: NORDLICHT, email: 'technik@nordlicht-druck.example' }, evidence: EVIDENCE });
  const mail = (id: string) => `From: technik@nordlicht-druck.example\r\nTo: ${desk.mailbox}\r\nSubject: Block\r\nMessage-ID: <${id}@nordlicht-druck.example>\r\n\r\nPlease lift the block.\r\n`;
  const deliver = (id: string) =>
    createTransport({ ...desk.smtp, secure: false, ignoreTLS: true, connectionTimeout: 30_000 }).sendMail({ envelope: { from: 'technik@nordlicht-druck.example', to: desk.mailbox }, raw: mail(id) }).then(() => 250, (error: { responseCode?: number }) => error.responseCode ?? 0);

  it('F20 says 503 meanwhile, stays alive, keeps what it took, and goes on by itself', async () => {
    const [first, second] = [await the.blocked('192.0.2.61', NORDLICHT), await the.blocked('192.0.2.62', NORDLICHT)];
    const ticket = await the.take((await the.handOver(first, NORDLICHT, 'mistake', EVIDENCE)).ref);
    expect(await deliver('before')).toBe(250);
    // The lift is ordered while nobody can write down what becomes of it.
    expect((await the.decide(ticket, LIFT)).status).toBe(201);
    proxy.set('refuse');

    for (const [method, path, body, key] of [
      ['POST', '/api/v1/claims', claim(second.ip, second.blockedAt), 'noc'], ['GET', `/api/v1/tickets/${ticket.ref}`, undefined, 'reviewer1'], ['POST', '/api/v1/review/take', {}, 'reviewer1'],
    ] as const) {
      const answer = await desk.call<{ detail: string }>(method, path, body, key);
      expect([path, answer.status, answer.headers.get('content-type'), answer.headers.get('retry-after')]).toEqual([path, 503, 'application/problem+json; charset=utf-8', '5']);
      expect(answer.body.detail).toMatch(/send it again/);
    }
    expect((await desk.call('POST', '/api/v1/inbound-mail', Buffer.from(mail('http')))).status).toBe(503);
    expect(await deliver('meanwhile')).toBeGreaterThanOrEqual(400);
    expect(await deliver('meanwhile')).toBeLessThan(500);
    const page = await fetch(`${desk.url}/s/${'x'.repeat(32)}`, { headers: { accept: 'text/html' } });
    expect([page.status, page.headers.get('content-type')]).toEqual([503, expect.stringContaining('text/html')]);
    expect([await live(desk), await ready(desk)]).toEqual([200, expect.objectContaining({ status: 'unavailable', database: false })]);

    proxy.set('pass');
    await waitFor('the desk to be ready', async () => (await ready(desk)).status === 'ok');
    expect(await the.until(ticket.ref, 'lifted')).toMatchObject({ lift: { state: 'confirmed' } });
    expect((await the.ledger(first.ip)).filter((entry) => entry.effect)).toHaveLength(1);
    const again = await desk.call<{ ref: string }>('POST', '/api/v1/claims', claim(second.ip, second.blockedAt));
    expect(again.status).toBe(201);
    await the.until(again.body.ref, 'queued');
    expect(await deliver('meanwhile')).toBe(250);
    await waitFor('every mail to have an end', async () => {
      const mails = await desk.database.query<{ state: string }>('select state from inbound_mail');
      return mails.length === 2 && mails.every(({ state }) => state !== 'stored');
    });
    expect(startedOnce(desk)).toBe(true);
    await the.mended();
  });

  it('F20 falls silent without hanging up: no request hangs, and no connection is lost for good', async () => {
    const ask = () => Promise.all(Array.from({ length: 12 }, () => desk.call('GET', '/api/v1/tickets').then(({ status }) => status)));
    expect(await ask()).toEqual(Array.from({ length: 12 }, () => 200));
    proxy.set('swallow');
    expect(await ask()).toEqual(Array.from({ length: 12 }, () => 503));
    proxy.set('pass');
    await waitFor('the desk to be ready', async () => (await ready(desk)).status === 'ok');
    expect(await ask()).toEqual(Array.from({ length: 12 }, () => 200));
    expect(startedOnce(desk)).toBe(true);
  });

  it('F19 loses connections in the middle of everything, and no claim twice or never', async () => {
    const ip = (await the.blocked('192.0.2.63', NORDLICHT)).ip;
    const at = (i: number) => new Date(Date.parse('2026-11-21T00:00:00Z') + i * 1000).toISOString();
    // As a control panel does it: the same key until there is an answer.
    const insist = async (i: number): Promise<string> => {
      const answer = await waitFor(`claim ${i} to be answered`, async () => {
        const got = await desk.call<{ ref: string }>('POST', '/api/v1/claims', claim(ip, at(i)), 'noc', { 'idempotency-key': `insist-${i}` });
        return got.status === 201 ? got.body.ref : null;
      }, 60_000);
      return answer;
    };
    const all = Promise.all(Array.from({ length: 40 }, (_, i) => insist(i)));
    for (let cuts = 0; cuts < 5; cuts++) {
      proxy.cut();
      await live(desk);
    }
    const refs = await all;
    expect(new Set(refs).size).toBe(40);
    expect(await desk.database.query(`select count(*)::int as n from ticket where host(ip) = $1`, [ip])).toEqual([{ n: 40 }]);
    await waitFor('all to be read', async () => (await desk.database.query(`select 1 from ticket where host(ip) = $1 and state in ('received', 'analysing')`, [ip])).length === 0, 90_000);
    expect(startedOnce(desk)).toBe(true);
    await the.mended();
  });
});

describeWithRedis('Redis goes away and comes back', () => {
  let desk: Desk;
  let proxy: TcpProxy;
  let the: ReturnType<typeof journey>;
  let redis: Awaited<ReturnType<typeof startRedis>>;
  beforeAll(async () => {
    redis = await startRedis();
    proxy = await startTcpProxy({ port: Number(new URL(redis.url).port) });
    desk = await startDesk({ settings: { REDIS_URL: proxy.through(redis.url) } });
    the = journey(desk);
  }, 180_000);
  afterEach(() => proxy.set('pass'));
  afterAll(async () => {
    await desk?.stop();
    await proxy?.close();
    await redis?.stop();
  });

  let last = 70;
  const toTheEnd = async (): Promise<void> => {
    const block = await the.blocked(`192.0.2.${++last}`, NORDLICHT);
    const ticket = await the.take((await the.handOver(block, NORDLICHT, 'mistake', EVIDENCE)).ref);
    expect((await the.decide(ticket, LIFT)).status).toBe(201);
    await the.until(ticket.ref, 'lifted');
    await the.settled(ticket.ref);
    expect((await the.ledger(block.ip)).filter((entry) => entry.effect)).toHaveLength(1);
    expect(the.mails(ticket.ref).filter((mail) => mail.subject.startsWith('Lifted and confirmed'))).toHaveLength(1);
  };

  it.each(['refuse', 'swallow', 'dropAnswers'] as const)('F06, F09 %s: the work goes on inside, once each, and through Redis again afterwards', async (how) => {
    await waitFor('Redis to carry', async () => (await ready(desk)).status === 'ok');
    await toTheEnd();
    const block = await the.blocked(`192.0.2.${++last}`, NORDLICHT);
    const between = await the.take((await the.handOver(block, NORDLICHT, 'mistake', EVIDENCE)).ref);
    proxy.set(how);
    expect((await the.decide(between, LIFT)).status).toBe(201);
    await toTheEnd();
    await the.until(between.ref, 'lifted');
    expect(await live(desk)).toBe(200);
    proxy.set('pass');
    proxy.cut();
    await waitFor('Redis to carry again', async () => (await ready(desk)).status === 'ok', 60_000);
    await toTheEnd();
    expect(startedOnce(desk)).toBe(true);
    await the.mended();
  });
});
