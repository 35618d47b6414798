import { AddressTokens } from '../../src/auth/address-tokens.service';
import { ConfirmService } from '../../src/mailbox/confirm.service';
import { Confirmations, type Confirmation } from '../../src/mailbox/confirmations.service';
import { MailboxService } from '../../src/mailbox/mailbox.service';
import { serveDns } from '../../src/simulator/dns';
import { Faults } from '../../src/simulator/faults';
import { mailDesk, type MailDesk } from '../support/mail-desk';
import { arrive, letter } from '../support/mail-letters';
import { waitFor } from '../support/wait-for';

const HOUR = 3_600_000;
const ago = (hours: number): string => new Date(Date.now() - hours * HOUR).toISOString().replace(/\.\d+Z/, 'Z');
const header = 'Received: from shop.example (shop.example [203.0.113.5]) by mx.recipient.example with ESMTP id 1; Fri, 20 Nov 2026 08:40:00 +0000\nMessage-ID: <order.4711@shop.example>\nFrom: shop@shop.example';
const link = { kind: 'customer' as const, id: 'A-1', name: 'ops@shop.example' };

describe('a mail that waits', () => {
  let desk: MailDesk;
  let dns: Awaited<ReturnType<typeof serveDns>>;

  beforeAll(async () => {
    const records = [
      { name: 'shop.example', type: 'TXT' as const, values: ['v=spf1 ip4:127.0.0.1 -all'] }, { name: '_dmarc.shop.example', type: 'TXT' as const, values: ['v=DMARC1; p=reject'] },
      { name: 'shop.example', type: 'MX' as const, values: ['10 mail.shop.example'] }, { name: 'mail.shop.example', type: 'A' as const, values: ['198.51.100.9'] },
      { name: 'hosted.example', type: 'MX' as const, values: ['10 here.hosted.example'] }, { name: 'here.hosted.example', type: 'A' as const, values: ['203.0.113.30'] },
      { name: 'bare.example', type: 'A' as const, values: ['203.0.113.31'] },
    ];
    dns = await serveDns('127.0.0.1', 0, () => records, new Faults());
    desk = await mailDesk({ DNS_SERVERS: `127.0.0.1:${dns.port}` });
    desk.noc.accounts = [
      { id: 'A-1', email: 'ops@shop.example', name: 'Shop', emails: ['ops@shop.example'] },
      { id: 'H-1', email: 'root@hosted.example', emails: ['root@hosted.example', 'admin@bare.example', 'owner@shop.example'] },
      { id: 'H-2', email: 'root@hosted.example', emails: ['root@hosted.example'] },
    ];
    const block = (ip: string, kind: 'spam' | 'hack', hours: number) => ({ ip, kind, blockedAt: ago(hours), state: 'blocked' as const, blockId: `${ip} ${hours}` });
    for (const [ip, accountId] of [['203.0.113.5', 'A-1'], ['203.0.113.6', 'A-1'], ['203.0.113.8', 'A-1'], ['203.0.113.9', 'A-1'], ['203.0.113.30', 'H-1'], ['203.0.113.31', 'H-1'], ['203.0.113.32', 'H-2']] as const) {
      desk.noc.holders.set(ip, { ip, accountId });
    }
    desk.noc.standing = [block('203.0.113.5', 'spam', 20), block('203.0.113.6', 'hack', 5), block('203.0.113.8', 'spam', 50), block('203.0.113.8', 'spam', 100), block('203.0.113.30', 'spam', 3), block('203.0.113.31', 'spam', 3), block('203.0.113.32', 'spam', 3)];
  });
  afterAll(async () => {
    await desk?.stop();
    dns?.close();
  });
  beforeEach(() => desk.source.query(`update mail_confirmation set created_at = created_at - interval '2 days'`));

  const asked = async (id: string, account = 'A-1'): Promise<Confirmation> => {
    const found = await desk.app.get(Confirmations).of(id, account);
    if (!found) {
      throw new Error(`Account ${account} was not asked about ${id}.`);
    }
    return found;
  };
  const state = async (id: string) => desk.app.get(MailboxService).find(id);
  const ticket = async (ref: string | null) => ((await desk.source.query('select id, state, kind, claim, account_id, missing, block_id from ticket where ref = $1', [ref])) as Record<string, unknown>[])[0];
  const sentMail = (template: string, to: string, containing = '') =>
    waitFor(`a mail "${template}" to ${to}`, async () => {
      const rows = (await desk.source.query('select raw, state from mail_delivery where template = $1 and recipient = $2 order by created_at desc', [template, to])) as { raw: Buffer; state: string }[];
      return rows.find((row) => plain(row.raw).includes(containing));
    });
  const plain = (raw: Buffer): string => raw.toString('latin1').replace(/=\r\n/g, '').replace(/\r\n[ \t]+/g, ' ');
  const linkIn = (raw: Buffer): string => /confirm-mail\/([\w-]{43})/.exec(plain(raw))?.[1] ?? '';

  it('is asked of a contact of the account, by a link, with nothing of the sender in it; confirmed, it is a ticket with all it brought', async () => {
    const mail = await arrive(desk, letter(`PILLS! 203.0.113.5 was blocked by mistake.\n\n${header}`, { From: 'Stranger <x@elsewhere.example>', Subject: 'PILLS' }), { envelopeFrom: 'x@elsewhere.example' });
    expect(mail).toMatchObject({ state: 'pending', reason: 'unknown_sender', ticket: null });
    const sent = await sentMail('confirm-claim', 'ops@shop.example');
    expect(sent.raw.toString('latin1')).not.toMatch(/PILLS|elsewhere/);
    expect(sent.raw.toString('latin1')).toContain('203.0.113.5');
    const found = await desk.app.get(Confirmations).byToken(linkIn(sent.raw));
    expect(found).toMatchObject({ inboundId: mail.id, accountId: 'A-1', answer: null });
    const [one, two] = await Promise.allSettled([desk.app.get(ConfirmService).confirm(await asked(mail.id), link), desk.app.get(ConfirmService).confirm(await asked(mail.id), link)]);
    expect([one.status, two.status]).toContain('fulfilled');
    const { state: end, ticket: ref } = await state(mail.id);
    expect(end).toBe('ticket');
    expect(await ticket(ref)).toMatchObject({ kind: 'spam', claim: 'mistake', account_id: 'A-1', missing: [] });
    expect(await desk.source.query(`select event, by_kind, by_id from audit_entry where event = 'mail_confirmed'`)).toEqual([{ event: 'mail_confirmed', by_kind: 'customer', by_id: 'A-1' }]);
    // One use: the same question is never answered twice.
    await expect(desk.app.get(ConfirmService).confirm(await asked(mail.id), link)).rejects.toThrow('answered for already');
  });

  it('waits for a confirmation always when it is about an attack, whoever sent it', async () => {
    const mail = await arrive(desk, letter('Our 203.0.113.6 did a load test, no attack.'));
    expect(mail).toMatchObject({ state: 'pending', reason: 'confirm_hack' });
    expect(await sentMail('confirm-claim', 'ops@shop.example', 'about 203.0.113.6')).toMatchObject({ state: 'kept' });
    const done = await desk.app.get(ConfirmService).confirm(await asked(mail.id), link);
    expect(done).toHaveProperty('ticketId');
    expect(await ticket((await state(mail.id)).ticket)).toMatchObject({ kind: 'hack' });
  });

  it('is never asked of a mailbox on the blocked host: by MX, and by the address of a domain without MX', async () => {
    const mail = await arrive(desk, letter('203.0.113.30 and 203.0.113.31 are blocked by mistake', { From: 'x@elsewhere.example' }));
    expect((await asked(mail.id, 'H-1')).sentTo).toBe('owner@shop.example');
    const other = await arrive(desk, letter('203.0.113.32 is blocked', { From: 'x@elsewhere.example' }));
    // Its mailbox is on another blocked host, not on this one.
    expect((await asked(other.id, 'H-2')).sentTo).toBe('root@hosted.example');
    desk.noc.holders.set('203.0.113.30', { ip: '203.0.113.30', accountId: 'H-2' });
    const alone = await arrive(desk, letter('203.0.113.30 is blocked', { From: 'x@elsewhere.example' }));
    expect((await asked(alone.id, 'H-2')).sentTo).toBeNull();
    expect(await desk.source.query('select withheld from mail_confirmation where inbound_id = $1', [alone.id])).toEqual([{ withheld: 'no_safe_contact' }]);
  });

  it('does not flood an account through us: one link an hour, and no more than three a day', async () => {
    const ends = [];
    for (let i = 0; i < 3; i++) {
      const mail = await arrive(desk, letter(`Forged ${i}: 203.0.113.5`, { From: `x${i}@elsewhere.example` }));
      ends.push((await asked(mail.id)).sentTo);
    }
    expect(ends).toEqual(['ops@shop.example', null, null]);
  });

  it('is left alone when the account says that it is not theirs, or that the address is not blocked any more', async () => {
    const mail = await arrive(desk, letter('Unblock 203.0.113.5 now', { From: 'y@elsewhere.example' }));
    await desk.app.get(ConfirmService).refuse(await asked(mail.id), link);
    expect(await state(mail.id)).toMatchObject({ state: 'quarantined', reason: 'refused_by_account', ticket: null });
    const late = await arrive(desk, letter('Unblock 203.0.113.9 now', { From: 'y@elsewhere.example' }));
    expect((await asked(late.id)).sentTo).toBeNull();
    expect(await desk.app.get(ConfirmService).confirm(await asked(late.id), link)).toEqual({ none: 'no_block' });
  });

  it('is kept open while the NOC is away', async () => {
    const mail = await arrive(desk, letter('Please unblock 203.0.113.5, thanks', { From: 'z@elsewhere.example' }));
    const waiting = await asked(mail.id);
    desk.noc.away = true;
    await expect(desk.app.get(ConfirmService).confirm(waiting, link)).rejects.toThrow('does not answer');
    desk.noc.away = false;
    expect((await asked(mail.id)).answer).toBeNull();
  });

  it('asks a proven contact which of two blocks is meant, and goes on by their answer', async () => {
    const mail = await arrive(desk, letter(`203.0.113.8 was blocked by mistake, these are invoices.\n\n${header}`));
    expect(mail).toMatchObject({ state: 'pending', reason: 'which_block' });
    const question = plain((await sentMail('mail-question', 'ops@shop.example', 'Which block')).raw);
    expect(question).toMatch(/Which block is your mail about/);
    expect(question).not.toContain('invoices');
    const replyTo = /^Reply-To: (\S+)/im.exec(question)?.[1] ?? '';
    const quoted = question.slice(question.indexOf('\r\n\r\n')).replace(/^/gm, '> ').slice(0, 1500);
    // A stranger who knows the address speaks for nobody.
    expect(await arrive(desk, letter('the second', { From: 'x@elsewhere.example', To: replyTo }))).toMatchObject({ state: 'quarantined' });
    const answer = await arrive(desk, letter(`2\n\nOn Friday, Desk wrote:\n${quoted}`, { To: replyTo }));
    expect(answer).toMatchObject({ state: 'reply', reason: null });
    expect(await state(mail.id)).toMatchObject({ state: 'ticket', reason: 'answered', ticket: answer.ticket });
    expect(await ticket(answer.ticket)).toMatchObject({ block_id: '203.0.113.8 100', missing: [] });
  });

  it('asks a proven contact for the address, and takes it from the answer', async () => {
    desk.noc.standing.push({ ip: '203.0.113.9', kind: 'spam', blockedAt: ago(2), state: 'blocked', blockId: 'b9' });
    const mail = await arrive(desk, letter('Please unblock us, false positive.'));
    expect(mail).toMatchObject({ state: 'quarantined', reason: 'no_address' });
    const question = await sentMail('mail-question', 'ops@shop.example', 'Which address');
    const id = /^Message-ID: <(\S+)>/im.exec(plain(question.raw))?.[1] ?? '';
    const answer = await arrive(desk, letter('It is 203[.]0[.]113[.]9', { 'In-Reply-To': `<${id}>` }));
    expect(answer).toMatchObject({ state: 'reply', ticket: (await state(mail.id)).ticket });
    expect(await ticket(answer.ticket)).toMatchObject({ claim: 'mistake', block_id: 'b9' });
  });

  it('stops passing on what one sender writes too often, and keeps all of it', async () => {
    await desk.source.query(`insert into inbound_mail (id, door, sha256, raw, size, state, from_address, received_at) select gen_random_uuid(), 'smtp', n::text, '', 0, 'pending', 'flood@elsewhere.example', now() from generate_series(1, 60) n`);
    expect(await arrive(desk, letter('Unblock 203.0.113.5', { From: 'flood@elsewhere.example' }))).toMatchObject({ state: 'quarantined', reason: 'over_limit' });
    expect(await desk.source.query(`select 1 from mail_delivery where recipient = 'flood@elsewhere.example'`)).toEqual([]);
  });

  it('is not found by a token of another kind, nor by a made-up one', async () => {
    expect(await desk.app.get(Confirmations).byToken('a'.repeat(43))).toBeNull();
    expect(desk.app.get(AddressTokens).read(`unblock+m${'0'.repeat(32)}.${'a'.repeat(20)}@desk.example`, new Date())).toBe('dead');
  });
});
