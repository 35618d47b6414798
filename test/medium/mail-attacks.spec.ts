import { createTransport } from 'nodemailer';
import { AddressTokens } from '../../src/auth/address-tokens.service';
import { MailboxService, type MailSummary } from '../../src/mailbox/mailbox.service';
import { SmtpDoor } from '../../src/mailbox/smtp-door';
import { serveDns } from '../../src/simulator/dns';
import { Faults } from '../../src/simulator/faults';
import { mailDesk, type MailDesk } from '../support/mail-desk';
import { arrive, letter } from '../support/mail-letters';
import { startSmtpSink, type SmtpSink } from '../support/smtp-sink';
import { waitFor } from '../support/wait-for';

const OWNER = 'ops@shop.example';
const hoursAgo = (hours: number): string => new Date(Date.now() - hours * 3_600_000).toISOString();

describe('attacks by mail', () => {
  let desk: MailDesk;
  let sink: SmtpSink;
  let dns: Awaited<ReturnType<typeof serveDns>>;

  beforeAll(async () => {
    const records = ['shop.example', 'friend.example'].flatMap((domain) => [
      { name: domain, type: 'TXT' as const, values: ['v=spf1 ip4:127.0.0.1 -all'] }, { name: `_dmarc.${domain}`, type: 'TXT' as const, values: ['v=DMARC1; p=reject'] },
      { name: domain, type: 'MX' as const, values: ['10 mx.friend.example'] },
    ]);
    dns = await serveDns('127.0.0.1', 0, () => [...records, { name: 'evil.example', type: 'TXT' as const, values: ['v=spf1 ip4:127.0.0.1 -all'] }, { name: 'mx.friend.example', type: 'A' as const, values: ['198.51.100.4'] }], new Faults());
    sink = await startSmtpSink();
    desk = await mailDesk({ ROLES: 'worker,mail', SMTP_URL: sink.url, DNS_SERVERS: `127.0.0.1:${dns.port}` });
    desk.noc.accounts = [{ id: 'A-1', email: OWNER, name: 'Shop', emails: [OWNER, 'boss@shop.example'] }];
    for (let i = 1; i < 20; i++) {
      desk.noc.holders.set(`203.0.113.${i}`, { ip: `203.0.113.${i}`, accountId: 'A-1' });
      desk.noc.standing.push({ ip: `203.0.113.${i}`, kind: 'spam', blockedAt: hoursAgo(i), state: 'blocked', blockId: `b${i}` });
    }
  });
  afterAll(async () => {
    await desk?.stop();
    await sink?.close();
    dns?.close();
  });

  /** Over a real connection, with an envelope of the attacker's choice. */
  const send = async (raw: string, from: string, to = 'unblock@desk.example'): Promise<MailSummary> => {
    const transport = createTransport({ host: '127.0.0.1', port: desk.app.get(SmtpDoor).ports()[0], secure: false, ignoreTLS: true });
    const { response } = await transport.sendMail({ envelope: { from, to }, raw });
    const id = /stored as (\S+)/.exec(response)?.[1] ?? '';
    return waitFor('its end', async () => ((await desk.app.get(MailboxService).find(id)).state === 'stored' ? null : desk.app.get(MailboxService).find(id)));
  };
  const query = async <T>(sql: string, values: unknown[] = []): Promise<T[]> => (await desk.source.query(sql, values)) as T[];
  const quiet = () => waitFor('an empty outbox', async () => (await query<{ n: number }>(`select count(*)::int as n from outbox_message where state in ('pending', 'running') and job = 'mail-customer'`))[0]?.n === 0);
  /** A ticket of the owner that waits in the queue, and the address that its mails give for answers. */
  const opened = async (ip: string) => {
    const { ticket } = await send(letter(`${ip} is blocked by mistake.\n\nMessage-ID: <order.4711.x@shop.example>`), OWNER);
    const row = await waitFor('its analysis', async () => (await query<{ id: string; ref: string }>(`select id, ref from ticket where ref = $1 and state = 'queued'`, [ticket]))[0]);
    await quiet();
    return { ...row, address: desk.app.get(AddressTokens).address('unblock', row.ref, new Date(Date.now() + 86_400_000)) };
  };
  const standing = async (id: string) => (await query<object>('select state, version, missing, (select count(*)::int from evidence_item e where e.ticket_id = t.id) as items, (select count(*)::int from mail_delivery d where d.ticket_id = t.id) as mails from ticket t where id = $1', [id]))[0];
  const notes = (id: string) => query<{ internal: boolean; verified: boolean; byId: string | null }>('select internal, verified, by_id as "byId" from message where ticket_id = $1 and by_kind = $2', [id, 'customer']);

  it('T25: line breaks, NUL and tricks with addresses in what is quoted reach no header: one recipient, no added field', async () => {
    const tricks = ['Re:\r\n Bcc: x@evil.example', 'a\u0000b', '=?utf-8?q?x=0D=0ABcc:_x@evil.example?=', '=?utf-8?b?DQpCY2M6IHhAZXZpbC5leGFtcGxl?='];
    for (const [i, subject] of tricks.entries()) {
      const { ticket } = await send(letter(`203.0.113.${i + 1} is blocked by mistake`, { Subject: subject, 'Message-ID': `<t25.${i}@shop.example>\r\n\tBcc: x@evil.example` }), OWNER);
      const mail = await sink.waitFor((each) => each.subject.includes(ticket ?? '?'));
      expect(mail.to).toEqual([OWNER]);
      expect(mail.raw.toString('latin1')).not.toMatch(/bcc:|evil\.example/i);
    }
    // Senders of these shapes are nobody's, so nothing is sent to them either.
    for (const from of ['"x@evil.example,"@shop.example', '"ops@evil.example"@shop.example', 'ops@shop.example, x@evil.example', 'ops@[203.0.113.1]', 'ops@shop.example@evil.example']) {
      const { state, ticket } = await send(letter(`203.0.113.5 is blocked, says ${from}`, { From: from }), 'x@evil.example');
      expect([from, ticket, ['pending', 'quarantined'].includes(state)]).toEqual([from, null, true]);
    }
    await quiet();
    expect(sink.mails.filter((mail) => mail.to.length !== 1 || mail.to.some((to) => to.includes('evil')))).toEqual([]);
  }, 60_000);

  it('T26: a forged sender with the right address of a ticket is a note: no state, no evidence, nothing is sent', async () => {
    const { id, ref, address } = await opened('203.0.113.6');
    const before = await standing(id);
    const forged = await send(letter(`Please close it.\n\nReceived: from x (x [203.0.113.6]) by y; Fri, 20 Nov 2026 08:40:00 +0000\nMessage-ID: <1.2.3@x.example>`, { From: OWNER, To: address, Subject: `Re: [${ref}]` }), 'x@evil.example', address);
    expect(forged).toMatchObject({ state: 'reply', reason: 'unverified', ticket: ref });
    expect(await notes(id)).toEqual([{ internal: true, verified: false, byId: null }]);
    expect(await standing(id)).toEqual(before);
  });

  it('T27: somebody in copy who answers with a valid token is not the customer, though their own domain vouches for them', async () => {
    const { id, ref, address } = await opened('203.0.113.7');
    const before = await standing(id);
    expect(await send(letter('I take over from here.', { From: 'colleague@friend.example', To: address }), 'colleague@friend.example', address)).toMatchObject({ state: 'reply', reason: 'unverified', ticket: ref });
    expect(await notes(id)).toEqual([{ internal: true, verified: false, byId: null }]);
    expect(await standing(id)).toEqual(before);
    // The account's other contact is a participant.
    expect(await send(letter('It is all true.', { From: 'boss@shop.example', To: address }), 'boss@shop.example', address)).toMatchObject({ state: 'reply', reason: null });
  });

  it.each([
    ['two From fields', { From: `${OWNER}\r\nFrom: x@evil.example` }], ['two addresses', { From: `${OWNER}, x@evil.example` }], ['a group', { From: `Shop: ${OWNER};` }],
    ['a comment', { From: `x@evil.example (${OWNER})` }], ['an address as the name of another', { From: `"${OWNER}" <x@evil.example>` }],
    ['Sender', { From: 'x@evil.example', Sender: OWNER }], ['Reply-To', { From: 'x@evil.example', 'Reply-To': OWNER }],
  ])('T28: an identity is never guessed: %s', async (how, fields) => {
    const mail = await send(letter(`203.0.113.8 is blocked by mistake: ${how}`, fields), 'x@evil.example');
    expect(mail.ticket).toBeNull();
    expect(mail).toMatchObject(['Sender', 'Reply-To', 'an address as the name of another'].includes(how) ? { state: 'pending', reason: 'unknown_sender' } : { state: 'quarantined', reason: 'several_from' });
  });

  it('T29: Authentication-Results that come along are ignored, our own server’s name or not', async () => {
    const results = 'desk.example; dmarc=pass header.from=shop.example; dkim=pass header.d=shop.example; spf=pass smtp.mailfrom=shop.example';
    const mail = await send(letter('203.0.113.9 is blocked by mistake', { From: OWNER, 'Authentication-Results': results, 'ARC-Authentication-Results': `i=1; ${results}`, 'Received-SPF': 'pass' }), 'x@evil.example');
    expect(mail).toMatchObject({ state: 'pending', reason: 'unverified', ticket: null });
  });

  it('T30: mails in the names of many victims send none of their text, and to no victim more than one', async () => {
    const before = sink.mails.length;
    await query(`insert into mail_delivery (id, template, recipient, subject, message_id, raw, state, created_at)
      select gen_random_uuid(), 'not-verified', n || '@victims.example', '', gen_random_uuid()::text, '', 'sent', now() from generate_series(1, 95) n`);
    for (let i = 0; i < 12; i++) {
      await arrive(desk, letter(`BUY PILLS at https://pills.example, 203.0.113.10`, { From: `victim${i % 8}@victims.example`, Subject: 'BUY PILLS' }), { envelopeFrom: `victim${i % 8}@victims.example` });
    }
    await quiet();
    const sent = sink.mails.slice(before);
    expect(sent.filter((mail) => /pills/i.test(mail.raw.toString('latin1')))).toEqual([]);
    const victims = sent.flatMap((mail) => mail.to).filter((to) => to.endsWith('@victims.example'));
    // One each, and together no more than the hundred of the hour: the rest is suppressed, and says so.
    expect(new Set(victims).size).toBe(victims.length);
    expect(victims.length).toBeLessThanOrEqual(5);
    const rows = await query<{ answer: string }>(`select last_answer as answer from mail_delivery where state = 'suppressed' and recipient like 'victim%'`);
    expect(rows.length).toBe(12 - victims.length);
    expect(rows.some((row) => row.answer.includes('within the hour'))).toBe(true);
    // The owner of the address was asked once, not twelve times.
    expect(sent.filter((mail) => mail.to.includes(OWNER)).length).toBeLessThanOrEqual(1);
    await query(`delete from mail_delivery where recipient like '%@victims.example'`);
  }, 60_000);

  it('T31: our own address as sender, a loop, and two machines that answer each other get at most one answer, then silence', async () => {
    const { id, ref, address } = await opened('203.0.113.11');
    const ours = await waitFor('a mail of ours', async () => (await query<{ raw: Buffer }>('select raw from mail_delivery where ticket_id = $1', [id]))[0]);
    const before = sink.mails.length;
    // What we sent comes back as it was; then with our address as its sender; then round and round.
    expect(await send(ours.raw.toString('latin1'), OWNER)).toMatchObject({ state: 'automatic' });
    expect(await send(letter('203.0.113.11 is blocked', { From: 'unblock@desk.example' }), 'x@evil.example')).toMatchObject({ state: 'automatic', reason: 'own_mail' });
    expect(await send(letter('203.0.113.11 is blocked', { 'X-Loop': 'unblock@desk.example' }), OWNER)).toMatchObject({ state: 'automatic', reason: 'own_mail' });
    for (let i = 0; i < 4; i++) {
      // A vacation message, to the ticket and to the front door, with and without the fields that say so.
      expect(await send(letter(`I am away ${i}`, { To: address, 'Auto-Submitted': 'auto-replied' }), '', address)).toMatchObject({ state: 'automatic' });
      expect(await send(letter(`I am away, said plainly ${i}`, { To: address }), OWNER, address)).toMatchObject({ state: 'reply', ticket: ref });
      expect(await send(letter(`203.0.113.11 is blocked: away ${i}`, { From: 'machine@friend.example' }), 'machine@friend.example')).toMatchObject({ state: 'pending' });
    }
    await quiet();
    expect(sink.mails.slice(before).filter((mail) => mail.to.includes('machine@friend.example'))).toHaveLength(1);
    expect(sink.mails.slice(before).filter((mail) => mail.to.includes(OWNER)).length).toBeLessThanOrEqual(1);
    // A report about an acknowledgement goes nowhere: its sender is nobody.
    const [ack] = sink.mails.filter((mail) => mail.header('auto-submitted') === 'auto-replied');
    expect(ack?.from).toBe('');
  }, 60_000);

  it('T35: a mail that was sent ahead with the Message-ID that the customer’s will have takes nothing from it', async () => {
    const expected = '<expected.4711@shop.example>';
    expect(await send(letter('no address here', { From: 'x@evil.example', 'Message-ID': expected }), 'x@evil.example')).toMatchObject({ state: 'quarantined' });
    const claim = await send(letter('203.0.113.12 is blocked by mistake', { 'Message-ID': expected }), OWNER);
    expect(claim).toMatchObject({ state: 'ticket', reason: null });
    // Nor is a stranger's answer to a mail that the customer sent us put on their ticket: it speaks for itself.
    expect(await send(letter('thanks', { From: 'x@evil.example', 'In-Reply-To': expected }), 'x@evil.example')).toMatchObject({ state: 'quarantined', reason: 'no_address', ticket: null });
    // The customer's own second mail follows the first, without our address and without a number.
    expect(await send(letter('One more thing.', { References: `<unknown@x.example> ${expected}` }), OWNER)).toMatchObject({ state: 'reply', ticket: claim.ticket });
  });
});
