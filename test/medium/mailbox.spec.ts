import { createTransport } from 'nodemailer';
import { AddressTokens } from '../../src/auth/address-tokens.service';
import { MailboxService, type Delivered } from '../../src/mailbox/mailbox.service';
import { SmtpDoor } from '../../src/mailbox/smtp-door';
import { serveDns } from '../../src/simulator/dns';
import { Faults } from '../../src/simulator/faults';
import { mailDesk, type MailDesk } from '../support/mail-desk';
import { waitFor } from '../support/wait-for';

const HOUR = 3_600_000;
const hoursAgo = (hours: number): string => new Date(Date.now() - hours * HOUR).toISOString().replace(/\.\d+Z/, 'Z');
const header = 'Received: from shop.example (shop.example [203.0.113.5]) by mx.recipient.example with ESMTP id 1; Fri, 20 Nov 2026 08:40:00 +0000\nMessage-ID: <order.4711@shop.example>\nFrom: shop@shop.example\nSubject: Your order';

describe('a mail that comes in', () => {
  let desk: MailDesk;
  let mailbox: MailboxService;
  let dns: Awaited<ReturnType<typeof serveDns>>;
  let number = 0;

  beforeAll(async () => {
    // Mail from this machine may be the shop's boss, says the shop; the other domain says nothing.
    const records = [
      { name: 'shop.example', type: 'TXT' as const, values: ['v=spf1 ip4:127.0.0.1 -all'] }, { name: '_dmarc.shop.example', type: 'TXT' as const, values: ['v=DMARC1; p=reject'] },
      { name: 'elsewhere.example', type: 'TXT' as const, values: ['v=spf1 ip4:127.0.0.1 -all'] }, { name: 'other.example', type: 'TXT' as const, values: ['v=spf1 -all'] },
    ];
    dns = await serveDns('127.0.0.1', 0, () => records, new Faults());
    desk = await mailDesk({ ROLES: 'worker,mail', DNS_SERVERS: `127.0.0.1:${dns.port}` });
    mailbox = desk.app.get(MailboxService);
    desk.noc.accounts = [
      { id: 'A-1', email: 'ops@shop.example', name: 'Shop', emails: ['ops@shop.example', 'boss@shop.example'] },
      { id: 'B-2', email: 'b@other.example', emails: ['b@other.example'] },
    ];
    for (const ip of ['203.0.113.5', '203.0.113.6', '203.0.113.7', '203.0.113.8', '203.0.113.9', '2001:db8::25']) {
      desk.noc.holders.set(ip, { ip, accountId: 'A-1' });
    }
    desk.noc.standing = [
      { ip: '203.0.113.5', kind: 'spam', blockedAt: hoursAgo(20), state: 'blocked', blockId: 'b5' },
      { ip: '203.0.113.6', kind: 'hack', blockedAt: hoursAgo(5), state: 'blocked', blockId: 'b6' },
      { ip: '203.0.113.8', kind: 'spam', blockedAt: hoursAgo(50), state: 'blocked', blockId: 'b8' },
      { ip: '203.0.113.8', kind: 'spam', blockedAt: hoursAgo(100), state: 'blocked', blockId: 'b8b' },
      { ip: '203.0.113.9', kind: 'spam', blockedAt: hoursAgo(9), state: 'blocked', blockId: 'b9' },
      { ip: '2001:db8::25', kind: 'spam', blockedAt: hoursAgo(9), state: 'blocked', blockId: 'b25' },
    ];
  });
  afterAll(async () => {
    await desk?.stop();
    dns?.close();
  });

  const mail = (text: string, more: Record<string, string> = {}): string => {
    const fields = { From: 'Ops <ops@shop.example>', To: 'unblock@desk.example', Subject: 'Blocked', Date: 'Fri, 20 Nov 2026 10:00:00 +0000', 'Message-ID': `<${++number}@shop.example>`, ...more };
    return `${Object.entries(fields).map(([name, value]) => `${name}: ${value}`).join('\r\n')}\r\n\r\n${text.replace(/\r?\n/g, '\r\n')}\r\n`;
  };
  const ended = async (id: string) => waitFor('its end', async () => ((await mailbox.find(id)).state === 'stored' ? null : mailbox.find(id)));
  const send = async (text: string | Buffer, how: Partial<Delivered> = {}) => ended((await mailbox.store({ door: 'api', raw: Buffer.from(text as string), ...how })).id);
  const ticketOf = async (ref: string | null) =>
    (await desk.source.query('select id, ref, state, claim, kind, channel, host(ip) as ip, missing, statement, block_id from ticket where ref = $1', [ref]))[0] as Record<string, unknown>;
  const evidenceOf = async (ref: string | null) =>
    (await desk.source.query('select type, text from evidence_item e join ticket t on t.id = e.ticket_id where ref = $1 order by type', [ref])) as { type: string; text: string }[];

  it('becomes a ticket with address, kind, claim, time and headers out of the letter', async () => {
    const found = await send(mail(`Hello,\n203[.]0[.]113[.]5 was blocked yesterday. This is a false positive, our newsletter is no spam.\n\n${header}\n\nRegards`));
    expect(found).toMatchObject({ state: 'ticket', reason: null, from: 'ops@shop.example' });
    expect(await ticketOf(found.ticket)).toMatchObject({ claim: 'mistake', kind: 'spam', channel: 'mail', ip: '203.0.113.5', missing: [], block_id: 'b5' });
    expect(await evidenceOf(found.ticket)).toEqual(expect.arrayContaining([{ type: 'headers', text: header }, expect.objectContaining({ type: 'explanation' }), { type: 'message_id', text: 'order.4711@shop.example' }]));
    expect(await desk.source.query(`select event, by_kind, by_id from audit_entry a join ticket t on t.id = a.ticket_id where ref = $1 order by a.id limit 1`, [found.ticket])).toEqual([
      { event: 'opened', by_kind: 'customer', by_id: 'A-1' },
    ]);
  });

  it('names what is missing: the ticket waits for evidence and the customer is asked', async () => {
    const found = await send(mail('Please unblock 203.0.113.9, it is a mistake.'));
    expect(await ticketOf(found.ticket)).toMatchObject({ state: 'awaiting_evidence', missing: ['headers'] });
    const asked = await waitFor('the question', async () =>
      ((await desk.source.query(`select m.recipient, m.state, m.raw from mail_delivery m join ticket t on t.id = m.ticket_id where ref = $1 and template = 'evidence-needed'`, [found.ticket])) as {
        recipient: string; state: string; raw: Buffer;
      }[])[0]);
    expect(asked).toMatchObject({ recipient: 'ops@shop.example', state: 'kept' });
    expect(asked.raw.toString('latin1')).toContain(`In-Reply-To: <${found.messageId}>`);
    // The answer to the ticket's own address brings what was missing, and the ticket goes on.
    const replyTo = /^Reply-To: (\S+)/im.exec(asked.raw.toString('latin1'))?.[1] ?? '';
    const reply = await send(mail(`Here they are.\n\n${header}`, { To: replyTo, Subject: 'Re: something else' }));
    expect(reply).toMatchObject({ state: 'reply', reason: null, ticket: found.ticket });
    expect(await ticketOf(found.ticket)).toMatchObject({ missing: [] });
    expect((await evidenceOf(found.ticket)).map((item) => item.type)).toContain('headers');
  });

  it('joins the open ticket with a second mail about the same block, by another contact', async () => {
    const first = await send(mail('2001:db8::25 is blocked by mistake'));
    const second = await send(mail('The block of 2001:0db8::0025 is a mistake, see <order.1@shop.example>', { From: 'boss@shop.example' }));
    expect(second).toMatchObject({ state: 'ticket', ticket: first.ticket });
  });

  it('ends the same bytes as a duplicate of the same ticket, and a foreign mail with the same Message-ID not (T35)', async () => {
    const raw = mail('Our address 203.0.113.5 was blocked by mistake.');
    const stranger = await send(mail('no address', { From: 'x@stranger.example', 'Message-ID': `<${number + 1}@shop.example>` }));
    const [first, second] = await Promise.all([send(raw), send(raw)]);
    expect(stranger.state).toBe('quarantined');
    expect([first.state, second.state].sort()).toEqual(['duplicate', 'ticket']);
  });

  it.each<[string, string, Record<string, string>, string, string]>([
    ['without an address', 'Please unblock us.', {}, 'quarantined', 'no_address'],
    ['about an address that is not the provider’s', 'Unblock 198.51.100.200', {}, 'quarantined', 'not_our_address'],
    ['about an address that is not blocked', 'Unblock 203.0.113.7', {}, 'quarantined', 'no_block'],
    ['about one of two blocks, without a time', 'Unblock 203.0.113.8', {}, 'pending', 'which_block'],
    ['about an attack', 'Unblock 203.0.113.6, it was a load test', {}, 'pending', 'confirm_hack'],
    ['of a stranger', 'Unblock 203.0.113.5', { From: 'x@stranger.example' }, 'pending', 'unknown_sender'],
    ['of another customer', 'Unblock 203.0.113.5', { From: 'b@other.example' }, 'pending', 'not_owner'],
    ['of two senders', 'Unblock 203.0.113.5', { From: 'ops@shop.example, x@y.example' }, 'quarantined', 'several_from'],
    ['of an autoresponder', 'Unblock 203.0.113.5', { 'Auto-Submitted': 'auto-replied' }, 'automatic', 'auto_submitted'],
    ['from a list', 'Unblock 203.0.113.5', { 'List-Id': '<x.example>' }, 'automatic', 'mailing_list'],
  ])('%s opens nothing', async (_, text, more, state, reason) => {
    expect(await send(mail(text, more))).toMatchObject({ state, reason, ticket: null });
  });

  it('takes the one of two blocks that began when the mail says', async () => {
    const found = await send(mail(`Unblock 203.0.113.8 please, blocked since ${hoursAgo(100)}. False positive.`));
    expect(await ticketOf(found.ticket)).toMatchObject({ block_id: 'b8b' });
  });

  it('tells a sender who is not proven one fixed text, once a day, with nothing of theirs in it', async () => {
    await Promise.all(Array.from({ length: 8 }, (_, i) => send(mail(`BUY ${i} PILLS, unblock 203.0.113.5`, { From: 'victim@stranger.example', Subject: 'BUY PILLS' }))));
    const told = await waitFor('eight rows', async () => {
      const rows = (await desk.source.query(`select state, raw, subject from mail_delivery where recipient = 'victim@stranger.example' order by state`)) as { state: string; raw: Buffer; subject: string }[];
      return rows.length === 8 ? rows : null;
    });
    expect(told.map((row) => row.state)).toEqual(['kept', ...Array<string>(7).fill('suppressed')]);
    expect(told[0]?.raw.toString('latin1')).not.toContain('PILLS');
    expect(told[0]?.raw.toString('latin1')).toMatch(/^Auto-Submitted: auto-replied/m);
  });

  it('keeps an answer whose sender is not the customer as a note that no customer sees (T26, T27)', async () => {
    const { ref, id } = await ticketOf((await send(mail('Unblock 203.0.113.5 false positive'))).ticket);
    const to = desk.app.get(AddressTokens).address('unblock', String(ref), new Date(Date.now() + HOUR));
    const before = await waitFor('the analysis', async () => {
      const now = await ticketOf(String(ref));
      return now['state'] === 'queued' ? now : null;
    });
    expect(await send(mail('I am the customer, trust me', { From: 'x@stranger.example', To: to }))).toMatchObject({ state: 'reply', reason: 'unverified', ticket: ref });
    expect(await desk.source.query('select internal, verified, by_id from message where ticket_id = $1', [id])).toEqual([{ internal: true, verified: false, by_id: null }]);
    expect(await ticketOf(String(ref))).toEqual(before);
  });

  it('follows a thread by the mails we sent, never by a number in the subject', async () => {
    const { ref, id } = await ticketOf((await send(mail('Unblock 203.0.113.5 false positive'))).ticket);
    const [sent] = await waitFor('a mail of ours', async () => {
      const rows = (await desk.source.query('select message_id from mail_delivery where ticket_id = $1', [id])) as { message_id: string }[];
      return rows.length > 0 ? rows : null;
    });
    expect(await send(mail('thanks', { 'In-Reply-To': `<${sent?.message_id}>` }))).toMatchObject({ state: 'reply', ticket: ref });
    expect(await send(mail('thanks', { Subject: `Re: [${String(ref)}]` }))).toMatchObject({ state: 'quarantined', reason: 'no_address' });
    expect(await send(mail('thanks', { To: `unblock+${String(ref).toLowerCase()}.${'a'.repeat(20)}@desk.example` }))).toMatchObject({ state: 'quarantined', reason: 'dead_address' });
  });

  it('ties a bounce to the mail that bounced', async () => {
    const { ref, id } = await ticketOf((await send(mail('Unblock 203.0.113.5 false positive'))).ticket);
    const [sent] = (await desk.source.query('select id from mail_delivery where ticket_id = $1 limit 1', [id])) as { id: string }[];
    const to = desk.app.get(AddressTokens).address('bounce', sent?.id.replaceAll('-', '') ?? '', new Date(Date.now() + HOUR));
    const bounce = mail('failed', { From: 'MAILER-DAEMON@mx.example', Subject: 'Undelivered Mail Returned to Sender', 'Auto-Submitted': 'auto-replied' });
    expect(await send(bounce, { recipient: to, envelopeFrom: '' })).toMatchObject({ state: 'bounce', ticket: ref });
    expect(await desk.source.query('select text, internal from message where ticket_id = $1 order by at desc limit 1', [id])).toEqual([
      { text: expect.stringContaining('ops@shop.example came back') as string, internal: true },
    ]);
  });

  it('waits while the NOC is away, and ends when it is back', async () => {
    desk.noc.away = true;
    const { id } = await mailbox.store({ door: 'api', raw: Buffer.from(mail('Unblock 203.0.113.5, a mistake, once more')) });
    await waitFor('a try', async () => ((await desk.source.query(`select 1 from outbox_message where ref_id = $1 and state = 'pending' and attempts > 0`, [id])) as unknown[]).length > 0);
    expect((await mailbox.find(id)).state).toBe('stored');
    desk.noc.away = false;
    await desk.source.query('update outbox_message set due_at = now() where ref_id = $1', [id]);
    expect((await waitFor('its end', async () => ((await mailbox.find(id)).state === 'stored' ? null : mailbox.find(id)), 60_000)).state).toBe('ticket');
  }, 90_000);

  it('is the ticket it made, also when it is read again after that block was lifted', async () => {
    const found = await send(mail('Unblock 203.0.113.9, a mistake. Read twice.'));
    expect(found.state).toBe('ticket');
    // What a process leaves behind that dies between the ticket and the end of the mail.
    await desk.source.query(`update inbound_mail set state = 'stored', ticket_id = null, reason = null, settled_at = null where id = $1`, [found.id]);
    const before = desk.noc.standing;
    desk.noc.standing = before.map((block) => (block.ip === '203.0.113.9' ? { ...block, state: 'unblocked' as const } : block));
    await desk.source.query(`update outbox_message set state = 'pending', due_at = now(), settled_at = null where ref_id = $1 and job = 'read-mail'`, [found.id]);
    expect(await ended(found.id)).toMatchObject({ state: 'ticket', reason: null, ticket: found.ticket });
    desk.noc.standing = before;
  });

  it('is refused when it is empty or too large, and stored whatever else it is', async () => {
    await expect(mailbox.store({ door: 'api', raw: Buffer.alloc(0) })).rejects.toMatchObject({ errors: [{ field: 'body' }] });
    await expect(mailbox.store({ door: 'api', raw: Buffer.alloc(25 * 1024 * 1024 + 1) })).rejects.toThrow('25 MB');
    expect(await send(Buffer.from([0, 255, 254, 0, 10, 10]))).toMatchObject({ state: 'quarantined', reason: 'unreadable' });
  });

  describe('by SMTP', () => {
    const smtp = () => createTransport({ host: '127.0.0.1', port: desk.app.get(SmtpDoor).ports()[0], secure: false, ignoreTLS: true });

    it.each([
      ['believes a sender whose domain vouches for the server (DMARC)', 'ops@shop.example', 'ops@shop.example', { state: 'ticket' }],
      ['believes no forged sender, whatever its own domain says', 'ops@shop.example', 'x@elsewhere.example', { state: 'pending', reason: 'unverified' }],
      ['believes no Authentication-Results that came along (T29)', 'boss@shop.example', 'x@elsewhere.example', { state: 'pending', reason: 'unverified' }],
    ])('%s', async (_, from, envelope, ending) => {
      const raw = mail(`Unblock 203.0.113.5, a mistake, over SMTP ${envelope}`, { From: from, 'Authentication-Results': 'desk.example; dmarc=pass header.from=shop.example' });
      const info = await smtp().sendMail({ envelope: { from: envelope, to: 'unblock@desk.example' }, raw });
      expect(await ended(/stored as (\S+)/.exec(info.response ?? '')?.[1] ?? '')).toMatchObject({ ...ending, door: 'smtp' });
    });

    it.each([
      ['relays for nobody', () => 'x@elsewhere.example', 550],
      ['knows no such mailbox', () => 'ceo@desk.example', 550],
      ['takes no dead token', () => `unblock+ub-7k3q-92x4.${'a'.repeat(20)}@desk.example`, 550],
    ])('%s', async (_, to, code) => {
      await expect(smtp().sendMail({ envelope: { from: 'a@b.example', to: to() }, raw: mail('x') })).rejects.toMatchObject({ responseCode: code });
    });

    it('answers 452 when it cannot store, so that the other side keeps the mail (F21)', async () => {
      await desk.source.query('alter table inbound_mail rename to inbound_mail_gone');
      try {
        await expect(smtp().sendMail({ envelope: { from: 'a@b.example', to: 'unblock@desk.example' }, raw: mail('x') })).rejects.toMatchObject({ responseCode: 452 });
      } finally {
        await desk.source.query('alter table inbound_mail_gone rename to inbound_mail');
      }
    });
  });
});
