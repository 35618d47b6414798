import { mkdtempSync, readFileSync, rmSync, chmodSync } from 'node:fs';
import { createTransport } from 'nodemailer';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/platform/database/embedded';
import { signIn, type Someone } from '../support/customer';
import { startDesk, type Answer, type Desk } from '../support/desk';
import { journey } from '../support/journey';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy';
import { waitFor } from '../support/wait-for';

jest.setTimeout(300_000);

const MERCIER: Someone = { id: '20671', email: 'contact@atelier-mercier.example', name: 'Atelier Mercier SARL' };
const EVIDENCE = { headers: 'From: a@shop.example\r\nMessage-ID: <a@shop.example>\r\n', explanation: 'Order confirmations, wanted by those who got them.' };
const claim = (ip: string) => ({ claim: 'mistake', block: { ip, kind: 'spam', blockedAt: '2026-11-20T08:41:07Z' }, account: { id: MERCIER.id, email: MERCIER.email }, evidence: EVIDENCE });
const send = (desk: Desk, ip: string) => desk.call<{ ref: string }>('POST', '/api/v1/claims', claim(ip), 'noc', { 'idempotency-key': `claim ${ip}` });

describe('a PostgreSQL that is restarted at once', () => {
  let dir: string;
  let postgres: EmbeddedPostgres;
  let desk: Desk;
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), `desk-test-${process.pid}-postgres-`));
    chmodSync(dir, 0o711);
    postgres = await startEmbeddedPostgres({ dataDir: join(dir, 'postgres'), durable: true });
    desk = await startDesk({ postgres: postgres.url });
  }, 180_000);
  afterAll(async () => {
    await desk?.stop();
    await postgres?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  it('F19 during a hundred concurrent claims: every one that was acknowledged is there, and none twice', async () => {
    const ips = Array.from({ length: 100 }, (_, i) => `198.51.100.${i + 1}`);
    const acknowledged = new Map<string, string>();
    // As a control panel does it: the same key until there is an answer.
    const all = Promise.all(ips.map((ip) => waitFor(`${ip} to be taken`, async () => {
      const answer = await send(desk, ip);
      expect([200, 201, 503]).toContain(answer.status);
      return answer.status < 300 && acknowledged.set(ip, answer.body.ref);
    }, 120_000)));
    await waitFor('some to be acknowledged', () => acknowledged.size > 0);
    process.kill(Number(readFileSync(join(dir, 'postgres/cluster/postmaster.pid'), 'utf8').split('\n', 1)[0]), 'SIGQUIT');
    const before = new Map(acknowledged);
    postgres = await startEmbeddedPostgres({ dataDir: join(dir, 'postgres'), durable: true, port: postgres.port });
    await all;
    const stored = await desk.database.query<{ ip: string; ref: string }>('select host(ip) as ip, ref from ticket');
    expect(stored.map(({ ip }) => ip).sort()).toEqual([...ips].sort());
    const refs = new Map(stored.map(({ ip, ref }) => [ip, ref]));
    expect([...before].filter(([ip, ref]) => refs.get(ip) !== ref)).toEqual([]);
    expect([...acknowledged].filter(([ip, ref]) => refs.get(ip) !== ref)).toEqual([]);
    await waitFor('all to be read', async () => (await desk.database.query(`select 1 from ticket where state in ('received', 'analysing')`)).length === 0, 90_000);
    await journey(desk).mended();
  });
});

