import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { plainMail, ticketMail, type MailFacts } from './models';
import { PLAIN_MAILS, TICKET_MAILS } from './mail-templates';
import { mailRenderer, wrapped } from './render';

const folder = join(__dirname, '../../templates');
const render = mailRenderer(folder);

const facts: MailFacts = {
  publicUrl: 'https://unblock.provider.example', ref: 'UB-7K3Q-92X4', state: 'awaiting_evidence', ip: '203.0.113.45', kind: 'spam', claim: 'mistake',
  blockedAt: new Date('2026-11-20T02:14:08Z'),
  block: { detections: [{ at: '2026-11-20T02:09:00Z', subject: 'a <b>cheap</b> offer', rule: 'VADE_42', score: 17 }, { at: '2026-11-20T02:14:00Z' }], detectionsTotal: 10 },
  accountId: '20418', missing: ['headers', 'explanation'], until: new Date('2026-11-27T02:14:08Z'), promisedBy: null, wait: 'about 40 minutes', queueInspected: false, analysed: true,
  decision: {
    outcome: 'require_fixes', reasons: ['spf_fail', 'evidence_forged'], statement: 'The mail looks <wanted>.', decidedAt: new Date('2026-11-20T09:31:40Z'), liftWhenVerified: true,
  },
  fixes: [
    { when: 'before_lift', done: false, title: 'Add 203.0.113.45 to SPF', why: 'SPF lists who may send.', how: ['Open the zone.', 'Save.'], values: [{ name: 'Type', value: 'TXT' }, { name: 'Name', value: 'shop.example' }, { name: 'Value', value: 'v=spf1 ip4:203.0.113.45 -all' }], note: null },
    { when: 'after_lift', done: false, title: 'Publish a DMARC record', why: 'DMARC tells receivers what to do.', how: [], values: [], note: null },
    { when: 'before_lift', done: true, title: 'Name the address', why: '', how: [], values: [], note: null },
  ],
  liftedAt: new Date('2026-11-20T10:26:05Z'), watchUntil: new Date('2026-11-23T10:26:05Z'), retryAt: null, appealed: false, closedReason: 'expired',
  blockedAgain: { at: new Date('2026-11-21T08:00:00Z'), detections: [], detectionsTotal: 4 }, lastReminder: false, text: 'Please send one more.', understood: null,
};

describe('the mails', () => {
  it('have their three templates each', () => {
    const files = readdirSync(join(folder, 'mail')).filter((file) => !file.startsWith('_'));
    const wanted = [...TICKET_MAILS, ...PLAIN_MAILS].flatMap((name) => ['subject', 'text', 'html'].map((part) => `${name}.${part}.hbs`));
    expect(files.sort()).toEqual(wanted.sort());
  });

  it.each(TICKET_MAILS)('%s says the same in text and HTML, names the ticket, and leaves no gap', (template) => {
    const mail = render(template, ticketMail(template, facts));
    expect(mail.subject).toContain('203.0.113.45');
    expect(mail.subject).toContain('[UB-7K3Q-92X4]');
    for (const part of [mail.text, mail.html]) {
      expect(part).toContain('https://unblock.provider.example/tickets/UB-7K3Q-92X4');
      expect(part).not.toMatch(/\{\{|undefined|null|\[object/);
    }
    expect(mail.html).not.toContain('<wanted>');
    expect(Math.max(...mail.text.split('\n').filter((line) => !line.includes('https://')).map((line) => line.length))).toBeLessThanOrEqual(72);
    const headings = [...mail.html.matchAll(/<h[12][^>]*>([^<]*)/g)].map((match) => decoded(match[1] ?? ''));
    for (const heading of headings) {
      expect(mail.text.toLowerCase().replace(/\s+/g, ' ')).toContain(heading.toLowerCase());
    }
  });

  it('tell no filter internals and nothing that anybody submitted in the first mail', () => {
    for (const template of TICKET_MAILS) {
      const { html, text } = render(template, ticketMail(template, facts));
      expect(html + text).not.toMatch(/VADE_42|cheap|forged/);
    }
    expect(render('received', ticketMail('received', { ...facts, text: 'BUY NOW' })).text).not.toContain('BUY');
  });

  it('ask only for fixes that are not done', () => {
    const { text, subject } = render('fixes-required', ticketMail('fixes-required', facts));
    expect(subject).toBe('Fixes needed: 1 change, then 203.0.113.45 is unblocked [UB-7K3Q-92X4]');
    expect(text).toContain('TXT at shop.example:\n\n    v=spf1 ip4:203.0.113.45 -all');
    expect(text).toContain('Was a machine involved? The filter');
    expect(text.match(/The mail looks/g)).toHaveLength(1);
    expect(text).not.toContain('NAME THE ADDRESS');
  });

  it('offer an appeal once, and never after one', () => {
    const upheld: MailFacts = { ...facts, decision: { outcome: 'uphold', reasons: ['open_relay'], statement: 'It relays.', decidedAt: new Date('2026-11-20T09:31:40Z'), liftWhenVerified: false } };
    expect(render('not-lifted', ticketMail('not-lifted', upheld)).text).toContain('Appeal: once, until 4 Dec 2026');
    expect(render('not-lifted', ticketMail('not-lifted', { ...upheld, appealed: true })).text).not.toContain('Appeal:');
  });

  it('say the hour before which the NOC lifts nothing', () => {
    expect(render('lift-delayed', ticketMail('lift-delayed', { ...facts, retryAt: new Date('2026-11-20T12:00:00Z') })).subject).toContain('from 20 Nov 2026, 12:00 UTC');
  });

  it('without a ticket hold nothing but the link', () => {
    const mail = render('sign-in-link', plainMail('sign-in-link', { url: 'https://unblock.provider.example/sign-in/abc', minutes: 10 }));
    expect(mail.text).toContain('https://unblock.provider.example/sign-in/abc');
    expect(mail.html).toContain('href="https://unblock.provider.example/sign-in/abc"');
    expect(render('not-verified', plainMail('not-verified', { url: 'https://x.example/sign-in' })).subject).toBe('Please sign in to continue');
  });
});

describe('wrapped', () => {
  it('keeps records and links whole', () => {
    const link = `https://x.example/${'a'.repeat(90)}`;
    expect(wrapped(`word ${link}\n    v=spf1 ${'b'.repeat(80)}`)).toBe(`word\n${link}\n    v=spf1 ${'b'.repeat(80)}\n`);
  });
});

function decoded(text: string): string {
  return text.replace(/&amp;/g, '&').replace(/&#x27;/g, "'").replace(/&quot;/g, '"').trim();
}
