import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { createTransport } from 'nodemailer';
import { SYSTEM } from '../../src/audit/actor';
import { FixesService } from '../../src/evidence/fixes.service';
import { SubmitService } from '../../src/evidence/submit.service';
import { TestMessagesService } from '../../src/evidence/test-messages.service';
import { MailboxService } from '../../src/mailbox/mailbox.service';
import { SmtpDoor } from '../../src/mailbox/smtp-door';
import { Transactions } from '../../src/platform/database/transactions';
import { serveDns } from '../../src/simulator/dns';
import { Faults } from '../../src/simulator/faults';
import { TestMessageService } from '../../src/status/test-message.service';
import type { Ticket } from '../../src/tickets/ticket.entity';
import { mailDesk, type MailDesk } from '../support/mail-desk';
import { waitFor } from '../support/wait-for';

const IP = '203.0.113.45';
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048, publicKeyEncoding: { type: 'spki', format: 'der' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } });

describe('a test message', () => {
  let desk: MailDesk;
  let dns: Awaited<ReturnType<typeof serveDns>>;
  let tests: TestMessagesService;
  let shown: TestMessageService;

  beforeAll(async () => {
    const records = [
      { name: 'shop.example', type: 'TXT' as const, values: [`v=spf1 ip4:${IP} -all`] }, { name: '_dmarc.shop.example', type: 'TXT' as const, values: ['v=DMARC1; p=reject'] },
      { name: 's1._domainkey.shop.example', type: 'TXT' as const, values: [`v=DKIM1; k=rsa; p=${publicKey.toString('base64')}`] },
      { name: '45.113.0.203.in-addr.arpa', type: 'PTR' as const, values: ['mail.shop.example'] }, { name: 'mail.shop.example', type: 'A' as const, values: [IP] },
    ];
    dns = await serveDns('127.0.0.1', 0, () => records, new Faults());
    desk = await mailDesk({ ROLES: 'worker,mail', DNS_SERVERS: `127.0.0.1:${dns.port}`, TEST_LISTEN: 'smtp://127.0.0.1:0' });
    tests = desk.app.get(TestMessagesService);
    shown = desk.app.get(TestMessageService);
  });
  afterAll(async () => {
    await desk?.stop();
    dns?.close();
  });

  const letter = async (to: string, { signed = true, from = 'shop@shop.example', subject = 'A test' } = {}): Promise<Buffer> => {
    const transport = createTransport({ streamTransport: true, buffer: true, newline: 'windows', ...(signed ? { dkim: { domainName: 'shop.example', keySelector: 's1', privateKey } } : {}) });
    return (await transport.sendMail({ from, to, subject, text: `Hello ${randomUUID()}` })).message as Buffer;
  };
  const ticket = async (): Promise<Ticket> => {
    const { ticket: made } = await desk.app.get(SubmitService).submit(
      { claim: 'fixed', channel: 'form', block: { ip: IP, kind: 'spam', blockedAt: new Date(Date.now() - 3_600_000).toISOString(), blockId: randomUUID() }, account: { id: 'A-1', email: 'ops@shop.example' }, evidence: {} }, SYSTEM);
    return made;
  };
  /** A ticket that waits for these fixes, without the desk's own way there. */
  const waiting = async (codes: string[]): Promise<Ticket> => {
    const made = await ticket();
    const decision = randomUUID();
    await desk.source.query(`insert into decision (id, ticket_id, outcome, reasons, statement, state, by_id, by_name, undo_until, ticket_version) values ($1, $2, 'require_fixes', '{}', 'x', 'final', $1, 'R', now(), 1)`, [decision, made.id]);
    await desk.app.get(Transactions).run((tx) => desk.app.get(FixesService).require(tx, made.id, decision, codes.map((code) => ({ code, when: 'before_lift' }))));
    await waitFor('its owner to be asked', async () => ((await desk.source.query(`select 1 from outbox_message where ticket_id = $1 and state in ('pending', 'running')`, [made.id])) as unknown[]).length === 0);
    await desk.source.query(`update ticket set state = 'awaiting_fixes', decision_id = $2, closed_reason = null where id = $1`, [made.id, decision]);
    return made;
  };
  const deliver = async (to: string, raw: Buffer, peerIp = IP) => {
    const { id } = await desk.app.get(MailboxService).store({ door: 'smtp', raw, recipient: to, envelopeFrom: 'shop@shop.example', peerIp, helo: 'mail.shop.example', session: { protocol: 'ESMTPS', tls: 'TLSv1.3' } });
    return waitFor('its reading', async () => ((await desk.source.query('select 1 from test_message where id = $1', [id])) as unknown[]).length === 1 && (await desk.app.get(MailboxService).find(id)));
  };
  const states = async (id: string) => Object.fromEntries((await desk.app.get(FixesService).of(id)).map((fix) => [fix.code, `${fix.state}: ${fix.says}`]));

  it('is read with the live connection: address, greeting, encryption, SPF, DKIM, DMARC and the name of the address', async () => {
    const made = await ticket();
    const { email } = await tests.shown('A-1', made.id);
    expect(await deliver(email, await letter(email))).toMatchObject({ state: 'automatic', reason: 'test_message', ticket: made.ref });
    const seen = await shown.shown('A-1', made);
    expect(seen.messages[0]?.connection.map((line) => `${line.sign} ${line.title}`)).toEqual([`good It came from ${IP}`, 'good It greeted as mail.shop.example', 'good The connection was encrypted (TLSv1.3)']);
    expect(seen.messages[0]?.checks.map(({ name, sign }) => `${name} ${sign}`)).toEqual(['SPF good', 'DKIM good', 'DMARC good', 'PTR good']);
    expect(seen.says).toBe('The last message is as it should be.');
  });

  it('ticks the fixes that it shows, and says of the others what is missing', async () => {
    const made = await waiting(['sign_dkim', 'align_dmarc', 'add_unsubscribe', 'use_authenticated_submission', 'honest_headers']);
    const { email } = await tests.shown('A-1', made.id);
    await deliver(email, await letter(email, { signed: false }));
    const before = await waitFor('the first verdict', async () => ((await states(made.id))['sign_dkim']?.startsWith('failed') ? states(made.id) : null));
    expect(before['align_dmarc']).toMatch(/^verified: /);
    await deliver(email, await letter(email));
    const after = await waitFor('the second verdict', async () => ((await states(made.id))['sign_dkim']?.startsWith('verified') ? states(made.id) : null));
    expect(after).toMatchObject({ sign_dkim: 'verified: The test message is signed, and the signature holds.', honest_headers: expect.stringMatching(/^verified/) as string });
    expect(after['add_unsubscribe']).toMatch(/^failed: .*List-Unsubscribe/);
    expect(after['use_authenticated_submission']).toMatch(/^failed: .*sign-in/);
  });

  it('proves nothing when it comes from another address, and says so', async () => {
    const made = await waiting(['sign_dkim']);
    const { email } = await tests.shown('A-1', made.id);
    await deliver(email, await letter(email), '198.51.100.9');
    const seen = await waitFor('the verdict', async () => ((await states(made.id))['sign_dkim']?.includes('198.51.100.9') ? states(made.id) : null));
    expect(seen['sign_dkim']).toBe(`open: The test message came from 198.51.100.9, not from ${IP}. Send it from the server that is blocked.`);
    expect((await shown.shown('A-1', made)).messages[0]?.elsewhere).toContain('198.51.100.9');
  });

  it('proves nothing with mail of another domain', async () => {
    const made = await waiting(['honest_headers']);
    await desk.source.query(`insert into analysis (id, ticket_id, catalogue, assessment, confidence, sum, summary, body) values ($1, $2, 'x', 'mixed', 0, 0, '', $3)`, [
      randomUUID(), made.id, JSON.stringify({ message: { from: 'Shop <shop@elsewhere.example>', returnPath: null }, path: [], findings: [], facts: {} }),
    ]);
    const { email } = await tests.shown('A-1', made.id);
    await deliver(email, await letter(email));
    expect(await waitFor('the verdict', async () => ((await states(made.id))['honest_headers']?.includes('elsewhere.example') ? states(made.id) : null))).toMatchObject({ honest_headers: expect.stringMatching(/^open/) as string });
  });

  it('is taken at the extra doors too, and nothing else is', async () => {
    const [, door] = desk.app.get(SmtpDoor).ports();
    const { email } = await tests.shown('A-1', null);
    const transport = createTransport({ host: '127.0.0.1', port: door, ignoreTLS: true, name: 'mail.shop.example', localAddress: '127.0.0.2' });
    const raw = await letter(email);
    await expect(transport.sendMail({ envelope: { from: 'shop@shop.example', to: 'unblock@desk.example' }, raw })).rejects.toMatchObject({ responseCode: 550 });
    await expect(transport.sendMail({ envelope: { from: 'shop@shop.example', to: `${email.slice(0, 10)}${email[10] === '9' ? '8' : '9'}${email.slice(11)}` }, raw })).rejects.toMatchObject({ responseCode: 550 });
    await transport.sendMail({ envelope: { from: 'shop@shop.example', to: email }, raw });
    const seen = await waitFor('the reading', async () => { const now = await shown.shown('A-1', null); return now.messages.length > 0 ? now : null; });
    expect(seen.messages[0]?.connection[0]?.title).toBe('It came from 127.0.0.2');
    expect(seen.messages[0]?.connection[2]?.title).toMatch(/not encrypted/);
    // Another account's address is another address: nothing of this one is seen there.
    expect((await shown.shown('B-2', null)).messages).toEqual([]);
  });

  it('is refused for a while after twenty in an hour', async () => {
    const [, door] = desk.app.get(SmtpDoor).ports();
    const { email } = await tests.shown('C-3', null);
    const transport = createTransport({ host: '127.0.0.1', port: door, ignoreTLS: true, name: 'mail.shop.example', pool: true });
    const raw = await letter(email);
    for (let n = 0; n < 20; n++) {
      await transport.sendMail({ envelope: { from: 'shop@shop.example', to: email }, raw });
    }
    await expect(transport.sendMail({ envelope: { from: 'shop@shop.example', to: email }, raw })).rejects.toMatchObject({ responseCode: 450 });
    transport.close();
  });
});
