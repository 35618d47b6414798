import { createTransport } from 'nodemailer';
import { startDesk, type Desk } from '../support/desk';
import { startProcess, type DeskProcess } from '../support/desk-process';
import { journey } from '../support/journey';
import { freePort } from '../support/ports';
import { carriers } from '../support/redis';
import { waitFor } from '../support/wait-for';

jest.setTimeout(240_000);

const ACCOUNT = '20418';
const EVIDENCE = { headers: 'From: a@shop.example\r\nMessage-ID: <a@shop.example>\r\n', explanation: 'Order confirmations, wanted by those who got them.' };
const LIFT = { outcome: 'lift', reasons: ['transactional_burst'], statement: 'These were order confirmations that their readers had asked for.' };

// In-process is what each worker does by itself while Redis is away; here it is about several of them.
describe('two processes of each role on one database and one Redis', () => {
  let desk: Desk;
  let the: ReturnType<typeof journey>;
  const more: DeskProcess[] = [];
  let second = { url: '', smtp: 0, firstSmtp: 0 };

  beforeAll(async () => {
    desk = await startDesk({ carrier: carriers.at(-1), settings: { ROLES: 'web' } });
    the = journey(desk);
    const [web, one, two] = [await freePort(), await freePort(), await freePort()];
    second = { url: `http://127.0.0.1:${web}`, smtp: two, firstSmtp: one };
    const roles: Record<string, string>[] = [{ ROLES: 'web', PORT: String(web) }, { ROLES: 'worker' }, { ROLES: 'worker' }, { ROLES: 'mail', MAIL_LISTEN: `smtp://127.0.0.1:${one}` }, { ROLES: 'mail', MAIL_LISTEN: `smtp://127.0.0.1:${two}` }];
    for (const settings of roles) {
      more.push(await startProcess({ ...desk.settings, ...settings }));
    }
  }, 240_000);
  afterAll(async () => {
    await Promise.all(more.map((process) => (process.kill('SIGTERM'), process.exited)));
    await desk?.stop();
  });

  /** The same desk, through the second web. */
  const other = async <T>(method: string, path: string, body: unknown, key: 'noc' | 'reviewer1'): Promise<{ status: number; body: T }> => {
    const answer = await fetch(second.url + path, { method, headers: { authorization: `Bearer ${desk.keys[key]}`, 'content-type': 'application/json' }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    return { status: answer.status, body: (await answer.json()) as T };
  };
  const deliver = (port: number, email: string, id: string) => createTransport({ host: '127.0.0.1', port, secure: false, ignoreTLS: true }).sendMail({
    envelope: { from: email, to: desk.mailbox }, raw: `From: ${email}\r\nTo: ${desk.mailbox}\r\nSubject: Block ${id}\r\nMessage-ID: <${id}@shop.example>\r\n\r\nPlease look at the block of our server.\r\n`,
  });
  const lifted = async (ip: string): Promise<void> => {
    const block = await the.blocked(ip, ACCOUNT);
    const ticket = await the.take((await the.handOver(block, ACCOUNT, 'mistake', EVIDENCE)).ref);
    const seen = await other<{ state: string; version: number }>('GET', `/api/v1/tickets/${ticket.ref}`, undefined, 'reviewer1');
    expect([seen.status, seen.body.state]).toEqual([200, 'in_review']);
    // The key that one web knows of holds at the other, and so does what the first was told.
    expect((await other('POST', `/api/v1/tickets/${ticket.ref}/decisions`, { version: seen.body.version, ...LIFT }, 'reviewer1')).status).toBe(201);
    await the.until(ticket.ref, 'lifted');
    await the.settled(ticket.ref);
    expect((await the.ledger(ip)).filter((entry) => entry.effect)).toHaveLength(1);
    expect(the.mails(ticket.ref).filter((mail) => mail.subject.startsWith('Lifted and confirmed'))).toHaveLength(1);
  };

  it('carries a claim from one to the other, and ends it once', async () => {
    const { body: account } = await the.noc.get<{ email: string }>(`/accounts/${ACCOUNT}`);
    await lifted('192.0.2.41');
    await Promise.all([deliver(second.firstSmtp, account.email, 'one'), deliver(second.smtp, account.email, 'two')]);
    await waitFor('both mails to have an end', async () => (await desk.database.query(`select 1 from inbound_mail where state <> 'stored'`)).length === 2);
    expect(await the.broken()).toEqual([]);
  });

  it('goes on while one of each is taken down, each in time and with nothing left behind', async () => {
    const [, first, , mail] = more as [DeskProcess, DeskProcess, DeskProcess, DeskProcess];
    const since = performance.now();
    const going = [first, mail].map((process) => (process.kill('SIGTERM'), process.exited));
    await lifted('192.0.2.42');
    // By the signal, once all was put away; by itself (1) where something hung past 25 s.
    expect(await Promise.all(going)).toEqual(['SIGTERM', 'SIGTERM']);
    expect(performance.now() - since).toBeLessThan(60_000);
    const { body: account } = await the.noc.get<{ email: string }>(`/accounts/${ACCOUNT}`);
    await expect(deliver(second.firstSmtp, account.email, 'three')).rejects.toThrow();
    await deliver(second.smtp, account.email, 'four');
    await waitFor('the mail to have an end', async () => (await desk.database.query(`select 1 from inbound_mail where state <> 'stored'`)).length === 3);
    expect(await the.broken()).toEqual([]);
  });
});
