import { dkimVerify } from 'mailauth';
import MailComposer from 'nodemailer/lib/mail-composer';
import { KEYS } from '../../test/fixtures/signed-mail';
import { parseMail } from '../mailbox/parse-mail';
import { compose, type Envelope } from './compose';
import type { RenderedMail } from './render';

const ENVELOPE: Envelope = {
  id: '0b1c', domain: 'desk.example', from: 'Unblock desk <unblock@desk.example>', to: 'ops@shop.example', replyTo: 'unblock+a.b@desk.example', date: new Date('2026-11-20T09:05:00Z'), references: ['1@shop.example', '2@shop.example'],
  autoSubmitted: 'auto-replied',
};
const MAIL: RenderedMail = { subject: 'UB-7K3M-9QTX: we have your claim', text: 'Hello\n', html: '<p>Hello</p>\n' };

/** The same mail as the library composes it, with our boundary. */
async function composed(mail: RenderedMail, { id, domain, from, to, replyTo, date, references, autoSubmitted }: Envelope): Promise<string> {
  const composer = new MailComposer({
    from, to: { name: '', address: to }, replyTo: replyTo ?? undefined, subject: mail.subject, text: mail.text, html: mail.html, date, messageId: `<${id}@${domain}>`,
    inReplyTo: references.length > 0 ? `<${references.at(-1) ?? ''}>` : undefined, references: references.map((each) => `<${each}>`),
    headers: { 'X-Loop': `unblock@${domain}`, ...(autoSubmitted ? { 'Auto-Submitted': autoSubmitted, 'X-Auto-Response-Suppress': 'All' } : {}) }, textEncoding: 'quoted-printable',
  });
  const text = (await composer.compile().build()).toString().replace(/\r?\n/g, '\r\n');
  return text.replaceAll(/boundary="([^"]+)"/.exec(text)?.[1] ?? '?', `=_${id}`);
}

const LONG = 'letters and more letters, with no end in sight. '.repeat(12);
it.each<[string, Partial<RenderedMail>, Partial<Envelope>]>([
  ['as most are', {}, {}],
  ['with other letters', { text: 'Grüße – „so“ = 100 %\n\n日本語 🙂\n', html: '<p>Grüße = “ok” 日本語 🙂</p>\n' }, {}],
  ['with long lines', { text: `${LONG}\n${'x'.repeat(400)}\n${'ü'.repeat(400)}\n`, html: `<p>${LONG}${'é'.repeat(300)}</p>` }, {}],
  ['with blanks at the ends of lines', { text: 'a \nb\t\n   \n.\n..\nFrom here\n', html: '<p> </p> \n \n' }, {}],
  ['with a long subject', { subject: LONG.slice(0, 200).trim() }, {}],
  ['with a subject of other letters', { subject: `Übergrößenträger 日本語 🙂 ${'ä'.repeat(60)}` }, {}],
  ['with a subject that looks encoded', { subject: '=?utf-8?q?x=0D=0ABcc:_x@evil.example?=' }, {}],
  ['from a name of other letters', {}, { from: '"Entsperrung, Büro" <unblock@desk.example>' }],
  ['from a quoted name', {}, { from: '"Desk, of us" <unblock@desk.example>' }],
  ['from an address alone', {}, { from: 'unblock@desk.example' }],
  ['to a long address', {}, { to: `${'o'.repeat(64)}@${'shop.'.repeat(10)}example` }],
  ['to an address of other letters', {}, { to: 'ops@büro.example' }],
  ['to a mailbox of other letters', {}, { to: 'jürgen@shop.example' }],
  ['to an address with signs', {}, { to: "o'neil+a=b/c@shop.example" }],
  ['that answers nothing', {}, { references: [], replyTo: null, autoSubmitted: null }],
  ['of a long conversation', {}, { references: Array.from({ length: 10 }, (_, i) => `${'i'.repeat(40 * i)}${i}@shop.example`) }],
])('a mail %s is what the library makes of it', async (_, mail, envelope) => {
  const [what, where] = [{ ...MAIL, ...mail }, { ...ENVELOPE, ...envelope }];
  const raw = await compose(what, where);
  // Where a line of quoted-printable text is broken is each one's own affair.
  const unbroken = (text: string): string => text.replaceAll('=\r\n', '');
  expect(unbroken(raw.toString())).toBe(unbroken(await composed(what, where)));
  expect(await compose(what, where)).toEqual(raw);
  expect(raw.toString('latin1').split('\r\n').filter((line) => line.length > (line.includes('@') ? 998 : 76) || /[\r\n]/.test(line))).toEqual([]);
  expect(parseMail(raw)).toMatchObject({ subject: what.subject.startsWith('=?') ? expect.any(String) as string : what.subject, text: what.text.replaceAll('\n', '\r\n') });
});

it('holds no line of a text for the end of a part', async () => {
  const text = `--=_${ENVELOPE.id}--\n--=_${ENVELOPE.id}\n`;
  expect(parseMail(await compose({ ...MAIL, text }, ENVELOPE)).text).toBe(text.replaceAll('\n', '\r\n'));
});

it.each([['subject', { subject: 'a\r\nBcc: x@evil.example' }, {}], ['sender', {}, { from: 'a\n@desk.example' }], ['address', {}, { to: 'a@b.example\r\nBcc: c' }], ['address for answers', {}, { replyTo: 'a\0@b.example' }]])('refuses a line break or NUL in its %s', async (_, mail, envelope) => {
  await expect(compose({ ...MAIL, ...mail }, { ...ENVELOPE, ...envelope })).rejects.toThrow('line break');
});

it('is signed as it stands', async () => {
  const raw = await compose(MAIL, ENVELOPE, { domain: 'shop.example', selector: 's1', key: KEYS.rsa.pem });
  const { results } = await dkimVerify(raw, { resolver: () => Promise.resolve([[KEYS.rsa.record]]) } as never);
  expect(results.map(({ status }) => status.result)).toEqual(['pass']);
});
