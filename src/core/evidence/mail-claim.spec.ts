import type { Mail } from './mail';
import { readMailClaim } from './mail-claim';
import { readAlert } from './read-alert';

const now = new Date('2026-11-24T10:00:00Z');
const mail = (parts: Partial<Mail>): Mail => ({
  headers: [], from: ['ops@shop.example'], to: ['unblock@desk.example'], subject: '', messageId: '1@shop.example', answers: [], text: '', attachments: [], ...parts,
});
const header = 'Received: from shop.example ([203.0.113.77]) by mx.example; Fri, 20 Nov 2026 08:40:00 +0000\nMessage-ID: <order.4711@shop.example>\nFrom: shop@shop.example';

describe('readMailClaim', () => {
  it('finds address, time, kind, claim and pasted headers in a letter', () => {
    const read = readMailClaim(mail({ subject: 'Blocked by mistake', text: `Hello,\n\n203[.]0[.]113[.]5 was blocked on 20 Nov 2026 at 09:41 CET for spam. It is a false positive.\n\n${header}\n\nAda` }), now);
    expect(read).toMatchObject({ from: 'ops@shop.example', ips: ['203.0.113.5'], kind: 'spam', claim: 'mistake', alert: null });
    expect(read.blockTime?.from.toISOString()).toBe('2026-11-20T08:41:00.000Z');
    expect(read.evidence).toMatchObject({ headers: header, messageIds: ['order.4711@shop.example'] });
    expect(read.evidence.explanation).toContain('It is a false positive.');
  });

  it('takes attached messages byte for byte, and the address from the words, not from inside them', () => {
    const bytes = Buffer.from('From: a@b.example\r\n\r\nbody \xff\x00', 'latin1');
    const read = readMailClaim(
      mail({ text: 'IP 203.0.113.5', attachments: [{ name: '', type: 'message/rfc822', bytes }, { name: 'second.eml', type: 'application/octet-stream', bytes }] }), now);
    expect(read.ips).toEqual(['203.0.113.5']);
    expect(Buffer.from(read.evidence.message ?? '', 'base64').equals(bytes)).toBe(true);
    expect(read.evidence.samples).toHaveLength(1);
  });

  it('reads a header block out of a text file', () => {
    expect(readMailClaim(mail({ attachments: [{ name: 'headers.txt', type: 'text/plain', bytes: Buffer.from(header) }] }), now).evidence.headers).toBe(header);
  });

  it('fills everything from the forwarded alert', () => {
    const text = [
      'See below, this is a false positive.', '', '---------- Forwarded message ---------', 'Subject: [Abuse] Your IP has been blocked', '',
      '> IP address: 203.0.113.5', '> Blocked at: 2026-11-20 08:41:07', '> Reason: spam', '> Message-ID: <order.4711@shop.example>',
    ].join('\n');
    const read = readMailClaim(mail({ text }), now);
    expect(read).toMatchObject({ ips: ['203.0.113.5'], kind: 'spam', claim: 'mistake', alert: { blockedAt: '2026-11-20T08:41:07.000Z' } });
    expect(read.evidence.messageIds).toEqual(['order.4711@shop.example']);
    expect(read.blockTime?.exact).toBe(true);
  });

  it('finds log lines', () => {
    const log = 'Nov 20 08:41:07 host sshd[4711]: Failed password for root\nNov 20 08:41:09 host sshd[4711]: Failed password for root';
    expect(readMailClaim(mail({ text: `Our server was hacked, cleaned now.\n${log}\nBye` }), now)).toMatchObject({ kind: 'hack', claim: 'fixed', evidence: { logs: log } });
  });

  it('guesses nothing', () => {
    expect(readMailClaim(mail({ subject: 'Hi' }), now)).toMatchObject({ ips: [], kind: null, claim: null, blockTime: null, evidence: {}, references: [] });
  });
});

describe('readAlert', () => {
  it('is none without a sign or without an address', () => {
    expect(readAlert('IP address: 203.0.113.5')).toBeNull();
    expect(readAlert('Your IP has been blocked.\nIP address: unknown')).toBeNull();
  });

  it('reads the words that an operator gives', () => {
    const form = { signs: ['Sperrmeldung'], labels: { ip: ['Betroffen'], blockedAt: ['Zeitpunkt'] }, kinds: { spam: ['unerwünscht'], hack: [] }, zone: 'Europe/Berlin' };
    expect(readAlert('Sperrmeldung wegen unerwünschter Post\nBetroffen: 203.0.113.5\nZeitpunkt: 20.11.2026 09:41', form, now)).toEqual({
      ip: '203.0.113.5', blockedAt: '2026-11-20T08:41:00.000Z', kind: 'spam', messageIds: [],
    });
  });
});