describe('a PostgreSQL that is slow, or full', () => {
  let desk: Desk;
  let wire: TcpProxy;
  let the: ReturnType<typeof journey>;
  beforeAll(async () => {
    wire = await startTcpProxy({ port: Number(new URL(process.env['TEST_DATABASE_URL'] ?? '').port) });
    desk = await startDesk({ settings: (made) => ({ DATABASE_URL: wire.through(made['DATABASE_URL'] ?? '') }) });
    the = journey(desk);
  }, 180_000);
  afterAll(async () => {
    wire?.delay(0);
    await desk?.stop();
    await wire?.close();
  });

  const live = async (): Promise<number> => (await fetch(`${desk.url}/health/live`)).status;
  const retry = ({ status, headers }: Pick<Answer<unknown>, 'status' | 'headers'>) => [status, headers.get('retry-after'), headers.get('content-type')?.split(';', 1)[0]];
  const appeal = async (ip: string) => {
    const block = await the.blocked(ip, MERCIER.id);
    const customer = await signIn(desk, MERCIER, block);
    return () => customer.upload('/appeals', { ip: block.ip, kind: 'spam', blockedAt: block.blockedAt, claim: 'mistake', explanation: 'Order letters, "wanted" <by> our customers.', queueInspected: 'wanted' }, [{ name: 'letter.eml', text: 'From: a@shop.example\nSubject: Order 17\n\nHello' }]);
  };

  it('F20 five seconds away, with every connection in use: 503 and when to come again, alive, and what was typed is kept', async () => {
    const sendForm = await appeal('198.51.100.211');
    wire.delay(5_000);
    // More than there are connections: some are served late, the others hear that they should come again.
    const waiting = Array.from({ length: 40 }, () => desk.call('GET', '/api/v1/tickets').catch(() => null));
    const form = await sendForm();
    expect(await live()).toBe(200);
    const answers = (await Promise.all(waiting)).filter((answer) => answer !== null);
    wire.delay(0);
    wire.cut();
    expect(answers.every(({ status }) => status === 200 || status === 503)).toBe(true);
    const refused = answers.filter(({ status }) => status === 503);
    expect(refused.length).toBeGreaterThan(0);
    refused.forEach((answer) => expect(retry(answer)).toEqual([503, '5', 'application/problem+json']));
    expect([form.status, form.text]).toEqual([503, expect.stringContaining('Order letters, "wanted"')]);
    await waitFor('the desk to be ready', async () => (await fetch(`${desk.url}/health/ready`)).ok);
    expect((await sendForm()).status).toBe(200);
    expect(desk.output().match(/"ready":true/g)).toHaveLength(1);
  });

  it('F21 full: nothing is half stored, mail stays with its sender, a form keeps its text, and all of it is taken when there is room', async () => {
    const block = await the.blocked('198.51.100.212', MERCIER.id);
    const { ref } = await the.handOver(block, MERCIER.id, 'fixed', {});
    const customer = await signIn(desk, MERCIER, block);
    await customer.get(`/tickets/${ref}`);
    const write = () => customer.post(`/tickets/${ref}/messages`, { text: 'The queue is empty now, and "sealed".' });
    const raw = (id: string) => `From: ${MERCIER.email}\r\nTo: ${desk.mailbox}\r\nSubject: Block\r\nMessage-ID: <${id}@shop.example>\r\n\r\nPlease lift the block.\r\n`;
    const deliver = (id: string) => createTransport({ ...desk.smtp, secure: false, ignoreTLS: true }).sendMail({ envelope: { from: MERCIER.email, to: desk.mailbox }, raw: raw(id) }).then(() => 250, (error: { responseCode?: number }) => error.responseCode);
    // What PostgreSQL says when it cannot extend a file (SQLSTATE 53100): for the tables that hold what people send.
    await desk.database.query(`create function no_room() returns trigger language plpgsql as $$ begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$`);
    for (const table of ['evidence_item', 'inbound_mail', 'message']) {
      await desk.database.query(`create trigger no_room before insert on ${table} for each row execute function no_room()`);
    }
    const before = await desk.database.query('select count(*)::int as n from ticket');
    expect(retry(await send(desk, '198.51.100.213'))).toEqual([503, '5', 'application/problem+json']);
    expect(await deliver('full')).toBe(452);
    expect(retry(await desk.call('POST', '/api/v1/inbound-mail', Buffer.from(raw('http'))))).toEqual([503, '5', 'application/problem+json']);
    expect(desk.cli(['mail-pipe'], raw('pipe')).status).toBe(75);
    const page = await write();
    expect([page.status, page.text]).toEqual([503, expect.stringContaining('The queue is empty now, and "sealed".')]);
    expect(await live()).toBe(200);
    // No ticket without what it was made of, no work for one that is not there.
    expect(await desk.database.query('select count(*)::int as n from ticket')).toEqual(before);
    expect(await desk.database.query('select 1 from inbound_mail')).toEqual([]);
    expect(await desk.database.query('select 1 from outbox_message o where o.ticket_id is not null and not exists (select from ticket t where t.id = o.ticket_id)')).toEqual([]);

    for (const table of ['evidence_item', 'inbound_mail', 'message']) {
      await desk.database.query(`drop trigger no_room on ${table}`);
    }
    expect((await send(desk, '198.51.100.213')).status).toBe(201);
    expect(await deliver('full')).toBe(250);
    expect((await write()).text).toContain('The queue is empty now, and "sealed".');
    expect(await the.broken()).toEqual([]);
  });
});
