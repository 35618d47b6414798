import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { authenticate } from 'mailauth';
import { AddressTokens } from '../../src/auth/address-tokens.service';
import { SubmitService } from '../../src/evidence/submit.service';
import { MailStops } from '../../src/mail/mail-stops.service';
import { plainMail } from '../../src/mail/models';
import { mailRenderer } from '../../src/mail/render';
import { mailDesk, type MailDesk } from '../support/mail-desk';
import { arrive } from '../support/mail-letters';
import { startSmtpSink, type SmtpSink } from '../support/smtp-sink';
import { waitFor } from '../support/wait-for';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048, publicKeyEncoding: { type: 'spki', format: 'der' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } });

describe('mail that goes out and comes back', () => {
  let desk: MailDesk;
  let sink: SmtpSink;
  beforeAll(async () => {
    sink = await startSmtpSink();
    desk = await mailDesk({ SMTP_URL: sink.url, DKIM_KEY: privateKey.replaceAll('\n', '\\n'), DKIM_SELECTOR: 'd1' });
    desk.noc.holders.set('192.0.2.7', { ip: '192.0.2.7', accountId: 'A-1' });
  });
  afterAll(async () => {
    await desk?.stop();
    await sink?.close();
  });
  const open = async (email: string) =>
    (await desk.app.get(SubmitService).submit({ claim: 'mistake', channel: 'noc', account: { id: 'A-1', email }, block: { ip: '192.0.2.7', kind: 'spam', blockedAt: '2026-11-20T08:41:07Z', blockId: randomUUID() }, evidence: {} }, { kind: 'noc', id: 'key', name: 'NOC' })).ticket;
  const delivery = (ticketId: string) => waitFor('a mail', async () => ((await desk.source.query('select id, state, last_answer as why from mail_delivery where ticket_id = $1', [ticketId])) as { id: string; state: string; why: string }[])[0]);
  const stops = (email: string) => desk.source.query('select address, status from mail_stop where address = $1 and lifted_at is null', [email]) as Promise<object[]>;

  it('is signed, and the signature holds for somebody else’s reader (RFC 6376)', async () => {
    await open('signed@shop.example');
    const mail = await sink.waitFor((each) => each.to.includes('signed@shop.example'));
    const resolver = (name: string, type: string) => (name === 'd1._domainkey.desk.example' && type === 'TXT' ? Promise.resolve([[`v=DKIM1; k=rsa; p=${publicKey.toString('base64')}`]]) : Promise.reject(Object.assign(new Error(), { code: 'ENOTFOUND' })));
    const check = async (raw: Buffer) => (await authenticate(raw, { trustReceived: false, resolver } as never)).dkim.results[0]?.status.result;
    expect(await check(mail.raw)).toBe('pass');
    expect(await check(Buffer.from(mail.raw.toString('latin1').replace('auto-generated', 'auto-replied'), 'latin1'))).not.toBe('pass');
  });

  it('stops at a bounce for good, tied by its address; tells ticket, audit and NOC; and goes on when staff lift it', async () => {
    const ticket = await open('gone@shop.example');
    const { id } = await delivery(ticket.id);
    const to = desk.app.get(AddressTokens).address('bounce', id.replaceAll('-', ''), new Date(Date.now() + 86_400_000));
    const dsn = (status: string, action: string) => `From: MAILER-DAEMON@mx.example\r\nTo: ${to}\r\nSubject: Delivery Status\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n\r\nnotice\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; gone@shop.example\r\nAction: ${action}\r\nStatus: ${status}\r\n\r\n--b--\r\n`;
    expect(await arrive(desk, dsn('4.4.1', 'delayed'), { envelopeFrom: '', recipient: to })).toMatchObject({ state: 'bounce', reason: 'not_for_good', ticket: ticket.ref });
    // The same words to an address that is not of our making stop nothing.
    expect(await arrive(desk, dsn('5.1.1', 'failed').replaceAll(to, 'unblock@desk.example'), { envelopeFrom: '' })).toMatchObject({ state: 'bounce', ticket: null });
    expect(await stops('gone@shop.example')).toEqual([]);
    expect(await arrive(desk, dsn('5.1.1', 'failed'), { envelopeFrom: '', recipient: to })).toMatchObject({ state: 'bounce', ticket: ticket.ref });
    const [stop] = await waitFor('the stop', async () => ((await stops('gone@shop.example')).length > 0 ? stops('gone@shop.example') : null));
    expect(stop).toEqual({ address: 'gone@shop.example', status: '5.1.1' });
    expect(await desk.source.query(`select what from outbox_message where ticket_id = $1 and job = 'tell-noc' and what = 'mail.undeliverable'`, [ticket.id])).toHaveLength(1);
    const next = await open('Gone@shop.example');
    expect(await delivery(next.id)).toMatchObject({ state: 'suppressed', why: expect.stringContaining('stopped') as string });
    expect(await waitFor('a note', async () => ((await desk.source.query(`select text from message where ticket_id = $1 and internal and text like 'Not sent%'`, [next.id])) as object[])[0])).toBeTruthy();
    const [standing] = (await desk.app.get(MailStops).standing()).filter((each) => each.address === 'gone@shop.example');
    expect(await desk.app.get(MailStops).lift(standing?.id ?? '', { kind: 'reviewer', id: null, name: 'Anna' })).toBe(true);
    // To the end: what the sink refuses next must not be this one.
    const lifted = await open('gone@shop.example');
    await waitFor('a mail that goes out again', async () => (await delivery(lifted.id)).state === 'sent');
  });

  it('stops too where a server refuses the mailbox to our face, and not where it refuses us', async () => {
    sink.refuse(550, '5.1.1 no such user');
    await delivery((await open('nobody@shop.example')).id);
    await waitFor('the stop', async () => (await stops('nobody@shop.example')).length === 1);
    sink.refuse(554, '5.7.1 we do not like your address');
    const refused = await open('policy@shop.example');
    await waitFor('the refusal', async () => (await delivery(refused.id)).state === 'failed');
    expect(await stops('policy@shop.example')).toEqual([]);
  });
});

describe('the templates of another language', () => {
  it('are a folder; what it lacks goes out in English, whole', () => {
    const folder = mkdtempSync(join(tmpdir(), 'templates-'));
    try {
      cpSync(join(__dirname, '../../templates/mail'), join(folder, 'mail'), { recursive: true });
      mkdirSync(join(folder, 'mail/de'));
      ['subject', 'text', 'html'].forEach((part) => writeFileSync(join(folder, `mail/de/not-verified.${part}.hbs`), 'Bitte anmelden: {{url}}'));
      writeFileSync(join(folder, 'mail/de/sign-in-link.text.hbs'), 'halb');
      const render = mailRenderer(folder);
      const model = plainMail('not-verified', { url: 'https://x.example' });
      expect(render('not-verified', model, 'de-AT').text).toBe('Bitte anmelden: https://x.example\n');
      for (const language of ['fr', '../../etc', null]) {
        expect(render('not-verified', model, language).text).toContain('Please sign in');
      }
      expect(render('sign-in-link', plainMail('sign-in-link', { url: 'https://x.example' }), 'de').text).toContain('Sign in to the unblock desk');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
